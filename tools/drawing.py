"""A screen as a picture that is right without a network and with Chinese text."""

import re
from collections.abc import Iterator
from html import escape, unescape
from itertools import groupby

from rich.cells import cell_len
from textual.pilot import Pilot

_WEB_FONT = re.compile(r"@font-face\s*{[^}]*}")
_TEXT = re.compile(
    r'<text (?P<name>class="[^"]*") x="(?P<x>[\d.]+)" (?P<y>y="[\d.]+") '
    r'textLength="(?P<length>[\d.]+)" (?P<clip>clip-path="[^"]*")>(?P<text>[^<]*)</text>'
)


def drawn(pilot: Pilot[None]) -> str:
    """The screen as SVG, without the web fonts that Textual names."""
    return with_wide_text(_WEB_FONT.sub("", pilot.app.export_screenshot(title="tutor")))


def with_wide_text(picture: str) -> str:
    """The picture with each text as long as its cells.

    Rich gives a text a length of one cell a character, into which Chinese text is squeezed.
    """
    return _TEXT.sub(lambda found: "".join(_runs(found)), picture)


def _runs(found: re.Match[str]) -> Iterator[str]:
    """A text as runs of characters that are equally wide, each where its cells are."""
    text = unescape(found["text"])
    cell, x = float(found["length"]) / len(text), float(found["x"])
    for _, characters in groupby(text, lambda character: cell_len(character) > 1):
        run = "".join(characters)
        length = cell * cell_len(run)
        shown = escape(run).replace("\N{NO-BREAK SPACE}", "&#160;")
        yield (
            f'<text {found["name"]} x="{x:g}" {found["y"]} textLength="{length:g}" '
            f"{found['clip']}>{shown}</text>"
        )
        x += length
