"""Answers that were once graded wrongly are graded rightly by key terms.

Each row of `cases.tsv` has an answer, its fault and the points concerned. `earns` names points that
the answer contradicts, `misses` and `paraphrase` name points that it states in other words, and
`echo` is the prompt reworded.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import pytest

from tutor.bank import Bank, Language, Verdict
from tutor.grading import KeyTermGrader

FILE = Path(__file__).with_name("cases.tsv")


@dataclass(frozen=True)
class Case:
    """One row."""

    question: str
    fault: str
    points: tuple[str, ...]
    """Empty for all points of the question."""
    answer: str


def cases() -> list[Case]:
    with FILE.open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [
            Case(
                row["question"],
                row["fault"],
                () if row["points"] in ("", "all") else tuple(row["points"].split()),
                row["answer"],
            )
            for row in rows
        ]


@pytest.fixture(scope="module")
def grader() -> KeyTermGrader:
    return KeyTermGrader()


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.fault} {case.question}")
def test_a_case(case: Case, our_bank: Bank, grader: KeyTermGrader) -> None:
    question = our_bank.question(case.question)
    language: Language = our_bank.deck(our_bank.info(case.question).deck).language
    grade = grader.grade(question, case.answer, language)
    found = {point.id: point.verdict for point in grade.points}
    points = case.points or tuple(found)
    assert set(points) <= set(found), "a point of the case is gone"
    assert [point for point in points if not is_right(case.fault, found[point])] == []


def is_right(fault: str, verdict: Verdict) -> bool:
    return (
        verdict is Verdict.MET if fault in ("misses", "paraphrase") else verdict is not Verdict.MET
    )
