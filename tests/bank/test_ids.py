"""Ids as people type them: the beginning of a long one, and one with a mistake."""

from pathlib import Path

import pytest

from tests.support.banks import make_deck
from tutor.bank import open_bank
from tutor.bank.problems import AmbiguousQuestionError, UnknownDeckError, UnknownQuestionError


@pytest.fixture
def root(tmp_path: Path) -> Path:
    make_deck(tmp_path / "alpha", sections=2)
    make_deck(tmp_path / "beta")
    return tmp_path


def test_unknown_ids_suggest_similar_ones(root: Path) -> None:
    bank = open_bank([root], None)
    with pytest.raises(UnknownDeckError) as deck:
        bank.deck("alhpa")
    assert deck.value.remedy == "Did you mean alpha?"
    with pytest.raises(UnknownQuestionError) as question:
        bank.question("alpha.2.22")
    assert "alpha.2.2" in question.value.remedy
    with pytest.raises(UnknownQuestionError) as strange:
        bank.samples("\x1b[2J")
    assert "\x1b" not in strange.value.message
    assert "tutor bank list" in strange.value.remedy


def test_a_beginning_names_a_question_if_it_is_its_alone(root: Path) -> None:
    make_deck(root / "gamma", questions=12)
    make_deck(root / "delta", questions=1)
    bank = open_bank([root], None)
    assert bank.full_id("gamma.1.1") == "gamma.1.1", "a whole id is no beginning of gamma.1.10"
    assert bank.full_id("delta.") == "delta.1.1"
    ids = [id_ for id_ in bank.question_ids if id_.startswith("alpha.")]
    with pytest.raises(AmbiguousQuestionError) as caught:
        bank.full_id("alpha.")
    assert caught.value.message.startswith(
        f"{len(ids)} questions have an id that begins with alpha.: {ids[0]}, "
    )
    assert "tutor bank list --deck alpha" in caught.value.remedy
    for unknown in ("alpha", "be", "beta.2"):
        with pytest.raises(UnknownQuestionError):
            bank.full_id(unknown)


def test_a_long_id_has_a_short_one_that_names_it(root: Path) -> None:
    deck = make_deck(root / "gamma", questions=12)
    (file,) = deck.glob("*-part.yaml")
    text = file.read_text("utf-8").replace("id: gamma.1.10\n", "id: gamma.243811846802827\n")
    text = text.replace("id: gamma.1.11\n", "id: gamma.243819999999999\n")
    file.write_text(text, encoding="utf-8")
    bank = open_bank([root], None)
    short = bank.short_ids("gamma")
    assert short["gamma.243811846802827"] == "gamma.243811"
    assert short["gamma.243819999999999"] == "gamma.243819"
    assert short["gamma.1.1"] == "gamma.1.1"
    assert {bank.full_id(typed): typed for typed in short.values()} == short
