"""The app: leads from screen to screen and passes messages between them."""

from __future__ import annotations

import gc
from asyncio import sleep
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import App
from textual.binding import Binding, BindingType
from textual.command import Provider
from textual.reactive import reactive
from textual.screen import ModalScreen, Screen

from tutor.bank import BankError
from tutor.engine import EngineState, Status
from tutor.engine.setup_state import SetupState, read_setup
from tutor.errors import TutorError
from tutor.study import StudySession
from tutor.tui.background import background
from tutor.tui.keys import key, shown_key
from tutor.tui.labels import explain
from tutor.tui.messages import (
    AnswerGraded,
    AskedAgain,
    BankChanged,
    FetchProgressed,
    LanguageChosen,
    ModelChanged,
    NextAsked,
    QuestionsChosen,
    QuestionSkipped,
    ScreenAsked,
    SessionResumed,
    StudyAsked,
    TodayAsked,
)
from tutor.tui.model_words import ModelState
from tutor.tui.notice_screen import complain, say
from tutor.tui.ports import Tutor
from tutor.tui.theme import save_changes, theme_for, with_quiet_scroll_bars
from tutor.tui.today import TodayScreen

if TYPE_CHECKING:
    from textual.worker import Worker

    from tutor.progress import Attempt, SessionState
    from tutor.tui.messages import ScreenName
    from tutor.tui.model_controller import ModelController
    from tutor.tui.model_words import Fetching
    from tutor.tui.undoing import Undoing


def _own_commands() -> type[Provider]:
    from tutor.tui.commands import TutorCommands  # not needed for the first screen

    return TutorCommands


