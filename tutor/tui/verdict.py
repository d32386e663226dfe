"""The verdict on an answer: the score, every rubric point, the feedback."""

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Footer, Static
from textual.worker import Worker, WorkerState, get_current_worker

from tutor.bank import Question, Verdict
from tutor.progress import Attempt
from tutor.tui.jobs import in_thread
from tutor.tui.keys import key
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
    Undone,
    VerdictRead,
)
from tutor.tui.ports import Tutor
from tutor.tui.sitting import Place
from tutor.tui.text import clean, explain, judged_by, mark_in_words, number, plain
from tutor.tui.widgets.marked import MarkedAnswer
from tutor.tui.widgets.notice import Notice
from tutor.tui.widgets.rubric import RubricList
from tutor.tui.widgets.top_bar import TopBar

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
    and references, `w` how the verdicts came about (once the feedback is written), `r` asks the
    same question again with your answer in the editor. `u` takes back what was saved last, this
    judgement too. `f` flags a question that is bad, with a note for its author.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key("enter", "next", "Next", id="verdict.next"),
        key("space", "overrule", "Overrule", id="verdict.overrule"),
        key("m", "model_answer", "Answer", id="verdict.model_answer"),
        key("n", "notes", "Notes", id="verdict.notes"),
        key("w", "why", "Why", id="verdict.why"),
        key("r", "again", "Again", id="verdict.again"),
        key("u", "undo", "Undo", id="verdict.undo", show=False),
        key("f", "flag", "Flag", id="verdict.flag", show=False),
        key("s", "save", "Save", id="verdict.save"),
        key("escape", "today", "Today", id="verdict.today"),
        key("pageup", "scroll(-1)", id="verdict.page_up", show=False),
        key("pagedown", "scroll(1)", id="verdict.page_down", show=False),
    ]

    def __init__(self, tutor: Tutor, question: Question, attempt: Attempt, place: Place) -> None:
        super().__init__()
        self._tutor = tutor
        self._question = question
        self.attempt = attempt
        self._place = place
        self._recorded = False
        self._saving = False
        self._failed = False
        self._overruled: dict[str, Verdict | None] = {}
        """What is to be saved next."""
        self._sent: dict[str, Verdict | None] = {}
        """What is being saved."""
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
        yield Footer(compact=True)

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
            self._writing = in_thread(self, "feedback", self._write_feedback)

    def _show_score(self) -> None:
        grade = self.attempt.grade
        score = f"{number(grade.earned)} of {number(grade.full)} · {mark_in_words(grade.score)}"
        state = "saving …" if self._saving else "NOT saved" if self._failed else "saved"
        by = "you gave up" if self.attempt.gave_up else self._judged_by()
        flagged = " · flagged" if self._flag is not None else ""
        told = (f"   {by} · {state}{flagged}", "dim")
        self._score.update(Content.assemble((score, "bold"), told))

    def _judged_by(self) -> str:
        return clean(judged_by(self.attempt.grade, self._tutor.examiner.model_name))

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
        """Offer saving only where it failed, and reasons once the model is free."""
        if action == "why":
            return not self.attempt.gave_up and (None if self._is_writing else True)
        if action == "undo":
            return self._recorded and not self._failed
        return self._failed if action == "save" else True

    # --- saving

    def action_save(self) -> None:
        """Save what is not saved: the attempt, or overrulings of it."""
        if self._recorded:
            self._save_overrulings()
        else:
            attempt, self._overruled = self.attempt, {}
            self._save(lambda: self._tutor.progress.record(attempt))

    def _save(self, work: Callable[[], object]) -> None:
        self._saving, self._failed = True, False
        self._show_score()
        in_thread(self, "save", work)

    def _save_overrulings(self) -> None:
        self._sent, self._overruled = self._overruled, {}
        attempt, verdicts = self.attempt.id, self._sent
        self._save(lambda: self._tutor.progress.overrule(attempt, verdicts))

    @on(Worker.StateChanged)
    def _worker_changed(self, event: Worker.StateChanged) -> None:
        error = event.worker.error if event.state is WorkerState.ERROR else None
        if event.worker.group == "feedback":
            self._feedback_changed(event.state, error)
        elif event.worker.group == "flag":
            self._flag_changed(event.state, error)
        elif event.state is WorkerState.SUCCESS:
            self._saved()
        elif error is not None:
            self._not_saved(error)

    def _saved(self) -> None:
        first, self._recorded, self._saving = not self._recorded, True, False
        self.notice.tell("")
        self.refresh_bindings()
        self._show_score()
        if first:
            self.post_message(AttemptSaved(self.attempt))
        if self._overruled:
            self._save_overrulings()
        elif self._leaving is not None:
            self._go(self._leaving)

    def _not_saved(self, error: BaseException) -> None:
        self._saving, self._failed, self._leaving = False, True, None
        self._overruled = {**self._sent, **self._overruled} if self._recorded else {}
        kept = "" if self._recorded else " Your answer stays as a draft."
        self.notice.tell(f"✗ Not saved. {explain(error)}{kept} s tries again.")
        self.refresh_bindings()
        self._show_score()

    # --- what the student does

    @on(PointOverruled)
    def _point_overruled(self, event: PointOverruled) -> None:
        grade = self.attempt.grade.overrule({event.point: event.verdict})
        self.attempt = self.attempt.model_copy(update={"grade": grade})
        self.rubric.show(grade)
        self._overruled[event.point] = event.verdict
        if self._recorded and not self._saving:
            self._save_overrulings()
        self._show_score()

    @on(PointSelected)
    def _point_selected(self, event: PointSelected) -> None:
        self.words.selected = event.number

    def action_next(self) -> None:
        """Go on."""
        self._leave(NextAsked(self._question.id))

    def action_why(self) -> None:
        """Show how the verdicts came about."""
        from tutor.tui.why import WhyScreen  # most verdicts need no reasons

        why = WhyScreen(self._tutor, self._question, self.attempt)
        self.app.push_screen(why, lambda _: self._model_is_free())

    def action_undo(self) -> None:
        """Take back what was saved last: an overruling, else this judgement."""
        if not self._saving:
            self.post_message(UndoAsked())

    @on(Undone)
    def _undone(self, event: Undone) -> None:
        taken = event.taken
        if taken.event.id == self.attempt.id:
            self._stop_writing()
            self._go(AskedAnew(self._question.id))
        elif taken.attempt is not None and taken.attempt.id == self.attempt.id:
            self.attempt = taken.attempt
            self.rubric.show(self.attempt.grade)
            self._show_score()

    def action_flag(self) -> None:
        """Say that the question is bad, or take that back."""
        from tutor.tui.flag import FlagScreen  # most questions are good

        self.app.push_screen(FlagScreen(self._question.id, self._flag or ""), self._keep_flag)

    def _keep_flag(self, written: str | None) -> None:
        note = written or None
        if written is not None and note != self._flag:
            progress, question = self._tutor.progress, self._question.id
            in_thread(self, "flag", lambda: progress.flag(question, note))

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
        if self._saving:
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
