"""Draws a screen as a picture that needs no network and shows Chinese text correctly."""

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
    """The picture with every text as wide as its cells.

    Rich makes a text one cell wide per character, which squeezes Chinese text.
    """
    return _TEXT.sub(lambda element: "".join(_runs(element)), picture)


def _runs(element: re.Match[str]) -> Iterator[str]:
    """A text as runs of characters of equal width, each at the place of its cells."""
    text = unescape(element["text"])
    cell, x = float(element["length"]) / len(text), float(element["x"])
    for _, characters in groupby(text, lambda character: cell_len(character) > 1):
        run = "".join(characters)
        length = cell * cell_len(run)
        shown = escape(run).replace("\N{NO-BREAK SPACE}", "&#160;")
        yield (
            f'<text {element["name"]} x="{x:g}" {element["y"]} textLength="{length:g}" '
            f"{element['clip']}>{shown}</text>"
        )
        x += length
