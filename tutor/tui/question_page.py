"""A question's own page: what it asks, its state, and its earlier answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static
from textual.widgets.option_list import Option

from tutor.formatting import date_words
from tutor.progress import Attempt
from tutor.study.preferences import language_of
from tutor.tui.background import background
from tutor.tui.dialogs import ReaderScreen, confirm
from tutor.tui.keys import key, of_the_app
from tutor.tui.labels import asked_text, clean, explain, plain, question_facts, score_words
from tutor.tui.messages import LanguageChosen, QuestionsChosen, UndoDone
from tutor.tui.notice_screen import NoticeScreen, complain, say
from tutor.tui.question_details import (
    attempt_words,
    details_of,
    earlier_answers,
    first_lines,
    solution,
    standing_lines,
)
from tutor.tui.session_place import place_of
from tutor.tui.widgets.footer import FittingFooter
from tutor.tui.widgets.option_rows import OptionRows
from tutor.tui.widgets.prose import Prose
from tutor.tui.widgets.top_bar import TopBar
from tutor.tui.writing_screen import next_language

if TYPE_CHECKING:
    from datetime import date

    from textual.app import ComposeResult
    from textual.events import Resize

    from tutor.bank import Language, Question
    from tutor.tui.ports import Tutor
    from tutor.tui.question_details import QuestionDetails


class AttemptList(OptionRows):
    """The earlier answers, newest first."""

    HELP = """
    `↑` `↓` choose an earlier answer, `i` opens it with its verdicts, `d` deletes it.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key("enter", "screen.ask", "Ask it", id="page.ask_here"),
    ]

    def __init__(self, today: date, *, id: str) -> None:
        super().__init__(id=id, markup=False)
        self._today = today
        self._attempts: Sequence[Attempt] = ()

    def show(self, attempts: Sequence[Attempt]) -> None:
        """Show these answers; the choice stays at the same place in the list."""
        at = self.highlighted or 0
        self._attempts = attempts
        self.set_options(Option(self._text_of(attempt)) for attempt in attempts)
        self.highlighted = min(at, len(attempts) - 1) if attempts else None

    @property
    def chosen(self) -> Attempt | None:
        """The highlighted answer."""
        at = self.highlighted
        return None if at is None else self._attempts[at]

    def on_resize(self, _: Resize) -> None:
        for at, attempt in enumerate(self._attempts):
            self.replace_option_prompt_at_index(at, self._text_of(attempt))

    def _text_of(self, attempt: Attempt) -> Content:
        width = (self.scrollable_content_region.width or 76) - 4
        head = Content(attempt_words(attempt, self._today)).truncate(width + 2, ellipsis=True).plain
        lines = [f"  {line}" for line in first_lines(attempt.answer, width)]
        return Content("\n".join([head, *lines]))


