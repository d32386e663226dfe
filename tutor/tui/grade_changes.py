"""Changes of a saved grade while its verdict is shown: by the student, or by a late model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.worker import Worker

from tutor.engine import EngineState
from tutor.formatting import number
from tutor.study.session import rated
from tutor.tui.background import background
from tutor.tui.labels import clean, marks_of
from tutor.tui.model_words import ModelState, model_as_subject

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textual.dom import DOMNode
    from textual.screen import Screen

    from tutor.bank import Question, Verdict
    from tutor.grading import Grade
    from tutor.progress import Attempt, Rating
    from tutor.study import Answered, StudySession
    from tutor.tui.ports import Tutor


class GradeChanges:
    """The changes of one answer's grade: shown at once, saved one after the other."""

    def __init__(
        self,
        owner: DOMNode,
        session: StudySession,
        saved: Answered,
        *,
        changed: Callable[[], None],
        failed: Callable[[BaseException], None],
    ) -> None:
        """`changed` is called whenever there is something else to show, also after `failed`."""
        self._owner = owner
        self._session = session
        self._on_changed = changed
        self._on_failed = failed
        self._waiting: list[Callable[[], Answered]] = []
        """What saves the changes; the first of them is running."""
        self._then: list[Callable[[], object]] = []
        self.saved = saved
        """The answer as it is on disk."""
        self.attempt = saved.attempt
        """The attempt as the student wants it."""
        self.failed = False
        """Whether the last change could not be saved. It and those after it are then dropped."""

    @property
    def are_saving(self) -> bool:
        """Whether something is not saved yet."""
        return bool(self._waiting)

    def overrule(self, verdicts: Mapping[str, Verdict | None]) -> None:
        """Apply the student's own verdicts, by point id; None removes one."""
        attempt = self._with_grade(self.attempt.grade.overrule(verdicts))
        self._change(attempt, lambda: self._session.overrule(attempt, verdicts))

    def rate(self, rating: Rating) -> None:
        """Apply the student's own rating; the one that the score gives removes it."""
        attempt = rated(self.attempt, rating)
        if attempt.rated is not self.attempt.rated:
            self._change(attempt, lambda: self._session.rate(attempt, rating))

    def regrade(self, grade: Grade) -> None:
        """Apply a grade that came late; the student's own verdicts stay."""
        points = self.attempt.grade.points
        attempt = self._with_grade(grade)
        self._change(attempt, lambda: self._session.regrade(attempt, grade))
        if own := {point.id: point.overruled for point in points if point.overruled}:
            self.overrule(own)

    def follow(self, attempt: Attempt) -> None:
        """Show and keep an attempt that undo or redo has changed."""
        self._change(attempt, lambda: self._session.answered(attempt))

    def when_saved(self, then: Callable[[], object]) -> None:
        """Call `then` once everything is saved; never if something cannot be saved."""
        if self._waiting:
            self._then.append(then)
        else:
            then()

    def _with_grade(self, grade: Grade) -> Attempt:
        return self.attempt.model_copy(update={"grade": grade})

    def _change(self, attempt: Attempt, save: Callable[[], Answered]) -> None:
        self.attempt = attempt
        self._waiting.append(save)
        if len(self._waiting) == 1:
            self._save_next()
        self._on_changed()

    def _save_next(self) -> None:
        background(self._owner, self._waiting[0], self._one_saved, self._not_saved)

    def _one_saved(self, answered: Answered) -> None:
        self.saved = answered
        self.failed = False
        self._waiting.pop(0)
        if self._waiting:
            self._save_next()
        else:
            self._settle()

    def _not_saved(self, error: BaseException) -> None:
        self.failed = True
        self._waiting.clear()
        self._on_failed(error)
        self._settle()

    def _settle(self) -> None:
        """Show what is saved, then do what was waiting for that."""
        self.attempt = self.saved.attempt
        self._on_changed()
        waited, self._then = self._then, []
        if not self.failed:
            for then in waited:
                then()


class LateGrade:
    """A model's grade for an answer that key terms graded before the model was ready."""

    def __init__(
        self,
        screen: Screen[None],
        tutor: Tutor,
        question: Question,
        attempt: Attempt,
        done: Callable[[Grade | None], None],
    ) -> None:
        """`done` is called with the model's grade, or with None if none will come."""
        self._screen = screen
        self._grading = tutor.grading
        self._question = question
        self._attempt = attempt
        self._done = done
        self._worker: Worker[Grade] | None = None
        self.is_awaited = self._grading.may_regrade(attempt.grade)
        """Whether a grade may still come."""

    def start(self) -> None:
        """Grade as soon as the model is ready; no thread waits for that."""
        self._screen.watch(self._screen.app, "model", self._look)

    def drop(self) -> None:
        """Stop waiting for a grade, since the student has left or decided."""
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


def replaced_text(before: Grade, after: Grade, model: str | None) -> str:
    """The notice that a model's grade has replaced the one that key terms suggested."""
    who = model_as_subject(clean(model or "The model"))
    marks = f"{who}: {marks_of(after)}"
    if any(point.overruled for point in after.points):
        return f"{marks}. Your own verdicts stay."
    return f"{marks}; key terms: {number(before.earned)}. Press u to undo that."
