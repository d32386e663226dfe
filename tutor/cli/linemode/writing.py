"""Lines of an answer are taken, dropped and kept: in a session and in an exam alike."""

from collections.abc import Mapping, Sequence

from tutor.bank import ENGLISH_NAMES, Language
from tutor.cli.grade import MOST_CHARACTERS
from tutor.cli.linemode.base import Action, CommandRefused, LineContext, NextStep, Stage
from tutor.cli.linemode.input import LineUnreadable
from tutor.cli.linemode.messages import refused_message, said_message
from tutor.progress import ProfileNotWritable

NOTHING_WRITTEN = "nothing is written yet"
LONG = "Type your answer, then a line with only a dot. :help lists the commands."
SHORT = "Your answer:"


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
        self.tell(said_message("dropped", f"Removed: {dropped}"))

    def _clear(self, _: str) -> None:
        self.lines.clear()
        self.changed()
        self.tell(said_message("cleared", "Answer cleared."))

    def changed(self) -> None:
        """Called when the answer is another."""
        self.keep()

    def keep(self) -> None:
        """Save what is written; that it cannot be saved is said once, and typing continues."""
        try:
            self.save()
        except ProfileNotWritable as error:
            if not self._failed:
                self.tell(refused_message(error))
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
