"""Dialogs: choosing one thing or several, reporting a problem, reading a page."""

from collections.abc import Callable, Collection, Mapping
from typing import ClassVar, TypeVar

from textual import on
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tutor.progress import Progress
from tutor.tui.background import background
from tutor.tui.keys import key, of_the_app
from tutor.tui.labels import one_line, plain
from tutor.tui.widgets.footer import FittingFooter
from tutor.tui.widgets.option_rows import OptionRows
from tutor.tui.widgets.prose import Prose
from tutor.tui.widgets.text_field import TextField
from tutor.tui.widgets.top_bar import TopBar

Result = TypeVar("Result")


def close(screen: Screen[Result], result: Result) -> None:
    """Return `result` from a screen, which is closed with what is above it, such as the help.

    Nothing happens if it was closed already, such as by the first of two quick presses of Enter.
    """
    if screen in screen.app.screen_stack:
        while not screen.is_active:
            screen.app.pop_screen()
        screen.dismiss(result)


class ListDialog(ModalScreen[Result]):
    """A text with a list of choices below it."""

    CSS_PATH = "dialogs.tcss"
    AUTO_FOCUS = "#choices"

    def __init__(self, text: str, choices: OptionRows) -> None:
        super().__init__()
        self._text = text
        self._list = choices

    def compose(self) -> ComposeResult:
        with Vertical(id="choice-box"):
            yield Static(plain(self._text), id="choice-text", markup=False)
            yield self._list
        yield FittingFooter()


class ChoiceList(OptionRows):
    """The choices, a line each."""

    HELP = """
    `↑` `↓` choose, `Enter` does it, `Esc` goes back and changes nothing.
    """
    BINDINGS: ClassVar[list[BindingType]] = [key("enter", "select", "Choose", id="choice.choose")]


class ChoiceScreen(ListDialog[str | None]):
    """A dialog for choosing one thing; returns its id, or None for nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("escape", "dismiss", "Back", id="choice.leave"),
        *of_the_app("choice"),
    ]

    def __init__(self, text: str, choices: Mapping[str, str], preset: str = "") -> None:
        """`choices` are texts by id, each on one line, where what does not fit is cut."""
        options = [Option(plain(words), id=id_) for id_, words in choices.items()]
        super().__init__(text, ChoiceList(*options, id="choices", markup=False))
        self._preset = list(choices).index(preset) if preset in choices else 0

    def on_mount(self) -> None:
        """Highlight the choice to begin with."""
        self._list.highlighted = self._preset

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        close(self, event.option_id)


def confirm(app: App[None], question: str, words: str, do: Callable[[], object]) -> None:
    """Ask whether to do what `words` say, such as `Delete it`; `do` is called if so."""

    def answered(choice: str | None) -> None:
        if choice == "yes":
            do()

    app.push_screen(ChoiceScreen(question, {"no": "Keep it", "yes": words}), answered)


class SeveralList(OptionRows):
    """The things that can be marked, a line each."""

    HELP = """
    `↑` `↓` move, `space` marks or unmarks, `Enter` saves, `Esc` goes back and changes nothing.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key("enter", "screen.save", "Save", id="several.save"),
        key("space", "select", "Mark", id="several.mark"),
    ]


class SeveralScreen(ListDialog[tuple[str, ...] | None]):
    """A dialog for marking things; returns their ids in the order shown, or None for no change."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("escape", "dismiss", "Cancel", id="several.leave"),
        *of_the_app("several"),
    ]

    def __init__(self, text: str, choices: Mapping[str, str], marked: Collection[str] = ()) -> None:
        self._choices = choices
        self._marked = {*marked}
        options = [Option(self._line(id_), id=id_) for id_ in choices]
        super().__init__(text, SeveralList(*options, id="choices", markup=False))

    def _line(self, id_: str) -> Content:
        return plain(f"{'[x]' if id_ in self._marked else '[ ]'} {self._choices[id_]}")

    @on(OptionList.OptionSelected)
    def _toggled(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_id is not None:
            self._marked ^= {event.option_id}
            self._list.replace_option_prompt(event.option_id, self._line(event.option_id))

    def action_save(self) -> None:
        close(self, tuple(id_ for id_ in self._choices if id_ in self._marked))


LONGEST = 1_000
"""The most characters of a note."""


class FlagScreen(ModalScreen[str | None]):
    """Asks for a note; returns it, empty to remove the report, or None for no change."""

    CSS_PATH = "dialogs.tcss"
    HELP: ClassVar[str | None] = """
    Describe the problem. `Enter` saves your note, an empty note removes the report, `Esc` changes
    nothing.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key("escape", "dismiss", "Cancel", id="flag.leave"),
        *of_the_app("flag"),
    ]

    def __init__(self, question: str, note: str) -> None:
        super().__init__()
        self._question = question
        self._note = note

    def compose(self) -> ComposeResult:
        with Vertical(id="flag-box"):
            text = f"What is wrong with question {self._question}? Press Enter to save your note."
            if self._note:
                text += " An empty note removes the report."
            yield Static(plain(text), id="flag-text", markup=False)
            yield TextField(one_line(self._note), max_length=LONGEST, id="note")
        yield FittingFooter()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        close(self, one_line(event.value))


def report_problem(
    screen: Screen[None], progress: Progress, question: str, done: Callable[[], object]
) -> None:
    """Ask what is wrong with a question and save that; `done` is called if it changed."""
    before = progress.flags().get(question, "")

    def answered(note: str | None) -> None:
        if note is not None and note != before:
            background(
                screen,
                lambda: progress.flag(question, note or None),
                lambda _: done(),
                "The report was not saved.",
            )

    screen.app.push_screen(FlagScreen(question, before), answered)


class ReaderScreen(ModalScreen[None]):
    """A page of text to read."""

    CSS_PATH = "dialogs.tcss"
    AUTO_FOCUS = "#reader-page"
    HELP: ClassVar[str | None] = """
    `↑` `↓` `pageup` `pagedown` scroll, `Esc` goes back.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key("escape", "dismiss", "Back", id="reader.close"),
        *of_the_app("reader"),
    ]

    def __init__(self, title: str, count: str, text: Content) -> None:
        super().__init__()
        self._heading = title
        self._count = count
        self._text = text

    def compose(self) -> ComposeResult:
        yield TopBar(self._heading, self._count)
        with VerticalScroll(id="reader-page"):
            yield Prose(self._text, id="reader-text", markup=False)
        yield FittingFooter()
