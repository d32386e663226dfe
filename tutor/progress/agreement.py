"""How often the student agrees with a grader: the points that were not overruled."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.progress.events import Attempt

GRADERS = frozenset({"model", "terms"})


@dataclass(frozen=True, slots=True)
class Agreement:
    """How many points a grader has graded, and how many of them the student overruled."""

    grader: str
    """`model` or `terms`."""
    model: str | None
    """The fingerprint of the model file."""
    version: str
    points: int
    overruled: int

    @property
    def agreed(self) -> int:
        """How many points the student left as they were graded."""
        return self.points - self.overruled

    @property
    def share(self) -> float:
        """The share of points agreed on, from 0 to 1."""
        return self.agreed / self.points


def agreement(attempts: "Iterable[Attempt]") -> tuple[Agreement, ...]:
    """How often the student agreed with each grader, sorted by name, model and version.

    The student's own verdicts, and those that a rule decided, are not counted.
    """
    points: Counter[tuple[str, str, str]] = Counter()
    overruled: Counter[tuple[str, str, str]] = Counter()
    for attempt in attempts:
        grade, grader = attempt.grade, attempt.grade.grader
        if grader.name in GRADERS:
            key = (grader.name, grader.model or "", grader.version)
            points[key] += len(grade.points)
            overruled[key] += sum(point.overruled is not None for point in grade.points)
    return tuple(
        Agreement(name, model or None, version, count, overruled[name, model, version])
        for (name, model, version), count in sorted(points.items())
    )