class TutorApp(App[None]):
    """The terminal interface of a tutor; whoever opened the tutor closes it."""

    TITLE = "tutor"
    CSS_PATH = "today.tcss"  # the stylesheet of a default screen is not read by itself
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {_own_commands}
    BINDINGS: ClassVar[list[BindingType]] = [
        key("f1,question_mark", "help", "Help", id="app.help"),
        key("ctrl+q", "quit", "Quit", id="app.quit", show=False, priority=True),
        key("ctrl+p", "command_palette", "More", id="app.commands", show=False, priority=True),
        # With priority, so that a key pressed right after it goes to the next field.
        key("tab", "app.focus_next", id="app.next_field", show=False, priority=True),
        key("shift+tab", "app.focus_previous", id="app.field_before", show=False, priority=True),
    ]

    model: reactive[ModelState] = reactive(lambda: ModelState(Status(EngineState.STARTING)))
    fetching: reactive[Fetching | None] = reactive(None)
    """The download of a model, if there is one."""
    setup_state: reactive[SetupState | None] = reactive(None)
    """How far the background set-up of the judge is; None without one."""

    def __init__(self, tutor: Tutor) -> None:
        super().__init__()
        self.animation_level = "none"  # nothing moves while somebody types
        self.tutor = tutor
        self.failure: TutorError | None = None
        """The error that ended the app; the command line reports it."""
        self._is_open = False
        """Whether the grading service is open: after the first screen, since it reads settings."""
        self._models: ModelController | None = None
        self.session = StudySession(tutor)
        self.theme = theme_for(self, tutor)  # before anything is drawn

    def get_css_variables(self) -> dict[str, str]:
        """The theme's colours, with unobtrusive scroll bars."""
        return with_quiet_scroll_bars(super().get_css_variables())

    def get_key_display(self, binding: Binding) -> str:
        """A key as the documentation writes it: `F5`, `Esc`, `Space`, `^Q`."""
        return binding.key_display or shown_key(super().get_key_display(binding))

    def get_default_screen(self) -> Screen[None]:
        """Today, which stays below every other screen."""
        return TodayScreen(self.tutor, self.session)

    def on_mount(self) -> None:
        """Open the grading service once the first screen is drawn."""
        self.setup_state = read_setup(self.tutor.paths.setup)
        self.call_after_refresh(gc.enable)  # the program starts with it off, which is faster
        self.call_after_refresh(
            background, self, self._open_grading, self._grading_opened, self._cannot_open
        )
        self.set_timer(0.5, self._read_style_sheets)  # after the first screen
        save_changes(self, self.tutor)
        if self.tutor.is_new:
            from tutor.tui.first_start import FirstStart  # only a new student needs it

            _: Worker[None] = self.run_worker(FirstStart(self).ask)

    @work
    async def _read_style_sheets(self) -> None:
        """Read all style sheets now: at a screen's first visit, Textual parses every sheet again.

        It reads one at a time, so that keys are not kept waiting.
        """
        for path in sorted(Path(__file__).parent.rglob("*.tcss")):
            if not self.stylesheet.has_source(str(path)):
                self.stylesheet.read(path)
                self.stylesheet.parse()
                await sleep(0)

    def _open_grading(self) -> None:
        """Runs in a thread: reads settings and starts loading the model, if there is one."""
        grading = self.tutor.grading
        self._is_open = True
        grading.subscribe(self._status_changed)
        self._status_changed(grading.status)

    def on_unmount(self) -> None:
        """Cancel whatever still waits for the model, so that quitting never hangs."""
        if self._models is not None:
            self._models.stop()
        if self._is_open:
            self.tutor.grading.cancel()

    @property
    def models(self) -> ModelController:
        """What gets and changes models; created when first used, after the first screen."""
        if self._models is None:
            from tutor.tui.model_controller import PAUSE, SETUP_PAUSE, ModelController

            self._models = ModelController(self, self._status_changed)
            self.set_interval(PAUSE, self._models.look_for_a_pause)
            if self.tutor.paths.setup is not None:
                self.set_interval(SETUP_PAUSE, self._models.follow_setup)
        return self._models

    def action_help(self) -> None:
        """Show the keys of this screen, and what it is about."""
        from tutor.tui.help import HelpScreen, help_for  # Markdown takes a while to import

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(help_for(self, self.screen))

    def action_command_palette(self) -> None:
        from tutor.tui.commands import Palette

        if not isinstance(self.screen, Palette):
            self.push_screen(Palette(id="--command-palette"))

    def search_themes(self) -> None:
        """Show the themes to choose from."""
        from textual.theme import ThemeProvider

        from tutor.tui.commands import Palette

        self.push_screen(Palette([ThemeProvider], placeholder="Search for themes…"))

    def _status_changed(self, status: Status) -> None:
        """Called by the grading service, from any thread."""
        if self.is_running and self._is_open:
            grading = self.tutor.grading
            state = ModelState(status, grading.model_name, grading.absence)
            self.post_message(ModelChanged(state))

    @on(ModelChanged)
    def _model_changed(self, event: ModelChanged) -> None:
        self.model = event.model

    # --- from screen to screen

    @on(StudyAsked)
    async def _study_asked(self, event: StudyAsked) -> None:
        await self._begin(self.session.begin(event.kind, deck=event.deck, topic=event.topic))

    @on(QuestionsChosen)
    async def _questions_chosen(self, event: QuestionsChosen) -> None:
        await self._begin(self.session.choose(event.questions))

    @on(SessionResumed)
    async def _session_resumed(self, event: SessionResumed) -> None:
        await self._begin(self.session.resume(event.session))

    @on(ScreenAsked)
    async def _screen_asked(self, event: ScreenAsked) -> None:
        await self.action_open(event.name)

    async def action_open(self, name: ScreenName) -> None:
        await self._show(self._screen_named(name))

    def _screen_named(self, name: ScreenName) -> Screen[None]:
        """A new screen of this name. Each is imported when it is first opened."""
        match name:
            case "exam":
                from tutor.tui.exam import first_screen

                return first_screen(self.tutor)
            case "browse":
                from tutor.tui.browse import BrowseScreen

                return BrowseScreen(self.tutor)
            case "progress":
                from tutor.tui.progress import ProgressScreen

                return ProgressScreen(self.tutor)
            case "settings":
                from tutor.tui.settings import SettingsScreen

                return SettingsScreen(self.tutor)
            case "add":
                from tutor.tui.add_question import AddQuestionScreen

                return AddQuestionScreen(self.tutor)
            case "models":
                from tutor.tui.models import ModelsScreen

                return ModelsScreen(self.tutor, self.models)

    async def _begin(self, session: SessionState | None) -> None:
        if session is not None and not session.done:
            background(self, self.session.save, failed="The session could not be saved.")
        await self._ask_next()

    @on(LanguageChosen)
    def _language_chosen(self, event: LanguageChosen) -> None:
        from tutor.tui.question import QuestionScreen

        self.session.language = event.language
        if isinstance(self.screen, QuestionScreen):
            self.screen.ask_in(event.language)

    @on(AnswerGraded)
    async def _answer_graded(self, event: AnswerGraded) -> None:
        from tutor.tui.verdict import VerdictScreen

        await self._show(VerdictScreen(self.tutor, self.session, event.answered))

    @on(QuestionSkipped)
    async def _question_skipped(self, event: QuestionSkipped) -> None:
        draft = " Your draft is kept." if self.tutor.progress.draft(event.question) else ""
        await self._ask_next()
        say(self.screen, f"Skipped until tomorrow.{draft}")

    @on(AskedAgain)
    async def _asked_again(self, event: AskedAgain) -> None:
        await self._ask(event.question, event.earlier)
        if event.words:
            say(self.screen, event.words)

    @on(BankChanged)
    def _bank_changed(self) -> None:
        """Drop questions that no longer exist from the session."""
        state = self.session.state
        if state is not None and not state.done:
            self.session.state = state.without_missing(self.tutor.bank)

    @on(TodayAsked)
    async def action_today(self) -> None:
        while len(self.screen_stack) > 1:
            await self.pop_screen()

    @on(NextAsked)
    async def _ask_next(self) -> None:
        question, session = self.session.current, self.session.state
        if question is not None:
            await self._ask(question)
        elif session is not None:
            from tutor.tui.session_summary import EndScreen

            await self._show(EndScreen(self.tutor, session))
        else:
            await self.action_today()

    async def _ask(self, question: str, earlier: Attempt | None = None) -> None:
        from tutor.tui.question import QuestionScreen

        try:
            asked = self.session.ask(question, earlier)
        except BankError as error:
            await self.action_today()
            complain(self.screen, explain(error))
        else:
            await self._show(QuestionScreen(self.tutor, self.session, asked))

    async def _show(self, screen: Screen[None]) -> None:
        """Put `screen` on top of Today, instead of the screens there."""
        while len(self.screen_stack) > 2 or isinstance(self.screen, ModalScreen):
            await self.pop_screen()
        if isinstance(self.screen, TodayScreen):
            await self.push_screen(screen)
        else:
            await self.switch_screen(screen)

    # --- models

    def _grading_opened(self, _: None) -> None:
        if self.model.status.state is not EngineState.OFF:
            self.models.look_for_a_pause()
        if self.tutor.paths.setup is not None:
            self.models.follow_setup()

    @work
    async def show_models(self, *, adding: bool) -> None:
        """Go to the models; if `adding`, ask for a file there."""
        from tutor.tui.models import ModelsScreen

        await self._show(ModelsScreen(self.tutor, self.models, adding=adding))

    @on(FetchProgressed)
    def _fetch_progressed(self, event: FetchProgressed) -> None:
        if self.fetching is not None:
            self.fetching = replace(self.fetching, progress=event.progress)

    # --- undo and redo

    @cached_property
    def _undoing(self) -> Undoing:
        from tutor.tui.undoing import Undoing  # most answers stay as they are

        return Undoing(self, self.tutor, self.session)

    def action_undo(self) -> None:
        self._undoing.undo()

    def action_redo(self) -> None:
        self._undoing.redo()

    # --- failures

    def _cannot_open(self, error: BaseException) -> None:
        if isinstance(error, TutorError):
            self.failure = error
            self.exit(return_code=1)
        else:
            complain(self, explain(error))
