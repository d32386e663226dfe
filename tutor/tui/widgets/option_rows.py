"""Textual's list of options with the keys of all our lists."""

from typing import ClassVar

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

    def action_page_up(self) -> None:
        """Move up by a page, if there is room for a row: without any, Textual would fail."""
        if self._lines:
            super().action_page_up()

    def action_page_down(self) -> None:
        """Move down by a page, if there is room for a row."""
        if self._lines:
            super().action_page_down()
