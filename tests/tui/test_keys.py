"""Keys on every alphabet, and in the order in which they were pressed."""

import pytest
from textual.binding import Binding
from textual.events import Key

from tests.tui.doubles import StubTutor
from tests.tui.steps import VerdictScreen, on, start
from tools.keys import SCREENS
from tutor.tui import TutorApp
from tutor.tui.keys import key, with_cyrillic


def test_letters_are_bound_on_both_alphabets() -> None:
    assert with_cyrillic("m") == "m,ь"
    assert with_cyrillic("U") == "U,Г"
    assert with_cyrillic("ctrl+s") == "ctrl+s,ctrl+ы"
    assert with_cyrillic("f5,ctrl+j,ctrl+enter") == "f5,ctrl+j,ctrl+о,ctrl+enter"


def test_keys_without_a_letter_stay() -> None:
    assert with_cyrillic("escape") == "escape"
    assert with_cyrillic("space,pageup") == "space,pageup"


def test_a_binding_has_an_id() -> None:
    binding = key("r", "again", "Again", id="verdict.again")
    assert (binding.key, binding.id) == ("r,к", "verdict.again")


async def test_f5_comes_behind_what_was_typed_before_it(tutor: StubTutor) -> None:
    app = TutorApp(tutor)
    async with app.run_test() as pilot:
        await start(pilot)
        for char in "abcdefgh":
            app.post_message(Key(char, char))
        app.post_message(Key("f5", None))
        await on(pilot, VerdictScreen)
    assert [answer for _, answer, _ in tutor.grading.graded] == ["abcdefgh"]


@pytest.mark.parametrize(
    ("letter", "meanings"),
    [
        ("d", {"Delete"}),
        ("x", {"End", "Stop"}),
        ("e", {"Exam"}),
        ("E", {"Edit question"}),
        ("s", {"Due and new", "Practise all", "Practise marked"}),
        ("u", {"Undo"}),
        ("U", {"Redo"}),
        ("j", {"Point below"}),
        ("k", {"Point above"}),
        ("h", {"Page before"}),
        ("l", {"Next page"}),
    ],
)
def test_a_letter_that_moves_or_changes_something_means_one_thing(
    letter: str, meanings: set[str]
) -> None:
    found = {
        binding.description
        for _, owners in SCREENS
        for owner in owners
        for binding in owner.BINDINGS
        if isinstance(binding, Binding) and letter in binding.key.split(",")
    }
    assert found - {""} == meanings
