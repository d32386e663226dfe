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
from tutor.tui.widgets.deck_list import DeckColumns, DeckRow
from tutor.tui.widgets.row_list import Row, RowList

DECK, TOPIC = "deck:", "topic:"
"""The beginnings of the rows' ids."""
_COLUMNS = ("new", "bar", "answered")
_SHARE = 9
"""The cells of the column for mastery."""


def mastery_line(columns: DeckColumns, title: str, row: Mastery, width: int) -> Content:
    """The row of a deck or topic: its known, shaky and new questions, and its mastery."""
    share = percent(row.share) if row.answered else "–"
    counts = columns.line(DeckRow(title, "", row, None), width - _SHARE)
    return Content.assemble(counts, share.rjust(_SHARE))


def _heading(columns: DeckColumns, title: str, width: int) -> Content:
    return Content.assemble(columns.heading(title, width - _SHARE), "mastery".rjust(_SHARE))


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
        columns = DeckColumns(max(map(cell_len, titles.values()), default=0), _COLUMNS)
        if decks:
            yield Row(partial(_heading, columns, "Decks"))
        for row in decks:
            id_ = f"{DECK}{row.name}"
            yield Row(partial(mastery_line, columns, titles[id_], row), id_)
        if decks:  # blank if the chosen title is not cut, so that nothing moves
            yield Row(lambda width: columns.cut_title(self._chosen_title, width - _SHARE))
        yield from _topic_rows("Topics, weakest first", columns, topics)

    @property
    def _chosen_title(self) -> str:
        return self._titles_by_row.get(self.chosen_id or "", "")

    def show_topics(self, topics: Sequence[Mastery]) -> None:
        """Show these topics without decks."""
        columns = DeckColumns(names=_COLUMNS)
        self.show_rows(tuple(_topic_rows("Weakest topics", columns, topics)), self.chosen_id)


def _topic_rows(title: str, columns: DeckColumns, topics: Sequence[Mastery]) -> Iterator[Row]:
    if topics:
        yield Row(partial(_heading, columns, title))
    for row in topics:
        yield Row(partial(mastery_line, columns, row.name, row), f"{TOPIC}{row.name}")
