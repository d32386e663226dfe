"""Flagging a question that is bad, with a note for its deck's author."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Footer, Input, Static

from tutor.tui.keys import key, of_the_app
from tutor.tui.text import one_line, plain

LONGEST = 1_000
"""Characters of a note."""


class FlagScreen(ModalScreen[str | None]):
    """Asks for the note; gives it back, empty to take the flag away, None to leave all as it is."""

    CSS_PATH = "flag.tcss"
    HELP: ClassVar[str | None] = """
    Write what is wrong with the question. `Enter` keeps it, an empty note takes the flag away,
    `Esc` changes nothing.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key("escape", "leave", "Cancel", id="flag.leave"),
        *of_the_app("flag"),
    ]

    def __init__(self, question: str, note: str) -> None:
        super().__init__()
        self._question = question
        self._note = note

    def compose(self) -> ComposeResult:
        """A line to write on."""
        with Vertical(id="flag-box"):
            told = f"What is wrong with {self._question}? Enter keeps it; empty takes the flag away"
            yield Static(plain(told), id="flag-told", markup=False)
            yield Input(one_line(self._note), max_length=LONGEST, id="note")
        yield Footer(compact=True)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.dismiss(one_line(event.value))

    def action_leave(self) -> None:
        """Change nothing."""
        self.dismiss(None)
