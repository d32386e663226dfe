"""The first screen: the decks, what is weak, and how the model is."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, OptionList, Static
from textual.worker import Worker, WorkerState

from tutor.engine import EngineState, SetupState, Status
from tutor.formatting import count_of
from tutor.progress import SessionKind, SessionState
from tutor.study import DeckSummary, summarise
from tutor.study.exam_plan import plan_words
from tutor.study.weak_points import WeakPoint, weak_points
from tutor.tui.agenda import Agenda, agenda_of
from tutor.tui.background import run_in_thread
from tutor.tui.keys import key
from tutor.tui.labels import clean, explain, one_line
from tutor.tui.messages import (
    DeckChosen,
    ScreenAsked,
    ScreenName,
    SessionResumed,
    StudyAsked,
    UndoAsked,
    UndoDone,
)
from tutor.tui.ports import ModelState, Tutor
from tutor.tui.session_place import ACROSS, planner_for, session_name
from tutor.tui.setup_words import sentence
from tutor.tui.widgets.deck_list import DeckList, DeckRow, deck_row
from tutor.tui.widgets.notice import Notice
from tutor.tui.widgets.top_bar import TopBar

WITHOUT_MODEL = (
    "No model yet. Key terms propose the verdicts and you confirm them; everything else is whole.",
    "To have a model judge: m gets one, or takes a file that you have (GGUF).",
)
WITHOUT_THIS_MODEL = "Key terms propose the verdicts and you confirm them."
NO_DECKS = "There are no questions yet. Put a deck into the folder {folder}"
NOTHING_DUE = "Nothing is due, and today's new questions are done. Choose a deck to go on."
ROWS: dict[str, SessionKind] = {":due": "due", ":weak": "weak"}
"""The rows over all decks, by ids that no deck can have."""
LEFT = ":left"
"""The row of a session that no other row starts, and that was left."""
EXAM_LEFT = "An exam was left, {of} questions. e goes on with it."
EXAM_WAITS = "An exam waits to be judged, {of} questions. e goes on with it."
WEAK_SHOWN = 4
PROBLEMS_SHOWN = 2


class ModelHelp(Static):
    """Says what works without a model and how to get one; hidden while there is one."""

    _model = ModelState(Status(EngineState.STARTING))
    _setup: SetupState | None = None

    def on_mount(self) -> None:
        """Follow the app's model, and its set-up in the background."""
        self.watch(self.app, "setup_state", self._set_up)
        self.watch(self.app, "model", self._show)

    def _set_up(self, setup: SetupState | None) -> None:
        self._setup = setup
        self._show(self._model)

    def _show(self, model: ModelState) -> None:
        self._model, status = model, model.status
        self.display = status.state in (EngineState.OFF, EngineState.FAILED)
        lines = WITHOUT_MODEL
        if self._setup is not None and (told := sentence(self._setup)):
            lines = (WITHOUT_MODEL[0], told)
        if status.state is EngineState.FAILED:
            told = one_line(f"✗ The model cannot be used: {status.detail}. {status.remedy}")
            lines = (told, WITHOUT_THIS_MODEL)
        self.update(Content("\n".join(lines)))


