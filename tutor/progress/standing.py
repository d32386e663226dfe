"""Where a question stands, worked out attempt by attempt."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tutor.bank import Verdict
from tutor.progress.model import Standing

if TYPE_CHECKING:
    from tutor.progress.attempt import Attempt


def advance(before: Standing | None, attempt: "Attempt") -> Standing:
    """The standing after one more attempt at the same question."""
    return _standing(
        attempt,
        attempts=before.attempts + 1 if before else 1,
        best_before=before.best if before else None,
    )


def amend(standing: Standing, attempt: "Attempt") -> Standing:
    """The standing after the verdicts of its last attempt were changed to those of `attempt`."""
    return _standing(attempt, attempts=standing.attempts, best_before=standing.best_before)


def standings_of(attempts: "Iterable[Attempt]") -> dict[str, Standing]:
    """The standing of every question in `attempts` (oldest first), by question id."""
    standings: dict[str, Standing] = {}
    for attempt in attempts:
        standings[attempt.question] = advance(standings.get(attempt.question), attempt)
    return standings


def _standing(attempt: "Attempt", *, attempts: int, best_before: float | None) -> Standing:
    score = attempt.grade.score
    return Standing(
        question=attempt.question,
        attempts=attempts,
        last=score,
        best=score if best_before is None else max(best_before, score),
        best_before=best_before,
        last_at=attempt.at,
        missed=tuple(p.id for p in attempt.grade.points if p.final is not Verdict.MET),
        attempt=attempt.id,
    )
