"""What our own decks promise beyond what every deck has to keep."""

from collections import Counter
from pathlib import Path

import pytest

from tutor.bank import Bank, Verdict, check, open_bank
from tutor.grading import model_answer_is_complete
from tutor.paths import find_paths

INVENTORY = Path(__file__).with_name("inventory.txt")
"""The ids of the questions in the five source documents."""


@pytest.fixture(scope="module")
def questions() -> Path:
    return find_paths({}).resources / "questions"


@pytest.fixture(scope="module")
def bank(questions: Path) -> Bank:
    return open_bank([questions], None)


def test_the_checker_finds_no_error(questions: Path) -> None:
    found = check([questions], more=(model_answer_is_complete,))
    assert [str(problem) for problem in found if problem.severity == "error"] == []


def test_every_question_is_one_of_the_inventory(bank: Bank) -> None:
    wanted = INVENTORY.read_text(encoding="utf-8").split()
    assert len(wanted) == 173
    assert set(bank.question_ids) <= set(wanted)


def test_every_question_has_samples_in_two_languages_with_every_verdict(bank: Bank) -> None:
    for id_ in bank.question_ids:
        samples = bank.samples(id_)
        assert len(samples) >= 3, id_
        counted = Counter(verdict for sample in samples for verdict in sample.verdicts.values())
        assert counted[Verdict.MET], id_
        assert counted[Verdict.MISSED], id_
