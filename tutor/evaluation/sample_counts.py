"""Counts sample answers, and how many of their points can teach a judge something."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from tutor.bank import Bank, Sample, Verdict
from tutor.grading import KeyTermGrader

TAUGHT_FROM = 0.5
"""A missed point can teach something if the answer has at least this share of its term groups."""


@dataclass(slots=True)
class SampleCounts:
    """The counts for one deck, language, kind or split."""

    answers: int = 0
    met: int = 0
    partial: int = 0
    missed: int = 0
    touched: float = 0.0
    """The sum, over missed points, of the share of their term groups in the answer."""
    teaching: int = 0
    """Missed points with at least `TAUGHT_FROM` of their term groups in the answer."""

    @property
    def points(self) -> int:
        """How many points have a verdict."""
        return self.met + self.partial + self.missed

    def as_row(self) -> dict[str, int | float]:
        """The row of a table: counts, and shares from 0 to 1."""
        points, missed = max(1, self.points), max(1, self.missed)
        return {
            "answers": self.answers,
            "points": self.points,
            "met": round(self.met / points, 3),
            "partial": round(self.partial / points, 3),
            "missed": round(self.missed / points, 3),
            "touched": round(self.touched / missed, 3),
            "teaching": round(self.teaching / missed, 3),
        }


def count_samples(bank: Bank, decks: Collection[str]) -> Mapping[str, Mapping[str, SampleCounts]]:
    """The counts for these decks by `deck`, `language`, `kind` and `split`, and for `all`."""
    grader = KeyTermGrader()
    counts: dict[str, dict[str, SampleCounts]] = {}
    for deck in map(bank.deck, decks):
        for info in deck.questions:
            question = bank.question(info.id)
            for sample in bank.samples(info.id):
                coverage = grader.coverage(question, sample.answer, sample.language)
                touched = {each.point.id: each.touched for each in coverage}
                for part, name in _parts(deck.id, sample):
                    row = counts.setdefault(part, {}).setdefault(name, SampleCounts())
                    _add(row, sample.verdicts, touched)
    return counts


def _parts(deck: str, sample: Sample) -> Iterator[tuple[str, str]]:
    yield "all", "all"
    yield "deck", deck
    yield "language", sample.language
    yield "kind", sample.kind
    yield "split", sample.split


def _add(row: SampleCounts, verdicts: Mapping[str, Verdict], touched: Mapping[str, float]) -> None:
    row.answers += 1
    for point, verdict in verdicts.items():
        row.met += verdict is Verdict.MET
        row.partial += verdict is Verdict.PARTIAL
        if verdict is Verdict.MISSED:
            row.missed += 1
            row.touched += touched[point]
            row.teaching += touched[point] >= TAUGHT_FROM
