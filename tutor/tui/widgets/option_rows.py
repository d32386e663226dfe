"""Textual's list of options with the keys of all our lists."""

from typing import ClassVar, Literal

from textual.binding import BindingType
from textual.widgets import OptionList

from tutor.tui.keys import key


class OptionRows(OptionList):
    """Options to choose from; `j`, `k`, `g` and `G` work like the arrows, Home and End."""

    DEFAULT_CSS = """
    OptionRows {
        padding: 0;
        border: none;
        background: transparent;
        scrollbar-size-vertical: 1;
        &:focus { border: none; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key("k", "cursor_up", "Row above", id="options.up", show=False),
        key("j", "cursor_down", "Row below", id="options.down", show=False),
        key("g", "first", "First row", id="options.first", show=False),
        key("G", "last", "Last row", id="options.last", show=False),
    ]

    def _move_page(self, direction: Literal[-1, 1]) -> None:
        """Move by a page, if there is room for a row: without any, Textual would fail."""
        if self._lines:
            super()._move_page(direction)
