"""What the stages of a conversation share: what they work with, and how they take lines.

An answer is written in the same way in a session and in an exam (`WritingStage`).
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tutor.bank import ENGLISH_NAMES, Language
from tutor.cli.linemode.input import (
    Dot,
    End,
    Interrupts,
    Keyboard,
    LineUnreadable,
    Said,
    TypedCommand,
    TypedText,
)
from tutor.cli.linemode.messages import help_message, refused_message, said_message
from tutor.cli.linemode.output import Message
from tutor.cli.options import MOST_CHARACTERS
from tutor.errors import TutorError
from tutor.formatting import one_line
from tutor.progress import ProfileNotWritable
from tutor.study import Answered, StudySession
from tutor.study.undo import UndoneEvent, redone_words, undone_words
from tutor.wiring import Tutor

if TYPE_CHECKING:
    from tutor.bank import Question
    from tutor.cli.linemode.output import Output
    from tutor.grading import Choice, Grade, GradingService
    from tutor.progress import Attempt

LONGEST_NOTE = 1_000
"""Characters of a flag's note."""
NOTHING_WRITTEN = "nothing is written yet"
LONG = "Type your answer, then a line with only a dot. :help lists the commands."
SHORT = "Your answer:"


class CommandRefused(TutorError):
    """What was typed cannot be done here; the session continues."""


@dataclass(frozen=True, slots=True)
class AskQuestion:
    """A question is to be asked."""

    question: str
    earlier: "Attempt | None" = None


@dataclass(frozen=True, slots=True)
class AskNextQuestion:
    """The session continues with its next question."""


@dataclass(frozen=True, slots=True)
class Show:
    """An answer was graded and saved."""

    answered: Answered


@dataclass(frozen=True, slots=True)
class AskAbout:
    """One point is to be asked about again."""

    answered: Answered
    point: int
    """From 1."""


@dataclass(frozen=True, slots=True)
class Leave:
    """The session is left where it is."""

    drafted: int = 0
    """Lines of the answer that is kept."""


NextStep = AskQuestion | AskNextQuestion | Show | AskAbout | Leave


@dataclass(kw_only=True)
class LineContext:
    """What every conversation works with."""

    tutor: Tutor
    output: "Output"
    keyboard: Keyboard
    invited: set[str] = field(default_factory=set)
    """What has been said at length about what can be typed."""

    def invite(self, long: str, short: str) -> None:
        """Say what can be typed: at length once, then in a word."""
        self.output.invite(short if long in self.invited else long)
        self.invited.add(long)


@dataclass(kw_only=True)
class SessionContext(LineContext):
    """What a study session works with, and how far it is."""

    grading: "GradingService"
    grader: "Choice"
    feedback: bool
    interrupts: Interrupts
    session: StudySession
    place: tuple[str, str] | None = None
    """The deck and section that were named last."""

    def grade(self, question: "Question", answer: str, language: Language) -> "Grade":
        """Have an answer graded. Raises EngineError where nobody but the model may."""
        with self.interrupts.waiting():
            return self.grading.grade(question, answer, language, grader=self.grader)

    def undo_last(self, question: str) -> UndoneEvent | None:
        """Undo what was saved last and say what it was. Raises ProfileNotWritable."""
        taken = self.session.undo(question)
        self._say("undone", taken, undone_words(taken))
        return taken

    def redo_last(self, question: str) -> UndoneEvent | None:
        """Redo what was undone last and say what it was. Raises ProfileNotWritable."""
        taken = self.session.redo(question)
        self._say("redone", taken, redone_words(taken))
        return taken

    def _say(self, what: str, taken: UndoneEvent | None, words: str) -> None:
        kind = None if taken is None else type(taken.event).kind
        self.output.show(said_message(what, words, **{what: kind}))


@dataclass(frozen=True, slots=True)
class Action:
    """What a command does."""

    do: Callable[[str], NextStep | None]
    """Takes what follows the command; returns where the conversation continues, None to stay."""
    does: str
    """In words, for `:help`."""
    usage: str = ""
    """What follows the command."""


