"""A list of rows with ids, and titles between them; each row is drawn for the list's width."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.content import Content
from textual.message import Message

from tutor.tui.widgets.listing import Listing


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list."""

    draw: Callable[[int], Content | str]
    """Draws the row in a width in cells."""
    id: str = ""
    """Empty for a title, which cannot be chosen."""


BLANK = Row(lambda _: "")


class RowList(Listing):
    """Rows to choose from; Enter or a double click opens one."""

    @dataclass
    class Opened(Message):
        """A row was opened."""

        list: "RowList"
        row: str

        @property
        def control(self) -> "RowList":
            """The list, so that a handler can select it."""
            return self.list

    DEFAULT_CSS = """
    RowList {
        height: auto;
        scrollbar-gutter: auto;
        & > .listing--title { color: $text-muted; text-style: none; }
    }
    """
    ALWAYS_POINTS: ClassVar[bool] = False

    def __init__(self, *, id: str) -> None:
        super().__init__(self._draw_row, id=id)
        self._rows: tuple[Row, ...] = ()

    def show_rows(self, rows: Sequence[Row], chosen: str | None = None) -> None:
        """Show these rows and choose the one with the id `chosen`, else the first."""
        self._rows = tuple(rows)
        ids = [row.id for row in rows]
        titles = frozenset(at for at, id_ in enumerate(ids) if not id_)
        self.show(len(rows), titles, ids.index(chosen) if chosen in ids and chosen else 0)
        if self.chosen < self.size.height:  # so that new rows at the top are in view
            self.scroll_to(y=0, animate=False, force=True)
        self.refresh_bindings()

    @property
    def chosen_id(self) -> str | None:
        """The id of the chosen row; None if none can be chosen."""
        return self._rows[self.chosen].id or None if self._rows else None

    def has(self, id_: str) -> bool:
        """Whether there is a row with this id."""
        return any(row.id == id_ for row in self._rows)

    def _draw_row(self, at: int, width: int) -> Content:
        drawn = self._rows[at].draw(width)
        return drawn if isinstance(drawn, Content) else Content(drawn)

    def check_action(self, action: str, _: tuple[object, ...]) -> bool | None:
        """Offer Enter only while a row is chosen."""
        return action != "open" or self.chosen_id is not None

    @on(Listing.Picked)
    def action_open(self) -> None:
        if self.chosen_id is not None:
            self.post_message(self.Opened(self, self.chosen_id))

    def on_focus(self) -> None:
        """Show which row is chosen."""
        self.refresh()

    def on_blur(self) -> None:
        """Show no row as chosen."""
        self.refresh()
