"""The app: puts the screens in a row and passes on what happened. Everything else is theirs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import App
from textual.binding import BindingType
from textual.command import Provider
from textual.reactive import reactive
from textual.screen import ModalScreen, Screen
from textual.worker import Worker, WorkerState

from tutor.bank import BankError
from tutor.engine import EngineState, Status
from tutor.errors import TutorError
from tutor.tui.background import run_in_thread
from tutor.tui.keys import key
from tutor.tui.labels import explain
from tutor.tui.messages import (
    AgainAsked,
    AnswerJudged,
    AskedAnew,
    AttemptSaved,
    DeckChosen,
    FetchProgressed,
    FetchStopped,
    LanguageChosen,
    ModelChanged,
    ModelChosen,
    ModelWanted,
    NextAsked,
    QuestionsChosen,
    QuestionSkipped,
    ScreenAsked,
    SessionResumed,
    StudyAsked,
    TodayAsked,
    TopicChosen,
    UndoAsked,
    UndoDone,
    VerdictRead,
)
from tutor.tui.ports import ModelState, Tutor
from tutor.tui.sitting import Sitting
from tutor.tui.theme import ThemeKeeper
from tutor.tui.today import TodayScreen

if TYPE_CHECKING:
    from tutor.evaluation.background import Measuring
    from tutor.progress import Attempt, SessionState
    from tutor.study.undo import TakenBack
    from tutor.tui.messages import ScreenName
    from tutor.tui.model_controller import Fetching, ModelController


def _own_commands() -> type[Provider]:
    from tutor.tui.commands import TutorCommands  # not needed for the first screen

    return TutorCommands


def _screen(name: ScreenName, tutor: Tutor) -> Screen[None]:
    """A screen that is reached from Today; each is imported when it is first asked for."""
    if name == "exam":
        from tutor.tui.exam import first_screen

        return first_screen(tutor)
    if name == "browse":
        from tutor.tui.browse import BrowseScreen

        return BrowseScreen(tutor)
    if name == "progress":
        from tutor.tui.progress import ProgressScreen

        return ProgressScreen(tutor)
    if name == "settings":
        from tutor.tui.settings import SettingsScreen

        return SettingsScreen(tutor)
    from tutor.tui.models import ModelsScreen

    return ModelsScreen(tutor)


class TutorApp(App[None]):
    """The terminal interface over a tutor; closing the tutor is for whoever opened it."""

    TITLE = "tutor"
    CSS_PATH = "today.tcss"  # the stylesheet of a default screen is not read by itself
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {
        *App.COMMANDS,
        _own_commands,
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        key("f1", "help", "Help", id="app.help"),
        key("ctrl+q", "quit", "Quit", id="app.quit", show=False, priority=True),
        key("ctrl+p", "command_palette", "more", id="app.commands", show=False, priority=True),
    ]

    model: reactive[ModelState] = reactive(lambda: ModelState(Status(EngineState.STARTING)))
    fetching: reactive[Fetching | None] = reactive(None)
    """The download of a model, if there is one."""
    measuring: reactive[Measuring | None] = reactive(None)
    """How far a model is measured in pauses, once that has begun."""

    def __init__(self, tutor: Tutor) -> None:
        super().__init__()
        self.animation_level = "none"  # nothing moves while somebody types
        self.tutor = tutor
        self.failure: TutorError | None = None
        """What ended the app before the student did; told on the terminal it leaves."""
        self._is_open = False
        """Whether the examiner is there; settings are read for it, which no first screen awaits."""
        self._steward: ModelController | None = None
        self.sitting = Sitting(tutor)
        self.themes = ThemeKeeper(self, tutor)

    def get_default_screen(self) -> Screen[None]:
        """Today stays below every other screen."""
        return TodayScreen(self.tutor)

    def on_mount(self) -> None:
        """Open the examiner when the first screen is drawn, and follow its model."""
        self.themes.follow()
        self.call_after_refresh(run_in_thread, self, "examiner", self._open_examiner)

    def _open_examiner(self) -> None:
        """In a thread: settings are read, and a model, if there is one, begins to load."""
        examiner = self.tutor.examiner
        self._is_open = True
        examiner.subscribe(self._status_changed)
        self._status_changed(examiner.status)

    def on_unmount(self) -> None:
        """Let go of whatever still waits for the model, so that quitting never hangs."""
        if self._steward is not None:
            self._steward.stop()
        if self._is_open:
            self.tutor.examiner.cancel()

    @property
    def steward(self) -> ModelController:
        """Who keeps the models; first asked for when the first screen is there."""
        if self._steward is None:
            from tutor.tui.model_controller import PAUSE, ModelController

            self._steward = ModelController(self, self._status_changed)
            self.set_interval(PAUSE, self._steward.look_for_a_pause)
        return self._steward

    def action_help(self) -> None:
        """Show help, or hide it."""
        from tutor.tui.widgets.help import ScreenHelp  # Markdown takes a while to import

        if self.screen.query("HelpPanel"):
            self.action_hide_help_panel()
        else:
            self.screen.mount(ScreenHelp())

    def _status_changed(self, status: Status) -> None:
        """Called by the examiner, from any thread."""
        if self.is_running and self._is_open:
            name = self.tutor.examiner.model_name
            self.post_message(ModelChanged(ModelState(status, name)))

    @on(ModelChanged)
    def _model_changed(self, event: ModelChanged) -> None:
        self.model = event.model

    # --- from screen to screen

    @on(DeckChosen)
    async def _deck_chosen(self, event: DeckChosen) -> None:
        await self._begin(self.sitting.begin(event.deck))

    @on(StudyAsked)
    async def _study_asked(self, event: StudyAsked) -> None:
        await self._begin(self.sitting.study(event.kind))

    @on(TopicChosen)
    async def _topic_chosen(self, event: TopicChosen) -> None:
        await self._begin(self.sitting.topic(event.topic))

    @on(QuestionsChosen)
    async def _questions_chosen(self, event: QuestionsChosen) -> None:
        await self._begin(self.sitting.chosen(event.questions))

    @on(SessionResumed)
    async def _session_resumed(self) -> None:
        await self._begin(self.sitting.left())

    @on(ScreenAsked)
    async def _screen_asked(self, event: ScreenAsked) -> None:
        await self._show(_screen(event.name, self.tutor))

    async def _begin(self, session: SessionState | None) -> None:
        if session is not None and not session.done:
            self._keep(session)
        await self._ask_next()

    def _keep(self, session: SessionState) -> None:
        run_in_thread(self, "session", lambda: self.tutor.progress.save_session(session))

    @on(LanguageChosen)
    def _language_chosen(self, event: LanguageChosen) -> None:
        from tutor.tui.question import QuestionScreen

        self.sitting.language = event.language
        if isinstance(self.screen, QuestionScreen):
            self.screen.ask_in(event.language)

    @on(AnswerJudged)
    async def _answer_judged(self, event: AnswerJudged) -> None:
        from tutor.tui.verdict import VerdictScreen

        attempt = event.attempt
        question = self.tutor.bank.question(attempt.question)
        place = self.sitting.place(attempt.question)
        await self._show(VerdictScreen(self.tutor, question, attempt, place))

    @on(AttemptSaved)
    def _attempt_saved(self, event: AttemptSaved) -> None:
        self._went_on(self.sitting.done_with(event.attempt.question))

    def _went_on(self, session: SessionState | None) -> None:
        if session is None or session.done:
            run_in_thread(self, "session", self.tutor.progress.end_session)
        else:
            self._keep(session)

    @on(VerdictRead)
    def _verdict_read(self, event: VerdictRead) -> None:
        """Have the model read the next question while the student reads the verdict."""
        asked = self.sitting.following(event.question)
        if asked is not None:
            self.tutor.examiner.prepare(asked.question, asked.language, asked.text)

    @on(NextAsked)
    async def _next_asked(self, event: NextAsked) -> None:
        self.sitting.done_with(event.question)
        await self._ask_next()

    @on(QuestionSkipped)
    async def _question_skipped(self, event: QuestionSkipped) -> None:
        self._went_on(self.sitting.done_with(event.question))
        kept = " Your draft is kept." if self.tutor.progress.draft(event.question) else ""
        self.notify(f"{event.question} is put off until tomorrow.{kept}", markup=False)
        await self._ask_next()

    @on(AgainAsked)
    async def _again_asked(self, event: AgainAsked) -> None:
        await self._ask(event.attempt.question, event.attempt)

    @on(AskedAnew)
    async def _asked_anew(self, event: AskedAnew) -> None:
        session = self.sitting.back_to(event.question)
        if session is not None:
            self._keep(session)
        await self._ask(event.question, None)

    @on(TodayAsked)
    async def _today_asked(self) -> None:
        while len(self.screen_stack) > 1:
            await self.pop_screen()

    async def _ask_next(self) -> None:
        question, session = self.sitting.current, self.sitting.session
        if question is not None:
            await self._ask(question, None)
        elif session is not None:
            from tutor.tui.session_summary import EndScreen

            await self._show(EndScreen(self.tutor, session, self.sitting.place(None)))

    async def _ask(self, question: str, earlier: Attempt | None) -> None:
        from tutor.tui.question import QuestionScreen

        try:
            asked = self.sitting.asked(question, earlier)
        except BankError as error:
            self._tell(explain(error))
            await self._today_asked()
        else:
            await self._show(QuestionScreen(self.tutor, asked))

    async def _show(self, screen: Screen[None]) -> None:
        """Put `screen` on top of Today, in the place of what is there."""
        while isinstance(self.screen, ModalScreen):
            await self.pop_screen()
        if isinstance(self.screen, TodayScreen):
            await self.push_screen(screen)
        else:
            await self.switch_screen(screen)

    # --- models

    def _grading_opened(self) -> None:
        if self.tutor.is_new:
            self.steward.welcome()
        elif self.model.status.state is not EngineState.OFF:
            self.steward.look_for_a_pause()

    def show_models(self, *, adding: bool) -> None:
        """Go to the models, with the question for a file where `adding`."""
        from tutor.tui.models import ModelsScreen

        self.run_worker(self._show(ModelsScreen(self.tutor, adding=adding)))

    @on(ModelWanted)
    def _model_wanted(self, event: ModelWanted) -> None:
        self.steward.get(event.entry)

    @on(FetchProgressed)
    def _fetch_progressed(self, event: FetchProgressed) -> None:
        if self.fetching is not None:
            self.fetching = self.fetching.at(event.progress)

    @on(FetchStopped)
    def _fetch_stopped(self) -> None:
        self.steward.stop()

    @on(ModelChosen)
    def _model_chosen(self, event: ModelChosen) -> None:
        self.steward.use(event.path)

    # --- taking back

    @on(UndoAsked)
    def _undo_asked(self) -> None:
        from tutor.study.undo import undo_last
        from tutor.tui.verdict import VerdictScreen

        screen = self.screen
        question = screen.attempt.question if isinstance(screen, VerdictScreen) else None
        tutor = self.tutor
        run_in_thread(self, "undo", lambda: undo_last(tutor.progress, question, tutor.clock()))

    def _undone(self, taken: TakenBack | None) -> None:
        from tutor.study.undo import NOTHING, undone_words

        self.notify(NOTHING if taken is None else undone_words(taken), markup=False)
        if taken is not None:
            self.screen.post_message(UndoDone(taken))

    # --- failures

    @on(Worker.StateChanged)
    def _worker_changed(self, event: Worker.StateChanged) -> None:
        error = event.worker.error
        if self._steward is not None and self._steward.ended(event.worker, event.state):
            return
        if event.state is WorkerState.SUCCESS and event.worker.group == "undo":
            self._undone(event.worker.result)
        if event.state is WorkerState.SUCCESS and event.worker.group == "examiner":
            self._grading_opened()
        if event.state is not WorkerState.ERROR or error is None:
            return
        if event.worker.group == "undo":
            self._tell(f"It could not be undone. {explain(error)}")
        elif event.worker.group == "examiner" and isinstance(error, TutorError):
            self.failure = error
            self.exit(return_code=1)
        else:
            saving = "The session could not be saved. " if event.worker.group == "session" else ""
            self._tell(saving + explain(error))

    def _tell(self, text: str) -> None:
        self.notify(text, severity="error", markup=False)
