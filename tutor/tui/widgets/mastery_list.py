"""The list of how well decks and topics are known; it can start them."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import BindingType

from tutor.study.statistics import Mastery
from tutor.tui.keys import key
from tutor.tui.widgets.deck_list import DeckColumns, DeckRow
from tutor.tui.widgets.row_list import Row, RowList

DECK, TOPIC = "deck:", "topic:"
"""The beginnings of the rows' ids."""
_COLUMNS = ("mastery", "new", "bar", "answered")


class MasteryList(RowList):
    """Decks and topics; the id of a row begins with `DECK` or `TOPIC`."""

    HELP = """
    How well each deck and topic is known. `known`: last answered well and still remembered;
    `shaky`: answered, but not known; `new`: never answered. Mastery is the last score times the
    probability that it is still remembered, over all questions. `Enter` asks from it.
    """
    BINDINGS: ClassVar[list[BindingType]] = [key("enter", "open", "Start", id="mastery.start")]

    def show_mastery(
        self, titles: Mapping[str, str], decks: Sequence[Mastery], topics: Sequence[Mastery]
    ) -> None:
        """Show decks and topics; `titles` has the decks' titles by id."""
        rows = self._all_rows(
            [DeckRow(titles[deck.name], "", deck, None) for deck in decks], topics
        )
        self.show_rows(tuple(rows), self.chosen_id)

    def _all_rows(self, decks: Sequence[DeckRow], topics: Sequence[Mastery]) -> Iterator[Row]:
        titles = {f"{DECK}{deck.mastery.name}": deck.title for deck in decks}
        columns = DeckColumns(max(map(cell_len, titles.values()), default=0), _COLUMNS)
        if decks:
            yield Row(partial(columns.heading, "Decks"))
            for id_, deck in zip(titles, decks, strict=True):
                yield Row(partial(columns.line, deck), id_)
            # The chosen deck's whole title, or a blank line, so that nothing moves.
            yield Row(lambda width: columns.cut_title(titles.get(self.chosen_id or "", ""), width))
        yield from _topic_rows(columns, "Topics, weakest first", topics)

    def show_topics(self, topics: Sequence[Mastery]) -> None:
        """Show these topics without decks."""
        columns = DeckColumns(names=_COLUMNS)
        self.show_rows(tuple(_topic_rows(columns, "Weakest topics", topics)), self.chosen_id)


def _topic_rows(columns: DeckColumns, title: str, topics: Sequence[Mastery]) -> Iterator[Row]:
    if topics:
        yield Row(partial(columns.heading, title))
    for topic in topics:
        row = DeckRow(topic.name, "", topic, None)
        yield Row(partial(columns.line, row), f"{TOPIC}{topic.name}")
