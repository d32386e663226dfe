"""How well decks and topics are known, as a list that starts one."""

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tutor.formatting import percent
from tutor.study import Mastery
from tutor.tui.keys import key
from tutor.tui.labels import bar, fit

COLUMNS = "questions  answered  mastery          "
DECK, TOPIC = "deck:", "topic:"
"""What the ids of the rows begin with."""


def mastery_line(title: str, row: Mastery, width: int) -> Content:
    """One deck or topic; where room is short the title gives way."""
    share = percent(row.share) if row.answered else "–"
    figures = f"{row.questions:>9}  {row.answered:>8}  {bar(row.share, 10)} {share:>5} "
    return Content(f"{fit(title, width - len(COLUMNS) - 2)}  {figures}")


def _heading(title: str, width: int) -> Content:
    return Content(f"{fit(title, width - len(COLUMNS) - 2)}  {COLUMNS}")


class MasteryList(OptionList):
    """Decks and topics to choose from."""

    HELP = """
    How well each deck and topic is known: the last score times the probability that it is still
    remembered, over all its questions. `Enter` asks from it.
    """
    BINDINGS: ClassVar[list[BindingType]] = [key("enter", "select", "Start", id="mastery.start")]

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id, markup=False)
        self._titles: Mapping[str, str] = {}
        self._decks: Sequence[Mastery] = ()
        self._topics: Sequence[Mastery] = ()

    def show(
        self, titles: Mapping[str, str], decks: Sequence[Mastery], topics: Sequence[Mastery]
    ) -> None:
        """Show these, the first deck chosen; `titles` holds the decks' by id."""
        self._titles, self._decks, self._topics = titles, decks, topics
        self.set_options(self._laid_out())
        if decks:
            self.highlighted = 1  # the first line is the heading

    def _laid_out(self) -> Iterator[Option]:
        width = self.scrollable_content_region.width or 76
        yield Option(_heading("Deck", width), disabled=True)
        for row in self._decks:
            title = self._titles[row.name]
            yield Option(mastery_line(title, row, width), id=f"{DECK}{row.name}")
        if self._topics:
            yield Option(_heading("Topic", width), disabled=True)
        for row in self._topics:
            yield Option(mastery_line(row.name, row, width), id=f"{TOPIC}{row.name}")

    def on_resize(self, _: events.Resize) -> None:
        """Lay the rows out anew."""
        for at, option in enumerate([*self._laid_out()][: self.option_count]):
            self.replace_option_prompt_at_index(at, option.prompt)
