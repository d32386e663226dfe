"""The verdict on an answer: the score, every rubric point, the feedback."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import Vertical

from tutor.bank import BankError, Verdict
from tutor.progress import Rating
from tutor.tui.background import background
from tutor.tui.feedback_box import FeedbackBox
from tutor.tui.follow_up import SecondAnswers
from tutor.tui.grade_changes import GradeChanges, LateGrade, replaced_text
from tutor.tui.keys import key
from tutor.tui.labels import explain
from tutor.tui.messages import (
    AskedAgain,
    FeedbackArrived,
    FeedbackEnded,
    NextAsked,
    PointSelected,
    TodayAsked,
    UndoDone,
)
from tutor.tui.notice_screen import NoticeScreen, complain, say
from tutor.tui.session_place import place_of
from tutor.tui.verdict_head import LOW, WIDE, VerdictHead
from tutor.tui.widgets.footer import FittingFooter
from tutor.tui.widgets.graded_answer import GradedAnswer
from tutor.tui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.message import Message

    from tutor.grading import Grade
    from tutor.progress import Attempt
    from tutor.study import Answered, StudySession
    from tutor.tui.ports import Tutor

WIDEST = 130
"""The columns from which the model answer is next to answer and rubric."""
ROOMY = 32
"""The lines from which there is room for headings."""

_MATTER_LEAST = ("command_palette", "sample", "edit_question", "flag", "notes", "question")
_MATTER_LESS = ("app.undo", "again", "model_answer", "why", "rate(1)", "follow_up")
"""Keys that leave the footer first, those of the first line before those of the second."""


class VerdictScreen(NoticeScreen):
    """The verdict on a saved answer, which the student can correct, rate and follow up."""

    CSS_PATH = "verdict.tcss"
    AUTO_FOCUS = ""  # it would scroll to the rubric, away from what is above it
    HORIZONTAL_BREAKPOINTS: ClassVar[list[tuple[int, str]] | None] = [  # type: ignore[misc]
        (0, "-narrow"),
        (WIDE, "-wide"),
        (WIDEST, "-widest"),
    ]
    VERTICAL_BREAKPOINTS: ClassVar[list[tuple[int, str]] | None] = [  # type: ignore[misc]
        (0, "-short"),
        (LOW, "-tall"),
        (ROOMY, "-roomy"),
    ]
    HELP: ClassVar[str | None] = """
    `Enter` continues. `space` corrects the selected point, `q` unfolds the question, `v` shows the
    model answer, `n` notes and references, `i` how the verdicts came about.

    - `1` again, `2` hard, `3` good, `4` easy: how well you knew it, if you know better than the
      marks do. It decides when the question comes back; each key says when that is.
    - `+` asks a follow-up about the selected point, if it was not met. Your second answer leaves
      the marks as they are. `i` and `+` wait until the feedback is written.
    - while the model loads, key terms suggest the verdicts. The model's replace them when it is
      ready, except for those you have corrected, and unless you have answered a follow-up.
    - `r` asks the whole question again, with your answer in the editor
    - `u` undoes what was saved last: a rating, a correction, then the grade itself; the answer
      becomes a draft again
    - `f` reports a problem with the question, with a note for its author
    - `o` opens a reference in your web browser, `y` copies question, answer and verdicts
    - `E` opens the question in your editor (`VISUAL` or `EDITOR`), to correct its text or rubric
    - `S`, once you have corrected a verdict, saves your answer with all verdicts as a sample answer
      of the deck, to measure graders on (`tutor bench grading --split test`)
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key("enter", "next", "Next", id="verdict.next"),
        key("space", "overrule", "Correct", id="verdict.overrule"),
        key("plus", "follow_up", "Follow-up", id="verdict.follow_up", display="+"),
        key("1", "rate(1)", "Rate", id="verdict.rate_1", display="1-4"),
        key("2", "rate(2)", id="verdict.rate_2", show=False),
        key("3", "rate(3)", id="verdict.rate_3", show=False),
        key("4", "rate(4)", id="verdict.rate_4", show=False),
        key("q", "question", "Question", id="verdict.question"),
        key("v", "model_answer", "Answer", id="verdict.model_answer"),
        key("n", "notes", "Notes", id="verdict.notes"),
        key("o", "references", "Open a reference", id="verdict.references", show=False),
        key("y", "copy", "Copy", id="verdict.copy", show=False),
        key("i", "why", "Why", id="verdict.why"),
        key("r", "again", "Retry", id="verdict.again"),
        key("u", "app.undo", "Undo", id="verdict.undo"),
        key("U", "app.redo", "Redo", id="verdict.redo", show=False),
        key("E", "edit_question", "Edit question", id="verdict.edit"),
        key("S", "sample", "Save as sample", id="verdict.sample"),
        key("f", "flag", "Report", id="verdict.flag"),
        key("escape", "today", "Today", id="verdict.today"),
        key("question_mark,f1", "app.help", "Keys", id="verdict.help"),
        key("pageup", "scroll(-1)", id="verdict.page_up", show=False),
        key("pagedown", "scroll(1)", id="verdict.page_down", show=False),
    ]

    def __init__(self, tutor: Tutor, session: StudySession, answered: Answered) -> None:
        super().__init__()
        self._tutor = tutor
        self._session = session
        self._question = question = answered.question
        attempt = answered.attempt
        self._place = place_of(tutor, session.state, question.id)
        self.changes = GradeChanges(
            self, session, answered, changed=self._show_grade, failed=self._not_changed
        )
        self._late = LateGrade(self, tutor, question, attempt, self._model_graded)
        """The model's grade, if key terms suggested one before the model was ready."""
        self._gone = False
        self._leaving = False
        """Whether the student has left, although changes may still have to be saved."""
        self._head = VerdictHead(tutor, question, self.changes)
        self._answer = GradedAnswer(question, attempt)
        self.rubric = self._answer.rubric
        self._seconds = SecondAnswers(self, tutor, session, self.rubric, self._model_is_free)
        self._feedback = FeedbackBox(tutor.grading, id="feedback-box")

    @property
    def attempt(self) -> Attempt:
        """The attempt as it is shown."""
        return self.changes.attempt

    @property
    def _is_left(self) -> bool:
        """Whether the next screen is on its way: keys are meant for that, and do nothing here."""
        return self._gone or self._leaving

    def when_saved(self, then: Callable[[], object]) -> None:
        """Call `then` once every change is saved; never if the screen is being left."""
        if not self._is_left:
            self.changes.when_saved(then)

    # --- what is shown

    def compose(self) -> ComposeResult:
        """Marks and ratings, question, answer next to rubric, feedback."""
        yield TopBar(self._place.title, self._place.count)
        yield self.notice
        yield self._head
        with Vertical(id="body"):
            yield self._answer
            yield self._feedback
        yield FittingFooter(*_MATTER_LEAST, *_MATTER_LESS)

    def on_mount(self) -> None:
        """Show the verdict, and let the model do what it still has to do."""
        self.rubric.focus(scroll_visible=False)
        if not self.attempt.gave_up:
            background(self, self._missing_terms, self.rubric.show_missing)
        self._begin()
        self._show_score()

    def _begin(self) -> None:
        """Wait for a late model, or have the feedback written."""
        if self.attempt.gave_up:
            self._model_is_free()
        elif self._late.is_awaited:
            self._late.start()
        else:
            self._feedback.write(self._question, self.attempt)

    def _show_grade(self) -> None:
        self._answer.show(self.attempt.grade)
        self._show_score()
        self.refresh_bindings()

    def _show_score(self) -> None:
        self._head.show(is_late=self._late.is_awaited)

    def _missing_terms(self) -> Mapping[str, tuple[str, ...]]:
        attempt = self.attempt
        find = self._tutor.grading.missing_terms
        return find(self._question, attempt.answer, attempt.language)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Show keys that need the model greyed out while it is busy."""
        if self._is_left:
            return False
        if_free = None if self._feedback.is_writing else True
        match action:
            case "why":
                return not self.attempt.gave_up and self._rubric_is_as_graded and if_free
            case "follow_up":
                selected = self.attempt.grade.points[self.rubric.selected]
                is_met = selected.final is Verdict.MET
                return not is_met and self._rubric_is_as_graded and if_free
            case "sample":
                points = self.attempt.grade.points
                is_corrected = any(point.overruled is not None for point in points)
                return is_corrected and self._rubric_is_as_graded
        return True

    @property
    def _rubric_is_as_graded(self) -> bool:
        """Whether the question still has the points that were graded."""
        graded = [point.id for point in self.attempt.grade.points]
        return graded == [point.id for point in self._question.rubric]

    # --- what is saved

    def _not_changed(self, error: BaseException) -> None:
        self._leaving = False
        complain(self, f"Not saved. {explain(error)} Press the same key to try again.")

    def _model_graded(self, grade: Grade | None) -> None:
        """Let the model's grade count instead of what key terms suggested before."""
        if grade is not None:
            before = self.attempt.grade
            self.changes.regrade(grade)
            model = self._tutor.grading.model_name
            say(self, replaced_text(before, self.attempt.grade, model))
        self._show_score()
        self._feedback.write(self._question, self.attempt)

    def _keep_grade(self) -> None:
        """Keep the grade, since the student works with it: a late one no longer replaces it."""
        if self._late.is_awaited:
            self._late.drop()
            self._model_is_free()

    # --- what the student does

    def action_rate(self, rating: int) -> None:
        """Rate the answer by hand; the rating by its score removes that."""
        self.changes.rate(Rating(rating))

    @on(PointSelected)
    def _point_selected(self) -> None:
        self.refresh_bindings()

    def action_next(self) -> None:
        self._leave(NextAsked())

    def action_why(self) -> None:
        from tutor.tui.explanation import WhyScreen  # most verdicts need no reasons

        why = WhyScreen(self._tutor, self._question, self.attempt)
        self.app.push_screen(why, lambda _: self._model_is_free())

    def action_follow_up(self) -> None:
        """Ask again about the selected point alone."""
        self._keep_grade()
        self._seconds.ask(self._question, self.attempt, self.rubric.selected + 1)

    @on(UndoDone)
    def _undone(self, event: UndoDone) -> None:
        undone = event.undone
        if undone.event.id == self.attempt.id:
            self._stop_model()
            self._go(AskedAgain(self._question.id, words=event.words))
            return
        say(self, event.words + event.hint)
        if undone.attempt is not None and undone.attempt.id == self.attempt.id:
            self.changes.follow(undone.attempt)

    def action_edit_question(self) -> None:
        """Open the question in the student's own editor; this verdict stays."""
        from tutor.tui.external_editor import edit_question  # most questions are left as they are

        edit_question(self, self._tutor, self._question.id, self._question_changed)

    def _question_changed(self) -> None:
        """Show the question as it is now, with the verdict that was given."""
        try:
            self._question = self._tutor.bank.question(self._question.id)
        except BankError as error:
            self.app.notify(explain(error), severity="warning", markup=False)
            self.action_today()
            return
        self._answer.reword(self._question)
        self._head.show_question(self._question)
        self._show_score()
        self.refresh_bindings()
        if not self._rubric_is_as_graded:
            say(
                self,
                "This verdict is on the rubric as it was. Press r to answer the question again.",
            )

    def action_sample(self) -> None:
        """Save the answer with its verdicts as a sample answer of the deck."""
        from tutor.tui.save_sample import save_as_sample  # few answers become samples

        save_as_sample(self, self._tutor, self.attempt)

    def action_flag(self) -> None:
        """Report a problem with the question, or remove the report."""
        from tutor.tui.dialogs import report_problem  # most questions are good

        report_problem(self, self._tutor.progress, self._question.id, self._show_score)

    def action_again(self) -> None:
        self._leave(AskedAgain(self._question.id, self.attempt))

    def action_today(self) -> None:
        self._leave(TodayAsked())

    def action_overrule(self) -> None:
        self.changes.overrule(self.rubric.overruled())

    def action_question(self) -> None:
        """Unfold the question, or fold it again."""
        self._head.toggle_question()

    def action_model_answer(self) -> None:
        """Show or hide the model answer, unless there is room for it next to the rubric."""
        self._answer.toggle_answer()

    def action_notes(self) -> None:
        """Show notes and references, or hide them."""
        self._answer.toggle_notes()

    def action_references(self) -> None:
        """Ask which web address among the references to open."""
        from tutor.tui.references import choose_link

        choose_link(self.app, self._question.references)

    def action_copy(self) -> None:
        """Copy the question, the answer, the verdicts and the model answer."""
        from tutor.tui.copied import WHOLE, verdict_as_text

        self.app.copy_to_clipboard(verdict_as_text(self._question, self.attempt))
        say(self, WHOLE)

    def action_scroll(self, pages: int) -> None:
        """Scroll everything above the feedback."""
        self._answer.scroll_points(pages)

    def _leave(self, message: Message) -> None:
        """Leave as soon as every change is saved."""
        self._leaving = True
        self._stop_model()
        self.changes.when_saved(lambda: self._go(message))

    def _go(self, message: Message) -> None:
        if not self._gone:
            self._gone = True
            self.post_message(message)

    # --- the model

    def _stop_model(self) -> None:
        """Stop what the model grades or writes for this screen."""
        self._late.drop()
        self._feedback.stop()

    @on(FeedbackArrived)
    def _feedback_arrived(self) -> None:
        """Make room for the feedback."""
        self.add_class("-with-feedback")

    @on(FeedbackEnded)
    def _model_is_free(self) -> None:
        """The model is no longer needed here, so have it read the next question."""
        self.refresh_bindings()
        asked = self._session.ask_next()
        if asked is not None:
            self._tutor.grading.prepare(asked.question, asked.language, asked.text)
