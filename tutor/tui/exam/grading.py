"""Grades an exam answer by answer; each grade is saved at once, and grading can be interrupted."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import ProgressBar, Static
from textual.worker import Worker, get_current_worker

from tutor.engine import Cancelled
from tutor.formatting import count_of, format_duration
from tutor.study.exam import grade_exam, resume_exam
from tutor.tui.background import background
from tutor.tui.keys import key
from tutor.tui.labels import explain
from tutor.tui.messages import TodayAsked
from tutor.tui.notice_screen import NoticeScreen, complain
from tutor.tui.widgets.footer import FittingFooter
from tutor.tui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tutor.bank import Language, Question
    from tutor.grading import Grade
    from tutor.tui.ports import Tutor


@dataclass
class Advanced(Message):
    """One more of the exam's answers is graded."""

    done: int
    total: int


class GradingScreen(NoticeScreen):
    """Shows how far grading is, and then the report."""

    CSS_PATH = "grading.tcss"
    AUTO_FOCUS = ""
    HELP: ClassVar[str | None] = """
    Your answers are graded one after the other, and each grade is saved at once. `Esc` stops; the
    rest is graded when you come back to the exam.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key("enter", "again", "Try again", id="judging.again"),
        key("enter", "report", "Report", id="judging.report"),
        key("escape", "later", "Later", id="judging.later"),
    ]

    def __init__(
        self,
        tutor: Tutor,
        exam: str,
        *,
        over: str = "",
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`over` says why the exam ended while the student was typing.

        The report then waits for Enter, or it would get the keys that are still being typed.
        """
        super().__init__()
        self._tutor = tutor
        self._exam = exam
        self._monotonic = monotonic
        self._begun = monotonic()
        self._graded_before: int | None = None
        """How many answers were graded when this began; None until it is known."""
        self._work: Worker[None] | None = None
        """What grades; None when that has ended or was stopped."""
        self._done = False
        self._over = over
        status = f"{over} Your answers are being graded.".lstrip()
        self._status = Static(status, id="status", markup=False)
        self.bar = ProgressBar(total=1, show_eta=False, id="bar")
        self._left = Static(id="left", markup=False)

    def compose(self) -> ComposeResult:
        yield TopBar("Exam")
        yield self.notice
        with VerticalScroll(id="grading-page", can_focus=False):
            yield self._status
            yield self.bar
            yield self._left
        yield FittingFooter()

    def on_mount(self) -> None:
        self.action_again()

    def on_unmount(self) -> None:
        """Stop grading."""
        self._stop()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Offer to try again after a failure, and the report when it exists."""
        if action == "again":
            return self._work is None and not self._done
        return self._done if action == "report" else True

    def action_again(self) -> None:
        self._graded_before = None
        self._work = background(self, self._grade_all, self._finished, self._stopped)
        self.refresh_bindings()

    def action_report(self) -> None:
        """Show the report."""
        self._over = ""
        self._show_report()

    def action_later(self) -> None:
        """Stop grading and go back to Today."""
        self._stop()
        self.post_message(TodayAsked())

    def _stop(self) -> None:
        if self._work is not None:
            self._work.cancel()
            self._work = None
            self._tutor.grading.cancel()

    def _grade_all(self) -> None:
        """Runs in a thread."""
        worker, tutor = get_current_worker(), self._tutor

        def grade(question: Question, answer: str, language: Language) -> Grade:
            if not worker.is_cancelled:
                graded = tutor.grading.grade(question, answer, language)
            if worker.is_cancelled:  # another screen may have graded it by now
                raise Cancelled("grading was cancelled")
            return graded

        record = resume_exam(tutor.progress, self._exam).record
        done = len(record.attempts)
        self.post_message(Advanced(done, done + len(record.waiting)))
        for step in grade_exam(tutor, self._exam, grade):
            self.post_message(Advanced(step.done, step.total))

    @on(Advanced)
    def _advanced(self, event: Advanced) -> None:
        if self._graded_before is None:
            self._graded_before, self._begun = event.done, self._monotonic()
        self.bar.update(total=max(1, event.total), progress=event.done)
        passed = self._monotonic() - self._begun
        self._left.update(Content(progress_words(event, event.done - self._graded_before, passed)))

    def _finished(self, _: None) -> None:
        self._work, self._done = None, True
        if self._over:
            self._status.update(Content(f"{self._over} Your answers are graded."))
            self._left.update(Content("Press Enter to see the report."))
            self.refresh_bindings()
        self._show_report()

    def _stopped(self, error: BaseException) -> None:
        self._work = None
        complain(self, f"Grading stopped before the end. {explain(error)}")
        self._left.update(Content("Press Enter to try the rest again."))
        self.refresh_bindings()

    def on_screen_resume(self) -> None:
        """Show the report that waited until a screen on top, such as the palette, was closed."""
        self._show_report()

    def _show_report(self) -> None:
        """Show the report when grading is done, unless it waits for Enter or a screen is on top."""
        from tutor.tui.exam.report import ReportScreen

        if self._done and not self._over and self.app.screen is self:
            self.app.switch_screen(ReportScreen(self._tutor, self._exam))


def progress_words(event: Advanced, graded: int, passed: float) -> str:
    """How many answers are graded, and about how long the rest will take.

    `graded` answers took `passed` seconds.
    """
    words = f"{event.done} of {count_of(event.total, 'answer')}"
    rest = event.total - event.done
    if not graded or not rest:
        return words
    return f"{words} · about {format_duration(passed / graded * rest)} left"
