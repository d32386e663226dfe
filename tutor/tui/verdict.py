"""The verdict on an answer: the score, every rubric point, the feedback."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import Container, Vertical, VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from tutor.bank import BankError, Verdict
from tutor.progress import Attempt, Rating
from tutor.study import Answered, StudySession
from tutor.study.session import rated
from tutor.tui.background import background
from tutor.tui.follow_up import SecondAnswers
from tutor.tui.grade_changes import LateGrade, PendingChanges
from tutor.tui.keys import key
from tutor.tui.labels import explain, in_lines, plain, rating_choices
from tutor.tui.messages import (
    AgainAsked,
    AskedAnew,
    FeedbackArrived,
    FeedbackEnded,
    NextAsked,
    PointOverruled,
    PointSelected,
    TodayAsked,
    UndoAsked,
    UndoDone,
    VerdictRead,
)
from tutor.tui.ports import Tutor
from tutor.tui.session_place import SessionPlace, place_of
from tutor.tui.verdict_text import (
    FOR_NOW,
    GAVE_UP,
    grader_text,
    model_answer_text,
    notes_text,
    prompt_text,
    replaced_text,
    score_text,
)
from tutor.tui.widgets.feedback_box import FeedbackBox
from tutor.tui.widgets.footer import FittingFooter
from tutor.tui.widgets.marked_answer import MarkedAnswer
from tutor.tui.widgets.notice import Notice
from tutor.tui.widgets.prose import Prose
from tutor.tui.widgets.rubric import RubricList
from tutor.tui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.message import Message

    from tutor.grading import Grade, PointGrade

WIDE, WIDEST = 100, 130
"""From so many columns on answer and rubric stand side by side, and the model answer as well."""


class VerdictScreen(Screen[None]):
    """What was found in an answer that is saved, and what the student makes of it."""

    CSS_PATH = "verdict.tcss"
    AUTO_FOCUS = ""  # it would scroll to the rubric, away from what stands above it
    HORIZONTAL_BREAKPOINTS: ClassVar[list[tuple[int, str]] | None] = [  # type: ignore[misc]
        (0, "-narrow"),
        (WIDE, "-wide"),
        (WIDEST, "-widest"),
    ]
    VERTICAL_BREAKPOINTS: ClassVar[list[tuple[int, str]] | None] = [  # type: ignore[misc]
        (0, "-short"),
        (22, "-tall"),
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
        key("2", "rate(2)", "Hard", id="verdict.rate_2", show=False),
        key("3", "rate(3)", "Good", id="verdict.rate_3", show=False),
        key("4", "rate(4)", "Easy", id="verdict.rate_4", show=False),
        key("q", "question", "Question", id="verdict.question"),
        key("v", "model_answer", "Answer", id="verdict.model_answer"),
        key("n", "notes", "Notes", id="verdict.notes"),
        key("o", "references", "Open a reference", id="verdict.references", show=False),
        key("y", "copy", "Copy", id="verdict.copy", show=False),
        key("i", "why", "Why", id="verdict.why"),
        key("r", "again", "Again", id="verdict.again"),
        key("u", "undo", "Undo", id="verdict.undo"),
        key("U", "app.redo", "Redo", id="verdict.redo", show=False),
        key("E", "edit_question", "Edit question", id="verdict.edit"),
        key("S", "sample", "Save as sample", id="verdict.sample"),
        key("f", "flag", "Report", id="verdict.flag"),
        key("escape", "today", "Today", id="verdict.today"),
        key("escape", "back", "Back", id="verdict.back"),
        key("pageup", "scroll(-1)", id="verdict.page_up", show=False),
        key("pagedown", "scroll(1)", id="verdict.page_down", show=False),
    ]

    def __init__(
        self,
        tutor: Tutor,
        session: StudySession,
        answered: Answered,
        place: SessionPlace,
        *,
        review: bool = False,
    ) -> None:
        """`review` for an earlier answer: no feedback is written, and Esc goes back."""
        super().__init__()
        self._review = review
        self._tutor = tutor
        self._session = session
        self._question = question = answered.question
        self.attempt = attempt = answered.attempt
        self._place = place
        self._changes = PendingChanges(self, answered, self._show_saved, self._not_changed)
        self._late = LateGrade(self, tutor, question, attempt, self._model_graded)
        """The model's grade, where key terms suggested one before it was ready."""
        self._leaving: Message | None = None
        """Where to go once all is saved."""
        self._gone = False
        self.notice = Notice(id="notice")
        self._score = Static(id="score", markup=False)
        self._ratings = Static(id="ratings", markup=False)
        self._prompt = Prose(id="prompt", markup=False)
        self._unfolded = False
        """Whether the whole question is shown where one line would do."""
        self._remark = Static(plain(attempt.grade.remark), id="remark", markup=False)
        self.rubric = RubricList(question.rubric, attempt.grade, attempt.language, id="rubric")
        self._seconds = SecondAnswers(self, tutor, session, self.rubric, self._model_is_free)
        self.words = MarkedAnswer(attempt.answer, attempt.grade, id="words-box")
        self._answer = Prose(id="model-answer", markup=False)
        self._same_answer = Prose(markup=False)
        self._answer_beside = VerticalScroll(self._same_answer, id="answer-beside", can_focus=False)
        self._notes = Prose(id="notes", markup=False)
        self._page = VerticalScroll(id="page", can_focus=False)
        self._feedback = FeedbackBox(tutor.grading, id="feedback-box")

    # --- what is shown

    def compose(self) -> ComposeResult:
        """Marks and ratings, question, answer next to rubric, feedback."""
        yield TopBar(self._place.title, self._place.count)
        yield self.notice
        yield self._score
        yield self._ratings
        yield self._remark
        yield self._prompt
        with Vertical(id="body"):
            with Container(id="sides"):
                yield self.words
                with self._page:
                    # Who gave up wants to read the answer, before what was missed of it.
                    points = (self.rubric, self._answer)
                    yield from reversed(points) if self.attempt.gave_up else points
                    yield self._notes
                yield self._answer_beside
            yield self._feedback
        yield FittingFooter(
            "sample",
            "edit_question",
            "flag",
            "notes",
            "again",
            "undo",
            "why",
            "question",
            "model_answer",
            "rate(1)",
        )

    def on_mount(self) -> None:
        """Show the score, and have the feedback written, or the model asked that is late."""
        self._answer.set_class(self.attempt.gave_up, "-shown", "-first")
        self.words.display = bool(self.attempt.answer.strip()) or not self.attempt.gave_up
        self._notes.display = False
        self.rubric.focus(scroll_visible=False)
        self._show_score()
        self._show_question()
        self._show_answer()
        if not self.attempt.gave_up:
            background(self, self._missing_terms, self.rubric.show_missing)
        if self._review:
            self._late.drop()
            self._seconds.show_earlier(self.attempt.id)
        elif self.attempt.gave_up:
            self._model_is_free()
        elif self._late.is_awaited:
            self._late.start()
        else:
            self._feedback.write(self._question, self.attempt)

    def _show_score(self) -> None:
        drafted = bool(self._question.drafted)
        self._score.update(
            score_text(self.attempt, self._remarks(), self.size.width, drafted=drafted)
        )
        self._remark.display = bool(self.attempt.grade.remark)
        self._remark.update(plain(self.attempt.grade.remark))
        today = self._tutor.preferences.day(self._tutor.clock())
        due_by_rating = self._changes.saved.due_by_rating
        choices = rating_choices(self.attempt.rating, due_by_rating, today)
        self._ratings.update(in_lines(choices, self.size.width - 2))

    def _remarks(self) -> Iterator[str]:
        """Who graded, whether it is saved, and what else is to be known."""
        if self.attempt.gave_up:
            yield GAVE_UP
        elif self._late.is_awaited:
            yield FOR_NOW
        else:
            yield grader_text(self._tutor, self._question, self.attempt.grade)
        changes = self._changes
        yield "saving …" if changes.are_saving else "NOT saved" if changes.failed else "saved"
        if self._question.id in self._tutor.progress.flags():
            yield "reported"

    def _show_question(self) -> None:
        """In full where there is room or it is asked for, else on one line."""
        folded = self.size.width < WIDE and not self._unfolded
        self._prompt.set_class(folded, "-folded")
        self._prompt.update(prompt_text(self._question, self.attempt.language, folded=folded))

    def _show_answer(self) -> None:
        question, language = self._question, self.attempt.language
        self._answer.update(model_answer_text(question, language))
        self._same_answer.update(model_answer_text(question, language))
        self._notes.update(notes_text(question, language))

    def on_resize(self) -> None:
        """There may be room for the whole question now, and for a longer bar."""
        self._show_question()
        self._show_score()

    def _missing_terms(self) -> Mapping[str, tuple[str, ...]]:
        attempt = self.attempt
        find = self._tutor.grading.missing_terms
        return find(self._question, attempt.answer, attempt.language)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Offer what takes the model only while that is free."""
        free = None if self._feedback.is_writing else True
        offered: dict[str, bool | None] = {
            "next": not self._review,
            "today": not self._review,
            "back": self._review,
            "why": not self.attempt.gave_up and self._rubric_is_as_graded and free,
            "follow_up": self._selected.final is not Verdict.MET
            and self._rubric_is_as_graded
            and free,
            "sample": self._rubric_is_as_graded
            and any(point.overruled is not None for point in self.attempt.grade.points),
        }
        return offered.get(action, True)

    @property
    def _rubric_is_as_graded(self) -> bool:
        """Whether the question still has the points that were graded."""
        graded = [point.id for point in self.attempt.grade.points]
        return graded == [point.id for point in self._question.rubric]

    @property
    def _selected(self) -> PointGrade:
        return self.attempt.grade.points[self.rubric.selected]

    # --- changing what is saved

    def _change(self, attempt: Attempt, change: Callable[[], Answered]) -> None:
        """Show the attempt as it is wanted, and save that after what is being saved already."""
        self._show_attempt(attempt)
        self._changes.add(change)
        self._show_score()

    def _show_attempt(self, attempt: Attempt) -> None:
        self.attempt = attempt
        self.rubric.show(attempt.grade)
        self.words.show(attempt.grade)

    def _not_changed(self, error: BaseException) -> None:
        """What is shown is what is saved, so that the same key tries again."""
        self.notice.tell(f"✗ Not saved. {explain(error)} The same key tries again.")

    def _show_saved(self) -> None:
        if not self._changes.failed:
            self.notice.clear_failure()
        self._show_attempt(self._changes.saved.attempt)
        self._show_score()
        self.refresh_bindings()
        leaving, self._leaving = self._leaving, None
        if leaving is not None and not self._changes.failed:
            self._go(leaving)

    def _model_graded(self, grade: Grade | None) -> None:
        """The model's grade counts instead of what key terms suggested until it was ready.

        The student's own verdicts stay.
        """
        if grade is not None:
            before = self.attempt.grade
            attempt = self.attempt.model_copy(update={"grade": grade})
            self._change(attempt, lambda: self._session.regrade(attempt, grade))
            own = {point.id: point.overruled for point in before.points if point.overruled}
            if own:
                self._overrule(own)
            model = self._tutor.grading.model_name
            text = replaced_text(before, self.attempt.grade, model)
            self.notice.tell(text, mild=True)
        self._show_score()
        self._feedback.write(self._question, self.attempt)

    def _keep_grade(self) -> None:
        """The student works with the grade: a late one does not replace it any more."""
        if self._late.is_awaited:
            self._late.drop()
            self._model_is_free()

    # --- what the student does

    @on(PointOverruled)
    def _point_overruled(self, event: PointOverruled) -> None:
        self._overrule({event.point: event.verdict})

    def _overrule(self, verdicts: Mapping[str, Verdict | None]) -> None:
        grade = self.attempt.grade.overrule(verdicts)
        attempt = self.attempt.model_copy(update={"grade": grade})
        self._change(attempt, lambda: self._session.overrule(attempt, verdicts))

    def action_rate(self, rating: int) -> None:
        """Rate the answer by hand; the rating by its score removes that."""
        attempt = rated(self.attempt, Rating(rating))
        if attempt.rated is not self.attempt.rated:
            self._change(attempt, lambda: self._session.rate(attempt, Rating(rating)))

    @on(PointSelected)
    def _point_selected(self, event: PointSelected) -> None:
        self.words.selected = event.number
        self.refresh_bindings()

    def action_next(self) -> None:
        self._leave(NextAsked())

    def action_back(self) -> None:
        """Go back to where the earlier answer was opened."""
        if not self._changes.are_saving:
            self.app.pop_screen()

    def action_why(self) -> None:
        from tutor.tui.explanation import WhyScreen  # most verdicts need no reasons

        why = WhyScreen(self._tutor, self._question, self.attempt)
        self.app.push_screen(why, lambda _: self._model_is_free())

    def action_follow_up(self) -> None:
        """Ask again about the selected point alone."""
        self._keep_grade()
        self._seconds.ask(self._question, self.attempt, self.rubric.selected + 1)

    def action_undo(self) -> None:
        """Undo what was saved last: a verdict of one's own, a rating, else this grade."""
        self.post_message(UndoAsked())

    @on(UndoDone)
    def _undone(self, event: UndoDone) -> None:
        undone = event.undone
        if undone.event.id == self.attempt.id:
            self._stop_model()
            self._go(AskedAnew(self._question.id))
        elif undone.attempt is not None and undone.attempt.id == self.attempt.id:
            attempt = undone.attempt
            self.notice.tell("")
            self._change(attempt, lambda: self._session.answered(attempt))

    def action_edit_question(self) -> None:
        """Have the question changed in the student's own editor; this verdict stays."""
        from tutor.tui.edit_question import edit_question  # most questions are left as they are

        edit_question(self, self._tutor, self._question.id, self._question_changed)

    def _question_changed(self) -> None:
        """Show the question as it is now, with the verdict that was given."""
        try:
            self._question = self._tutor.bank.question(self._question.id)
        except BankError as error:
            self.app.notify(explain(error), severity="warning", markup=False)
            return
        self.rubric.reword(self._question.rubric)
        self._show_answer()
        self._show_question()
        self._show_score()
        self.refresh_bindings()
        if not self._rubric_is_as_graded:
            self.notice.tell(
                "This verdict is on the rubric as it was. Press r to answer the question again."
            )

    def action_sample(self) -> None:
        """Save the answer with its verdicts as a sample answer of the deck."""
        from tutor.tui.save_sample import save_as_sample  # few answers become samples

        save_as_sample(self, self._tutor, self.attempt)

    def action_flag(self) -> None:
        """Report a problem with the question, or remove the report."""
        from tutor.tui.dialogs import report_problem  # most questions are good

        progress, id_ = self._tutor.progress, self._question.id

        def save(note: str | None) -> None:
            background(
                self,
                lambda: progress.flag(id_, note),
                lambda _: self._show_score(),
                self._not_flagged,
            )

        report_problem(self.app, id_, progress.flags().get(id_), save)

    def _not_flagged(self, error: BaseException) -> None:
        self.notice.tell(f"✗ The report was not saved. {explain(error)}")

    def action_again(self) -> None:
        self._leave(AgainAsked(self.attempt))

    def action_today(self) -> None:
        self._leave(TodayAsked())

    def action_overrule(self) -> None:
        self.rubric.overrule()

    def action_question(self) -> None:
        """Unfold the question, or fold it again."""
        self._unfolded = not self._unfolded
        self._show_question()

    def action_model_answer(self) -> None:
        """Show the model answer, or hide it; with enough room it is next to the rubric anyway."""
        self._answer.toggle_class("-shown")
        self._bring_into_view(self._answer)

    def action_notes(self) -> None:
        """Show notes and references, or hide them."""
        self._notes.display = not self._notes.display
        self._bring_into_view(self._notes)

    def action_references(self) -> None:
        """Choose a web address among the references, to open it."""
        from tutor.tui.references import choose_link

        choose_link(self.app, self._question.references)

    def action_copy(self) -> None:
        """Put the question with all that was found on the clipboard."""
        from tutor.tui.copied import WHOLE, verdict_as_text

        self.app.copy_to_clipboard(verdict_as_text(self._question, self.attempt))
        self.app.notify(WHOLE, markup=False)

    def action_scroll(self, pages: int) -> None:
        """Scroll everything above the feedback."""
        step = self._page.scroll_page_down if pages > 0 else self._page.scroll_page_up
        step(animate=False)

    def _bring_into_view(self, panel: Static) -> None:
        def bring() -> None:  # once it is known whether it is shown
            if panel.display:
                panel.scroll_visible(animate=False, top=True)

        self.call_after_refresh(bring)

    def _leave(self, message: Message) -> None:
        """Go, but not before what is being saved is saved."""
        self._stop_model()
        if self._changes.are_saving:
            self._leaving = message
        else:
            self._go(message)

    def _go(self, message: Message) -> None:
        if not self._gone:
            self._gone = True
            self.post_message(message)

    # --- the model

    def _stop_model(self) -> None:
        """Nobody waits here any more for what it grades or writes."""
        self._late.drop()
        self._feedback.stop()

    @on(FeedbackArrived)
    def _feedback_arrived(self) -> None:
        """Make room for it."""
        self.add_class("-with-feedback")

    @on(FeedbackEnded)
    def _model_is_free(self) -> None:
        """Nothing more is wanted of the model here: it may read ahead."""
        self.refresh_bindings()
        self.post_message(VerdictRead())


def open_verdict(screen: Screen[None], tutor: Tutor, attempt: Attempt) -> None:
    """Show the verdict on `attempt` above `screen`; it can be corrected and asked about there."""
    session = StudySession(tutor)

    def show(answered: Answered) -> None:
        place = place_of(tutor.bank, None, attempt.question, tutor.languages)
        screen.app.push_screen(VerdictScreen(tutor, session, answered, place, review=True))

    background(
        screen,
        lambda: session.answered(attempt),
        show,
        lambda error: screen.notify(explain(error), severity="error", markup=False),
    )
