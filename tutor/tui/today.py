"""The first screen: the decks, what is weak, and how the model is."""

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, OptionList, Static

from tutor.engine import State
from tutor.study import DeckSummary, summarise
from tutor.tui.keys import key
from tutor.tui.messages import DeckChosen
from tutor.tui.ports import ModelState, Tutor
from tutor.tui.text import clean, count_of, one_line
from tutor.tui.weak import weak_points
from tutor.tui.widgets.decks import DeckList
from tutor.tui.widgets.notice import Notice
from tutor.tui.widgets.top_bar import TopBar

WITHOUT_MODEL = (
    "No model yet. Key terms propose the verdicts and you confirm them; everything else is whole.",
    "To have a model judge: put a .gguf file into the folder {folder}",
    "or start with: tutor --model PATH",
)
WITHOUT_THIS_MODEL = "Key terms propose the verdicts and you confirm them."
NO_DECKS = "There are no questions yet. Put a deck into the folder {folder}"
WEAK_SHOWN = 4
PROBLEMS_SHOWN = 2


class ModelHelp(Static):
    """Says what works without a model and how to get one; hidden while there is one."""

    def __init__(self, folder: Path, *, id: str) -> None:
        super().__init__("", id=id, markup=False)
        self._lines = tuple(line.format(folder=clean(str(folder))) for line in WITHOUT_MODEL)

    def on_mount(self) -> None:
        """Follow the app's model."""
        self.watch(self.app, "model", self._show)

    def _show(self, model: ModelState) -> None:
        status = model.status
        self.display = status.state in (State.OFF, State.FAILED)
        lines = self._lines
        if status.state is State.FAILED:
            told = one_line(f"✗ The model cannot be used: {status.detail}. {status.remedy}")
            lines = (told, WITHOUT_THIS_MODEL)
        self.update(Content("\n".join(lines)))


class TodayScreen(Screen[None]):
    """Decks, weak points and the model; Enter starts."""

    AUTO_FOCUS = "#decks"
    HELP: ClassVar[str | None] = """
    Choose a deck and press `Enter`. A session that was left is taken up again. `ctrl+p` has
    everything else: languages, themes, keys.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        key("ctrl+q", "app.quit", "Quit", id="today.quit", priority=True)
    ]

    def __init__(self, tutor: Tutor) -> None:
        super().__init__()
        self._tutor = tutor
        self._start = Static(id="start", markup=False)
        self._decks = DeckList(id="decks")
        self._weak = Static(id="weak", markup=False)

    def compose(self) -> ComposeResult:
        """Decks first, the rest below them."""
        yield TopBar("tutor")
        yield Notice(self._notices(), id="notices", mild=True)
        yield self._start
        yield self._decks
        with VerticalScroll(id="below", can_focus=False):
            yield self._weak
            yield ModelHelp(self._tutor.paths.models[0], id="model-help")
        yield Footer(compact=True)

    def on_screen_resume(self) -> None:
        """Show everything as it stands now."""
        progress, bank = self._tutor.progress, self._tutor.bank
        standings = progress.standings()
        session = progress.session()
        decks = [(row, bank.deck(row.id).language) for row in summarise(bank, standings)]
        focused = self._decks.deck
        last = session.deck if session and not session.done else None
        self._decks.show(decks, last or (focused.id if focused else None))
        self._show_start()
        self.call_after_refresh(self._show_weak)  # it reads questions, which the decks do not

    @on(OptionList.OptionHighlighted)
    def _deck_highlighted(self) -> None:
        self._show_start()

    @on(OptionList.OptionSelected)
    def _deck_selected(self, event: OptionList.OptionSelected) -> None:
        if event.option_id is not None:
            self.post_message(DeckChosen(event.option_id))

    def _show_start(self) -> None:
        self._start.update(Content(self._start_words(self._decks.deck)))

    def _start_words(self, deck: DeckSummary | None) -> str:
        if deck is None:
            return NO_DECKS.format(folder=clean(str(self._tutor.paths.home / "questions")))
        session = self._tutor.progress.session()
        if session is not None and session.deck == deck.id and not session.done:
            return f"Enter resumes: {session.position + 1} of {len(session.questions)}"
        return f"Enter starts: {count_of(deck.questions, 'question')}, {deck.answered} answered"

    def _show_weak(self) -> None:
        tutor = self._tutor
        points = weak_points(tutor.bank, tutor.progress.standings(), WEAK_SHOWN)
        lines = [Content.styled("Points you missed last time", "bold")]
        for point in points:
            told = (f"  {point.question}", "dim")
            lines.append(Content.assemble(f"✗ {one_line(point.text)}", told))
        self._weak.update(Content("\n").join(lines))
        self._weak.display = bool(points)

    def _notices(self) -> str:
        problems = self._tutor.bank.problems
        lines = [f"! {one_line(notice)}" for notice in self._tutor.progress.notices]
        lines += [f"! {one_line(str(problem))}" for problem in problems[:PROBLEMS_SHOWN]]
        if problems:
            many = count_of(len(problems), "problem")
            lines.append(f"  {many} in the questions; all of them: tutor bank check")
        return "\n".join(lines)
