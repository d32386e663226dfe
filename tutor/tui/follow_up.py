"""Follow-ups: second answers to one point alone, graded and shown in the rubric."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.screen import ModalScreen
from textual.widgets import TextArea
from textual.worker import Worker

from tutor.grading import Grade
from tutor.progress import FollowedUp
from tutor.study.follow_up import SecondQuestion, second_question, worded
from tutor.tui.background import background
from tutor.tui.dialogs import close
from tutor.tui.keys import key, of_the_app
from tutor.tui.labels import authored, clean, explain
from tutor.tui.notice_screen import complain, say
from tutor.tui.widgets.answer_editor import SUBMIT, AnswerEditor
from tutor.tui.widgets.footer import FittingFooter
from tutor.tui.widgets.notice import Notice
from tutor.tui.widgets.prose import Prose
from tutor.tui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.screen import Screen
    from textual.timer import Timer

    from tutor.bank import Question
    from tutor.progress import Attempt
    from tutor.study import StudySession
    from tutor.tui.ports import Tutor
    from tutor.tui.widgets.rubric import RubricList

NOTHING_WRITTEN = "You have not written anything yet. Press Esc to go back to the verdict."
_SETTLE = 0.5
"""Seconds without a key before the model reads what is written."""


class FollowUpScreen(ModalScreen[FollowedUp | str]):
    """Asks about one point; returns the graded answer, or what was written before leaving."""

    CSS_PATH = "follow_up.tcss"
    AUTO_FOCUS = "#second"
    HELP: ClassVar[str | None] = """
    A follow-up about one point of the question. Your answer is graded on that point alone; the
    verdict appears below the first one, and the marks stay as they are. A large enough model words
    a closer question; you need not wait for it. `F5` (or `ctrl+enter`, `ctrl+j`) submits. `Esc`
    goes back to the verdict; what you wrote is kept until you leave that.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key(SUBMIT, "submit", "Submit", id="follow.judge"),
        key("escape", "cancel", "Cancel", id="follow.cancel"),
        key("escape", "leave", "Back", id="follow.leave"),
        *of_the_app("follow"),
    ]

    is_grading = reactive(False)

    def __init__(
        self, tutor: Tutor, session: StudySession, second: SecondQuestion, text: str = ""
    ) -> None:
        """`text` is what was written before."""
        super().__init__()
        self._tutor = tutor
        self._session = session
        self._second = second
        self._opened = tutor.clock()
        self._grading: Worker[Grade] | None = None
        self._graded: Grade | None = None
        """The grade of what is written, if only saving it failed."""
        self._wording: Worker[SecondQuestion] | None = None
        self._pause: Timer | None = None
        self._asked = Prose(clean(second.asked), id="asked", markup=False)
        self.notice = Notice(id="notice")
        self.editor = AnswerEditor(text, id="second", bindings=self.BINDINGS)
        self.editor.border_title = "Your second answer; the marks stay as they are"

    # --- what is shown

    def compose(self) -> ComposeResult:
        """The follow-up, the question it belongs to, and the editor."""
        second = self._second
        yield TopBar("Follow-up", f"point {second.number} of {second.of}")
        yield self.notice
        with VerticalScroll(id="asked-box", can_focus=False):
            yield self._asked
            prompt = second.question.prompt.to(second.attempt.language)
            yield Prose(Content(authored(prompt)), id="prompt", markup=False)
        yield self.editor
        yield FittingFooter()

    def on_mount(self) -> None:
        """Have the model word a closer question if it can, then read the question."""
        self._show_edge()
        if self._tutor.grading.writes:
            self._asked.update(f"{clean(self._second.asked)}\n…")
            self._wording = background(self, self._word, self._worded, lambda _: self._worded(None))
        else:
            self._prepare()

    def _word(self) -> SecondQuestion:
        """Runs in a thread."""
        second, attempt = self._second, self._second.attempt
        text = self._tutor.grading.ask_about(
            second.whole, attempt.answer, second.number, attempt.language
        )
        return worded(second, text)

    def _worded(self, second: SecondQuestion | None) -> None:
        """Show the model's wording; None if it failed or was stopped."""
        self._wording = None
        self._second = second or self._second
        self._asked.update(clean(self._second.asked))
        if not self.is_grading:
            self._prepare()

    def _show_edge(self, state: str = "") -> None:
        self.editor.say_length(self._second.attempt.language, state)

    def watch_is_grading(self, is_grading: bool) -> None:
        """Lock the editor while its text is graded."""
        self.editor.freeze(is_grading)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        if action == "cancel":
            return self.is_grading
        return not self.is_grading if action in ("leave", "submit") else True

    @on(TextArea.Changed)
    def _typed(self) -> None:
        self._graded = None
        self.notice.clear()
        self._show_edge()
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.set_timer(_SETTLE, self._prepare)

    def _prepare(self) -> None:
        second, grading = self._second, self._tutor.grading
        grading.prepare(second.question, second.attempt.language, self.editor.text)

    # --- what the student does

    def action_submit(self) -> None:
        """Have the answer graded on this point alone."""
        answer = self.editor.text
        if not answer.strip():
            say(self, NOTHING_WRITTEN)
            return
        if self._wording is not None:
            self._tutor.grading.cancel()
            self._worded(None)
        self.notice.clear()
        self.is_grading = True
        self._show_edge("grading …  Esc cancels")
        if self._graded is not None:
            self._save(self._graded)
            return
        question, language = self._second.question, self._second.attempt.language
        grade = self._tutor.grading.grade
        self._grading = worker = background(
            self,
            lambda: grade(question, answer, language),
            lambda grade: self._save(grade) if worker is self._grading else None,
            lambda error: self._failed("graded", error) if worker is self._grading else None,
        )

    def action_cancel(self) -> None:
        """Stop grading and continue writing."""
        if self._grading is not None:
            self._stop("grading was cancelled")
            self._tutor.grading.cancel()

    def action_leave(self) -> None:
        self.dismiss(self.editor.text)

    def on_unmount(self) -> None:
        """Cancel what the model does for this screen when it closes."""
        if self._grading is not None or self._wording is not None:
            self._tutor.grading.cancel()

    # --- grading

    def _stop(self, state: str) -> None:
        self._grading = None
        self.is_grading = False
        self._show_edge(state)

    def _failed(self, step: str, error: BaseException) -> None:
        self._stop(f"not {step}")
        complain(self, f"Not {step}. {explain(error)} Press F5 to try again.")

    def _save(self, grade: Grade) -> None:
        self._grading, self._graded = None, grade
        if grade.remark:
            self.app.notify(grade.remark, markup=False)
        session, second, answer = self._session, self._second, self.editor.text
        background(
            self,
            lambda: session.answer_follow_up(second, answer, grade, self._opened),
            self._saved,
            lambda error: self._failed("saved", error),
        )

    def _saved(self, followed: FollowedUp) -> None:
        close(self, followed)


