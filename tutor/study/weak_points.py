"""The rubric points that are missed, and those missed again and again."""

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass

from tutor.progress import Standing

_WORTH = {"m": 0.0, "p": 0.5, "x": 1.0}
_FADING = 0.7
"""What an older verdict weighs against the one after it."""


@dataclass(frozen=True, slots=True)
class WeakPoint:
    """A rubric point that the last answer to its question did not meet in full."""

    question: str
    point: str
    verdicts: str
    """What its last attempts found, oldest first: `m` for met, `p` for partial, `x` for missed."""

    @property
    def times(self) -> int:
        """In how many of these it was not met in full."""
        return len(self.verdicts) - self.verdicts.count("m")

    @property
    def weight(self) -> float:
        """How weak it is: the misses, those of late weighing more."""
        newest_first = enumerate(reversed(self.verdicts))
        return sum(_WORTH[letter] * _FADING**age for age, letter in newest_first)


def weak_points(
    standings: Iterable[Standing], there: Container[str], *, least: int = 1
) -> tuple[WeakPoint, ...]:
    """The points not met last time, and not met `least` times of late, weakest first.

    Questions that are not `there` are left out.
    """
    known = (standing for standing in standings if standing.question in there)
    found = [weak for standing in known for weak in _of(standing) if weak.times >= least]
    return tuple(sorted(found, key=lambda weak: (-weak.weight, weak.question, weak.point)))


def _of(standing: Standing) -> Iterator[WeakPoint]:
    for point, verdicts in standing.points:
        if not verdicts.endswith("m"):
            yield WeakPoint(standing.question, point, verdicts)


def weak_questions(points: Iterable[WeakPoint]) -> tuple[str, ...]:
    """The questions of these points, by the weight of all their points together."""
    weights: dict[str, float] = {}
    for weak in points:
        weights[weak.question] = weights.get(weak.question, 0.0) + weak.weight
    return tuple(sorted(weights, key=lambda question: (-weights[question], question)))
