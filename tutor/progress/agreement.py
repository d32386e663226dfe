"""How far the student agrees with a grader: of all points judged, those not overruled."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.progress.events import Attempt

GRADERS = frozenset({"model", "terms"})
_Grader = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Agreement:
    """One grader's verdicts, all of which the student has seen, and how many were overruled."""

    grader: str
    """`model` or `terms`."""
    model: str | None
    """The fingerprint of the model file."""
    version: str
    points: int
    overruled: int

    @property
    def agreed(self) -> int:
        """The points that the student left as they were judged."""
        return self.points - self.overruled

    @property
    def share(self) -> float:
        """The share of points agreed on, from 0 to 1."""
        return self.agreed / self.points


def agreement(attempts: "Iterable[Attempt]") -> tuple[Agreement, ...]:
    """For every grader how often the student agreed; by name, model and version.

    Left out is what no grader judged: the student's own verdicts, and what a rule decided.
    """
    points: Counter[_Grader] = Counter()
    overruled: Counter[_Grader] = Counter()
    for attempt in attempts:
        by, judged = attempt.grade.grader, attempt.grade.points
        if by.name in GRADERS:
            grader = (by.name, by.model or "", by.version)
            points[grader] += len(judged)
            overruled[grader] += sum(point.overruled is not None for point in judged)
    return tuple(_row(grader, points[grader], overruled[grader]) for grader in sorted(points))


def _row(grader: _Grader, points: int, overruled: int) -> Agreement:
    name, model, version = grader
    return Agreement(name, model or None, version, points, overruled)
