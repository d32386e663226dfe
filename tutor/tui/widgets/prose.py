"""Text that is read: Chinese breaks between characters, and items of lists hang."""

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
"""What an item of a list begins with; a number alone has two spaces behind it."""


class Prose(Static):
    """A static text whose Chinese lines are full, by the usual rules for their first and last sign.

    Textual breaks at spaces alone, so that a line of Chinese ends at the last Latin word, and it
    begins every line of a list's item at the margin.
    """

    def render(self) -> Content:
        """The text with line breaks for the present width."""
        return broken(self._text, self.content_size.width)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """The lines that it takes at this width."""
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

    As it is where Textual breaks it as well: it has no Chinese, no percentage and no list.
    """
    if width < 2 or not (_OURS_TO_BREAK.search(text.plain) or _ITEM.search(text.plain)):
        return text
    lines = (line for whole in text.split("\n", allow_blank=True) for line in _lines(whole, width))
    return Content("\n").join(lines)


def _lines(text: Content, width: int) -> Iterator[Content]:
    found = _ITEM.match(text.plain)
    head = found.end() if found is not None and 2 * cell_len(found[0]) <= width else 0
    mark, said = text[:head], text[head:]
    indent = mark.cell_length
    for number, line in enumerate(said.divide(list(line_breaks(said.plain, width - indent)))):
        yield (mark + line if number == 0 else Content(" " * indent) + line).rstrip()
