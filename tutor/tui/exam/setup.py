"""Sets up an exam: how many questions, of which decks and levels, and how long."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import Container, Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tutor.study.exam import ExamState, begin_exam
from tutor.study.exam_form import (
    LEVELS,
    ExamForm,
    FormValues,
    available_words,
    read_exam_form,
    start_words,
    usual_decks,
)
from tutor.tui.background import background
from tutor.tui.exam.resume import PastExams
from tutor.tui.keys import key
from tutor.tui.labels import explain, plain, readable
from tutor.tui.notice_screen import NoticeScreen, complain
from tutor.tui.today import no_decks_words
from tutor.tui.widgets.footer import FittingFooter
from tutor.tui.widgets.option_rows import OptionRows
from tutor.tui.widgets.text_field import TextField
from tutor.tui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widget import Widget

    from tutor.bank import DeckInfo, Language
    from tutor.tui.ports import Tutor

NUMBER, MINUTES = "10", "30"
"""The initial values of the fields."""
NOTES = {
    "number": "",
    "minutes": "minutes, or none for no limit",
    "mix": "ratio, such as 1 2 1",
    "seed": "the same seed draws the same exam",
}
"""The note next to each field while nothing is wrong with it."""


class Field(TextField):
    """A field of the form; Enter starts the exam."""

    HELP = """
    `↑` `↓` or `tab` go from field to field, `Enter` starts the exam.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key("enter", "screen.begin", "Start", id="exam.begin"),
        key(
            "up",
            "app.focus_previous",
            "Field above",
            id="exam.field_above",
            show=False,
            priority=True,
        ),
        key(
            "down",
            "app.focus_next",
            "Field below",
            id="exam.field_below",
            show=False,
            priority=True,
        ),
    ]

    def __init__(self, value: str, *, id: str, longest: int) -> None:
        super().__init__(value, id=id, max_length=longest, compact=True)
        self.cursor_blink = False


class DeckChoice(OptionRows):
    """The decks, each chosen or not."""

    HELP = """
    The decks that questions are drawn from. `space` chooses one or leaves it out, `Enter` starts
    the exam.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key("enter", "screen.begin", "Start", id="exam.begin"),
        key("space", "select", "Choose", id="exam.deck"),
    ]

    def __init__(
        self,
        decks: Sequence[DeckInfo],
        chosen: Sequence[str],
        reads: tuple[Language, ...],
        *,
        id: str,
    ) -> None:
        super().__init__(id=id, markup=False)
        self._decks = decks
        self._reads = reads
        self._left_out = frozenset(deck.id for deck in decks) - frozenset(chosen)

    @property
    def chosen(self) -> tuple[str, ...]:
        """The decks that are chosen, in the bank's order."""
        return tuple(deck.id for deck in self._decks if deck.id not in self._left_out)

    def on_mount(self) -> None:
        self.add_options([Option(self._line(deck), id=deck.id) for deck in self._decks])
        self.highlighted = 0 if self._decks else None

    def toggle(self, deck: str) -> None:
        """Choose a deck, or leave it out."""
        self._left_out ^= {deck}
        for at, info in enumerate(self._decks):
            self.replace_option_prompt_at_index(at, self._line(info))

    def _line(self, deck: DeckInfo) -> Content:
        mark = " " if deck.id in self._left_out else "x"
        return plain(
            f"[{mark}] {len(deck.questions):>3}  {readable(deck.title, deck, self._reads)}"
        )


