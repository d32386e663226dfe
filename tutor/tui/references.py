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

    An address with letters beyond ASCII, or with a user name before its host, is left out: it
    could seem to lead elsewhere than it does.
    """
    matches = (match for reference in references for match in _LINK.finditer(reference))
    return tuple(dict.fromkeys(map(_address, matches)))


def _address(link: re.Match[str]) -> str:
    kind = link.lastgroup or "url"
    address = link[kind].rstrip(".,;:!?'")
    if address.count(")") > address.count("("):
        address = address.rstrip(")").rstrip(".,;:!?'")
    return _BEFORE.get(kind, "") + address


def open_in_browser(address: str) -> bool:
    """Open `address` in a window of its own; False if no browser can. Blocks for a moment.

    Browsers for the terminal are not used, since they would draw over the screen.
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
    """Show the addresses in `references`, and open the one that is chosen."""
    from tutor.tui.background import background
    from tutor.tui.dialogs import ChoiceScreen
    from tutor.tui.notice_screen import say

    addresses = links(references)
    if not addresses:
        say(app.screen, "No reference of this question has a web address.")
        return

    def chosen(address: str | None) -> None:
        if address is not None:
            background(app, lambda: open_in_browser(address), lambda ok: opened(address, ok))

    def opened(address: str, ok: bool) -> None:
        if ok:
            say(app.screen, f"Opened {address}")
        else:
            app.copy_to_clipboard(address)
            say(app.screen, f"There is no graphical browser here. Copied: {address}")

    question = "Open in your web browser? Nothing else here goes online."
    app.push_screen(ChoiceScreen(question, {each: each for each in addresses}), chosen)
