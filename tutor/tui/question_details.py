"""A question's own page: what it asks, where it stands, and its earlier answers."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual import on
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static
from textual.widgets.option_list import Option

from tutor.bank import BankError
from tutor.formatting import count_of, number, percent, when_words
from tutor.progress import Attempt
from tutor.tui.background import background
from tutor.tui.browse_rows import score_words
from tutor.tui.dialogs import ChoiceScreen, DialogOption, ReaderScreen
from tutor.tui.formatted import formatted
from tutor.tui.keys import key, of_the_app
from tutor.tui.labels import (
    LANGUAGE_NAMES,
    MARKS,
    asked_text,
    authored,
    clean,
    explain,
    fit,
    one_line,
    plain,
    readable,
)
from tutor.tui.messages import LanguageChosen, QuestionsChosen, UndoAsked, UndoDone
from tutor.tui.open_verdict import open_verdict
from tutor.tui.session_place import planner_for
from tutor.tui.widgets.footer import FittingFooter
from tutor.tui.widgets.notice import Notice
from tutor.tui.widgets.option_rows import OptionRows
from tutor.tui.widgets.prose import Prose
from tutor.tui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.events import Resize

    from tutor.bank import Language, Question
    from tutor.progress import Standing
    from tutor.study import Planner
    from tutor.tui.ports import Tutor

Result = TypeVar("Result")
SHOWN = 100
"""How many earlier answers are shown, the newest."""
LINES = 2
"""Lines of each answer."""
LOOKING = "Looking is not an answer: nothing is counted, and the question stays as new or as due."
GONE = (
    "This question is no longer among the questions, so it cannot be asked. Its answers are kept."
)
GRADERS = {"model": "a model", "terms": "key terms", "self": "you", "rule": "a rule"}


@dataclass(frozen=True, slots=True)
class QuestionDetails:
    """What is known of one question, but for its history."""

    question: Question | None
    trouble: str
    """Why it cannot be asked; empty where it can."""
    standing: Standing | None
    due: date | None
    today: date
    skipped: bool
    flag: str | None


@dataclass(frozen=True, slots=True)
class EarlierAnswer:
    """The newest `SHOWN` answers to one question, newest first."""

    attempts: tuple[Attempt, ...] = ()


def earlier_of(tutor: Tutor, id_: str) -> EarlierAnswer:
    """Look the history through: in proportion to its length, with these answers in memory."""
    attempts = deque(tutor.progress.attempts(id_), maxlen=SHOWN)
    return EarlierAnswer(tuple(reversed(attempts)))


def details_of(tutor: Tutor, id_: str) -> QuestionDetails:
    """Look everything up but the history. Settings and the question are read for it."""
    planner = planner_for(tutor)
    question, trouble = _question(tutor, id_)
    return QuestionDetails(
        question=question,
        trouble=trouble,
        standing=planner.standings.get(id_),
        due=planner.due_days.get(id_),
        today=planner.today,
        skipped=_is_skipped(planner, id_),
        flag=tutor.progress.flags().get(id_),
    )


def _is_skipped(planner: Planner, id_: str) -> bool:
    return planner.skipped.get(id_) == planner.today


def _question(tutor: Tutor, id_: str) -> tuple[Question | None, str]:
    if id_ not in tutor.bank:
        return None, GONE
    try:
        return tutor.bank.question(id_), ""
    except BankError as error:
        return None, explain(error)


# --- in words


def standing_lines(dossier: QuestionDetails) -> Iterator[str]:
    """Where the question stands."""
    standing = dossier.standing
    if standing is None:
        yield "○ new: not answered yet"
    else:
        times = count_of(standing.attempts, "answer")
        yield f"Last {score_words(standing.last)} · best {percent(standing.best)} · {times}"
        yield _next_words(standing, dossier)
    if dossier.skipped:
        yield "– skipped until tomorrow"
    if dossier.flag is not None:
        yield f"Flagged: {one_line(dossier.flag)}"


def _next_words(standing: Standing, dossier: QuestionDetails) -> str:
    rated = f"Rated {standing.rating.name.lower()}"
    if dossier.due is None:
        return rated
    sign = "! " if dossier.due <= dossier.today else ""
    return f"{rated} · {sign}due {when_words(dossier.due, dossier.today)}"


def attempt_words(attempt: Attempt) -> str:
    """One earlier answer on one line: day, score, verdicts, and who judged."""
    grade = attempt.grade
    verdicts = "".join(MARKS[point.final] for point in grade.points)
    parts = [verdicts, "gave up" if attempt.gave_up else f"by {GRADERS[grade.grader.name]}"]
    mended = sum(point.overruled is not None for point in grade.points)
    if mended:
        parts.append(f"{count_of(mended, 'verdict')} yours")
    if attempt.hints:
        parts.append(count_of(attempt.hints, "hint"))
    if attempt.exam is not None:
        parts.append("in an exam")
    return f"{attempt.on.isoformat()}  {fit(score_words(grade.score), 18)}  {' · '.join(parts)}"


def first_lines(text: str, width: int, most: int = LINES) -> list[str]:
    """The beginning of a text in at most so many lines of `width` cells, `…` where more follows."""
    start = one_line(text[: (width + 1) * (most + 1)])
    lines = [line.plain.rstrip() for line in Content(start).wrap(max(2, width)) if start]
    if len(lines) > most:
        lines[most - 1 :] = [fit(f"{lines[most - 1]} {lines[most]}", width).rstrip()]
    return lines


def solution(question: Question, language: Language) -> Content:
    """The rubric, the model answer, and what a deck's author says of them."""
    parts = [Content(LOOKING), Content.styled("\nRubric", "bold")]
    for at, point in enumerate(question.rubric, 1):
        worth = f"  ({number(point.weight)})"
        parts.append(
            Content.assemble(f"{at}  {authored(point.point.to(language))}", (worth, "dim"))
        )
    parts += [Content.styled("\nModel answer", "bold"), formatted(question.answer.to(language))]
    if question.note is not None:
        parts += [Content.styled("\nNote", "bold"), formatted(question.note.to(language))]
    if question.references:
        parts.append(Content.styled("\nReferences", "bold"))
    parts += [plain(reference) for reference in question.references]
    return Content("\n").join(parts)


