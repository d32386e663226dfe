"""The part above an answer and its rubric: marks, ratings and the question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tutor.authoring import DRAFTED
from tutor.formatting import mark_in_words
from tutor.tui.labels import (
    STYLES,
    authored,
    bar,
    clean,
    graded_by,
    how_often_right,
    in_lines,
    marks_of,
    one_line,
    plain,
    rating_choices,
    verdict_on,
)
from tutor.tui.widgets.prose import Prose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import ComposeResult

    from tutor.bank import Question
    from tutor.grading import Grade
    from tutor.tui.grade_changes import GradeChanges
    from tutor.tui.ports import Tutor

WIDE = 100
"""The width in cells from which the whole question is shown, with two columns below it."""
LOW = 22
"""The lines below which only the most important things are shown."""
ROOMY = 60
"""The width in cells from which the bar is long, and the grader's accuracy is shown."""
_BAR, _SHORT_BAR = 24, 12
"""The cells of the bar, in a wide and in a narrow window."""
_MARGINS, _WIDEST = 4, 96
_FOR_NOW = "suggested by key terms until the model has graded it"
_GAVE_UP = "you said you don't know"


class VerdictHead(Vertical):
    """The marks as a bar, what graded, the effect of each rating, and the question."""

    DEFAULT_CSS = """
    VerdictHead {
        height: auto;
        padding: 1 2 0 2;
        #score, #ratings, #remark, #prompt { height: auto; }
        #ratings, #prompt { color: $text-muted; }
        #remark { color: $text-warning; }
        #prompt {
            max-height: 8; max-width: 96; margin-top: 1;
            &.-folded { text-wrap: nowrap; text-overflow: ellipsis; }
        }
        &.-low {
            padding: 0 2;
            #prompt { margin-top: 0; }
            #prompt.-folded { display: none; }
        }
    }
    """

    def __init__(self, tutor: Tutor, question: Question, changes: GradeChanges) -> None:
        super().__init__()
        self._tutor = tutor
        self._question = question
        self._changes = changes
        self._is_late = False
        """Whether the model has yet to grade the answer."""
        self._unfolded = False
        """Whether the student unfolded the question."""
        self._score = Static(id="score", markup=False)
        self._ratings = Static(id="ratings", markup=False)
        self._remark = Static(id="remark", markup=False)
        self._prompt = Prose(id="prompt", markup=False)

    def compose(self) -> ComposeResult:
        yield self._score
        yield self._ratings
        yield self._remark
        yield self._prompt

    def on_resize(self) -> None:
        """Fit the bar and the question to the new size."""
        self.set_class(self.app.size.height < LOW, "-low")
        self._show_marks()
        self._show_question()

    def show(self, *, is_late: bool) -> None:
        """Show the present grade; `is_late` if a model is about to replace it."""
        self._is_late = is_late
        self._show_marks()

    def show_question(self, question: Question) -> None:
        """Show the question in these words."""
        self._question = question
        self._show_question()

    def toggle_question(self) -> None:
        """Unfold or fold the question."""
        self._unfolded = not self._unfolded
        self._show_question()

    def _show_marks(self) -> None:
        attempt, width = self._changes.attempt, min(self.app.size.width - _MARGINS, _WIDEST)
        self._score.update(
            score_text(
                attempt.grade,
                self._graded_by,
                " · ".join(self._states()),
                width,
                drafted=bool(self._question.drafted),
            )
        )
        self._remark.display = bool(attempt.grade.remark)
        self._remark.update(plain(attempt.grade.remark))
        today = self._tutor.preferences.day(self._tutor.clock())
        dues = {} if self.has_class("-low") else self._changes.saved.due_by_rating
        ratings = in_lines(rating_choices(attempt.rating, dues, today), width)
        start, end = ratings.index("["), ratings.index("]") + 1
        self._ratings.update(Content(ratings).stylize("$foreground", start, end))

    @property
    def _graded_by(self) -> str:
        attempt = self._changes.attempt
        if attempt.gave_up:
            return _GAVE_UP
        if self._is_late:
            return _FOR_NOW
        if self.app.size.width < ROOMY:
            return graded_by(attempt.grade, self._tutor.grading.model_name)
        return grader_text(self._tutor, self._question, attempt.grade)

    def _states(self) -> Iterator[str]:
        if self._question.id in self._tutor.progress.flags():
            yield "reported"
        changes = self._changes
        yield "saving …" if changes.are_saving else "NOT saved" if changes.failed else "saved"

    def _show_question(self) -> None:
        folded = self.app.size.width < WIDE and not self._unfolded
        self._prompt.set_class(folded, "-folded")
        prompt = authored(self._question.prompt.to(self._changes.attempt.language))
        shown = one_line(prompt) if folded else prompt
        self._prompt.update(Content.assemble(("Q  ", "dim"), shown))


def score_text(grade: Grade, graded_by: str, state: str, width: int, *, drafted: bool) -> Content:
    """The score as a bar, in marks and in a word, with the state on the right.

    Below it, muted, who graded; if room is short, the state is there too.
    """
    words = f"  {marks_of(grade)} · {mark_in_words(grade.score)}{' ★' if grade.score == 1 else ''}"
    is_roomy = width >= ROOMY
    drawn = bar(grade.score, _BAR if is_roomy else _SHORT_BAR)
    gap = " " * (width - cell_len(f"{drawn}{words}{state}")) if is_roomy else ""
    muted = in_lines([graded_by] if is_roomy else [graded_by, state], width, " · ")
    return Content.assemble(
        (drawn, STYLES[verdict_on(grade.score)]),
        (words, "bold"),
        (f"{gap}{state}" if is_roomy else "", "dim"),
        (f"\n{muted}", "dim"),
        (f"\n{DRAFTED} Press E to edit it." if drafted else "", "dim"),
    )


def grader_text(tutor: Tutor, question: Question, grade: Grade) -> str:
    """Who graded, and how often that grader was right, if it was measured."""
    built_in = tutor.paths.is_built_in(tutor.bank.info(question.id).file)
    known = tutor.grading.known_accuracy(grade, question.id, built_in=built_in)
    right = "" if known is None else how_often_right(known, question)
    return clean(graded_by(grade, tutor.grading.model_name) + right)
