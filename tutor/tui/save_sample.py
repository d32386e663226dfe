"""Saving a corrected answer as a sample answer of its deck, for measuring graders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.authoring.copies import copy_deck
from tutor.authoring.samples_from_use import DeckIsBuiltIn, save_sample
from tutor.tui.background import background
from tutor.tui.dialogs import ChoiceScreen
from tutor.tui.labels import explain
from tutor.tui.notice_screen import complain, say

if TYPE_CHECKING:
    from textual.screen import Screen

    from tutor.progress import Attempt
    from tutor.tui.ports import Tutor

_CHOICES = {"copy": "Copy the deck and save the sample there", "leave": "Do not save it"}


def save_as_sample(screen: Screen[None], tutor: Tutor, attempt: Attempt) -> None:
    """Save an answer in the student's own deck, or in a copy of a built-in one if they agree."""

    def save() -> str:
        message = save_sample(attempt, tutor.bank, tutor.paths)
        tutor.reopen_bank()
        return message

    def copy_and_save() -> str:
        copy_deck(tutor.bank.deck_of(attempt.question), tutor.paths)
        tutor.reopen_bank()
        return save()

    def saved(message: str) -> None:
        say(screen, message)

    def not_saved(error: BaseException) -> None:
        if not isinstance(error, DeckIsBuiltIn):
            complain(screen, explain(error))
        elif screen.is_active:  # not if it was asked already
            message = f"{error.message} Your copy is used from then on, and you can change it."
            screen.app.push_screen(ChoiceScreen(message, _CHOICES), chosen)

    def chosen(choice: str | None) -> None:
        if choice == "copy":
            background(screen, copy_and_save, saved, not_saved)

    background(screen, save, saved, not_saved)
