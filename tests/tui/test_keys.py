"""Keys on every alphabet, and in the order in which they were pressed."""

from collections.abc import Iterator

import pytest
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.dom import DOMNode
from textual.events import Key, Paste

from tools.keys import SCREENS
from tutor.tui.keys import key, shown_key
from tutor.tui.widgets.answer_editor import AnswerEditor
from tutor.tui.widgets.option_rows import OptionRows
from tutor.tui.widgets.text_field import TextField


@pytest.mark.parametrize(
    ("keys", "bound"),
    [
        ("m", "m,ь"),
        ("U", "U,Г"),
        ("ctrl+s", "ctrl+s,ctrl+ы"),
        ("f5,ctrl+j,ctrl+enter", "f5,ctrl+j,ctrl+о,ctrl+enter"),
        ("space,pageup", "space,pageup"),
    ],
)
def test_letters_are_bound_on_both_alphabets(keys: str, bound: str) -> None:
    binding = key(keys, "again", "Again", id="verdict.again")
    assert (binding.key, binding.id) == (bound, "verdict.again")


@pytest.mark.parametrize(
    ("textual", "shown"),
    [
        ("f5", "F5"),
        ("shift+f5", "Shift+F5"),
        ("esc", "Esc"),
        ("pgdn", "PgDn"),
        ("^q", "^Q"),
        ("w", "w"),
        ("U", "U"),
        ("+", "+"),
        ("⏎", "⏎"),
    ],
)
def test_keys_are_named_with_capitals(textual: str, shown: str) -> None:
    assert shown_key(textual) == shown


class Fields(App[None]):
    """A line and an editor to type in."""

    def compose(self) -> ComposeResult:
        yield TextField(id="line")
        yield AnswerEditor("", id="text", bindings=())

    def typed(self, name: str) -> str:
        """What is in the field with this id."""
        field = self.query_one(f"#{name}")
        assert isinstance(field, TextField | AnswerEditor)
        return field.value if isinstance(field, TextField) else field.text


@pytest.mark.parametrize("name", ["line", "text"])
async def test_editing_keys_are_handled_in_order(name: str) -> None:
    app = Fields()
    async with app.run_test() as pilot:
        app.screen.set_focus(app.query_one(f"#{name}"))
        for pressed in ("a", "b", "backspace", "c", "left", "d", "end", "e", "home", "f"):
            app.post_message(Key(pressed, pressed if len(pressed) == 1 else None))
        await pilot.pause()
        assert app.typed(name) == "fadce"


@pytest.mark.parametrize("name", ["line", "text"])
async def test_pasted_text_cannot_control_the_terminal(name: str) -> None:
    app = Fields()
    async with app.run_test() as pilot:
        app.screen.set_focus(app.query_one(f"#{name}"))
        app.post_message(Paste("a\x1b[31m\u202eb"))
        await pilot.pause()
        assert app.typed(name) == "a[31mb"


MEANINGS = {
    "a": {"Add", "Add a file"},
    "b": {"Browse"},
    "c": {"Continue", "Grade the rest"},
    "d": {"Default", "Delete", "Delete answer"},
    "e": {"Exam", "New exam"},
    "f": {"Report"},
    "g": {"First row"},
    "h": {"Page before"},
    "i": {"Verdicts", "Why"},
    "j": {"Point below", "Row below"},
    "k": {"Point above", "Row above"},
    "l": {"Next page"},
    "m": {"Models"},
    "n": {"Notes"},
    "o": {"Open a reference"},
    "p": {"Progress"},
    "q": {"Question"},
    "r": {"Retry", "Another round"},
    "s": {"Due and new", "Practise all", "Practise marked"},
    "t": {"Key terms"},
    "u": {"Undo"},
    "v": {"Answer", "Rubric"},
    "w": {"Practise", "Practise what was missed"},
    "x": {"Abandon", "End", "Stop"},
    "y": {"Copy"},
    "E": {"Edit question"},
    "G": {"Last row"},
    "S": {"Save as sample"},
    "U": {"Redo"},
    "V": {"Verify"},
}
"""What each letter does on every screen that has it: one thing, in the words of that screen."""


def letters_of(owner: type[DOMNode]) -> Iterator[tuple[str, str]]:
    """Each letter that does something, and what that is."""
    for binding in owner.BINDINGS:
        if isinstance(binding, Binding) and binding.description:
            for pressed in binding.key.split(","):
                if len(pressed) == 1 and pressed.isascii() and pressed.isalpha():
                    yield pressed, binding.description


def test_every_letter_means_one_thing_on_all_screens() -> None:
    owners: list[type[DOMNode]] = [OptionRows]
    owners += [owner for _, some in SCREENS for owner in some]
    found: dict[str, set[str]] = {}
    for owner in owners:
        for letter, does in letters_of(owner):
            found.setdefault(letter, set()).add(does)
    found["i"] -= {"Back"}  # the key that opens the reasons closes them, too
    assert found == MEANINGS
