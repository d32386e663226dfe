"""The links in a question's references, and opening one in the student's own browser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.app import App

_SAFE = r"[A-Za-z0-9._~:/?#\[\]!$&'()*+,;=%-]"
_PATH = r"[A-Za-z0-9._~/?#&+,;=%-]"
_LINK = re.compile(
    rf"(?P<url>https?://{_SAFE}++(?![\w@]))"
    r"|arxiv:\s?(?P<arxiv>\d{4}\.\d{4,5}(?:v\d+)?|[a-z-]+(?:\.[A-Z]{2})?/\d{7})"
    r"|\bdoi:?\s?(?P<doi>10\.\d{4,9}/[A-Za-z0-9._/()-]+)"
    rf"|(?<![\w@./])(?P<bare>[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|org|net|io|edu|co)/{_PATH}+)",
    re.IGNORECASE,
)
_BEFORE = {"arxiv": "https://arxiv.org/abs/", "doi": "https://doi.org/", "bare": "https://"}


def links(references: Iterable[str]) -> tuple[str, ...]:
    """The web addresses that `references` name, each once: http and https, arXiv and DOI.

    One with letters beyond ASCII, or with a name before its host, could seem to lead elsewhere
    than it does, and is none.
    """
    found = (each for reference in references for each in _LINK.finditer(reference))
    return tuple(dict.fromkeys(map(_address, found)))


def _address(link: re.Match[str]) -> str:
    kind = link.lastgroup or "url"
    address = link[kind].rstrip(".,;:!?'")
    if address.count(")") > address.count("("):
        address = address.rstrip(")").rstrip(".,;:!?'")
    return _BEFORE.get(kind, "") + address


def open_in_browser(address: str) -> bool:
    """Open `address` in a window of its own; False where no browser can. Blocks for a moment.

    A browser for the terminal would draw over the screen, so that none is started.
    """
    import webbrowser  # few references are opened

    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return False
    is_graphical = isinstance(browser, webbrowser.BackgroundBrowser) or not isinstance(
        browser, webbrowser.GenericBrowser
    )
    return is_graphical and browser.open(address)


def choose_link(app: App[object], references: Iterable[str]) -> None:
    """Show the addresses in `references`; the one that is chosen is opened."""
    from tutor.tui.background import background
    from tutor.tui.dialogs import ChoiceScreen, DialogOption
    from tutor.tui.notice_screen import say

    found = links(references)
    if not found:
        say(app.screen, "No reference of this question has a web address.")
        return

    def chosen(address: str | None) -> None:
        if address is not None:
            background(app, lambda: open_in_browser(address), lambda done: opened(address, done))

    def opened(address: str, done: bool) -> None:
        if done:
            say(app.screen, f"Opened {address}")
        else:
            app.copy_to_clipboard(address)
            say(app.screen, f"There is no graphical browser here. Copied: {address}")

    options = [DialogOption(address, address) for address in found]
    question = "Open in your web browser? Nothing else here goes online."
    app.push_screen(ChoiceScreen(question, options), chosen)
