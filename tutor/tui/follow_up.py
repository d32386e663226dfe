"""Asking a second question, about one point alone, and having its answer judged."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.screen import ModalScreen
from textual.widgets import Static, TextArea
from textual.worker import Worker, WorkerState

from tutor.grading import Grade
from tutor.progress import FollowedUp
from tutor.study.follow_up import SecondQuestion, worded
from tutor.tui.background import run_in_thread
from tutor.tui.keys import key, of_the_app
from tutor.tui.labels import clean, explain, length
from tutor.tui.widgets.answer_editor import JUDGE, AnswerEditor
from tutor.tui.widgets.footer import FittingFooter
from tutor.tui.widgets.notice import Notice
from tutor.tui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.timer import Timer

    from tutor.tui.ports import Tutor

NOTHING_WRITTEN = "Nothing is written yet. Esc goes back to the verdict."
_SETTLE = 0.5
"""Seconds without a key before the model reads what is written."""


class FollowUpScreen(ModalScreen["FollowedUp | str"]):
    """Asks and judges; gives back the judged answer, or what was written when it was left."""

    CSS_PATH = "follow.tcss"
    AUTO_FOCUS = "#second"
    HELP: ClassVar[str | None] = """
    One point of the question once more. Your answer is judged on that point alone, and the verdict
    stands beside the first; the score stays as it is. A large enough model words a closer question
    below ours; nobody has to wait for it. `F5` (or `ctrl+enter`, `ctrl+j`) has it
    judged. `Esc` goes back to the verdict; what you wrote is kept until you leave that.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key(JUDGE, "judge", "Judge", id="follow.judge"),
        key("escape", "cancel", "Cancel", id="follow.cancel"),
        key("escape", "leave", "Back", id="follow.leave"),
        *of_the_app("follow"),
    ]

    judging = reactive(False)

    def __init__(self, tutor: Tutor, second: SecondQuestion, text: str = "") -> None:
        """`text` is what was written before."""
        super().__init__()
        self._tutor = tutor
        self._second = second
        self._opened = tutor.clock()
        self._judge: Worker[Grade] | None = None
        self._wording: Worker[SecondQuestion] | None = None
        self._reading: Timer | None = None
        self._asked = Static(clean(second.asked), id="asked", markup=False)
        self.notice = Notice(id="notice")
        self.editor = AnswerEditor(text, id="second")
        self.editor.border_title = "your second answer"

    # --- what is shown

    def compose(self) -> ComposeResult:
        """What is asked, the question it belongs to, and the editor."""
        second = self._second
        yield TopBar(f"Point {second.number} of {second.of}, once more", second.question.id)
        yield self.notice
        with VerticalScroll(id="asked-box", can_focus=False):
            yield self._asked
            prompt = second.question.prompt.to(second.attempt.language)
            yield Static(Content(clean(prompt)), id="prompt", markup=False)
        yield self.editor
        yield FittingFooter()

    def on_mount(self) -> None:
        """Have a closer question written, then all of it read."""
        self._show_edge()
        if self._tutor.examiner.writes:
            self._asked.update(f"{clean(self._second.asked)}\n…")
            self._wording = run_in_thread(self, "word", self._word)
        else:
            self._prepare()

    def _word(self) -> SecondQuestion:
        """In a thread."""
        second, attempt = self._second, self._second.attempt
        text = self._tutor.examiner.ask_about(
            second.whole, attempt.answer, second.number, attempt.language
        )
        return worded(second, text)

    def _worded(self, second: SecondQuestion | None) -> None:
        """The model has written, or was stopped."""
        self._wording = None
        self._second = second or self._second
        self._asked.update(clean(self._second.asked))
        if not self.judging:
            self._prepare()

    def _show_edge(self, told: str = "") -> None:
        written = length(self.editor.text, self._second.attempt.language)
        self.editor.say(f"{told} · {written}" if told else written)

    def watch_judging(self, judging: bool) -> None:
        """Lock the editor while its text is judged."""
        self.editor.freeze(judging)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Offer only what can be done now."""
        if action == "cancel":
            return self.judging
        return not self.judging if action in ("leave", "judge") else True

    @on(TextArea.Changed)
    def _typed(self) -> None:
        self.notice.tell("")
        self._show_edge()
        if self._reading is not None:
            self._reading.stop()
        self._reading = self.set_timer(_SETTLE, self._prepare)

    def _prepare(self) -> None:
        second, examiner = self._second, self._tutor.examiner
        examiner.prepare(second.question, second.attempt.language, self.editor.text)

    # --- what the student does

    def action_judge(self) -> None:
        """Have the answer judged on this point alone."""
        answer = self.editor.text
        if not answer.strip():
            self.notice.tell(NOTHING_WRITTEN)
            return
        if self._wording is not None:
            self._tutor.examiner.cancel()
            self._worded(None)
        self.notice.tell("")
        self.judging = True
        self._show_edge("judging …  Esc cancels")
        question, language = self._second.question, self._second.attempt.language
        examiner = self._tutor.examiner
        self._judge = run_in_thread(
            self, "judge", lambda: examiner.grade(question, answer, language)
        )

    def action_cancel(self) -> None:
        """Stop judging and go on writing."""
        if self._judge is not None:
            self._stop("judging was cancelled")
            self._tutor.examiner.cancel()

    def action_leave(self) -> None:
        """Go back to the verdict."""
        self.dismiss(self.editor.text)

    def on_unmount(self) -> None:
        """Nobody waits for this verdict any more."""
        if self._judge is not None or self._wording is not None:
            self._tutor.examiner.cancel()

    # --- judging

    def _stop(self, told: str) -> None:
        self._judge = None
        self.judging = False
        self._show_edge(told)

    @on(Worker.StateChanged)
    def _worker_changed(self, event: Worker.StateChanged) -> None:
        worker = event.worker
        if worker.group == "word":
            self._wording_changed(worker)
            return
        if worker.group == "judge" and worker is not self._judge:
            return  # a judging that was cancelled
        if event.state is WorkerState.ERROR and worker.error is not None:
            told = "saved" if worker.group == "record" else "judged"
            self._stop(f"not {told}")
            self.notice.tell(f"✗ Not {told}. {explain(worker.error)} F5 tries again.")
        elif event.state is WorkerState.SUCCESS and isinstance(worker.result, Grade):
            self._record(worker.result)
        elif event.state is WorkerState.SUCCESS and isinstance(worker.result, FollowedUp):
            self.dismiss(worker.result)

    def _wording_changed(self, worker: Worker[object]) -> None:
        """Our own words do where the model's do not come."""
        if worker is self._wording and worker.is_finished:
            result = worker.result
            self._worded(result if isinstance(result, SecondQuestion) else None)

    def _record(self, grade: Grade) -> None:
        self._judge = None
        if grade.remark:
            self.app.notify(grade.remark, markup=False)
        answer, progress = self._answer(grade), self._tutor.progress

        def record() -> FollowedUp:
            progress.follow_up(answer)
            return answer

        run_in_thread(self, "record", record)

    def _answer(self, grade: Grade) -> FollowedUp:
        second, now, (point,) = self._second, self._tutor.clock(), grade.points
        return FollowedUp(
            id=self._tutor.new_id(),
            at=now,
            attempt=second.attempt.id,
            point=point.id,
            asked=second.asked,
            language=second.attempt.language,
            answer=self.editor.text,
            grader=grade.grader,
            verdict=point.verdict,
            confidence=point.confidence,
            seconds=max(0.0, (now - self._opened).total_seconds()),
        )