class TodayScreen(Screen[None]):
    """What is due, the decks, weak points and the model; Enter starts."""

    AUTO_FOCUS = "#decks"
    HELP: ClassVar[str | None] = """
    Press `Enter` for what is due and new, or choose a deck first. A session that was left is taken
    up again. `e` sets an exam, `b` finds questions and topics, `p` shows your progress, `m` the
    models, `,` the settings. `u` takes back what was saved last. `ctrl+p` has everything else:
    languages, themes, keys.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        key("e", "open('exam')", "Exam", id="today.exam"),
        key("b,slash", "open('browse')", "Browse", id="today.browse"),
        key("p", "open('progress')", "Progress", id="today.progress"),
        key("m", "open('models')", "Models", id="today.models"),
        key("comma", "open('settings')", "Settings", id="today.settings", display=","),
        key("u", "undo", "Undo", id="today.undo", show=False),
        key("ctrl+q", "app.quit", "Quit", id="today.quit", priority=True),
    ]

    def __init__(self, tutor: Tutor) -> None:
        super().__init__()
        self._tutor = tutor
        self._agenda: Agenda | None = None
        """None until it is known: it needs the settings, which no first screen waits for."""
        self._start = Static(id="start", markup=False)
        self._exam = Static(id="exam", markup=False)
        self._decks = DeckList(id="decks")
        self._summaries: dict[str, DeckSummary] = {}
        self._weak = Static(id="weak", markup=False)

    def compose(self) -> ComposeResult:
        """Decks first, the rest below them."""
        yield TopBar("tutor")
        yield Notice(self._notices(), id="notices", mild=True)
        yield self._start
        yield self._exam
        yield self._decks
        with VerticalScroll(id="below", can_focus=False):
            yield self._weak
            yield ModelHelp(id="model-help", markup=False)
        yield Footer(compact=True)

    def on_screen_resume(self) -> None:
        """Show everything as it stands now."""
        session = self._session
        self._show(_row_of(session) if session is not None else self._decks.chosen)

    @on(UndoDone)
    def _undone(self) -> None:
        self._show(self._decks.chosen)

    def _show(self, chosen: str | None) -> None:
        self._show_rows(chosen)
        self._show_agenda()
        self.call_after_refresh(self._look_closer)

    def _look_closer(self) -> None:
        """What the decks do not need: questions are read for it, and settings."""
        self._show_weak()
        run_in_thread(self, "agenda", lambda: agenda_of(planner_for(self._tutor)))

    @on(Worker.StateChanged)
    def _worker_changed(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.SUCCESS and isinstance(event.worker.result, Agenda):
            self._agenda = event.worker.result
            self._show_rows(self._decks.chosen)
            self._show_agenda()
        elif event.state is WorkerState.ERROR and event.worker.error is not None:
            self.app.notify(explain(event.worker.error), severity="error", markup=False)

    @on(OptionList.OptionHighlighted)
    def _row_highlighted(self) -> None:
        self._show_start()

    @on(OptionList.OptionSelected)
    def _row_selected(self, event: OptionList.OptionSelected) -> None:
        if event.option_id == LEFT:
            self.post_message(SessionResumed())
        elif event.option_id in ROWS:
            self.post_message(StudyAsked(ROWS[event.option_id]))
        elif event.option_id is not None:
            self.post_message(DeckChosen(event.option_id))

    def action_open(self, name: ScreenName) -> None:
        """Go to another screen."""
        self.post_message(ScreenAsked(name))

    def action_undo(self) -> None:
        """Take back what was saved last."""
        self.post_message(UndoAsked())

    @property
    def _session(self) -> SessionState | None:
        """The session that was left."""
        session = self._tutor.progress.session()
        return None if session is None or session.done else session

    def _show_rows(self, chosen: str | None) -> None:
        bank, now = self._tutor.bank, self._tutor.clock()
        summaries = summarise(bank, self._tutor.progress.standings(), now)
        shown = None if self._agenda is None else self._agenda.decks
        self._summaries = {row.id: row for row in summaries if shown is None or row.id in shown}
        rows = [deck_row(row, bank.deck(row.id).language) for row in self._summaries.values()]
        self._decks.show([*self._first_row(), *rows, *self._last_row()], chosen)

    def _first_row(self) -> list[DeckRow]:
        told = "…" if self._agenda is None else self._agenda.words
        due = [DeckRow(":due", ACROSS["due"], told)] if self._summaries else []
        session = self._session
        if session is None or _row_of(session) != LEFT:
            return due
        return [DeckRow(LEFT, session_name(session), _place_words(session)), *due]

    def _last_row(self) -> list[DeckRow]:
        session, agenda = self._session, self._agenda
        if agenda is not None and agenda.weak:
            return [DeckRow(":weak", ACROSS["weak"], count_of(agenda.weak, "question"))]
        left = session is not None and session.kind == "weak"
        return [DeckRow(":weak", ACROSS["weak"], "…")] if left else []

    def _show_agenda(self) -> None:
        self._show_start()
        plan = self._agenda.plan if self._agenda is not None else None
        lines = [self._open_exam_words(), plan_words(plan)]
        told = "\n".join(filter(None, lines))
        self._exam.update(Content(told))
        self._exam.display = bool(told)

    def _open_exam_words(self) -> str:
        for exam in self._tutor.progress.open_exams().values():
            return (EXAM_WAITS if exam.ended else EXAM_LEFT).format(of=exam.questions)
        return ""

    def _show_start(self) -> None:
        self._start.update(Content(self._start_words(self._decks.chosen)))

    def _start_words(self, chosen: str | None) -> str:
        if chosen is None:
            return NO_DECKS.format(folder=clean(str(self._tutor.paths.home / "questions")))
        session = self._session
        if session is not None and _row_of(session) == chosen:
            return f"Enter resumes: {_place_words(session)}"
        deck = self._summaries.get(chosen)
        return self._across_words(chosen) if deck is None else _deck_words(deck)

    def _across_words(self, chosen: str) -> str:
        agenda = self._agenda
        if chosen == LEFT:
            return "Enter resumes"
        if agenda is None or chosen != ":due":
            return f"Enter starts: {ACROSS[ROWS[chosen]].lower()}, all decks"
        if not agenda.due and not agenda.new:
            return NOTHING_DUE
        return f"Enter starts: {agenda.words}, all decks"

    def _show_weak(self) -> None:
        tutor = self._tutor
        points = weak_points(tutor.progress.standings().values(), tutor.bank)[:WEAK_SHOWN]
        lines = [Content.styled("Points you missed last time", "bold")]
        for point in points:
            told = (f"  {point.question}", "dim")
            lines.append(Content.assemble(f"✗ {one_line(self._text_of(point))}", told))
        self._weak.update(Content("\n").join(lines))
        self._weak.display = bool(points)

    def _text_of(self, weak: WeakPoint) -> str:
        bank = self._tutor.bank
        language = bank.deck(bank.info(weak.question).deck).language
        rubric = bank.question(weak.question).rubric
        return next((each.point.to(language) for each in rubric if each.id == weak.point), "")

    def _notices(self) -> str:
        problems = self._tutor.bank.problems
        lines = [f"! {one_line(notice)}" for notice in self._tutor.progress.notices]
        lines += [f"! {one_line(str(problem))}" for problem in problems[:PROBLEMS_SHOWN]]
        if problems:
            many = count_of(len(problems), "problem")
            lines.append(f"  {many} in the questions; all of them: tutor bank check")
        return "\n".join(lines)


def _row_of(session: SessionState) -> str | None:
    """The row that a session was started from."""
    if session.kind == "deck":
        return session.deck
    row = f":{session.kind}"
    return row if row in ROWS else LEFT


def _place_words(session: SessionState) -> str:
    return f"{session.position + 1} of {len(session.questions)}"


def _deck_words(deck: DeckSummary) -> str:
    return f"Enter starts: {count_of(deck.questions, 'question')}, {deck.answered} answered"
