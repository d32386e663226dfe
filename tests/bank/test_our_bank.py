"""What our own decks guarantee beyond the rules for every deck."""

from collections import Counter
from pathlib import Path

import pytest

from tutor.bank import Bank, Verdict, check
from tutor.grading.author_checks import author_checks
from tutor.paths import find_paths

INVENTORY = Path(__file__).with_name("inventory.txt")
"""The ids of the questions in the five source documents."""
LATER = Path(__file__).with_name("inventory-later.txt")
"""The ids of the questions added in the second edition of the bank."""


@pytest.fixture(scope="module")
def questions() -> Path:
    return find_paths({}).resources / "questions"


@pytest.mark.no_cover
def test_the_checker_finds_no_error(questions: Path) -> None:
    problems = check([questions], more=author_checks)
    assert [str(problem) for problem in problems if problem.severity == "error"] == []


def test_the_bank_has_the_questions_of_the_inventory_and_no_others(our_bank: Bank) -> None:
    first = INVENTORY.read_text(encoding="utf-8").split()
    later = LATER.read_text(encoding="utf-8").split()
    assert (len(first), len(later)) == (173, 64)
    assert sorted(our_bank.question_ids) == sorted([*first, *later])


def test_every_question_has_samples_of_several_kinds(our_bank: Bank) -> None:
    for id_ in our_bank.question_ids:
        samples = our_bank.samples(id_)
        assert {"full", "partial", "wrong"} <= {sample.kind for sample in samples}, id_
        assert len({sample.language for sample in samples}) >= 2, id_
        counted = Counter(verdict for sample in samples for verdict in sample.verdicts.values())
        assert counted[Verdict.MET], id_
        assert counted[Verdict.MISSED], id_


def test_a_fifth_of_the_questions_of_each_deck_is_set_apart(our_bank: Bank) -> None:
    for deck in our_bank.decks:
        splits = {
            info.id: {sample.split for sample in our_bank.samples(info.id)}
            for info in deck.questions
        }
        sampled = {id_: used for id_, used in splits.items() if used}
        apart = [id_ for id_, used in sampled.items() if "apart" in used]
        assert all(used == {"apart"} for id_, used in sampled.items() if id_ in apart)
        if sampled.keys() == splits.keys():
            assert len(apart) == round(len(splits) / 5), deck.id


def test_every_question_is_complete(our_bank: Bank) -> None:
    for deck in our_bank.decks:
        for id_ in (info.id for info in deck.questions):
            question = our_bank.question(id_)
            assert {deck.language, "en"} <= set(question.languages), id_
            assert len(question.hints) == 2, id_
            assert 2 <= len(question.rubric) <= 6, id_
            assert question.cover is not None, id_
            assert set(question.cover.languages) == set(question.prompt.languages), id_
            assert question.references, id_
            assert question.topics, id_
            assert question.source is not None, id_
