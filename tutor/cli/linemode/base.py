"""What the stages of a session or an exam share: their context, commands, and taking lines."""

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
    Typed,
    TypedCommand,
    TypedText,
)
from tutor.cli.linemode.messages import refused_message
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
"""The most characters of a note on a reported question."""
NOTHING_WRITTEN = "nothing is written yet"
LONG = "Type your answer, then a line with only a dot. :help lists the commands."
SHORT = "Your answer:"


class CommandRefused(TutorError):
    """The command is not possible here; the session continues."""


@dataclass(frozen=True, slots=True)
class AskQuestion:
    """Ask a question, again if `earlier` is an answer to it."""

    question: str
    earlier: "Attempt | None" = None


@dataclass(frozen=True, slots=True)
class AskNextQuestion:
    """Ask the session's next question."""


@dataclass(frozen=True, slots=True)
class Show:
    """Show the verdict on an answer, which is graded and saved."""

    answered: Answered


@dataclass(frozen=True, slots=True)
class AskAbout:
    """Ask a follow-up about one point."""

    answered: Answered
    point: int
    """From 1."""


@dataclass(frozen=True, slots=True)
class Leave:
    """Leave the session where it is."""

    draft_lines: int = 0
    """How many lines of an answer are saved as a draft."""


NextStep = AskQuestion | AskNextQuestion | Show | AskAbout | Leave


@dataclass(kw_only=True)
class LineContext:
    """What a session or an exam works with."""

    tutor: Tutor
    output: "Output"
    keyboard: Keyboard
    invited: set[str] = field(default_factory=set)
    """The long prompts that were shown."""

    def invite(self, long: str, short: str) -> None:
        """Prompt for input: with `long` the first time, then with `short`."""
        self.output.invite(short if long in self.invited else long)
        self.invited.add(long)


@dataclass(kw_only=True)
class SessionContext(LineContext):
    """What a study session works with."""

    grading: "GradingService"
    grader: "Choice"
    feedback: bool
    interrupts: Interrupts
    session: StudySession
    place: tuple[str, str] | None = None
    """The deck and section of the question that was asked last."""

    def grade(self, question: "Question", answer: str, language: Language) -> "Grade":
        """Grade an answer. Raises EngineError if only the model may grade and it fails."""
        with self.interrupts.waiting():
            return self.grading.grade(question, answer, language, grader=self.grader)

    def undo_last(self, question: str) -> UndoneEvent | None:
        """Undo what was saved last and say what it was. Raises ProfileNotWritable."""
        undone = self.session.undo(question)
        words = undone_words(undone)
        self.output.say("undone", words, undone=_kind_of(undone), text=words)
        return undone

    def redo_last(self, question: str) -> UndoneEvent | None:
        """Redo what was undone last and say what it was. Raises ProfileNotWritable."""
        redone = self.session.redo(question)
        words = redone_words(redone)
        self.output.say("redone", words, redone=_kind_of(redone), text=words)
        return redone


def _kind_of(undone: UndoneEvent | None) -> str | None:
    return None if undone is None else type(undone.event).kind


@dataclass(frozen=True, slots=True)
class Action:
    """What a command does."""

    do: Callable[[str], NextStep | None]
    """Takes the command's argument; returns the next step, or None to stay in the stage."""
    does: str
    """What it does, in words for `:help`."""
    usage: str = ""
    """An example of its argument."""