class Stage(ABC):
    """A place in the conversation: says where it is, then takes lines until one leads on."""

    context: LineContext

    def __init__(self, context: LineContext) -> None:
        self.context = context
        self.actions: dict[str, Action] = {**self.own_actions(), **self._common_actions()}

    @abstractmethod
    def enter(self) -> None:
        """Say where we are."""

    @abstractmethod
    def own_actions(self) -> Mapping[str, Action]:
        """The commands that only this stage has, or has in a way of its own."""

    @abstractmethod
    def text(self, line: str) -> NextStep | None:
        """A line of text came."""

    @abstractmethod
    def dot(self) -> NextStep | None:
        """A lone dot came."""

    @abstractmethod
    def end(self) -> NextStep | None:
        """The input is at its end."""

    def hear(self, said: Said) -> NextStep | None:
        """Do what a line says. Raises CommandRefused, ProfileNotWritable, EngineError."""
        match said:
            case TypedCommand():
                return self._action(said.name).do(said.argument)
            case TypedText():
                return self.text(said.line)
            case Dot():
                return self.dot()
            case End():
                return self.end()

    def _action(self, name: str) -> Action:
        """The one of this name, or the only one that begins so."""
        if not name:
            return self.actions["help"]
        if name in self.actions:
            return self.actions[name]
        matches = [known for known in self.actions if known.startswith(name)]
        if len(matches) == 1:
            return self.actions[matches[0]]
        if matches:
            raise CommandRefused(f"it can be {' or '.join(f':{each}' for each in matches)}")
        from tutor.bank.problems import closest

        near = closest(name, tuple(self.actions))
        remedy = f"Did you mean :{near[0]}?" if near else ":help lists the commands."
        raise CommandRefused(f"there is no :{name} here", remedy=remedy)

    def _common_actions(self) -> Mapping[str, Action]:
        return {
            "flag": Action(
                self._flag,
                "reports a problem with the question, with a note for its author",
                "note",
            ),
            "help": Action(self._help, "shows this list"),
            "quit": Action(
                lambda _: self.leave(), "leaves; the session and what you wrote are kept"
            ),
        }

    @property
    @abstractmethod
    def question_id(self) -> str:
        """The question that this is about."""

    def _flag(self, note: str) -> None:
        note = one_line(note)
        if len(note) > LONGEST_NOTE:
            raise CommandRefused(f"a note has at most {LONGEST_NOTE:,} characters")
        progress = self.context.tutor.progress
        if not note and self.question_id not in progress.flags():
            raise CommandRefused(
                "say what is wrong with the question", remedy=":flag what is wrong"
            )
        progress.flag(self.question_id, note or None)
        words = f"Reported: {note}" if note else "Report removed."
        self.context.output.show(said_message("flagged", words, note=note or None))

    def _help(self, _: str) -> None:
        entries = self.actions.items()
        usages = {f"{name} {each.usage}".rstrip(): each.does for name, each in entries}
        self.context.output.show(help_message(usages))

    def leave(self) -> NextStep:
        """Leave; what is written is kept."""
        return Leave()

    def show(self, message: Message) -> None:
        """Say it."""
        self.context.output.show(message)


class WritingStage(Stage):
    """A place in the conversation where an answer is written."""

    def __init__(self, context: LineContext, text: str) -> None:
        super().__init__(context)
        self.lines = text.splitlines()
        self._failed = False

    @property
    def answer(self) -> str:
        """What is written, without empty lines around it."""
        return "\n".join(self.lines).strip("\n")

    def text(self, line: str) -> NextStep | None:
        """Take a line; empty ones before the answer are none of it."""
        if sum(map(len, self.lines)) + len(line) > MOST_CHARACTERS:
            raise LineUnreadable(
                f"the answer has more than {MOST_CHARACTERS:,} characters",
                remedy="Its last line was ignored. Write less.",
            )
        if line.strip() or self.lines:
            self.lines.append(line)
            self.changed()
        return None

    def line_actions(self) -> Mapping[str, Action]:
        """The commands on what is written."""
        return {
            "drop": Action(self._drop, "removes your last line"),
            "clear": Action(self._clear, "clears all you wrote here"),
        }

    def _drop(self, _: str) -> None:
        if not self.lines:
            raise CommandRefused(NOTHING_WRITTEN)
        dropped = self.lines.pop()
        self.changed()
        self.show(said_message("dropped", f"Removed: {dropped}"))

    def _clear(self, _: str) -> None:
        self.lines.clear()
        self.changed()
        self.show(said_message("cleared", "Answer cleared."))

    def changed(self) -> None:
        """Called when the answer is another."""
        self.save_if_possible()

    def save_if_possible(self) -> None:
        """Save what is written; that it cannot be saved is said once, and typing continues."""
        try:
            self.save()
        except ProfileNotWritable as error:
            if not self._failed:
                self.show(refused_message(error))
            self._failed = True
        else:
            self._failed = False

    def save(self) -> None:
        """Put what is written on the disk, where it is kept. Raises ProfileNotWritable."""


def language_named(name: str, languages: Sequence[Language]) -> Language:
    """The language that a student asks for. Raises CommandRefused where it is not one of these."""
    for language in languages:
        if language == name.casefold():
            return language
    named = ", ".join(f"{each} for {ENGLISH_NAMES[each]}" for each in languages)
    raise CommandRefused(f"the question is available in {named or 'no language'}")
