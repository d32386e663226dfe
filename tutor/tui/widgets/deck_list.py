"""What can be started, as a list: all decks together, each deck, what is weak."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tutor.bank import Language
from tutor.formatting import percent
from tutor.study import DeckSummary
from tutor.tui.keys import key
from tutor.tui.labels import bar, fit, heading

_COLUMNS = "questions  answered  mastery          "
"""What stands right of the title; a row's cells are aligned with it."""


@dataclass(frozen=True, slots=True)
class DeckRow:
    """One line of the list."""

    id: str
    title: str
    figures: str


_HEADING = DeckRow("", "Deck", _COLUMNS)


def deck_row(summary: DeckSummary, language: Language) -> DeckRow:
    """One deck, its title in `language`."""
    figures = f"{summary.questions:>9}  {summary.answered:>8}  {_mastery(summary)}"
    return DeckRow(summary.id, heading(summary.title, language), figures)


def _mastery(summary: DeckSummary) -> str:
    if summary.mastery is None:
        return f"{bar(0, 10)}     –"
    return f"{bar(summary.mastery, 10)} {percent(summary.mastery):>5} "


def row_line(row: DeckRow, width: int) -> Content:
    """The row in `width` cells; where room is short the title gives way."""
    return Content(f"{fit(row.title, width - len(_COLUMNS) - 2)}  {row.figures}")


class DeckList(OptionList):
    """Rows to choose from; `OptionSelected` carries the row's id."""

    HELP = """
    `↑` `↓` choose what to be asked, `Enter` starts it. `Due and new` asks what is about to be
    forgotten, then what is new. In a deck drafts come first, then what was never answered, then
    what went worst.
    """
    BINDINGS: ClassVar[list[BindingType]] = [key("enter", "select", "Start", id="today.start")]

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id, markup=False)
        self._rows: tuple[DeckRow, ...] = ()

    def show(self, rows: Sequence[DeckRow], focused: str | None) -> None:
        """Show these rows and highlight one of them, the first if it is not there."""
        self._rows = tuple(rows)
        self.set_options(
            [
                Option(row_line(_HEADING, self._room), disabled=True),
                *(Option(row_line(row, self._room), id=row.id) for row in self._rows),
            ]
        )
        ids = [row.id for row in self._rows]
        if ids:
            self.highlighted = 1 + (ids.index(focused) if focused in ids else 0)

    @property
    def chosen(self) -> str | None:
        """The id of the highlighted row."""
        at = self.highlighted  # the first line is the heading
        return None if not at or at > len(self._rows) else self._rows[at - 1].id

    def on_resize(self, _: events.Resize) -> None:
        """Lay the rows out anew."""
        for at, row in enumerate((_HEADING, *self._rows)[: self.option_count]):
            self.replace_option_prompt_at_index(at, row_line(row, self._room))

    @property
    def _room(self) -> int:
        """Cells for a row; before the first layout, those of the narrowest screen."""
        return self.scrollable_content_region.width or 76
