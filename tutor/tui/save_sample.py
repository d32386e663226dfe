"""Saving a corrected answer as a sample answer of its deck, to measure graders on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.authoring.copies import copy_deck
from tutor.authoring.samples_from_use import DeckIsBuiltIn, save_sample
from tutor.tui.background import background
from tutor.tui.dialogs import ChoiceScreen, DialogOption
from tutor.tui.labels import explain

if TYPE_CHECKING:
    from textual.screen import Screen

    from tutor.progress import Attempt
    from tutor.tui.ports import Tutor

_COPY = DialogOption("copy", "Copy the deck and save the sample there")
_LEAVE = DialogOption("leave", "Do not save it")


class SampleSaving:
    """One answer to be saved; a built-in deck is copied first, if the student agrees."""

    def __init__(self, screen: Screen[None], tutor: Tutor, attempt: Attempt) -> None:
        self._screen = screen
        self._tutor = tutor
        self._attempt = attempt

    def start(self) -> None:
        """Save it in the student's own deck, else ask whether to make a copy."""
        background(self._screen, self._save, self._saved, self._not_saved)

    def _save(self) -> str:
        message = save_sample(self._attempt, self._tutor.bank, self._tutor.paths)
        self._tutor.reopen_bank()
        return message

    def _copy_and_save(self) -> str:
        tutor = self._tutor
        copy_deck(tutor.bank.deck_of(self._attempt.question), tutor.paths)
        tutor.reopen_bank()
        return self._save()

    def _saved(self, message: str) -> None:
        self._screen.app.notify(message, markup=False)

    def _not_saved(self, error: BaseException) -> None:
        if not isinstance(error, DeckIsBuiltIn):
            self._screen.app.notify(explain(error), severity="error", markup=False)
            return
        message = f"{error.message} Your copy is used from then on, and you can change it."
        self._screen.app.push_screen(ChoiceScreen(message, (_COPY, _LEAVE)), self._chosen)

    def _chosen(self, choice: str | None) -> None:
        if choice == _COPY.id:
            background(self._screen, self._copy_and_save, self._saved, self._not_saved)