class Stage(ABC):
    """A stage of a session or an exam: takes lines until one leads to the next stage."""

    context: LineContext

    def __init__(self, context: LineContext) -> None:
        self.context = context
        self.show, self.say = context.output.show, context.output.say
        self.actions: dict[str, Action] = {**self.own_actions(), **self._common_actions()}

    @abstractmethod
    def enter(self) -> None:
        """Show what the stage is about."""

    @abstractmethod
    def own_actions(self) -> Mapping[str, Action]:
        """The commands of this stage by name."""

    @abstractmethod
    def text(self, line: str) -> NextStep | None:
        """Take a line of text."""

    @abstractmethod
    def dot(self) -> NextStep | None:
        """Take a line with only a dot."""

    @abstractmethod
    def end(self) -> NextStep | None:
        """Take the end of the input."""

    def hear(self, typed: Typed) -> NextStep | None:
        """Carry out one line. Raises CommandRefused, ProfileNotWritable, EngineError."""
        match typed:
            case TypedCommand():
                return self._action(typed.name).do(typed.argument)
            case TypedText():
                return self.text(typed.line)
            case Dot():
                return self.dot()
            case End():
                return self.end()

    def _action(self, name: str) -> Action:
        """The action of this name, or the only one whose name begins with it."""
        if not name:
            return self.actions["help"]
        if name in self.actions:
            return self.actions[name]
        matches = [known for known in self.actions if known.startswith(name)]
        if len(matches) == 1:
            return self.actions[matches[0]]
        if matches:
            raise CommandRefused(f"it can be {' or '.join(f':{match}' for match in matches)}")
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
        """The question that the stage is about."""

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
        self.say("flagged", words, note=note or None, text=words)

    def _help(self, _: str) -> None:
        commands = {
            f"{name} {action.usage}".rstrip(): action.does for name, action in self.actions.items()
        }
        head = "Commands begin with a colon and can be shortened. To write a colon first, type two."
        lines = (f":{usage} {does}." for usage, does in commands.items())
        self.say("help", head, *lines, aside=True, commands=commands)

    def leave(self) -> NextStep:
        """Leave; everything written is saved already."""
        return Leave()


class WritingStage(Stage):
    """A stage in which an answer is written, in a session or an exam."""

    def __init__(self, context: LineContext, text: str) -> None:
        super().__init__(context)
        self.lines = text.splitlines()
        self.unsaved = False
        """Whether the answer could not be saved when that was last tried."""

    @property
    def answer(self) -> str:
        """The answer so far, without empty lines before and after it."""
        return "\n".join(self.lines).strip("\n")

    def text(self, line: str) -> NextStep | None:
        """Add a line to the answer; empty lines before it are ignored."""
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
        """The commands that change the answer."""
        return {
            "drop": Action(self._drop, "removes your last line"),
            "clear": Action(self._clear, "clears all you wrote here"),
        }

    def _drop(self, _: str) -> None:
        if not self.lines:
            raise CommandRefused(NOTHING_WRITTEN)
        dropped = self.lines.pop()
        self.changed()
        self.say("dropped", f"Removed: {dropped}")

    def _clear(self, _: str) -> None:
        self.lines.clear()
        self.changed()
        self.say("cleared", "Answer cleared.")

    def changed(self) -> None:
        """Called after each change of the answer."""
        self.save_if_possible()

    def save_if_possible(self) -> None:
        """Save the answer; show a failure only the first time, and let the student continue."""
        try:
            self.save()
        except ProfileNotWritable as error:
            if not self.unsaved:
                self.show(refused_message(error))
            self.unsaved = True
        else:
            self.unsaved = False

    def save(self) -> None:
        """Save the answer, in stages that do. Raises ProfileNotWritable."""


def number_named(text: str, count: int, what: str) -> int:
    """The number that a command names, from 1 to `count`. Raises CommandRefused for any other."""
    if text.isdecimal() and len(text) < 10 and 1 <= int(text) <= count:
        return int(text)
    raise CommandRefused(f"say which {what}, from 1 to {count}")


def language_named(name: str, languages: Sequence[Language]) -> Language:
    """The one of `languages` with this code. Raises CommandRefused for any other."""
    for language in languages:
        if language == name.casefold():
            return language
    choices = ", ".join(f"{code} for {ENGLISH_NAMES[code]}" for code in languages)
    raise CommandRefused(f"the question is available in {choices or 'no language'}")
