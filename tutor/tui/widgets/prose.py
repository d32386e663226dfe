"""Text with good line breaks: between Chinese characters, and with indented list items."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.content import Content
from textual.widgets import Static

from tutor.line_breaks import line_breaks

if TYPE_CHECKING:
    from textual.geometry import Size

_OURS_TO_BREAK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]|\d %")
"""Chinese, and a percentage, which Textual would break at its space."""
_ITEM = re.compile(r"^\s*(?:(?:[•▏–-]|\d{1,2}[.)]) +|\d{1,2}  +)(?=\S)", re.MULTILINE)
"""The beginning of a list item; a number without a sign has two spaces after it."""


class Prose(Static):
    """A static text that breaks Chinese by its own rules and indents list items.

    Textual breaks only at spaces, which makes lines of Chinese end at the last Latin word, and it
    begins every line of a list item at the margin.
    """

    def render(self) -> Content:
        """The text with line breaks for the present width."""
        return broken(self._text, self.content_size.width)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """The number of lines at this width."""
        text = self._text
        if (laid_out := broken(text, width)) is text:
            return super().get_content_height(container, viewport, width)
        lines = laid_out.plain.split("\n")
        return sum(max(1, -(-cell_len(line) // width)) for line in lines)

    @property
    def _text(self) -> Content:
        text = self.content
        return text if isinstance(text, Content) else Content(str(text))


def broken(text: Content, width: int) -> Content:
    """The text with line breaks, no line wider than `width` cells.

    A text without Chinese, percentages and lists is returned unchanged: Textual breaks it well.
    """
    if width < 2 or not (_OURS_TO_BREAK.search(text.plain) or _ITEM.search(text.plain)):
        return text
    lines = (line for whole in text.split("\n", allow_blank=True) for line in _lines(whole, width))
    return Content("\n").join(lines)


def _lines(text: Content, width: int) -> Iterator[Content]:
    item = _ITEM.match(text.plain)
    head = item.end() if item is not None and 2 * cell_len(item[0]) <= width else 0
    mark, body = text[:head], text[head:]
    indent = mark.cell_length
    for number, line in enumerate(body.divide(list(line_breaks(body.plain, width - indent)))):
        yield (mark + line if number == 0 else Content(" " * indent) + line).rstrip()