# --- the screen


class AttemptList(OptionRows):
    """The earlier answers, newest first."""

    HELP = """
    `↑` `↓` choose an earlier answer, `i` opens it with its verdicts, `d` deletes it.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key("enter", "screen.ask", "Ask it", id="page.ask_here"),
    ]

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id, markup=False)
        self._attempts: Sequence[Attempt] = ()

    def show(self, attempts: Sequence[Attempt]) -> None:
        """Show these, the one at the same place chosen."""
        at = self.highlighted or 0
        self._attempts = attempts
        self.set_options(Option(self._told(attempt)) for attempt in attempts)
        self.highlighted = min(at, len(attempts) - 1) if attempts else None

    @property
    def chosen(self) -> Attempt | None:
        """The highlighted answer."""
        at = self.highlighted
        return None if at is None else self._attempts[at]

    def on_resize(self, _: Resize) -> None:
        """Break the lines anew."""
        for at, attempt in enumerate(self._attempts):
            self.replace_option_prompt_at_index(at, self._told(attempt))

    def _told(self, attempt: Attempt) -> Content:
        width = (self.scrollable_content_region.width or 76) - 4
        head = Content(attempt_words(attempt)).truncate(width + 2, ellipsis=True).plain
        lines = [f"  {line}" for line in first_lines(attempt.answer, width)]
        return Content("\n".join([head, *lines]))


class QuestionPage(ModalScreen[None]):
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
        key("v", "solution", "Rubric and answer", id="page.solution"),
        key("i", "whole", "Verdicts", id="page.whole"),
        key("d", "delete", "Delete", id="page.delete"),
        key("f8", "skip", "Skip", id="page.skip"),
        key("E", "edit_question", "Edit question", id="page.edit"),
        key("f", "flag", "Report", id="page.flag"),
        key("o", "references", "Open a reference", id="page.references", show=False),
        key("y", "copy", "Copy", id="page.copy", show=False),
        key("f2", "language", "Language", id="page.language", show=False),
        key("u", "undo", "Undo", id="page.undo", show=False),
        key("U", "app.redo", "Redo", id="page.redo", show=False),
        key("escape", "leave", "Back", id="page.leave"),
        *of_the_app("page"),
    ]

    def __init__(self, tutor: Tutor, question: str) -> None:
        super().__init__()
        self._tutor = tutor
        self._question_id = question
        self._dossier: QuestionDetails | None = None
        self._history: EarlierAnswer | None = None
        self._troubles: dict[str, str] = {}
        """What is wrong, by what was being done."""
        self._language: Language | None = None
        """The one that is shown; None for the deck's."""
        self.notice = Notice(id="notice", mild=True)
        self._prompt = Prose(id="prompt", markup=False)
        self._about = Static(id="about", markup=False)
        self._standing = Static(id="standing", markup=False)
        self._earlier = Static(id="earlier", markup=False)
        self.attempts = AttemptList(id="attempts")

    def compose(self) -> ComposeResult:
        """The question, where it stands, its history."""
        yield TopBar(self._place(), self._question_id)
        yield self.notice
        yield VerticalScroll(self._prompt, id="prompt-box", can_focus=False)
        yield self._about
        yield self._standing
        yield self._earlier
        yield self.attempts
        yield FittingFooter("edit_question", "flag", "skip", "delete", "whole")

    def _place(self) -> str:
        bank = self._tutor.bank
        if self._question_id not in bank:
            return "Removed question"
        info = bank.info(self._question_id)
        deck = bank.deck(info.deck)
        reads = self._tutor.languages
        titles = (readable(deck.title, deck, reads), readable(info.section.title, deck, reads))
        return " · ".join(titles)

    def on_mount(self) -> None:
        """Have everything looked up."""
        self.attempts.display = False
        self._look()

    @on(UndoDone)
    def _look(self) -> None:
        tutor, id_ = self._tutor, self._question_id
        self._background("look", lambda: details_of(tutor, id_), self._show)
        self._background("history", lambda: earlier_of(tutor, id_), self._show_earlier)

    def _background(
        self, name: str, work: Callable[[], Result], done: Callable[[Result], object]
    ) -> None:
        """Do `work`; what goes wrong stands in the notice until the same work succeeds."""

        def succeeded(result: Result) -> None:
            self._tell(name, "")
            done(result)

        background(self, work, succeeded, lambda error: self._failed(name, error))

    def _changed(self, _: None) -> None:
        self._look()

    def _deleted(self, _: None) -> None:
        self.app.notify("Deleted. u undoes that.", markup=False)
        self._look()

    def _failed(self, group: str, error: BaseException) -> None:
        told = {
            "look": "Not everything could be looked up.",
            "history": "The earlier answers could not be read.",
            "delete": "It was not deleted.",
            "skip": "It was not postponed.",
            "flag": "The report was not saved.",
        }
        if group == "history":
            self._show_earlier(EarlierAnswer())
        self._tell(group, f"✗ {told[group]} {explain(error)}")

    def _tell(self, group: str, trouble: str) -> None:
        self._troubles[group] = trouble
        self.notice.tell("\n".join(filter(None, self._troubles.values())))

    # --- what is shown

    def _show(self, dossier: QuestionDetails) -> None:
        self._dossier = dossier
        self._tell("look", dossier.trouble)
        self._show_question()
        self._standing.update(Content("\n".join(standing_lines(dossier))))
        self._tell_earlier()
        self.refresh_bindings()

    def _show_earlier(self, earlier: EarlierAnswer) -> None:
        self._history = earlier
        self.attempts.show(earlier.attempts)
        self.attempts.display = bool(earlier.attempts)
        if earlier.attempts and self.focused is None:
            self.attempts.focus()
        self._tell_earlier()
        self.refresh_bindings()

    def _tell_earlier(self) -> None:
        self._earlier.update(Content(self._earlier_words()))

    def _earlier_words(self) -> str:
        standing = self._dossier.standing if self._dossier is not None else None
        if self._history is None:
            return "Earlier answers: reading …" if standing is not None else ""
        shown, there = len(self._history.attempts), standing.attempts if standing is not None else 0
        if there > shown > 0:
            return f"Earlier answers, newest first: {shown} of {there}"
        return "Earlier answers, newest first" if shown else ""

    @property
    def read(self) -> bool:
        """Whether the history is read."""
        return self._history is not None

    @property
    def _question(self) -> Question | None:
        return self._dossier.question if self._dossier is not None else None

    @property
    def language(self) -> Language:
        """The language that is shown."""
        question, bank = self._question, self._tutor.bank
        usual = bank.deck(bank.info(self._question_id).deck).language
        if question is None:
            return self._language or usual
        wanted = (self._language, *self._tutor.preferences.languages_for(usual))
        return next((each for each in wanted if each in question.languages), question.languages[0])

    def _show_question(self) -> None:
        question = self._question
        for part in (self._prompt, self._about):
            part.display = question is not None
        if question is None:
            return
        self._prompt.update(asked_text(question, self.language))
        marks = "mark" if question.weight == 1 else "marks"
        parts = [f"{number(question.weight)} {marks}", question.level]
        if question.topics:
            parts.append(", ".join(question.topics))
        others = [LANGUAGE_NAMES[each] for each in question.languages if each != self.language]
        if others:
            parts.append("F2: " + ", ".join(others))
        self._about.update(plain(" · ".join(parts)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Offer only what can be done."""
        question, dossier = self._question, self._dossier
        match action:
            case "ask" | "solution" | "references" | "copy" | "edit_question":
                return question is not None
            case "skip":
                return question is not None and dossier is not None and not dossier.skipped
            case "flag":
                return dossier is not None
            case "language":
                return question is not None and len(question.languages) > 1
            case "whole" | "delete":
                return self.attempts.chosen is not None
        return True

    # --- what the student does

    def action_ask(self) -> None:
        """Ask this question."""
        self.post_message(QuestionsChosen((self._question_id,)))

    def action_leave(self) -> None:
        """Go back to where the page was opened."""
        self.dismiss()

    def action_language(self) -> None:
        """Show the question in its next language, and have it asked so."""
        question = self._question
        if question is None:
            return
        languages = question.languages
        self._language = languages[(languages.index(self.language) + 1) % len(languages)]
        self._show_question()
        self.post_message(LanguageChosen(self._language))

    def action_solution(self) -> None:
        """Show rubric and model answer."""
        if self._question is not None:
            told = solution(self._question, self.language)
            self.app.push_screen(ReaderScreen("Rubric and model answer", self._question_id, told))

    def action_references(self) -> None:
        """Choose a web address among the references, to open it."""
        from tutor.tui.references import choose_link

        if self._question is not None:
            choose_link(self.app, self._question.references)

    def action_copy(self) -> None:
        """Put the question on the clipboard."""
        from tutor.tui.copied import ASKED, asked_as_text

        if self._question is not None:
            self.app.copy_to_clipboard(asked_as_text(self._question, self.language))
            self.app.notify(ASKED, markup=False)

    def action_whole(self) -> None:
        """Open the chosen answer with its verdicts; its text alone where the question is gone."""
        attempt = self.attempts.chosen
        if attempt is None:
            return
        if self._question_id in self._tutor.bank:
            open_verdict(self, self._tutor, attempt)
        else:
            head = Content.styled(clean(attempt_words(attempt)), "bold")
            text = head + Content(f"\n\n{clean(attempt.answer).strip() or '–'}")
            self.app.push_screen(ReaderScreen("An earlier answer", self._question_id, text))

    def action_delete(self) -> None:
        """Have the chosen answer count no longer, once the student has said so twice."""
        attempt = self.attempts.chosen
        if attempt is None:
            return
        told = (
            f"Delete the answer of {attempt.on.isoformat()}, {score_words(attempt.grade.score)}?\n"
            "It counts no longer then. Undo (u) takes the deletion back."
        )
        choices = (DialogOption("delete", "Delete it"), DialogOption("keep", "Keep it"))

        def chosen(choice: str | None) -> None:
            if choice == "delete":
                delete = self._tutor.progress.delete
                self._background("delete", lambda: delete([attempt.id]), self._deleted)

        self.app.push_screen(ChoiceScreen(told, choices), chosen)

    def action_skip(self) -> None:
        """Leave the question alone until tomorrow."""
        if self._dossier is not None:
            progress, today = self._tutor.progress, self._dossier.today
            id_ = self._question_id
            self._background("skip", lambda: progress.skip(id_, today), self._changed)

    def action_edit_question(self) -> None:
        """Have the question changed in the student's own editor."""
        from tutor.tui.edit_question import EditingSession

        EditingSession(self, self._tutor, self._question_id, self._look).start()

    def action_flag(self) -> None:
        """Say that the question is bad, or take that back."""
        from tutor.tui.dialogs import report_problem  # most questions are good

        if self._dossier is not None:
            report_problem(self.app, self._question_id, self._dossier.flag, self._save_flag)

    def _save_flag(self, note: str | None) -> None:
        progress, id_ = self._tutor.progress, self._question_id
        self._background("flag", lambda: progress.flag(id_, note), self._changed)

    def action_undo(self) -> None:
        """Take back what was saved last."""
        self.post_message(UndoAsked())
