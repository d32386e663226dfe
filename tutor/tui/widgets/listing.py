"""A list of one-line rows of which only those in view are drawn, so that thousands cost nothing."""

from collections.abc import Callable
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
"""Before the chosen row, so that it can be seen without a colour."""
Draw = Callable[[int, int], Content]
"""What stands in the row of a number, from 0, in so many cells."""


class Listing(ScrollView, can_focus=True):
    """Rows to choose from; it knows how many they are and which are titles, and no more."""

    class Moved(Message):
        """Another row is chosen, or other rows are shown."""

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
    """Whether a row is shown as chosen while the keys go elsewhere."""

    chosen = reactive(0, init=False)
    """The number of the chosen row, from 0."""

    def __init__(self, draw: Draw, *, id: str) -> None:
        super().__init__(id=id)
        self._draw = draw
        self._count = 0
        self._titles: frozenset[int] = frozenset()

    def show(self, count: int, titles: frozenset[int], chosen: int) -> None:
        """Show so many rows; those in `titles` cannot be chosen, nor can `chosen` if it is one."""
        self._count, self._titles = count, titles
        self.virtual_size = Size(self.scrollable_content_region.width, count)
        self.set_reactive(Listing.chosen, self._nearest(chosen, 1))
        self._scroll_to_chosen()
        self.refresh()
        self.post_message(self.Moved())

    def watch_chosen(self) -> None:
        """Have the row in view."""
        self._scroll_to_chosen()
        self.refresh()
        self.post_message(self.Moved())

    def on_resize(self) -> None:
        """The rows are as wide as the list."""
        self.virtual_size = Size(self.scrollable_content_region.width, self._count)
        self._scroll_to_chosen()

    def render_line(self, y: int) -> Strip:
        """One row, or a blank below the last."""
        at, width = self.scroll_offset.y + y, self.scrollable_content_region.width
        if at >= self._count:
            return Strip.blank(width, self.rich_style)
        style = self.get_visual_style(*self._component(at))
        pointer = POINTER if self._points_at(at) else " " * len(POINTER)
        line = Content(pointer) + self._draw(at, width - len(POINTER))
        if self.has_focus and self._points_at(at):
            line = Content(line.plain)  # other colours would be hard to read on its background
        (strip,) = Visual.to_strips(self, line, width, 1, style, pad=True)
        return strip

    def _component(self, at: int) -> tuple[str, ...]:
        if at in self._titles:
            return ("listing--title",)
        return ("listing--chosen",) if self._points_at(at) else ()

    def _points_at(self, at: int) -> bool:
        shows = self.ALWAYS_POINTS or self.has_focus
        return shows and at == self.chosen and at not in self._titles

    def action_move(self, step: int) -> None:
        """Choose the next row; beyond the last one the key is somebody else's."""
        at = self.chosen + step
        while at in self._titles:
            at += step
        if not 0 <= at < self._count:
            raise SkipAction
        self.chosen = at

    def action_page(self, pages: int) -> None:
        """Go on by as many rows as are in view."""
        step = max(1, self.scrollable_content_region.height - 1) * pages
        self.chosen = self._nearest(self.chosen + step, pages)

    def action_first(self) -> None:
        self.chosen = self._nearest(0, 1)

    def action_last(self) -> None:
        self.chosen = self._nearest(self._count - 1, -1)

    def on_click(self, event: Click) -> None:
        """Choose the row that is clicked on; a double click is meant."""
        offset = event.get_content_offset(self)
        at = self.scroll_offset.y + offset.y if offset is not None else self._count
        if at >= self._count or at in self._titles:
            return
        self.chosen = at
        if event.chain > 1:
            self.post_message(self.Picked())

    def _nearest(self, at: int, step: int) -> int:
        """The row nearest to `at` that can be chosen, that way first; 0 where there is none."""
        at = max(0, min(at, self._count - 1))
        ways = (range(at, self._count), range(at, -1, -1))
        for way in ways if step > 0 else reversed(ways):
            found = next((each for each in way if each not in self._titles), None)
            if found is not None:
                return found
        return 0

    def _scroll_to_chosen(self) -> None:
        """Bring the chosen row into view, and the title above it."""
        above = self.chosen - 1 in self._titles
        region = Region(0, self.chosen - above, 1, 1 + above)
        self.scroll_to_region(region, animate=False, force=True)
