"""Text that is read: Chinese lines break between characters, not only at spaces."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from tutor.line_breaks import line_breaks

if TYPE_CHECKING:
    from textual.geometry import Size

_CHINESE = re.compile("[\u3400-\u9fff\uf900-\ufaff]")


class Prose(Static):
    """A static text whose Chinese lines are full, by the usual rules for their first and last sign.

    Textual breaks at spaces alone, so that a line of Chinese ends at the last Latin word.
    """

    def render(self) -> Content:
        """The text with line breaks for the present width."""
        return broken(self._text, self.content_size.width)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """The lines that it takes at this width."""
        if not _CHINESE.search(self._text.plain):
            return super().get_content_height(container, viewport, width)
        return broken(self._text, width).plain.count("\n") + 1

    @property
    def _text(self) -> Content:
        text = self.content
        return text if isinstance(text, Content) else Content(str(text))


def broken(text: Content, width: int) -> Content:
    """The text with line breaks, no line wider than `width` cells; as it is without Chinese."""
    if width < 2 or not _CHINESE.search(text.plain):
        return text
    lines = (line for whole in text.split("\n", allow_blank=True) for line in _lines(whole, width))
    return Content("\n").join(lines)


def _lines(text: Content, width: int) -> Iterator[Content]:
    yield from (line.rstrip() for line in text.divide(list(line_breaks(text.plain, width))))
