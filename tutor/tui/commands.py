"""The command palette's own commands: every deck, every language."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.message import Message

from tutor.formatting import count_of
from tutor.tui.app import TutorApp
from tutor.tui.labels import LANGUAGE_NAMES, readable
from tutor.tui.messages import (
    DeckChosen,
    LanguageChosen,
    ScreenAsked,
    ScreenName,
    StudyAsked,
    TodayAsked,
)
from tutor.tui.session_place import ACROSS

_SCREENS: tuple[tuple[ScreenName, str, str], ...] = (
    ("exam", "Exam", "Set one, or go on with one"),
    ("browse", "Browse", "Find decks, topics and questions"),
    ("progress", "Progress", "What you did, and what you keep missing"),
    ("add", "Add a question", "Write a question of your own"),
    ("models", "Models", "Models for grading: download, choose, remove"),
    ("settings", "Settings", "How much to study, how to be graded, which colours"),
)


@dataclass(frozen=True, slots=True)
class _Command:
    name: str
    help: str
    message: Message


class TutorCommands(Provider):
    """Starts a deck, changes the language, goes back to Today.

    Hits show `Content`, since a plain string would be read as markup, and titles are not ours.
    """

    async def discover(self) -> Hits:
        """Everything, before anything is typed."""
        for command in self._commands():
            yield DiscoveryHit(
                Content(command.name), self._sender(command), command.name, command.help
            )

    async def search(self, query: str) -> Hits:
        """What matches the typed text."""
        matcher = self.matcher(query)
        for command in self._commands():
            if (score := matcher.match(command.name)) > 0:
                shown = Content(command.name)
                yield Hit(score, shown, self._sender(command), command.name, command.help)

    def _sender(self, command: _Command) -> Callable[[], object]:
        return lambda: self.app.post_message(command.message)

    def _commands(self) -> Iterator[_Command]:
        app = self.app
        if not isinstance(app, TutorApp):
            return
        yield _Command("Today", "Back to the decks; what is written is kept", TodayAsked())
        for kind, name in ACROSS.items():
            yield _Command(name, "Start or go on, all decks", StudyAsked(kind))
        for screen, name, told in _SCREENS:
            yield _Command(name, told, ScreenAsked(screen))
        for deck in app.tutor.bank.decks:
            name = f"Deck: {readable(deck.title, deck, app.tutor.languages)}"
            many = count_of(len(deck.questions), "question")
            yield _Command(name, f"Start or go on, {many}", DeckChosen(deck.id))
        for language, name in LANGUAGE_NAMES.items():
            told = "Where a question is there in this language"
            yield _Command(f"Ask in {name}", told, LanguageChosen(language))
