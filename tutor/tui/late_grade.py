"""A grade that comes late: a model's, for an answer that key terms graded before it was ready."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.worker import Worker

from tutor.engine import EngineState
from tutor.tui.background import background
from tutor.tui.model_words import ModelState

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.screen import Screen

    from tutor.bank import Question
    from tutor.grading import Grade
    from tutor.progress import Attempt
    from tutor.tui.ports import Tutor


class LateGrade:
    """Waits for the model, and has the answer graded by it, as long as its verdict is shown."""

    def __init__(
        self,
        screen: Screen[None],
        tutor: Tutor,
        question: Question,
        attempt: Attempt,
        done: Callable[[Grade | None], None],
    ) -> None:
        """`done` is called with the model's grade, or with None where none will come."""
        self._screen = screen
        self._grading = tutor.grading
        self._question = question
        self._attempt = attempt
        self._done = done
        self._worker: Worker[Grade] | None = None
        self.is_awaited = self._grading.may_regrade(attempt.grade)
        """Whether a grade may still come."""

    def start(self) -> None:
        """Follow the model; nothing is waited for in a thread."""
        self._screen.watch(self._screen.app, "model", self._look)

    def drop(self) -> None:
        """Have no grade come any more: the student has left, or decided."""
        if self.is_awaited:
            self.is_awaited = False
            if self._worker is not None:
                self._worker.cancel()
                self._grading.cancel()

    def _look(self, model: ModelState) -> None:
        if not self.is_awaited or self._worker is not None:
            return
        if not self._grading.may_regrade(self._attempt.grade):
            self._end(None)
        elif model.status.state is EngineState.READY:
            question, attempt, grade = self._question, self._attempt, self._grading.grade
            self._worker = background(
                self._screen,
                lambda: grade(question, attempt.answer, attempt.language),
                self._end,
                lambda _: self._end(None),
            )

    def _end(self, grade: Grade | None) -> None:
        if self.is_awaited:
            self.is_awaited = False
            self._done(grade if grade is not None and grade.grader.name == "model" else None)
