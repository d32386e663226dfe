"""The decks as a list: how many questions, how many answered, how well."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tutor.bank import Language
from tutor.study import DeckSummary
from tutor.tui.keys import key
from tutor.tui.text import bar, fit, heading, percent

_COLUMNS = "questions  answered  mastery          "
"""What stands right of the title; a row's cells are aligned with it."""


def deck_heading(width: int) -> Content:
    """The line above the decks, in `width` cells."""
    return Content(f"{fit('Deck', width - len(_COLUMNS) - 2)}  {_COLUMNS}")


def deck_row(summary: DeckSummary, language: Language, width: int) -> Content:
    """One deck in `width` cells, its title in `language`."""
    title = fit(heading(summary.title, language), width - len(_COLUMNS) - 2)
    return Content(f"{title}  {summary.questions:>9}  {summary.answered:>8}  {_mastery(summary)}")


def _mastery(summary: DeckSummary) -> str:
    if summary.mastery is None:
        return f"{bar(0, 10)}     –"
    return f"{bar(summary.mastery, 10)} {percent(summary.mastery):>5} "


class DeckList(OptionList):
    """Decks to choose from; `OptionSelected` carries the deck's id."""

    HELP = """
    `↑` `↓` choose a deck, `Enter` starts it. Drafts come first, then what was never answered, then
    what went worst.
    """
    BINDINGS: ClassVar[list[BindingType]] = [key("enter", "select", "Start", id="today.start")]

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id, markup=False)
        self._decks: tuple[tuple[DeckSummary, Language], ...] = ()

    def show(self, decks: Sequence[tuple[DeckSummary, Language]], focused: str | None) -> None:
        """Show these decks, each with the language of its title, and highlight one of them."""
        self._decks = tuple(decks)
        self.set_options(
            [
                Option(deck_heading(self._room), disabled=True),
                *(
                    Option(deck_row(summary, language, self._room), id=summary.id)
                    for summary, language in self._decks
                ),
            ]
        )
        ids = [summary.id for summary, _ in self._decks]
        if ids:
            self.highlighted = 1 + (ids.index(focused) if focused in ids else 0)

    @property
    def deck(self) -> DeckSummary | None:
        """The highlighted deck."""
        at = self.highlighted  # the first line is the heading
        return None if not at or at > len(self._decks) else self._decks[at - 1][0]

    def on_resize(self, _: events.Resize) -> None:
        """Lay the rows out anew."""
        if self.option_count:
            self.replace_option_prompt_at_index(0, deck_heading(self._room))
        for at, (summary, language) in enumerate(self._decks, start=1):
            self.replace_option_prompt_at_index(at, deck_row(summary, language, self._room))

    @property
    def _room(self) -> int:
        """Cells for a row; before the first layout, those of the narrowest screen."""
        return self.scrollable_content_region.width or 76
