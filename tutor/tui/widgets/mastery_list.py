"""How well decks and topics are known, as a list that starts one."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content

from tutor.formatting import percent
from tutor.study.statistics import Mastery
from tutor.tui.keys import key
from tutor.tui.widgets.deck_list import DeckRow, deck_line, heading_line
from tutor.tui.widgets.row_list import BLANK, Row, RowList

DECK, TOPIC = "deck:", "topic:"
"""What the ids of the rows begin with."""
_COLUMNS = ("known", "shaky", "new", "bar")
_SHARE = 9


def mastery_line(title: str, row: Mastery, width: int) -> Content:
    """One deck or topic: known, shaky and new, and its mastery."""
    share = percent(row.share) if row.answered else "–"
    counts = deck_line(DeckRow(title, "", row, None), width - _SHARE, _COLUMNS)
    return Content.assemble(counts, share.rjust(_SHARE))


def _heading(title: str, width: int) -> Content:
    counts = heading_line(title, width - _SHARE, _COLUMNS)
    return Content.assemble(counts, "mastery".rjust(_SHARE))


class MasteryList(RowList):
    """Decks and topics to choose from; what was opened says which by the start of its id."""

    HELP = """
    How well each deck and topic is known. `known`: last answered well and still remembered;
    `shaky`: answered, but not known; `new`: never answered. Mastery is the last score times the
    probability that it is still remembered, over all questions. `Enter` asks from it.
    """
    BINDINGS: ClassVar[list[BindingType]] = [key("enter", "open", "Start", id="mastery.start")]

    def show_mastery(
        self, titles: Mapping[str, str], decks: Sequence[Mastery], topics: Sequence[Mastery]
    ) -> None:
        """Show these, the first chosen; `titles` holds the decks' by id."""
        self.show_rows(tuple(_rows(titles, decks, topics)), self.chosen_id)

    def show_topics(self, topics: Sequence[Mastery]) -> None:
        """Show no more than these topics."""
        rows = [Row(partial(mastery_line, row.name, row), f"{TOPIC}{row.name}") for row in topics]
        title = [Row(partial(_heading, "Weakest topics"))] * bool(rows)
        self.show_rows((*title, *rows), self.chosen_id)


def _rows(
    titles: Mapping[str, str], decks: Sequence[Mastery], topics: Sequence[Mastery]
) -> Iterator[Row]:
    if decks:
        yield Row(partial(_heading, "Decks"))
    for row in decks:
        yield Row(partial(mastery_line, titles[row.name], row), f"{DECK}{row.name}")
    if topics:
        yield from [BLANK] * bool(decks)
        yield Row(partial(_heading, "Topics, weakest first"))
    for row in topics:
        yield Row(partial(mastery_line, row.name, row), f"{TOPIC}{row.name}")
