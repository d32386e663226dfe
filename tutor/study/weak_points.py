"""The rubric points that were not met in full, last time or repeatedly."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

from tutor.formatting import count_of
from tutor.progress import Standing

_LACKING = {"m": 0.0, "p": 0.5, "x": 1.0}
"""The share of the point that an answer with this verdict lacks."""
_FADING = 0.7
"""The weight of a verdict relative to the one after it."""


@dataclass(frozen=True, slots=True)
class WeakPoint:
    """A rubric point that the last answer to its question did not meet in full."""

    question: str
    point: str
    verdicts: str
    """Its last verdicts, oldest first: `m` for met, `p` for partial, `x` for missed."""

    @property
    def times(self) -> int:
        """How many of these verdicts are not met."""
        return len(self.verdicts) - self.verdicts.count("m")

    @property
    def weight(self) -> float:
        """How weak it is: the sum of what was lacking; recent verdicts weigh more."""
        newest_first = enumerate(reversed(self.verdicts))
        return sum(_LACKING[letter] * _FADING**age for age, letter in newest_first)


def weak_points(
    standings: Iterable[Standing], bank: Container[str], *, least: int = 1
) -> tuple[WeakPoint, ...]:
    """The points not met last time, and at least `least` times recently, weakest first.

    Questions that the `bank` no longer has are skipped.
    """
    points = (
        WeakPoint(standing.question, point, verdicts)
        for standing in standings
        if standing.question in bank
        for point, verdicts in standing.points
        if not verdicts.endswith("m")
    )
    frequent = [weak for weak in points if weak.times >= least]
    return tuple(sorted(frequent, key=lambda weak: (-weak.weight, weak.question, weak.point)))


@dataclass(frozen=True, slots=True)
class WeakQuestion:
    """A question with points that its last answer did not meet in full."""

    question: str
    missed: int
    """How many of these points were missed."""
    partial: int

    @property
    def words(self) -> str:
        """`2 points missed`, `1 point partial`, `2 missed, 1 partial`."""
        if self.missed and self.partial:
            return f"{self.missed} missed, {self.partial} partial"
        verdict = "missed" if self.missed else "partial"
        return f"{count_of(self.missed or self.partial, 'point')} {verdict}"


def weak_questions(points: Iterable[WeakPoint]) -> tuple[WeakQuestion, ...]:
    """The questions of these points; the one whose points weigh most together comes first."""
    by_question: dict[str, list[WeakPoint]] = {}
    for weak in points:
        by_question.setdefault(weak.question, []).append(weak)
    weights = {question: sum(weak.weight for weak in own) for question, own in by_question.items()}
    ranked = sorted(by_question, key=lambda question: (-weights[question], question))
    return tuple(_weak_question(question, by_question[question]) for question in ranked)


def _weak_question(question: str, points: Sequence[WeakPoint]) -> WeakQuestion:
    missed = sum(weak.verdicts.endswith("x") for weak in points)
    return WeakQuestion(question, missed, len(points) - missed)
