"""How often the student agrees with a grader: of all points graded, those not overruled."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.progress.events import Attempt

GRADERS = frozenset({"model", "terms"})


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
        """The points that the student left as they were graded."""
        return self.points - self.overruled

    @property
    def share(self) -> float:
        """The share of points agreed on, from 0 to 1."""
        return self.agreed / self.points


def agreement(attempts: "Iterable[Attempt]") -> tuple[Agreement, ...]:
    """For every grader how often the student agreed; by name, model and version.

    Without what no grader graded: the student's own verdicts, and what a rule decided.
    """
    points: Counter[tuple[str, str, str]] = Counter()
    overruled: Counter[tuple[str, str, str]] = Counter()
    for attempt in attempts:
        by, judged = attempt.grade.grader, attempt.grade.points
        if by.name in GRADERS:
            grader = (by.name, by.model or "", by.version)
            points[grader] += len(judged)
            overruled[grader] += sum(point.overruled is not None for point in judged)
    return tuple(
        Agreement(name, model or None, version, points[grader], overruled[grader])
        for grader in sorted(points)
        for name, model, version in (grader,)
    )
