"""Taking an exam: its questions, an editor and the clock, without help."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual.containers import VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.screen import ModalScreen
from textual.widgets import Static

from tutor.study.exam_run import BEAT, How, RunningExam, left_words, next_change, warning
from tutor.tui.background import background
from tutor.tui.keys import key
from tutor.tui.labels import (
    authored,
    clean,
    explain,
    fit,
    length,
    one_line,
    question_facts,
    readable,
)
from tutor.tui.messages import TodayAsked
from tutor.tui.notice_screen import complain
from tutor.tui.widgets.answer_editor import SUBMIT
from tutor.tui.widgets.footer import FittingFooter
from tutor.tui.widgets.top_bar import TopBar
from tutor.tui.writing_screen import WritingScreen, next_language

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.message import Message

    from tutor.study.exam import ExamState
    from tutor.tui.autosave import SavePace
    from tutor.tui.ports import Tutor

GONE = "This question is no longer in the bank; your answer is kept. Press F5 to continue."
TITLE = "Your answer"


class ExamBar(TopBar):
    """The number of the question and the time left; no status of the model."""

    DEFAULT_CSS = """
    ExamBar {
        #clock { width: auto; margin-left: 2; text-style: bold; }
        #clock.-soon { color: $text-warning; text-style: bold reverse; }
    }
    """

    def __init__(self) -> None:
        super().__init__("Exam")
        self._title = Static(id="place", markup=False)
        self._number = Static(id="count", markup=False)
        self._clock = Static(id="clock", markup=False)

    def compose(self) -> ComposeResult:
        yield self._title
        yield self._number
        yield self._clock

    def show_question(self, title: str, count: str) -> None:
        """Show the deck and the number of the question."""
        self._title.update(Content(title))
        self._number.update(Content(count))

    def show_clock(self, words: str, *, soon: bool) -> None:
        """Show the time left, highlighted if it is over `soon`."""
        self._clock.update(Content(words))
        self._clock.set_class(soon, "-soon")


class RunningScreen(WritingScreen):
    """A running exam; it shows nothing about the quality of any answer."""

    HELP: ClassVar[str | None] = """
    `F5` (or `ctrl+enter`, `ctrl+j`) hands in the answer and continues, `shift+F5` goes back to the
    previous question; every answer can be changed until the end. `F12` shows which are answered,
    `F10` ends the exam. `F2` changes the language. `Esc` leaves: everything is kept and the clock
    stands still.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key(SUBMIT, "next", "Next", id="running.next"),
        key("shift+f5", "back", "Back", id="running.back"),
        key("f12", "overview", "Overview", id="running.overview"),
        key("f10", "end", "End", id="running.end"),
        key("f2", "language", "Language", id="running.language"),
        key("escape", "later", "Leave", id="running.later"),
    ]

    ending: reactive[How | None] = reactive[How | None](None, init=False)
    """How the exam is about to end; None while it runs."""

    def __init__(
        self,
        tutor: Tutor,
        state: ExamState,
        *,
        pace: SavePace | None = None,
        beat: float = BEAT,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__("", pace, monotonic)
        self._tutor = tutor
        self._beat = beat
        self.exam = RunningExam(tutor, state, monotonic)
        self.bar = ExamBar()

    # --- what is shown

    def compose(self) -> ComposeResult:
        yield self.bar
        yield self.notice
        yield VerticalScroll(self._prompt, id="prompt-box", can_focus=False)
        yield self._about
        yield self.editor
        yield FittingFooter("language", "back")

    def on_mount(self) -> None:
        """Show the question and start the clock."""
        self._show_question(self.exam.open(self.exam.at))
        self.autosave.save_later()
        self._tick()
        self.set_interval(self._beat, self.autosave.save_later)

    def _show_question(self, text: str) -> None:
        self._seen = text
        self.editor.load_text(clean(text))
        self.editor.move_cursor(self.editor.document.end)
        self.editor.freeze(self.exam.question is None)
        self._show_prompt()
        self._show_edge("")
        self.refresh_bindings()

    def _show_prompt(self) -> None:
        exam = self.exam
        question, count = exam.question, f"{exam.at + 1} of {len(exam.questions)}"
        if question is None:
            self.bar.show_question("Exam", count)
            self._prompt.update(Content.styled(GONE, "bold"))
            self._about.update(Content(""))
            return
        deck = self._tutor.bank.deck_of(question.id)
        self.bar.show_question(f"Exam · {readable(deck.title, deck, self._tutor.languages)}", count)
        self._prompt.update(Content.styled(authored(question.prompt.to(exam.language)), "bold"))
        self._about.update(Content(" · ".join(question_facts(question, exam.language))))

    def _show_edge(self, state: str) -> None:
        self.editor.say_length(self.exam.language, state)

    def watch_ending(self) -> None:
        """Lock the editor."""
        self.editor.freeze(self.ending is not None or self.exam.question is None)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        if self._gone or (self.ending is not None and action not in ("end", "later")):
            return False
        if action == "back":
            return True if self.exam.at else None
        if action == "language":
            question = self.exam.question
            return question is not None and len(question.languages) > 1
        return True

    # --- the clock

    def _tick(self) -> None:
        if self.ending is not None:
            return
        left = self.exam.clock.left
        if left is not None and left <= 0:
            self._end("time-up")
            return
        notice = warning(left, self.exam.clock.limit)
        self.bar.show_clock(left_words(left), soon=bool(notice))
        self.editor.border_title = f"{TITLE} · ! {notice}" if notice else TITLE
        if left is not None:
            self.set_timer(next_change(left), self._tick)

    # --- what the student does

    def action_next(self) -> None:
        """Hand the answer in and show the next question; after the last, ask whether to end."""
        if self.exam.at + 1 < len(self.exam.questions):
            self.turn_to(self.exam.at + 1)
        else:
            self.action_end()

    def action_back(self) -> None:
        """Hand the answer in and go back to the previous question."""
        if self.exam.at:
            self.turn_to(self.exam.at - 1)

    def action_language(self) -> None:
        exam = self.exam
        if exam.question is not None:
            exam.ask_in(next_language(exam.question.languages, exam.language))
            self._show_prompt()
            self._touch()

    def action_overview(self) -> None:
        """Show which questions are answered, and go to the one that is chosen."""
        from tutor.tui.dialogs import ChoiceScreen

        self._hand_in()
        self.autosave.save_later()
        choices = {str(at): self._overview_line(at) for at in range(len(self.exam.questions))}
        title = f"{self.exam.answered_words}. Press Enter to go to a question."
        self.app.push_screen(ChoiceScreen(title, choices, str(self.exam.at)), self._go_to)

    def _overview_line(self, at: int) -> str:
        id_ = self.exam.questions[at]
        answer, question = self.exam.written.get(id_), self.exam.read(id_)
        state = "– unanswered"
        if answer is not None and answer.text.strip():
            state = f"✓ {length(answer.text, answer.language)}"
        about = id_
        if question is not None:
            about = authored(question.prompt.to(self.exam.language_for(question)))
        return f"{at + 1:>3}  {fit(state, 16)}  {one_line(about)}"

    def _go_to(self, chosen: str | None) -> None:
        if chosen is not None and self.ending is None:
            self.turn_to(int(chosen))

    def action_end(self) -> None:
        """Ask whether to end the exam; if ending it failed, try that again."""
        if self.ending is not None:
            self._end(self.ending)
            return
        from tutor.tui.dialogs import ChoiceScreen

        self._hand_in()
        self.autosave.save_later()
        title = f"{self.exam.answered_words}. After the end no answer can be changed."
        self.app.push_screen(ChoiceScreen(title, self._end_choices()), self._end_chosen)

    def _end_choices(self) -> dict[str, str]:
        end = {"end": "End the exam and grade it"}
        unanswered = self.exam.unanswered
        at = unanswered[0] if unanswered else self.exam.at
        go_on = {str(at): f"Continue with question {at + 1}"}
        return go_on | end if unanswered else end | go_on

    def _end_chosen(self, chosen: str | None) -> None:
        if chosen == "end":
            self._end("handed-in")
        else:
            self._go_to(chosen)

    def action_later(self) -> None:
        """Save everything, stop the clock and go back to Today."""
        if self._may_leave():
            self._leave(TodayAsked())

    # --- handing in

    def turn_to(self, at: int) -> None:
        """Hand the answer in and show the question with this number, from 0."""
        self._hand_in()
        self._show_question(self.exam.open(at))
        self.autosave.save_later()

    def _hand_in(self) -> None:
        self.exam.hand_in(self.editor.text)

    def _end(self, how: How) -> None:
        """End the exam; the text in the editor counts."""
        self._close_what_is_on_top()
        self.exam.stop(self.editor.text)
        self.ending = how
        self.notice.clear()
        self.bar.show_clock("the time is up" if how == "time-up" else "ended", soon=False)
        self.autosave.stop()
        background(self, lambda: self.exam.finish(how), self._ended, self._not_saved)

    def _ended(self, _: None) -> None:
        from tutor.tui.exam.grading import GradingScreen

        if not self._gone:
            self._close_what_is_on_top()
            self._gone = True
            over = f"Time is up. {self.exam.answered_words}." if self.ending == "time-up" else ""
            self.app.switch_screen(GradingScreen(self._tutor, self.exam.id, over=over))

    def _close_what_is_on_top(self) -> None:
        while isinstance(self.app.screen, ModalScreen):
            self.app.pop_screen()

    # --- keeping what is typed

    def _snapshot(self) -> Callable[[], None]:
        """A function that saves the place, the text as it is now, and what was handed in."""
        self.exam.keep_place(self.editor.text)
        return self.exam.keeper.write

    def _leave(self, message: Message) -> None:
        super()._leave(message)
        self.exam.clock.stop()

    def _saved(self) -> None:
        self._show_edge("saved" if self._seen else "")

    def _not_saved(self, error: BaseException) -> None:
        self._show_edge("NOT saved")
        again = " Press F10 to try again." if self.ending is not None else ""
        complain(self, f"Not saved. {explain(error)}{again}")