class SecondAnswers:
    """The follow-ups on one answer, shown in its rubric."""

    def __init__(
        self,
        screen: Screen[None],
        tutor: Tutor,
        session: StudySession,
        rubric: RubricList,
        done: Callable[[], None],
    ) -> None:
        """`done` is called at the end of each follow-up."""
        self._screen = screen
        self._tutor = tutor
        self._session = session
        self._rubric = rubric
        self._done = done
        self._drafts: dict[str, str] = {}
        """What was written but not submitted, by point id."""

    def show_earlier(self, attempt: str) -> None:
        """Show the second answers that are saved for the attempt with this id."""
        progress = self._tutor.progress

        def find() -> list[FollowedUp]:
            return [each for each in progress.follow_ups() if each.attempt == attempt]

        def show(answers: list[FollowedUp]) -> None:
            for answer in answers:
                self._rubric.show_second(answer)

        background(self._screen, find, show)

    def ask(self, question: Question, attempt: Attempt, number: int) -> None:
        """Ask a follow-up about the point with this number, from 1."""
        background(
            self._screen, lambda: second_question(question, attempt, number), self._show_question
        )

    def _show_question(self, second: SecondQuestion) -> None:
        if not self._screen.is_active:
            return  # left already, or asked twice
        draft = self._drafts.get(second.point, "")
        screen = FollowUpScreen(self._tutor, self._session, second, draft)
        self._screen.app.push_screen(screen, lambda result: self._answered(second.point, result))

    def _answered(self, point: str, result: FollowedUp | str | None) -> None:
        if isinstance(result, FollowedUp):
            self._drafts.pop(point, None)
            self._rubric.show_second(result)
        elif result is not None:
            self._drafts[point] = result
        self._done()