class QuestionPage(NoticeScreen, ModalScreen[None]):
    """One question with its history; Enter asks it."""

    CSS_PATH = "question_page.tcss"
    AUTO_FOCUS = ""
    HELP: ClassVar[str | None] = """
    `Enter` asks the question. `v` shows rubric and model answer, hidden until then; viewing them
    doesn't affect your schedule. `i` opens the chosen earlier answer with its verdicts, `d` deletes
    it, `u` undoes the last change. `F8` postpones the question until tomorrow, `f` reports a
    problem with a note for its author, `E` opens the question in your editor (`VISUAL` or
    `EDITOR`), `o` opens a reference in your web browser, `y` copies the question, `F2` changes the
    language.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key("enter", "ask", "Ask it", id="page.ask"),
        key("v", "solution", "Rubric", id="page.solution"),
        key("i", "whole", "Verdicts", id="page.whole"),
        key("d", "delete", "Delete answer", id="page.delete"),
        key("f8", "skip", "Skip", id="page.skip"),
        key("E", "edit_question", "Edit question", id="page.edit"),
        key("f", "flag", "Report", id="page.flag"),
        key("o", "references", "Open a reference", id="page.references", show=False),
        key("y", "copy", "Copy", id="page.copy", show=False),
        key("f2", "language", "Language", id="page.language", show=False),
        key("u", "app.undo", "Undo", id="page.undo", show=False),
        key("U", "app.redo", "Redo", id="page.redo", show=False),
        key("escape", "dismiss", "Back", id="page.leave"),
        *of_the_app("page"),
    ]

    def __init__(self, tutor: Tutor, question: str) -> None:
        super().__init__()
        self._tutor = tutor
        self._question_id = question
        self._details: QuestionDetails | None = None
        self._history: Sequence[Attempt] | None = None
        """The newest answers; None until they are read."""
        self._language: Language | None = None
        """The language that the student chose here, if they did."""
        self._prompt = Prose(id="prompt", markup=False)
        self._about = Static(id="about", markup=False)
        self._standing = Static(id="standing", markup=False)
        self._earlier = Static(id="earlier", markup=False)
        self._today = tutor.clock().astimezone().date()
        """The calendar day, only to know which year need not be shown."""
        self.attempts = AttemptList(self._today, id="attempts")

    def compose(self) -> ComposeResult:
        """The question, its state, and its history."""
        place = place_of(self._tutor, None, self._question_id)
        yield TopBar(place.title, place.count)
        yield self.notice
        yield VerticalScroll(self._prompt, id="prompt-box", can_focus=False)
        yield self._about
        yield self._standing
        yield self._earlier
        yield self.attempts
        yield FittingFooter("edit_question", "flag", "skip", "delete", "whole")

    def on_mount(self) -> None:
        self.attempts.display = False
        self._load()

    @on(UndoDone)
    def _load(self) -> None:
        tutor, id_ = self._tutor, self._question_id
        unknown = "Not everything could be looked up."
        background(self, lambda: details_of(tutor, id_), self._show, unknown)
        background(self, lambda: earlier_answers(tutor, id_), self._show_earlier, self._no_history)

    def _no_history(self, error: BaseException) -> None:
        self._show_earlier(())
        complain(self, f"The earlier answers could not be read. {explain(error)}")

    def _deleted(self, _: None) -> None:
        say(self, "Deleted. Press u to undo that.")
        self._load()

    # --- what is shown

    def _show(self, details: QuestionDetails) -> None:
        self._details = details
        if details.trouble:
            self.notice.show(details.trouble)
        self._show_question()
        self._standing.update(Content("\n".join(standing_lines(details))))
        self._earlier.update(Content(self._earlier_words()))
        self.refresh_bindings()

    def _show_earlier(self, earlier: Sequence[Attempt]) -> None:
        self._history = earlier
        self.attempts.show(earlier)
        self.attempts.display = bool(earlier)
        if earlier and self.focused is None:
            self.attempts.focus()
        self._earlier.update(Content(self._earlier_words()))
        self.refresh_bindings()

    def _earlier_words(self) -> str:
        standing = self._details.standing if self._details is not None else None
        if self._history is None:
            return "Earlier answers: reading …" if standing is not None else ""
        shown, every = len(self._history), standing.attempts if standing is not None else 0
        if every > shown > 0:
            return f"Earlier answers, newest first: {shown} of {every}"
        return "Earlier answers, newest first" if shown else ""

    @property
    def _question(self) -> Question | None:
        return self._details.question if self._details is not None else None

    @property
    def language(self) -> Language:
        """The language that is shown."""
        question, bank = self._question, self._tutor.bank
        if question is None:
            return self._language or bank.deck_of(self._question_id).language
        return language_of(question, bank, self._tutor.preferences.languages, self._language)

    def _show_question(self) -> None:
        question = self._question
        for part in (self._prompt, self._about):
            part.display = question is not None
        if question is None:
            return
        self._prompt.update(asked_text(question, self.language))
        facts = question_facts(question, self.language, topics=True)
        self._about.update(plain(" · ".join(facts)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        question, details = self._question, self._details
        match action:
            case "ask" | "solution" | "references" | "copy" | "edit_question":
                return question is not None
            case "skip":
                return question is not None and details is not None and not details.skipped
            case "flag":
                return details is not None
            case "language":
                return question is not None and len(question.languages) > 1
            case "whole" | "delete":
                return self.attempts.chosen is not None
        return True

    # --- what the student does

    def action_ask(self) -> None:
        self.post_message(QuestionsChosen((self._question_id,)))

    def action_language(self) -> None:
        """Show the question in its next language, and have it asked in that."""
        if self._question is None:
            return
        self._language = next_language(self._question.languages, self.language)
        self._show_question()
        self.post_message(LanguageChosen(self._language))

    def action_solution(self) -> None:
        if self._question is not None:
            text = solution(self._question, self.language)
            self.app.push_screen(ReaderScreen("Rubric and model answer", self._question_id, text))

    def action_references(self) -> None:
        """Ask which web address among the references to open."""
        from tutor.tui.references import choose_link

        if self._question is not None:
            choose_link(self.app, self._question.references)

    def action_copy(self) -> None:
        from tutor.tui.copied import ASKED, asked_as_text

        if self._question is not None:
            self.app.copy_to_clipboard(asked_as_text(self._question, self.language))
            say(self, ASKED)

    def action_whole(self) -> None:
        """Open the chosen answer with its verdicts; only its text if the question is gone."""
        attempt = self.attempts.chosen
        if attempt is None:
            return
        if self._question_id in self._tutor.bank:
            from tutor.tui.earlier_verdict import open_verdict  # most pages are left without it

            open_verdict(self, self._tutor, attempt, self._load)
        else:
            head = Content.styled(clean(attempt_words(attempt, self._today)), "bold")
            text = head + Content(f"\n\n{clean(attempt.answer).strip() or '–'}")
            self.app.push_screen(ReaderScreen("An earlier answer", self._question_id, text))

    def action_delete(self) -> None:
        """Delete the chosen answer once the student has confirmed it."""
        attempt = self.attempts.chosen
        if attempt is None:
            return
        day, score = date_words(attempt.on, self._today), score_words(attempt.grade.score)
        question = (
            f"Delete the answer of {day}, {score}?\n"
            "It then no longer counts. To undo this, press u."
        )
        progress = self._tutor.progress

        def delete() -> None:
            background(
                self, lambda: progress.delete([attempt.id]), self._deleted, "It was not deleted."
            )

        confirm(self.app, question, "Delete it", delete)

    def action_skip(self) -> None:
        if self._details is not None:
            progress, today = self._tutor.progress, self._details.today
            id_ = self._question_id
            background(
                self,
                lambda: progress.skip(id_, today),
                lambda _: self._load(),
                "It was not postponed.",
            )

    def action_edit_question(self) -> None:
        """Open the question in the student's own editor."""
        from tutor.tui.external_editor import edit_question

        edit_question(self, self._tutor, self._question_id, self._load)

    def action_flag(self) -> None:
        """Report a problem with the question, or remove the report."""
        from tutor.tui.dialogs import report_problem  # most questions are good

        report_problem(self, self._tutor.progress, self._question_id, self._load)
