"""A list of one-line rows that draws only those in view, so that it can have thousands."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import ClassVar

from textual.actions import SkipAction
from textual.binding import BindingType
from textual.content import Content
from textual.events import Click
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

from tutor.tui.keys import key

POINTER = "› "
"""Marks the chosen row, so that it can be seen without colour."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list."""

    draw: Callable[[int], Content | str]
    """Draws the row in a width in cells."""
    id: str = ""
    """Empty for a title, which cannot be chosen."""


BLANK = Row(lambda _: "")


class RowList(ScrollView, can_focus=True):
    """Rows to choose from, with titles between them."""

    class Moved(Message):
        """Another row was chosen, or the rows were replaced."""

    @dataclass
    class Opened(Message):
        """A row was opened: by Enter where it is bound to `open`, or by a double click."""

        list: "RowList"
        row: str

        @property
        def control(self) -> "RowList":
            """The list, so that a handler can select it."""
            return self.list

    COMPONENT_CLASSES: ClassVar[set[str]] = {"row-list--chosen", "row-list--title"}
    DEFAULT_CSS = """
    RowList {
        height: auto;
        background: transparent;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        & > .row-list--title { color: $text-muted; }
        & > .row-list--chosen { background: $boost; }
        &:focus > .row-list--chosen {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
            text-style: $block-cursor-text-style;
        }
        &.-alone { scrollbar-gutter: stable; }
        &.-alone > .row-list--title { text-style: underline; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key("up,k", "move(-1)", "Row above", id="listing.up", show=False),
        key("down,j", "move(1)", "Row below", id="listing.down", show=False),
        key("pageup", "page(-1)", "Page up", id="listing.page_up", show=False),
        key("pagedown", "page(1)", "Page down", id="listing.page_down", show=False),
        key("home,g", "first", "First row", id="listing.first", show=False),
        key("end,G", "last", "Last row", id="listing.last", show=False),
    ]

    chosen = reactive(0, init=False)
    """The number of the chosen row, from 0."""

    def __init__(self, *, id: str, is_alone: bool = False) -> None:
        """A list that `is_alone` on its screen marks the chosen row even without the focus."""
        super().__init__(id=id)
        self._is_alone = is_alone
        self.set_class(is_alone, "-alone")
        self._rows: Sequence[Row] = ()

    def show_rows(self, rows: Sequence[Row], chosen: str | None = None, at: int = 0) -> None:
        """Show these rows and choose the one with the id `chosen`, else the one nearest to `at`."""
        self._rows = rows
        self.virtual_size = Size(self.scrollable_content_region.width, len(rows))
        numbers = {row.id: number for number, row in enumerate(rows) if row.id}
        self.set_reactive(RowList.chosen, self._nearest(numbers.get(chosen or "", at), 1))
        self._scroll_to_chosen()
        if not self._is_alone and self.chosen < self.size.height:
            self.scroll_to(
                y=0, animate=False, force=True
            )  # so that new rows at the top are in view
        self.refresh()
        self.refresh_bindings()
        self.post_message(self.Moved())

    @property
    def chosen_id(self) -> str | None:
        """The id of the chosen row; None if none can be chosen."""
        return self._rows[self.chosen].id or None if self._rows else None

    def choose(self, id_: str) -> None:
        """Choose the row with this id."""
        self.chosen = next(at for at, row in enumerate(self._rows) if row.id == id_)

    def has(self, id_: str) -> bool:
        """Whether there is a row with this id."""
        return any(row.id == id_ for row in self._rows)

    def watch_chosen(self) -> None:
        """Bring the row into view."""
        self._scroll_to_chosen()
        self.refresh()
        self.post_message(self.Moved())

    def on_resize(self) -> None:
        """Make the rows as wide as the list."""
        self.virtual_size = Size(self.scrollable_content_region.width, len(self._rows))
        self._scroll_to_chosen()

    def on_focus(self) -> None:
        """Show which row is chosen."""
        self.refresh()

    def on_blur(self) -> None:
        """Show no row as chosen, unless the list is alone."""
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One row, or a blank line below the last."""
        at, width = self.scroll_offset.y + y, self.scrollable_content_region.width
        if at >= len(self._rows):
            return Strip.blank(width, self.rich_style)
        row = self._rows[at]
        is_marked = at == self.chosen and bool(row.id) and (self._is_alone or self.has_focus)
        line = Content(POINTER if is_marked else " " * len(POINTER))
        line += row.draw(width - len(POINTER))
        if self.has_focus and is_marked:
            line = Content(line.plain)  # its colours would be hard to read on the background
        component = "row-list--chosen" if is_marked else "" if row.id else "row-list--title"
        style = self.get_visual_style(*filter(None, [component]))
        (strip,) = Visual.to_strips(self, line, width, 1, style, pad=True)
        return strip

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Offer Enter only while a row is chosen."""
        return action != "open" or self.chosen_id is not None

    def action_move(self, step: int) -> None:
        """Choose the next or previous row; at the end of the list the key is passed on."""
        at = self.chosen + step
        while 0 <= at < len(self._rows) and not self._rows[at].id:
            at += step
        if not 0 <= at < len(self._rows):
            raise SkipAction
        self.chosen = at

    def action_page(self, pages: int) -> None:
        """Move by as many rows as are in view."""
        step = max(1, self.scrollable_content_region.height - 1) * pages
        self.chosen = self._nearest(self.chosen + step, pages)

    def action_first(self) -> None:
        self.chosen = self._nearest(0, 1)

    def action_last(self) -> None:
        self.chosen = self._nearest(len(self._rows) - 1, -1)

    def action_open(self) -> None:
        if self.chosen_id is not None:
            self.post_message(self.Opened(self, self.chosen_id))

    def on_click(self, event: Click) -> None:
        """Choose the row that was clicked; open it on a double click."""
        offset = event.get_content_offset(self)
        at = self.scroll_offset.y + offset.y if offset is not None else len(self._rows)
        if at >= len(self._rows) or not self._rows[at].id:
            return
        self.chosen = at
        if event.chain == 2:
            self.action_open()

    def _nearest(self, at: int, step: int) -> int:
        """The first row from `at` in the direction of `step` that can be chosen.

        Without any, the first in the other direction; 0 if no row can be chosen.
        """
        count = len(self._rows)
        at = max(0, min(at, count - 1))
        below, above = range(at, count), range(at, -1, -1)
        rows = chain(below, above) if step > 0 else chain(above, below)
        return next((row for row in rows if row < count and self._rows[row].id), 0)

    def _scroll_to_chosen(self) -> None:
        """Bring the chosen row into view, with a title directly above it."""
        above = self.chosen > 0 and not self._rows[self.chosen - 1].id
        region = Region(0, self.chosen - above, 1, 1 + above)
        self.scroll_to_region(region, animate=False, force=True)
