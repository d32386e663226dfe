"""The first start: three short questions, with presets that suit most students.

Every answer is saved at once. Esc skips the rest for good. After an interruption the next start
asks again, with the saved answers as presets.

The questions appear on a page of their own, which takes the keys while an answer is saved.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.screen import ModalScreen
from textual.worker import WorkerFailed

from tutor.bank import LANGUAGES
from tutor.engine.setup_state import can_run_models
from tutor.formatting import count_of, size
from tutor.tui.background import in_thread
from tutor.tui.dialogs import ChoiceScreen, SeveralScreen
from tutor.tui.keys import key, of_the_app
from tutor.tui.labels import LANGUAGE_NAMES, explain, readable
from tutor.tui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from tutor.engine.setup_state import SetupState
    from tutor.models import Shelf
    from tutor.tui.app import TutorApp

LANGUAGES_ASKED = (
    "Welcome. Answer exam questions in your own words; every point of your answer is graded, on "
    "this machine only.\n\n"
    "1 of 3: Which languages do you read? Press Space to mark one, Enter to save, Esc to skip all "
    "questions."
)
DECKS_ASKED = "2 of 3: Which decks do you want to study? You can change this in Settings (,)."
GRADER_ASKED = (
    "3 of 3: Who grades your answers? The built-in judge was trained for these questions. Until a "
    "model is ready, key terms suggest the verdicts. You can change this in Models (m)."
)
JUDGE, LARGER, FILE, TERMS = "judge", "larger", "file", "terms"


class WelcomeScreen(ModalScreen[None]):
    """The page under the questions, which hides Today and keeps keys from it."""

    DEFAULT_CSS = "WelcomeScreen { background: $background; }"
    BINDINGS: ClassVar[list[BindingType]] = of_the_app("welcome")

    def compose(self) -> ComposeResult:
        """The top bar alone; the questions appear above it."""
        yield TopBar("tutor")


class SeveralAsked(SeveralScreen):
    """A question with several answers."""

    BINDINGS: ClassVar[list[BindingType]] = [key("escape", "dismiss", "Skip", id="first.skip")]


class OneAsked(ChoiceScreen):
    """A question with one answer."""

    BINDINGS: ClassVar[list[BindingType]] = [key("escape", "dismiss", "Skip", id="first.skip_one")]


class FirstStart:
    """Asks a new student the three questions, one after the other."""

    def __init__(self, app: TutorApp) -> None:
        self._app, self._tutor = app, app.tutor

    async def ask(self) -> None:
        """Ask everything; run this as a worker of the app, which ends it if the student quits."""
        chosen: tuple[GraderOffer, str] | None = None
        await self._app.push_screen(WelcomeScreen())
        try:
            if await self._ask_languages() and await self._ask_decks():
                chosen = await self._ask_grader()
        except WorkerFailed as failure:
            self._app.notify(explain(failure.error), severity="error", markup=False)
        while isinstance(self._app.screen, ModalScreen):
            await self._app.pop_screen()
        if chosen is not None:
            self._use(*chosen)
        self._tutor.welcome()

    async def _ask_languages(self) -> bool:
        """Ask for the languages; returns False if the student pressed Esc."""
        reads = self._tutor.languages or ("en",)
        shown = dict.fromkeys((*reads, *LANGUAGES))
        options: dict[str, str] = {each: LANGUAGE_NAMES[each] for each in shown}
        screen = SeveralAsked(LANGUAGES_ASKED, options, reads)
        chosen = await self._app.push_screen_wait(screen)
        if chosen is not None:
            await self._save("languages", chosen)
        return chosen is not None

    async def _ask_decks(self) -> bool:
        """Ask for the decks, if there are several; returns False if the student pressed Esc."""
        reads = self._tutor.languages
        decks = [
            deck
            for deck in self._tutor.bank.decks
            if not reads or not set(reads).isdisjoint(deck.languages)
        ]
        if len(decks) < 2:
            return True
        options = {
            deck.id: f"{readable(deck.title, deck, reads)} ({len(deck.questions)})"
            for deck in decks
        }
        stored = await in_thread(self._app, self._tutor.stored_settings)
        screen = SeveralAsked(DECKS_ASKED, options, stored.values.decks or options)
        chosen = await self._app.push_screen_wait(screen)
        if chosen is not None:
            await self._save("decks", () if chosen == tuple(options) else chosen)
        return chosen is not None

    async def _ask_grader(self) -> tuple[GraderOffer, str] | None:
        """Ask for the grader unless one is set; returns the offer and the id chosen from it."""
        stored = await in_thread(self._app, self._tutor.stored_settings)
        if stored.values.model is not None or stored.values.server:
            return None
        shelf = await in_thread(self._app, self._tutor.shelf)
        offer = GraderOffer(shelf, self._app.setup_state, can_run=can_run_models())
        if shelf.used is not None:  # in the models folder, put there by hand
            return None
        screen = OneAsked(GRADER_ASKED, offer.options(), offer.preset)
        chosen = await self._app.push_screen_wait(screen)
        return None if chosen is None else (offer, chosen)

    def _use(self, offer: GraderOffer, chosen: str) -> None:
        models = self._app.models
        if chosen == JUDGE and offer.must_download:
            models.get_judge()
        elif chosen == LARGER:
            models.get(offer.shelf.entry(None))
        elif chosen == FILE:
            self._app.show_models(adding=not offer.files)
        elif chosen == TERMS and offer.preset == JUDGE:  # else it is only for now
            models.use(None)

    async def _save(self, name: str, value: tuple[str, ...]) -> None:
        """Save a setting in `settings.toml`; an empty value restores the default."""

        def write() -> None:
            self._tutor.stored_settings().write(name, value or None)
            self._tutor.reread_settings()

        await in_thread(self._app, write)


@dataclass(frozen=True)
class GraderOffer:
    """The graders that this machine could have."""

    shelf: Shelf
    setup: SetupState | None
    """How far the background set-up of the judge is; None without one."""
    can_run: bool
    """Whether llama.cpp is installed, so that a model can run now."""

    @property
    def is_setting_up(self) -> bool:
        """Whether llama.cpp, and then the judge, are being set up in the background."""
        return self.setup is not None and not self.setup.is_over

    @property
    def will_run(self) -> bool:
        """Whether a model can run now, or will when the set-up is done."""
        return self.can_run or self.is_setting_up

    @property
    def is_installed(self) -> bool:
        """Whether the judge's model is installed."""
        return any(model.is_judge for model in self.shelf.models)

    @property
    def must_download(self) -> bool:
        """Whether choosing the judge means to download it: the set-up does so if there is room."""
        return not self.is_installed and not (self.is_setting_up and self.has_room)

    @property
    def room(self) -> int:
        """The free bytes on the disk to which the judge would be downloaded."""
        from tutor.models.download import free_space

        own, shipped = self.shelf.paths.models
        return free_space(shipped if self.is_setting_up else own)

    @property
    def has_room(self) -> bool:
        """Whether the disk has enough space for a download that the student did not ask for."""
        from tutor.models.download import UNASKED_ROOM

        return self.room >= UNASKED_ROOM

    @property
    def preset(self) -> str:
        """The judge if it is or can be installed, otherwise the key terms."""
        return JUDGE if self.will_run and (self.is_installed or self.has_room) else TERMS

    @property
    def files(self) -> int:
        """How many models of the student's own were found."""
        return sum(not model.problem and not model.is_judge for model in self.shelf.models)

    def options(self) -> dict[str, str]:
        """The choices, each with what it needs."""
        options = {JUDGE: f"Built-in judge: {self._judge_words}"}
        entry = self.shelf.recommended
        if entry is not None:
            options[LARGER] = f"{entry.name}: {size(entry.bytes)} download; a larger model"
        found = f"; {count_of(self.files, 'file')} found" if self.files else ""
        options[FILE] = f"A model file that you have (GGUF){found}"
        options[TERMS] = f"Key terms {'only' if self.preset == JUDGE else 'for now'}"
        return options

    @property
    def _judge_words(self) -> str:
        if not self.will_run:
            return "needs llama.cpp, which is not installed"
        if self.is_installed:
            return "installed"
        words = f"{size(self.shelf.catalog.original.bytes)} download"
        if not self.has_room:
            return f"{words}, but only {size(self.room)} of disk are free"
        return f"{words}, in the background"
