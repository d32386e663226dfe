"""The verdict on an answer: the score, every rubric point, the feedback."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static
from textual.worker import Worker, WorkerState, get_current_worker

from tutor.bank import Question, Verdict
from tutor.formatting import mark_in_words, number, percent
from tutor.progress import Attempt, FollowedUp, Rating
from tutor.study.follow_up import SecondQuestion, second_question
from tutor.tui.autosave import AttemptKeeper
from tutor.tui.background import run_in_thread
from tutor.tui.follow_up import FollowUpScreen
from tutor.tui.keys import key
from tutor.tui.labels import clean, expected_words, explain, judged_by, plain
from tutor.tui.messages import (
    AgainAsked,
    AskedAnew,
    AttemptSaved,
    FeedbackArrived,
    NextAsked,
    PointOverruled,
    PointSelected,
    TodayAsked,
    UndoAsked,
    UndoDone,
    VerdictRead,
)
from tutor.tui.ports import Tutor
from tutor.tui.rating import next_day, rated, rating_words
from tutor.tui.sitting import SessionPlace
from tutor.tui.widgets.footer import FittingFooter
from tutor.tui.widgets.marked_answer import MarkedAnswer
from tutor.tui.widgets.notice import Notice
from tutor.tui.widgets.rubric import RubricList
from tutor.tui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.message import Message

    from tutor.grading import PointGrade
    from tutor.tui.autosave import Change

WIDE = 100
"""From this many columns on, answer and rubric stand side by side."""


class VerdictScreen(Screen[None]):
    """What was found in an answer; saves the attempt and the student's overrulings."""

    CSS_PATH = "verdict.tcss"
    AUTO_FOCUS = ""  # it would scroll to the rubric, away from what stands above it
    HORIZONTAL_BREAKPOINTS: ClassVar[list[tuple[int, str]] | None] = [  # type: ignore[misc]
        (0, "-narrow"),
        (WIDE, "-wide"),
    ]
    HELP: ClassVar[str | None] = """
    `Enter` goes on. `space` overrules the selected point, `m` shows the model answer, `n` notes
    and references, `w` how the verdicts came about.

    - `a` asks once more about the selected point alone, where it was not met; what you answer then
      changes nothing in the score. `w` and `a` wait until the feedback is written.
    - `1` again, `2` hard, `3` good, `4` easy: how well you knew it, where you know better than the
      score. It decides on which day the question comes again.
    - `r` asks the whole question again, with your answer in the editor
    - `u` takes back what was saved last: a rating, a verdict of yours, then the judgement itself,
      which deletes it; its text is a draft again
    - `f` flags a question that is bad, with a note for its author

    `3.1 expected` is the score to be expected when every point counts by its probabilities instead
    of by its verdict.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key("enter", "next", "Next", id="verdict.next"),
        key("space", "overrule", "Overrule", id="verdict.overrule"),
        key("a", "follow_up", "Ask", id="verdict.follow_up"),
        key("1", "rate(1)", "Rate", id="verdict.rate_1", display="1-4"),
        key("2", "rate(2)", "Hard", id="verdict.rate_2", show=False),
        key("3", "rate(3)", "Good", id="verdict.rate_3", show=False),
        key("4", "rate(4)", "Easy", id="verdict.rate_4", show=False),
        key("m", "model_answer", "Answer", id="verdict.model_answer"),
        key("n", "notes", "Notes", id="verdict.notes"),
        key("w", "why", "Why", id="verdict.why"),
        key("r", "again", "Again", id="verdict.again"),
        key("u", "undo", "Undo", id="verdict.undo"),
        key("f", "flag", "Flag", id="verdict.flag"),
        key("s", "save", "Save", id="verdict.save"),
        key("escape", "today", "Today", id="verdict.today"),
        key("pageup", "scroll(-1)", id="verdict.page_up", show=False),
        key("pagedown", "scroll(1)", id="verdict.page_down", show=False),
    ]

    def __init__(
        self, tutor: Tutor, question: Question, attempt: Attempt, place: SessionPlace
    ) -> None:
        super().__init__()
        self._tutor = tutor
        self._question = question
        self.attempt = attempt
        self._place = place
        self._keeper = AttemptKeeper(tutor.progress)
        self._day: date | None = None
        """When the question comes again; None until that is known."""
        self._unfinished: dict[str, str] = {}
        """What was begun of second answers, by point id."""
        self._flag = tutor.progress.flags().get(question.id)
        """The note; None where the question is not flagged."""
        self._leaving: Message | None = None
        self._gone = False
        self._told = ""
        self._writing: Worker[None] | None = None
        self.notice = Notice(id="notice")
        self._score = Static(id="score", markup=False)
        self._remark = Static(plain(attempt.grade.remark), id="remark", markup=False)
        self.rubric = RubricList(question.rubric, attempt.grade, attempt.language, id="rubric")
        self.words = MarkedAnswer(attempt.answer, attempt.grade, id="words-box")
        self._answer = Static(self._model_answer(), id="model-answer", markup=False)
        self._notes = Static(self._all_notes(), id="notes", markup=False)
        self._feedback = Static(id="feedback", markup=False)
        self._page = VerticalScroll(id="page", can_focus=False)
        self._feedback_box = VerticalScroll(id="feedback-box")

    # --- what is shown

    def compose(self) -> ComposeResult:
        """Score, answer beside rubric, feedback."""
        yield TopBar(self._place.title, self._place.count)
        yield self.notice
        yield self._score
        yield self._remark
        with Vertical(id="body"):
            with Container(id="sides"):
                yield self.words
                with self._page:
                    # Who gave up wants to read the answer, before what was missed of it.
                    points = (self.rubric, self._answer)
                    yield from reversed(points) if self.attempt.gave_up else points
                    yield self._notes
            with self._feedback_box:
                yield self._feedback
        yield FittingFooter("flag", "notes", "why", "again", "undo", "model_answer", "rate(1)")

    def on_mount(self) -> None:
        """Save the attempt, then have the feedback written."""
        self._remark.display = bool(self.attempt.grade.remark)
        self._answer.display = self.attempt.gave_up
        self._answer.set_class(self.attempt.gave_up, "-first")
        self.words.display = bool(self.attempt.answer.strip()) or not self.attempt.gave_up
        self._notes.display = False
        self.rubric.focus(scroll_visible=False)
        self.action_save()
        if self.attempt.gave_up:
            self._model_is_free()
        else:
            self._writing = run_in_thread(self, "feedback", self._write_feedback)

    def _show_score(self) -> None:
        grade = self.attempt.grade
        score = f"{number(grade.earned)} of {number(grade.full)} · {mark_in_words(grade.score)}"
        expected = expected_words(grade)
        by = "you gave up" if self.attempt.gave_up else self._judged_by()
        flagged = " · flagged" if self._flag is not None else ""
        self._score.update(
            Content.assemble(
                (score, "bold"),
                (f"   {expected}" if expected else "", "dim"),
                f"   {self._rating()}",
                (f"\n{by} · {self._keeper.words}{flagged}", "dim"),
            )
        )

    def _rating(self) -> str:
        tutor = self._tutor
        return rating_words(self.attempt, self._day, tutor.wishes.day(tutor.clock()))

    def _judged_by(self) -> str:
        grade, examiner = self.attempt.grade, self._tutor.examiner
        known = examiner.known_accuracy(grade)
        told = "" if known is None else f" · {percent(known)} right on samples"
        return clean(judged_by(grade, examiner.model_name) + told)

    def _model_answer(self) -> Content:
        answer = clean(self._question.answer.to(self.attempt.language))
        return Content.assemble(("Model answer\n", "bold"), answer)

    def _all_notes(self) -> Content:
        question, language = self._question, self.attempt.language
        parts = [f"Question: {question.prompt.to(language)}"]
        if question.note is not None:
            parts.append(f"Note: {question.note.to(language)}")
        parts += [f"See: {reference}" for reference in question.references]
        return Content.assemble(("Notes\n", "bold"), clean("\n".join(parts)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Offer saving only where it failed, and what takes the model once that is free."""
        keeper, free = self._keeper, None if self._is_writing else True
        offered: dict[str, bool | None] = {
            "why": not self.attempt.gave_up and free,
            "follow_up": keeper.recorded and self._selected.final is not Verdict.MET and free,
            "undo": keeper.recorded and not keeper.failed,
            "save": keeper.failed,
        }
        return offered.get(action, True)

    @property
    def _selected(self) -> PointGrade:
        return self.attempt.grade.points[self.rubric.selected]

    # --- saving

    def action_save(self) -> None:
        """Save what is not saved: the attempt, or changes of it."""
        attempt = self.attempt
        work = self._keeper.start(attempt)
        self._show_score()
        if work is not None:
            run_in_thread(self, "save", lambda: (work(), next_day(self._tutor, attempt))[1])

    def _change(self, attempt: Attempt, change: Change) -> None:
        """Show the attempt as it is now and save what was changed."""
        self.attempt = attempt
        self._keeper.add(change)
        if self._keeper.recorded:
            self.action_save()
        self._show_score()
        self.refresh_bindings()

    @on(Worker.StateChanged)
    def _worker_changed(self, event: Worker.StateChanged) -> None:
        error = event.worker.error if event.state is WorkerState.ERROR else None
        if event.worker.group == "feedback":
            self._feedback_changed(event.state, error)
        elif event.worker.group == "flag":
            self._flag_changed(event.state, error)
        elif event.state is WorkerState.SUCCESS:
            self._done(event.worker)
        elif error is not None and event.worker.group == "save":
            self._not_saved(error)

    def _done(self, worker: Worker[object]) -> None:
        """What was worked out in a thread, other than the feedback and the flag."""
        result = worker.result
        if isinstance(result, SecondQuestion):
            self._ask(result)
            return
        self._day = result if isinstance(result, date) else None
        if worker.group == "save":
            self._saved()
        self._show_score()

    def _saved(self) -> None:
        first = self._keeper.saved()
        self.notice.tell("")
        self.refresh_bindings()
        if first:
            self.post_message(AttemptSaved(self.attempt))
        self.action_save()
        if self._leaving is not None and not self._keeper.saving:
            self._go(self._leaving)

    def _not_saved(self, error: BaseException) -> None:
        self._keeper.not_saved()
        self._leaving = None
        kept = "" if self._keeper.recorded else " Your answer stays as a draft."
        self.notice.tell(f"✗ Not saved. {explain(error)}{kept} s tries again.")
        self.refresh_bindings()
        self._show_score()

    # --- what the student does

    @on(PointOverruled)
    def _point_overruled(self, event: PointOverruled) -> None:
        verdicts = {event.point: event.verdict}
        grade = self.attempt.grade.overrule(verdicts)
        self.rubric.show(grade)
        self._change(
            self.attempt.model_copy(update={"grade": grade}),
            lambda progress, attempt: progress.overrule(attempt, verdicts),
        )

    def action_rate(self, rating: int) -> None:
        """Rate the answer by hand; what the score says takes that back."""
        attempt = rated(self.attempt, Rating(rating))
        if attempt.rated is not self.attempt.rated:
            own = attempt.rated
            self._change(attempt, lambda progress, id_: progress.rate(id_, own))

    @on(PointSelected)
    def _point_selected(self, event: PointSelected) -> None:
        self.words.selected = event.number
        self.refresh_bindings()

    def action_next(self) -> None:
        """Go on."""
        self._leave(NextAsked(self._question.id))

    def action_why(self) -> None:
        """Show how the verdicts came about."""
        from tutor.tui.explanation import WhyScreen  # most verdicts need no reasons

        why = WhyScreen(self._tutor, self._question, self.attempt)
        self.app.push_screen(why, lambda _: self._model_is_free())

    def action_follow_up(self) -> None:
        """Ask once more about the selected point alone."""
        question, attempt, number_ = self._question, self.attempt, self.rubric.selected + 1
        run_in_thread(self, "ask", lambda: second_question(question, attempt, number_))

    def _ask(self, second: SecondQuestion) -> None:
        if not self.is_current:
            return  # left already, or asked twice
        screen = FollowUpScreen(self._tutor, second, self._unfinished.get(second.point, ""))
        self.app.push_screen(screen, lambda result: self._asked(second.point, result))

    def _asked(self, point: str, result: FollowedUp | str | None) -> None:
        if isinstance(result, FollowedUp):
            self._unfinished.pop(point, None)
            self.rubric.show_second(result)
        elif result is not None:
            self._unfinished[point] = result
        self._model_is_free()

    def action_undo(self) -> None:
        """Take back what was saved last: an overruling, else this judgement."""
        if not self._keeper.saving:
            self.post_message(UndoAsked())

    @on(UndoDone)
    def _undone(self, event: UndoDone) -> None:
        taken = event.taken
        if taken.event.id == self.attempt.id:
            self._stop_writing()
            self._go(AskedAnew(self._question.id))
        elif taken.attempt is not None and taken.attempt.id == self.attempt.id:
            self.attempt = taken.attempt
            self.rubric.show(self.attempt.grade)
            self.refresh_bindings()
            run_in_thread(self, "day", lambda: next_day(self._tutor, self.attempt))

    def action_flag(self) -> None:
        """Say that the question is bad, or take that back."""
        from tutor.tui.dialogs import FlagScreen  # most questions are good

        self.app.push_screen(FlagScreen(self._question.id, self._flag or ""), self._keep_flag)

    def _keep_flag(self, written: str | None) -> None:
        note = written or None
        if written is not None and note != self._flag:
            progress, question = self._tutor.progress, self._question.id
            run_in_thread(self, "flag", lambda: progress.flag(question, note))

    def _flag_changed(self, state: WorkerState, error: BaseException | None) -> None:
        self._flag = self._tutor.progress.flags().get(self._question.id)
        if error is not None:
            self.notice.tell(f"✗ The flag was not saved. {explain(error)}")
        elif state is WorkerState.SUCCESS:
            self._show_score()

    def action_again(self) -> None:
        """Ask the same question again."""
        self._leave(AgainAsked(self.attempt))

    def action_today(self) -> None:
        """Go back to Today."""
        self._leave(TodayAsked())

    def action_overrule(self) -> None:
        """Give the selected point another verdict."""
        self.rubric.overrule()

    def action_model_answer(self) -> None:
        """Show the model answer, or hide it."""
        self._toggle(self._answer)

    def action_notes(self) -> None:
        """Show notes and references, or hide them."""
        self._toggle(self._notes)

    def action_scroll(self, pages: int) -> None:
        """Scroll everything above the feedback."""
        step = self._page.scroll_page_down if pages > 0 else self._page.scroll_page_up
        step(animate=False)

    def _toggle(self, panel: Static) -> None:
        panel.display = not panel.display
        if panel.display:
            self.call_after_refresh(panel.scroll_visible, animate=False, top=True)

    def _leave(self, message: Message) -> None:
        """Go, but not before what is being saved is saved."""
        self._stop_writing()
        if self._keeper.saving:
            self._leaving = message
        else:
            self._go(message)

    def _go(self, message: Message) -> None:
        if not self._gone:
            self._gone = True
            self.post_message(message)

    # --- the feedback

    def _stop_writing(self) -> None:
        if self._writing is not None and self._is_writing:
            self._writing.cancel()
            self._tutor.examiner.cancel()

    @property
    def _is_writing(self) -> bool:
        return self._writing is not None and not self._writing.is_finished

    def _model_is_free(self) -> None:
        """Nothing more is wanted of the model here: it may read ahead."""
        self.refresh_bindings()
        self.post_message(VerdictRead(self._question.id))

    def _feedback_changed(self, state: WorkerState, error: BaseException | None) -> None:
        if error is not None:
            self._say_feedback(f"\n✗ The feedback ended early. {explain(error)}")
        if state in (WorkerState.SUCCESS, WorkerState.ERROR):
            self._model_is_free()

    def _write_feedback(self) -> None:
        """In a thread: pass the feedback on, piece by piece."""
        worker = get_current_worker()
        attempt = self.attempt
        pieces = self._tutor.examiner.feedback(self._question, attempt.answer, attempt.grade)
        for piece in pieces:
            if worker.is_cancelled:
                return
            self.post_message(FeedbackArrived(piece))

    @on(FeedbackArrived)
    def _feedback_arrived(self, event: FeedbackArrived) -> None:
        self._say_feedback(event.piece)

    def _say_feedback(self, piece: str) -> None:
        self._told += piece
        self.add_class("-with-feedback")
        self._feedback.update(plain(self._told.strip()))
        self._feedback_box.scroll_end(animate=False)
