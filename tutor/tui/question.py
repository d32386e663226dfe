"""The screen that asks one question: prompt, editor, hints, and the way to the verdict."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.reactive import reactive

from tutor.bank import BankError, Language
from tutor.engine import Cancelled
from tutor.errors import TutorError
from tutor.progress import Draft, ProfileNotWritable
from tutor.study import Answered, AskedQuestion, StudySession, Submission
from tutor.tui.autosave import SavePace
from tutor.tui.background import background
from tutor.tui.copied import asked_as_text
from tutor.tui.grading_wait import GradingWait
from tutor.tui.keys import key
from tutor.tui.labels import asked_text, authored, clean, explain, question_facts
from tutor.tui.messages import AnswerGraded, LanguageChosen, QuestionSkipped, TodayAsked
from tutor.tui.notice_screen import complain, say
from tutor.tui.ports import Tutor
from tutor.tui.session_place import place_of
from tutor.tui.widgets.answer_editor import SUBMIT
from tutor.tui.widgets.footer import FittingFooter
from tutor.tui.widgets.prose import Prose
from tutor.tui.widgets.top_bar import TopBar
from tutor.tui.writing_screen import WritingScreen, next_language

NOTHING_WRITTEN = "You have not written anything yet. If you don't know the answer, press F4."
CLEARED = "Cleared. Press Ctrl+Z to bring your text back."


class QuestionScreen(WritingScreen):
    """One question of a session, until its answer is graded and saved."""

    CSS_PATH = "question.tcss"
    HELP: ClassVar[str | None] = """
    `F5` (or `ctrl+enter`, `ctrl+j`) submits the answer. While the model loads, or if grading takes
    more than two seconds, the key terms' suggestion appears and `F5` accepts it. `F3` shows a hint;
    hints are counted. `F4` says that you don't know and shows the model answer; it does not count
    towards your average, and the question comes back soon. `F8` postpones the question until
    tomorrow, unless you choose it yourself. `F2` changes the language. `Esc` leaves; what you wrote
    is kept.

    `F9` starts over with an empty editor; `ctrl+z` brings your text back. When you retry a
    question, your earlier answer is in the editor, and from then on above it.

    `F7` opens your answer in your own editor (`VISUAL` or `EDITOR`), `F6` the question itself, to
    correct its text or its rubric; your answer stays.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key(SUBMIT, "accept", "Accept", id="question.accept"),
        key(SUBMIT, "submit", "Submit", id="question.judge"),
        key("f3", "hint", "Hint", id="question.hint"),
        key("f4", "give_up", "Don't know", id="question.give_up"),
        key("f2", "language", "Language", id="question.language"),
        key("f8", "skip", "Skip", id="question.skip"),
        key("f9", "anew", "Start over", id="question.anew"),
        key("f7", "own_editor", "Your editor", id="question.own_editor"),
        key("f6", "edit_question", "Edit question", id="question.edit"),
        key("escape", "cancel", "Cancel", id="question.cancel"),
        key("escape", "later", "Leave", id="question.later"),
    ]

    _WHILE_WRITING = (
        "later",
        "hint",
        "give_up",
        "language",
        "skip",
        "anew",
        "own_editor",
        "edit_question",
    )

    is_grading = reactive(False, toggle_class="-grading")
    hints = reactive(0, init=False)
    language: reactive[Language] = reactive[Language]("en", init=False)

    def __init__(
        self,
        tutor: Tutor,
        session: StudySession,
        asked: AskedQuestion,
        *,
        pace: SavePace | None = None,
    ) -> None:
        super().__init__(asked.text, pace)
        self._tutor = tutor
        self._session = session
        self.asked = asked
        self.place = place_of(tutor, session.state, asked.question.id)
        self._opened: datetime = tutor.clock()
        self._hints = Prose(id="hints", markup=False)
        self._hints_box = VerticalScroll(self._hints, id="hints-box", can_focus=False)
        answer = Content.assemble(("Your earlier answer\n", "bold"), clean(asked.text.strip()))
        earlier = Prose(answer, id="earlier", markup=False)
        self._earlier = VerticalScroll(earlier, id="earlier-box", can_focus=False)
        self._earlier.display = False
        self._submission: Submission | None = None
        """The answer that is being graded, or was graded and could not be saved."""
        self._wait = GradingWait(self, tutor, self.editor.say, self.refresh_bindings)
        self._skipping = False
        self.set_reactive(QuestionScreen.language, asked.language)
        self.set_reactive(QuestionScreen.hints, asked.hints)

    # --- what is shown

    def compose(self) -> ComposeResult:
        """Prompt above, hints and the earlier answer below it, then the editor."""
        yield TopBar(self.place.title, self.place.count)
        yield self.notice
        yield VerticalScroll(self._prompt, id="prompt-box", can_focus=False)
        yield self._about
        yield self._hints_box
        yield self._earlier
        yield self.editor
        yield FittingFooter(
            "command_palette", "edit_question", "own_editor", "anew", "language", "skip", "later"
        )

    def on_mount(self) -> None:
        """Show the question and have the model read it."""
        self._show_question()
        state = "your earlier answer" if self.asked.again else "draft restored"
        self._show_edge(state if self.asked.text.strip() else "")
        self._prepare()

    def _show_question(self) -> None:
        """Show the question with the hints that were asked for."""
        question = self.asked.question
        self._prompt.update(asked_text(question, self.language))
        parts = list(question_facts(question, self.language))
        if question.hints:
            cost = ", at most “good”" if self.hints else ""
            parts.append(f"hints {self.hints} of {len(question.hints)}{cost}")
        self._about.update(Content(" · ".join(parts)))
        lines = [
            f"Hint {at}: {authored(hint.to(self.language))}"
            for at, hint in enumerate(question.hints[: self.hints], 1)
        ]
        self._hints.update(Content("\n".join(lines)))
        self._hints_box.display = bool(lines)
        self._hints_box.scroll_end(animate=False)

    def _show_edge(self, state: str) -> None:
        self.editor.say_length(self.language, state)

    def watch_hints(self) -> None:
        """Show one more hint."""
        self._show_question()
        self.refresh_bindings()

    def watch_language(self) -> None:
        self._show_question()
        self._prepare()

    def watch_is_grading(self, is_grading: bool) -> None:
        """Lock the editor while its text is graded."""
        self.editor.freeze(is_grading)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        question = self.asked.question
        if self._gone or (self._skipping and action != "later"):
            return False  # keys that were pressed before the screen could close do nothing
        if action == "cancel":
            return self.is_grading
        if action in ("accept", "submit") and self.is_grading:
            return self._wait.suggestion is not None
        if self.is_grading and action in self._WHILE_WRITING:
            return False
        offered: dict[str, bool | None] = {
            "hint": self.hints < len(question.hints) or (None if question.hints else False),
            "language": len(question.languages) > 1,
            "skip": not self.asked.again,
            "accept": False,
        }
        return offered.get(action, True)

    # --- what the student does

    def action_hint(self) -> None:
        """Show the next hint; it counts."""
        self.hints += 1
        self._touch()

    def action_language(self) -> None:
        self.ask_in(next_language(self.asked.question.languages, self.language))
        self.post_message(LanguageChosen(self.language))

    def ask_in(self, language: Language) -> None:
        """Ask in `language` if the question has it."""
        if language in self.asked.question.languages and not self.is_grading:
            self.language = language

    def action_submit(self) -> None:
        """Have the answer graded; while it is, accept what the key terms suggest."""
        if self.is_grading:
            self.action_accept()
            return
        if not self.editor.text.strip():
            say(self, NOTHING_WRITTEN)
            return
        self.notice.clear()
        self.is_grading = True
        self._wait.begin(self.asked.question, self.editor.text, self.language)
        submission, grade = self._present_submission(), self._tutor.grading.grade
        background(
            self,
            lambda: submission.grade(grade),
            self._graded,
            lambda error: self._not_graded(submission, error),
        )

    def action_cancel(self) -> None:
        """Stop grading and continue writing, unless the grade is already saved."""
        if self._submission is not None and self._submission.cancel():
            self._submission = None
            self._stop_grading("grading was cancelled")
            self._tutor.grading.cancel()

    def action_give_up(self) -> None:
        """Count every point as missed and show the model answer."""
        self.is_grading = True
        submission = self._present_submission()
        background(
            self,
            submission.give_up,
            self._graded,
            lambda error: self._not_graded(submission, error),
        )

    def _present_submission(self) -> Submission:
        """The answer as it is written, with its grade if only saving it failed."""
        answer, language = self.editor.text, self.language
        if self._submission is None or not self._submission.is_for(answer, language):
            self._submission = self._session.submission(
                self.asked, answer, language, self.hints, self._opened
            )
        return self._submission

    def action_later(self) -> None:
        """Keep the draft and go back to Today."""
        if self._may_leave():
            self._leave(TodayAsked())

    def action_skip(self) -> None:
        """Postpone the question until tomorrow; the draft is kept."""
        if not self._skipping and self._may_leave():
            self._skipping = True
            self.editor.freeze(True)
            skip, question = self._session.skip, self.asked.question.id
            background(self, lambda: skip(question), self._skipped, self._not_skipped)

    def action_anew(self) -> None:
        """Empty the editor and show an earlier answer above it; the editor can undo that."""
        if not self.editor.text:
            return
        if self.asked.again and self.asked.text:
            self._earlier.display = True
        self.editor.clear()
        self.call_after_refresh(say, self, CLEARED)

    def action_own_editor(self) -> None:
        """Open the answer in the student's own editor, above the question and its hints."""
        from tutor.authoring.editor_command import find_editor
        from tutor.tui.external_editor import edit_answer  # few answers are written elsewhere

        self._save_now()
        question, language = self.asked.question, self.language
        hints = (hint.to(language) for hint in question.hints[: self.hints])
        below = clean("\n\n".join((asked_as_text(question, language), *hints)))
        try:
            command = find_editor(self._tutor.environ)
            edit_answer(self.app, command, self._tutor.paths.edits, self.editor, below=below)
        except (TutorError, OSError) as error:
            complain(self, f"Your answer is as it was. {explain(error)}")
        else:
            self.notice.clear()

    def action_edit_question(self) -> None:
        """Open the question in the student's own editor; the answer stays."""
        from tutor.tui.external_editor import edit_question

        self._save_now()
        edit_question(self, self._tutor, self.asked.question.id, self._question_changed)

    def _question_changed(self) -> None:
        """Ask the question as it is now, with what is written so far."""
        id_ = self.asked.question.id
        try:
            asked = self._session.ask(id_)
        except BankError as error:
            self.app.notify(explain(error), severity="warning", markup=False)
            self.action_later()
            return
        self.asked = replace(self.asked, question=asked.question)
        self._submission = None
        if self.language not in asked.question.languages:
            self.language = asked.language
        self.hints = min(self.hints, len(asked.question.hints))
        self._show_question()
        self.refresh_bindings()
        self._prepare()

    # --- grading

    def _stop_grading(self, state: str) -> None:
        self._wait.end()
        self.is_grading = False
        self._show_edge(state)

    def action_accept(self) -> None:
        """Accept what the key terms suggest, instead of waiting for the model."""
        submission, grade = self._submission, self._wait.suggestion
        if submission is not None and grade is not None:
            background(self, lambda: submission.accept(grade), self._graded, self._grade_not_saved)
            self._tutor.grading.cancel()

    def _graded(self, answered: Answered) -> None:
        self._wait.end()
        self._leave(AnswerGraded(answered))

    def _not_graded(self, submission: Submission, error: BaseException) -> None:
        if submission is not self._submission or isinstance(error, Cancelled):
            return  # this grading was cancelled
        if isinstance(error, ProfileNotWritable):
            self._grade_not_saved(error)
            return
        self._submission = None
        self._stop_grading("not graded")
        complain(self, f"Not graded. {explain(error)}")

    def _grade_not_saved(self, error: BaseException) -> None:
        """Stay on this question; the answer and its grade are kept for another try."""
        self._stop_grading("NOT saved")
        complain(self, f"Not saved. {explain(error)} Your answer and its grade are kept here.")

    def _skipped(self, _: None) -> None:
        self._save_now()
        self._leave(QuestionSkipped(self.asked.question.id))

    def _not_skipped(self, error: BaseException) -> None:
        self._skipping = False
        self.editor.freeze(False)
        complain(self, f"Not postponed. {explain(error)}")

    # --- the draft

    def _prepare(self) -> None:
        grading = self._tutor.grading
        grading.prepare(self.asked.question, self.language, self.editor.text)

    def _snapshot(self) -> Callable[[], None]:
        """A function that saves the text as it is now; an empty draft is deleted instead."""
        progress, question = self._tutor.progress, self.asked.question.id
        text, hints = self.editor.text, self.hints
        # A draft of what is being graded is older than the answer, which replaces it once saved.
        at = self._wait.since if self.is_grading else self._tutor.clock()
        draft = Draft(question=question, text=text, language=self.language, at=at, hints=hints)
        if text.strip() or hints:
            return lambda: progress.save_draft(draft)
        return lambda: progress.discard_draft(question)

    def _save_now(self) -> bool:
        """Save before the screen closes, unless everything is already saved."""
        if self._gone or self.autosave.is_saved:
            return True
        is_saved = super()._save_now()
        if is_saved:
            self._show_edge("saved")
        return is_saved

    def _saved(self) -> None:
        if not self.is_grading:
            self._show_edge("saved")
            self._prepare()

    def _not_saved(self, error: BaseException) -> None:
        self._show_edge("NOT saved")
        complain(self, f"The draft could not be saved. {explain(error)}")

    def on_unmount(self) -> None:
        """Cancel grading when the screen closes."""
        if self.is_grading and not self._gone:
            if self._submission is not None:
                self._submission.cancel()
            self._tutor.grading.cancel()
