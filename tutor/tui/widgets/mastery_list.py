"""The list of how well decks and topics are known; it can start them."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import BindingType
from textual.content import Content

from tutor.formatting import percent
from tutor.study.statistics import Mastery
from tutor.tui.keys import key
from tutor.tui.labels import fit
from tutor.tui.widgets.deck_list import DeckRow, deck_line, heading_line, is_cut
from tutor.tui.widgets.row_list import Row, RowList

DECK, TOPIC = "deck:", "topic:"
"""The beginnings of the rows' ids."""
_COLUMNS = ("new", "bar", "answered")
_SHARE = 9
"""The cells of the column for mastery."""


def mastery_line(title: str, row: Mastery, width: int, *, longest: int = 0) -> Content:
    """The row of a deck or topic: its known, shaky and new questions, and its mastery."""
    share = percent(row.share) if row.answered else "–"
    counts = deck_line(DeckRow(title, "", row, None), width - _SHARE, _COLUMNS, longest=longest)
    return Content.assemble(counts, share.rjust(_SHARE))


def _heading(title: str, width: int, *, longest: int = 0) -> Content:
    counts = heading_line(title, width - _SHARE, _COLUMNS, longest=longest)
    return Content.assemble(counts, "mastery".rjust(_SHARE))


class MasteryList(RowList):
    """Decks and topics; the id of a row begins with `DECK` or `TOPIC`."""

    HELP = """
    How well each deck and topic is known. `known`: last answered well and still remembered;
    `shaky`: answered, but not known; `new`: never answered. Mastery is the last score times the
    probability that it is still remembered, over all questions. `Enter` asks from it.
    """
    BINDINGS: ClassVar[list[BindingType]] = [key("enter", "open", "Start", id="mastery.start")]

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._titles_by_row: dict[str, str] = {}
        """The titles of the decks by the ids of their rows."""

    def show_mastery(
        self, titles: Mapping[str, str], decks: Sequence[Mastery], topics: Sequence[Mastery]
    ) -> None:
        """Show decks and topics; `titles` has the decks' titles by id."""
        self._titles_by_row = {f"{DECK}{deck.name}": titles[deck.name] for deck in decks}
        self.show_rows(tuple(self._all_rows(decks, topics)), self.chosen_id)

    def _all_rows(self, decks: Sequence[Mastery], topics: Sequence[Mastery]) -> Iterator[Row]:
        titles = self._titles_by_row
        longest = max(map(cell_len, titles.values()), default=0)
        heading = partial(_heading, longest=longest)
        if decks:
            yield Row(partial(heading, "Decks"))
        for row in decks:
            id_ = f"{DECK}{row.name}"
            yield Row(partial(mastery_line, titles[id_], row, longest=longest), id_)
        if decks:  # otherwise a blank line, so that nothing moves
            yield Row(partial(self._full_title, longest))
        if topics:
            yield Row(partial(heading, "Topics, weakest first"))
        for row in topics:
            yield Row(partial(mastery_line, row.name, row, longest=longest), f"{TOPIC}{row.name}")

    def _full_title(self, longest: int, width: int) -> str:
        """The title of the chosen deck if it is cut in its row, else nothing."""
        title = self._titles_by_row.get(self.chosen_id or "", "")
        cut = is_cut(title, width - _SHARE, _COLUMNS, longest=longest)
        return fit(title, width) if cut else ""

    def show_topics(self, topics: Sequence[Mastery]) -> None:
        """Show these topics without decks."""
        rows = [Row(partial(mastery_line, row.name, row), f"{TOPIC}{row.name}") for row in topics]
        title = [Row(partial(_heading, "Weakest topics"))] * bool(rows)
        self.show_rows((*title, *rows), self.chosen_id)
