"""The form for an exam is read, and a wrong field is named."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.banks import make_deck
from tutor.bank import Bank, open_bank
from tutor.study.exam import ExamSpec
from tutor.study.exam_form import (
    ExamForm,
    available_words,
    read_exam_form,
    start_words,
    usual_decks,
)
from tutor.study.preferences import Preferences

GOOD = ExamForm("4", "30", ("", "", ""), "7", ("first", "second"))
DECKS = {"first": 6, "second": 12}


def test_the_parts_of_the_levels_are_drawn(bank: Bank) -> None:
    reading = read_exam_form(replace(GOOD, mix=("1", "", "0,5"), number="3"), bank)
    assert reading.spec is not None
    assert reading.spec.mix == {"recall": 1, "explain": 0, "derive": 0.5}
    assert reading.drawn == {"recall": 2, "derive": 1}
    assert start_words(reading) == "Press Enter to start: 3 questions, 30 min (2 recall · 1 derive)"


def test_a_choice_of_decks_says_what_it_can_give(bank: Bank) -> None:
    reading = read_exam_form(replace(GOOD, decks=("first",), number="10", minutes=" "), bank)
    assert reading.spec == ExamSpec(number=10, decks=("first",), minutes=None, seed=7)
    assert available_words(reading) == "6 questions (2 recall · 2 explain · 2 derive)"
    assert reading.short == "there are only 6"
    assert start_words(reading).startswith("Press Enter to start: 6 questions, no time limit (")


@pytest.mark.parametrize(
    ("mix", "number", "said"),
    [
        (("1", "", ""), "2", ""),
        (("1", "", ""), "10", "only 2 recall questions"),
        (("1", "1", ""), "10", "only 2 recall, only 2 explain"),
        (("", "", ""), "10", ""),
        (("x", "", ""), "10", ""),
    ],
    ids=["enough", "too few", "too few of two", "any will do", "a mistake"],
)
def test_a_level_with_too_few_questions_is_named(
    bank: Bank, mix: tuple[str, str, str], number: str, said: str
) -> None:
    filled = replace(GOOD, decks=("first",), mix=mix, number=number)
    assert read_exam_form(filled, bank).short_levels == said


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"number": ""}, "number", "a whole number, such as 10"),
        ({"number": "ten"}, "number", "a whole number, such as 10"),
        ({"number": "0"}, "number", "at least 1"),
        ({"number": "1" + 400 * "0"}, "number", "at most 10,000"),
        ({"minutes": "soon"}, "minutes", "minutes, such as 30, or none for no limit"),
        ({"minutes": "nan"}, "minutes", "minutes, such as 30, or none for no limit"),
        ({"minutes": "0"}, "minutes", "more than 0 and at most 1,440 minutes"),
        ({"minutes": "1441"}, "minutes", "more than 0 and at most 1,440 minutes"),
        ({"mix": ("x", "", "")}, "mix", "parts, such as 1 and 2"),
        ({"mix": ("1", "", "inf")}, "mix", "parts, such as 1 and 2"),
        ({"mix": ("1", "-1", "")}, "mix", "a part cannot be below 0"),
        ({"mix": ("1e9", "", "")}, "mix", "a part cannot be above 10,000"),
        ({"mix": ("0", "", "0")}, "mix", "at least one part has to be above 0"),
        ({"seed": "1.5"}, "seed", "a whole number; the same one draws the same exam"),
        ({"decks": ()}, "decks", "choose a deck"),
    ],
)
def test_a_wrong_field_is_named(
    bank: Bank, wrong: Mapping[str, object], field: str, said: str
) -> None:
    reading = read_exam_form(replace(GOOD, **wrong), bank)  # type: ignore[arg-type]
    assert reading.spec is None
    assert reading.problems == {field: said}
    assert reading.problem(field) == f"✗ {said}"
    assert reading.problem("others") == ""
    assert start_words(reading) == "Correct the fields marked ✗"


def test_all_wrong_fields_are_named(bank: Bank) -> None:
    reading = read_exam_form(ExamForm("x", "x", ("x", "x", "x"), "x", ()), bank)
    assert set(reading.problems) == {"number", "minutes", "mix", "seed", "decks"}


def test_as_many_digits_as_go_into_a_field_are_no_fault(bank: Bank) -> None:
    reading = read_exam_form(
        replace(GOOD, number="9999", mix=("9999", "1", "0"), seed="9" * 18), bank
    )
    assert sum(reading.drawn.values()) == 18


@pytest.mark.parametrize(
    ("preferences", "decks"),
    [
        (Preferences(), ("first", "second")),
        (Preferences(decks=("second",)), ("second",)),
        (Preferences(decks=("second",), exam_decks=("first",)), ("first",)),
        (Preferences(languages=("zh",)), ("first", "second")),
        (Preferences(decks=("gone",)), ("first", "second")),
    ],
    ids=["all", "those to study", "the exam's", "none in the language", "one that is gone"],
)
def test_an_exam_begins_with_the_decks_that_one_studies(
    bank: Bank, preferences: Preferences, decks: tuple[str, ...]
) -> None:
    assert usual_decks(bank, preferences) == decks


def test_a_deck_that_nobody_here_can_read_is_omitted(tmp_path: Path) -> None:
    make_deck(tmp_path / "questions" / "both")
    chinese = make_deck(tmp_path / "questions" / "chinese")
    for file in chinese.glob("*.yaml"):
        text = file.read_text(encoding="utf-8")
        text = text.replace("language: en", "language: zh").replace(" en:", " zh:")
        file.write_text(text, encoding="utf-8")
    bank = open_bank([tmp_path / "questions"], None)
    assert bank.problems == ()
    unread = {deck.id: deck.languages for deck in bank.decks}
    assert "en" in unread["both"]
    assert "en" not in unread["chinese"]
    assert usual_decks(bank, Preferences(languages=("en",))) == ("both",)
