"""A list of one-line rows that draws only those in view, so that it can have thousands."""

from collections.abc import Callable
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
Draw = Callable[[int, int], Content]
"""Draws the row with a number, from 0, in a width in cells."""


class Listing(ScrollView, can_focus=True):
    """Rows to choose from; knows only how many there are and which are titles."""

    class Moved(Message):
        """Another row was chosen, or the rows were replaced."""

    class Picked(Message):
        """A row was double-clicked."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"listing--chosen", "listing--title"}
    DEFAULT_CSS = """
    Listing {
        background: transparent;
        overflow-x: hidden;
        scrollbar-gutter: stable;
        scrollbar-size-vertical: 1;
        & > .listing--title { color: $text-muted; text-style: underline; }
        & > .listing--chosen { background: $boost; }
        &:focus > .listing--chosen {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
            text-style: $block-cursor-text-style;
        }
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

    ALWAYS_POINTS: ClassVar[bool] = True
    """Whether the chosen row is marked while the list has no focus."""

    chosen = reactive(0, init=False)
    """The number of the chosen row, from 0."""

    def __init__(self, draw: Draw, *, id: str) -> None:
        super().__init__(id=id)
        self._draw = draw
        self._count = 0
        self._titles: frozenset[int] = frozenset()

    def show(self, count: int, titles: frozenset[int], chosen: int) -> None:
        """Show `count` rows and choose the one nearest to `chosen` that is not in `titles`."""
        self._count, self._titles = count, titles
        self.virtual_size = Size(self.scrollable_content_region.width, count)
        self.set_reactive(Listing.chosen, self._nearest(chosen, 1))
        self._scroll_to_chosen()
        self.refresh()
        self.post_message(self.Moved())

    def watch_chosen(self) -> None:
        """Bring the row into view."""
        self._scroll_to_chosen()
        self.refresh()
        self.post_message(self.Moved())

    def on_resize(self) -> None:
        """Make the rows as wide as the list."""
        self.virtual_size = Size(self.scrollable_content_region.width, self._count)
        self._scroll_to_chosen()

    def render_line(self, y: int) -> Strip:
        """One row, or a blank line below the last."""
        at, width = self.scroll_offset.y + y, self.scrollable_content_region.width
        if at >= self._count:
            return Strip.blank(width, self.rich_style)
        is_title = at in self._titles
        is_marked = at == self.chosen and not is_title and (self.ALWAYS_POINTS or self.has_focus)
        line = Content(POINTER if is_marked else " " * len(POINTER))
        line += self._draw(at, width - len(POINTER))
        if self.has_focus and is_marked:
            line = Content(line.plain)  # its colours would be hard to read on the background
        component = "listing--title" if is_title else "listing--chosen" if is_marked else ""
        style = self.get_visual_style(*filter(None, [component]))
        (strip,) = Visual.to_strips(self, line, width, 1, style, pad=True)
        return strip

    def action_move(self, step: int) -> None:
        """Choose the next or previous row; at the end of the list the key is passed on."""
        at = self.chosen + step
        while at in self._titles:
            at += step
        if not 0 <= at < self._count:
            raise SkipAction
        self.chosen = at

    def action_page(self, pages: int) -> None:
        """Move by as many rows as are in view."""
        step = max(1, self.scrollable_content_region.height - 1) * pages
        self.chosen = self._nearest(self.chosen + step, pages)

    def action_first(self) -> None:
        self.chosen = self._nearest(0, 1)

    def action_last(self) -> None:
        self.chosen = self._nearest(self._count - 1, -1)

    def on_click(self, event: Click) -> None:
        """Choose the row that was clicked; post `Picked` on a double click."""
        offset = event.get_content_offset(self)
        at = self.scroll_offset.y + offset.y if offset is not None else self._count
        if at >= self._count or at in self._titles:
            return
        self.chosen = at
        if event.chain > 1:
            self.post_message(self.Picked())

    def _nearest(self, at: int, step: int) -> int:
        """The first row from `at` in the direction of `step` that can be chosen.

        Without any, the first in the other direction; 0 if no row can be chosen.
        """
        at = max(0, min(at, self._count - 1))
        below, above = range(at, self._count), range(at, -1, -1)
        rows = chain(below, above) if step > 0 else chain(above, below)
        return next((row for row in rows if row not in self._titles), 0)

    def _scroll_to_chosen(self) -> None:
        """Bring the chosen row into view, with a title directly above it."""
        above = self.chosen - 1 in self._titles
        region = Region(0, self.chosen - above, 1, 1 + above)
        self.scroll_to_region(region, animate=False, force=True)
