"""Offers to continue or abandon an unfinished exam."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tutor.study.exam import resume_exam
from tutor.study.exam_text import left_exam_words, past_exams
from tutor.tui.background import background
from tutor.tui.keys import key
from tutor.tui.messages import ScreenAsked
from tutor.tui.notice_screen import NoticeScreen
from tutor.tui.widgets.footer import FittingFooter
from tutor.tui.widgets.option_rows import OptionRows
from tutor.tui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from datetime import date

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tutor.study.exam import ExamState
    from tutor.tui.ports import Tutor


class LeftScreen(NoticeScreen):
    """An unfinished exam, which Enter continues, and the earlier exams."""

    CSS_PATH = "resume.tcss"
    AUTO_FOCUS = ""
    HELP: ClassVar[str | None] = """
    An unfinished exam. Its clock stops while it is closed. `Enter` continues it, `x`
    abandons it: the remaining answers will not be graded. `tab` goes to your earlier exams, `Esc`
    back to Today.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key("enter", "resume", "Continue", id="exam.resume"),
        key("x", "abandon", "Abandon", id="exam.abandon"),
        key("e", "another", "New exam", id="exam.another"),
        key("escape", "app.today", "Today", id="exam.today"),
    ]

    def __init__(self, tutor: Tutor, exam: str) -> None:
        super().__init__()
        self._tutor = tutor
        self._exam = exam
        self._state: ExamState | None = None
        self._status = Static(id="status", markup=False)
        self.past = PastExams(tutor, id="past", besides=exam)

    def compose(self) -> ComposeResult:
        yield TopBar("Exam")
        yield self.notice
        with VerticalScroll(id="left-page", can_focus=False):
            yield self._status
        yield self.past
        yield FittingFooter()

    def on_mount(self) -> None:
        """Load the exam."""
        progress = self._tutor.progress
        background(self, lambda: resume_exam(progress, self._exam), self._show)

    def _show(self, state: ExamState) -> None:
        self._state = state
        self._status.update(left_lines(state, self._tutor.clock().astimezone().date()))
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Offer a new exam only if no other can still be taken."""
        if action in ("resume", "abandon"):
            return self._state is not None
        if action == "another":
            return self._state is not None and self._state.phase != "running"
        return True

    # --- what the student does

    def action_resume(self) -> None:
        state, self._state = self._state, None  # so that a second Enter does nothing
        if state is None:
            return
        if state.phase == "running":
            from tutor.tui.exam.run import RunningScreen

            self.app.switch_screen(RunningScreen(self._tutor, state))
        else:
            from tutor.tui.exam.grading import GradingScreen

            self.app.switch_screen(GradingScreen(self._tutor, self._exam))

    def action_abandon(self) -> None:
        """Ask for confirmation, since it cannot be undone."""
        from tutor.tui.dialogs import confirm

        question = (
            "Abandon this exam? The remaining answers will not be graded; it stays in the history."
        )
        confirm(self.app, question, "Abandon it", self._abandon)

    def _abandon(self) -> None:
        state = self._state
        if state is not None:
            progress = self._tutor.progress
            background(
                self,
                lambda: progress.end_exam(self._exam, "abandoned", state.used),
                lambda _: self.post_message(ScreenAsked("exam")),
            )

    def action_another(self) -> None:
        """Set up a new exam; this one stays unfinished."""
        from tutor.tui.exam.setup import SetupScreen

        self.app.switch_screen(SetupScreen(self._tutor))


def left_lines(state: ExamState, today: date) -> Content:
    """What the exam is, how far it is, and what Enter does."""
    head, progress = left_exam_words(state, today)
    enter = "Press Enter to grade the rest."
    if state.phase == "running":
        at = 0 if state.place is None else min(state.place.position, len(state.questions) - 1)
        enter = f"Press Enter to continue with question {at + 1}; the clock starts again."
    return Content.assemble((head, "bold"), f"\n\n{progress}\n\n", (enter, "bold"))


class PastExams(OptionRows):
    """Exams that are over; Enter opens the report of one."""

    HELP = """
    Exams that are over, newest first. `Enter` opens the report of one.
    """
    DEFAULT_CSS = """
    PastExams {
        max-height: 1fr;
        max-width: 104;
        margin: 0 1;
        padding: 0 1;
        border-top: solid $foreground-muted;
        border-title-color: $text-muted;
        text-wrap: nowrap;
        text-overflow: ellipsis;
        &:focus { border-top: solid $border; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [key("enter", "select", "Report", id="past.report")]

    def __init__(self, tutor: Tutor, *, id: str, besides: str = "") -> None:
        """`besides` is the id of an exam that is not listed."""
        super().__init__(id=id, markup=False)
        self._tutor = tutor
        self._besides = besides
        self.border_title = "Earlier exams"
        self.display = False

    def on_mount(self) -> None:
        background(self, self._load, self._show, "Your earlier exams cannot be listed.")

    def _load(self) -> dict[str, str]:
        """Runs in a thread."""
        today = self._tutor.clock().astimezone().date()
        exams = past_exams(self._tutor.progress.past_exams(), today)
        exams.pop(self._besides, None)
        return exams

    def _show(self, exams: dict[str, str]) -> None:
        """Show these exams; without any the list is hidden."""
        self.display = bool(exams)
        self.set_options([Option(Content(words), id=exam) for exam, words in exams.items()])
        self.highlighted = 0 if exams else None

    @on(OptionList.OptionSelected)
    def _open_report(self, event: OptionList.OptionSelected) -> None:
        from tutor.tui.exam.report import ReportScreen

        event.stop()
        if event.option_id is not None:
            self.app.switch_screen(ReportScreen(self._tutor, event.option_id, past=True))
