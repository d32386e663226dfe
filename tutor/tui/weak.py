"""What the student keeps missing."""

from collections.abc import Mapping
from dataclasses import dataclass

from tutor.bank import Bank
from tutor.progress import Standing


@dataclass(frozen=True, slots=True)
class WeakPoint:
    """A rubric point that the last attempt at its question did not meet."""

    question: str
    text: str
    attempts: int
    """How often the question was tried."""


def weak_points(bank: Bank, standings: Mapping[str, Standing], limit: int) -> tuple[WeakPoint, ...]:
    """The points not met last time, at most `limit`.

    Questions with most points missed come first, among them those tried most often. Only as many
    questions are read from the bank as are shown.
    """
    rows = [row for row in standings.values() if row.missed and row.question in bank]
    rows.sort(key=lambda row: (-len(row.missed), -row.attempts, row.question))
    found = [weak for row in rows[:limit] for weak in _of_question(bank, row)]
    return tuple(found[:limit])


def _of_question(bank: Bank, standing: Standing) -> list[WeakPoint]:
    question = bank.question(standing.question)
    language = bank.deck(bank.info(standing.question).deck).language
    return [
        WeakPoint(question.id, point.point.to(language), standing.attempts)
        for point in question.rubric
        if point.id in standing.missed
    ]