class SetupScreen(NoticeScreen):
    """The form for a new exam, which Enter starts, and the earlier exams."""

    CSS_PATH = "setup.tcss"
    AUTO_FOCUS = "#number"
    HORIZONTAL_BREAKPOINTS: ClassVar[list[tuple[int, str]] | None] = [  # type: ignore[misc]
        (0, "-narrow"),
        (60, "-normal"),
    ]
    VERTICAL_BREAKPOINTS: ClassVar[list[tuple[int, str]] | None] = [  # type: ignore[misc]
        (0, "-low"),
        (34, "-tall"),
    ]
    HELP: ClassVar[str | None] = """
    `Enter` draws the questions and starts the clock. Nothing is graded before the end: no hints, no
    verdicts. The seed decides which questions are drawn. `Esc` goes back to Today.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key("escape", "app.today", "Today", id="exam.today"),
    ]

    def __init__(self, tutor: Tutor) -> None:
        super().__init__()
        self._tutor = tutor
        self._reading: FormValues | None = None
        self._beginning = False
        self._begun: ExamState | None = None
        self._start = Static(id="start", markup=False)
        self._number = Field(NUMBER, id="number", longest=4)
        self._minutes = Field(MINUTES, id="minutes", longest=6)
        self._mix = tuple(Field("", id=level, longest=4) for level in LEVELS)
        seed = int(tutor.clock().timestamp()) % 1_000_000  # a new one every second
        self._seed = Field(str(seed), id="seed", longest=18)
        self._notes = {
            name: Static(id=f"{name}-note", classes="note", markup=False) for name in NOTES
        }
        usual = usual_decks(tutor.bank, tutor.preferences)
        self.decks = DeckChoice(tutor.bank.decks, usual, tutor.languages, id="decks")
        self._available = Static(id="there", markup=False)
        self.past = PastExams(tutor, id="past")

    def compose(self) -> ComposeResult:
        """The fields, the decks, and the earlier exams."""
        yield TopBar("Exam")
        yield self.notice
        yield self._start
        with VerticalScroll(id="fields", can_focus=False):
            yield self._row("number", "Questions", self._number)
            yield self._row("minutes", "Time limit", self._minutes)
            yield self._row("mix", "Levels", Container(*self._levels(), id="levels"))
            yield self._row("seed", "Seed", self._seed)
            with Horizontal(id="decks-row"):
                yield Static("Decks", classes="label", markup=False)
                yield self.decks
            yield self._available
        yield self.past
        yield FittingFooter()

    def _row(self, name: str, label: str, part: Widget) -> Horizontal:
        head = Static(label, classes="label", markup=False)
        return Horizontal(head, part, self._notes[name], classes="field")

    def _levels(self) -> Iterator[Horizontal]:
        for level, field in zip(LEVELS, self._mix, strict=True):
            yield Horizontal(Static(level, classes="level", markup=False), field)

    def on_mount(self) -> None:
        """Describe the exam that the fields make."""
        self._read_form()

    # --- what is filled in

    @on(OptionList.OptionSelected, "#decks")
    def _deck_toggled(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_id is not None:
            self.decks.toggle(event.option_id)
            self._read_form()

    @on(Input.Changed)
    def _read_form(self) -> None:
        if not self._tutor.bank.decks:
            self._start.update(Content(no_decks_words(self._tutor.paths)))
            return
        self._reading = reading = read_exam_form(self._form, self._tutor.bank)
        self._start.update(Content(start_words(reading)))
        self._available.update(Content(reading.problem("decks") or available_words(reading)))
        self._available.set_class("decks" in reading.problems, "-wrong")
        shortages = {"number": reading.short, "mix": reading.short_levels}
        for name, note in self._notes.items():
            short = shortages.get(name, "")
            note.update(Content(reading.problem(name) or short or NOTES[name]))
            note.set_class(name in reading.problems, "-wrong")
            note.set_class(bool(short), "-short")

    @property
    def _form(self) -> ExamForm:
        recall, explain_, derive = (field.value for field in self._mix)
        return ExamForm(
            number=self._number.value,
            minutes=self._minutes.value,
            mix=(recall, explain_, derive),
            seed=self._seed.value,
            decks=self.decks.chosen,
        )

    # --- what the student does

    def action_begin(self) -> None:
        """Draw the questions and start the exam, or go to the first field with a mistake."""
        if self._beginning or self._reading is None:
            return
        spec = self._reading.spec
        if spec is None:
            first = next(iter(self._reading.problems))
            self.query_one(f"#{LEVELS[0] if first == 'mix' else first}").focus()
            return
        self._beginning = True
        tutor = self._tutor

        def begin() -> ExamState:  # in a thread, since it reads every question that is drawn
            return begin_exam(tutor, spec, exam=tutor.new_id())

        background(self, begin, self._started, self._not_started)

    def _not_started(self, error: BaseException) -> None:
        self._beginning = False
        complain(self, f"Not started. {explain(error)}")

    def _started(self, state: ExamState) -> None:
        self._begun = state
        self._show_exam()

    def on_screen_resume(self) -> None:
        """Show the exam that waited until a screen on top, such as the help, was closed."""
        self._show_exam()

    def _show_exam(self) -> None:
        """Show the exam once it has begun, unless a screen is on top."""
        from tutor.tui.exam.run import RunningScreen

        if self._begun is not None and self.app.screen is self:
            self.app.switch_screen(RunningScreen(self._tutor, self._begun))
