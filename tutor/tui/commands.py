"""The command palette: a line for every screen, deck and language, with its key on Today."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rich.cells import cell_len
from textual import on
from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.widgets import Input, OptionList

from tutor.formatting import count_of
from tutor.tui.app import TutorApp
from tutor.tui.labels import LANGUAGE_NAMES, MUTED, readable
from tutor.tui.messages import (
    LanguageChosen,
    ScreenAsked,
    ScreenName,
    StudyAsked,
    TodayAsked,
)
from tutor.tui.session_place import ACROSS

_SCREENS: tuple[tuple[ScreenName, str, str, str], ...] = (
    ("exam", "e", "Exam", "Set one up, or continue one"),
    ("browse", "b", "Browse", "Find decks, topics and questions"),
    ("progress", "p", "Progress", "What you did, and what you keep missing"),
    ("add", "a", "Add a question", "Write a question of your own"),
    ("models", "m", "Models", "Download, choose and remove models"),
    ("settings", ",", "Settings", "Studying, grading, languages, colours"),
)
_ACROSS_KEYS = {"due": "", "weak": "w"}
_NAME = 19
"""Cells before a command's explanation; a longer name moves it to the right."""


class Palette(CommandPalette):
    """A palette that closes once, however quickly a key is pressed again.

    Textual's own would close the screen below too, or end the app.
    """

    @on(Click)
    @on(Input.Submitted)
    @on(OptionList.OptionSelected)
    def _ignore_when_closed(self, event: Message) -> None:
        if self not in self.app.screen_stack:
            event.stop()
            event.prevent_default()


@dataclass(frozen=True, slots=True)
class _Command:
    name: str
    help: str
    do: Callable[[], object]
    key: str = ""
    """The key that does the same, on Today or everywhere."""

    @property
    def line(self) -> Content:
        """`Exam               Set one up, or continue one · e`, as the list shows it."""
        gap = " " * max(2, _NAME - cell_len(self.name))
        key = f" · {self.key}" if self.key else ""
        return Content.assemble(self.name, gap, (self.help, MUTED), (key, "$text-accent"))


class TutorCommands(Provider):
    """Everything that can be done from any screen.

    Hits show `Content`, since a plain string would be read as markup, and deck titles are
    untrusted.
    """

    async def discover(self) -> Hits:
        """All commands, for when nothing is typed yet."""
        for command in self._commands():
            yield DiscoveryHit(command.line, command.do, command.name)

    async def search(self, query: str) -> Hits:
        """The commands whose names match the typed text."""
        matcher = self.matcher(query)
        for command in self._commands():
            if (score := matcher.match(command.name)) > 0:
                yield Hit(score, command.line, command.do, command.name)

    def _commands(self) -> Iterator[_Command]:
        app = self.app
        if not isinstance(app, TutorApp):
            return
        yield _Command("Today", "The decks; what you wrote is kept", self._post(TodayAsked()))
        for kind, name in ACROSS.items():
            help_text, key = "Start or continue, all decks", _ACROSS_KEYS[kind]
            yield _Command(name, help_text, self._post(StudyAsked(kind)), key)
        for screen, key, name, help_text in _SCREENS:
            yield _Command(name, help_text, self._post(ScreenAsked(screen)), key)
        yield _Command("Keys", "Help on this screen", app.action_help, "F1")
        yield _Command("Theme", "Change the colours", app.action_change_theme)
        yield _Command("Quit", "What you wrote is kept", app.action_quit, "Ctrl+Q")
        for language, name in LANGUAGE_NAMES.items():
            help_text = "Questions that exist in this language"
            yield _Command(f"Language: {name}", help_text, self._post(LanguageChosen(language)))
        for deck in app.tutor.bank.decks:
            name = f"Deck: {readable(deck.title, deck, app.tutor.languages)}"
            help_text = count_of(len(deck.questions), "question")
            yield _Command(name, help_text, self._post(StudyAsked("deck", deck.id)))

    def _post(self, message: Message) -> Callable[[], object]:
        return lambda: self.app.post_message(message)
