"""Waiting for a grade: how long it takes, and what key terms suggest in the meantime."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.formatting import number
from tutor.tui.background import background

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from textual.screen import Screen
    from textual.timer import Timer
    from textual.worker import Worker

    from tutor.bank import Language, Question
    from tutor.grading import Grade
    from tutor.tui.ports import Tutor

SLOW_SECONDS = 2
"""Seconds after which the key terms' suggestion is shown; while a model loads, that is at once."""


class GradingWait:
    """Shows every second how long grading an answer has taken."""

    def __init__(
        self,
        screen: Screen[None],
        tutor: Tutor,
        show: Callable[[str], None],
        suggested: Callable[[], None],
    ) -> None:
        """`show` is called with the text to show, `suggested` once there is a suggestion."""
        self._screen = screen
        self._tutor = tutor
        self._show = show
        self._suggested = suggested
        self._timer: Timer | None = None
        self._suggest: Callable[[], Grade] | None = None
        """What asks the key terms; None once they have been asked."""
        self._suggesting: Worker[Grade] | None = None
        self.suggestion: Grade | None = None
        self.since: datetime = tutor.clock()
        """When grading began."""

    def begin(self, question: Question, answer: str, language: Language) -> None:
        """Start counting the seconds: an answer is being graded."""
        suggest = self._tutor.grading.suggest
        self._suggest = lambda: suggest(question, answer, language)
        self.suggestion = None
        self.since = self._tutor.clock()
        self._timer = self._screen.set_interval(1, self._show_progress)
        self._show_progress()

    def end(self) -> None:
        """Stop counting, and drop the suggestion, also one that has not come yet."""
        self.suggestion = None
        if self._timer is not None:
            self._timer.stop()
        if self._suggesting is not None:
            self._suggesting.cancel()

    def _show_progress(self) -> None:
        seconds = int((self._tutor.clock() - self.since).total_seconds())
        is_loading = self._tutor.grading.status.state.is_on_its_way
        if self._suggest is not None and (is_loading or seconds >= SLOW_SECONDS):
            self._suggesting = background(self._screen, self._suggest, self._key_terms_suggest)
            self._suggest = None
        suggested = ""
        if (grade := self.suggestion) is not None:
            suggested = f" · key terms: {number(grade.earned)} of {number(grade.full)}, F5 accepts"
        doing = "waiting for the model" if is_loading else "grading"
        self._show(f"{doing} … {seconds} s{suggested} · Esc cancels")

    def _key_terms_suggest(self, grade: Grade) -> None:
        self.suggestion = grade
        self._suggested()
        self._show_progress()
