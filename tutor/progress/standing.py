"""Where a question stands, worked out attempt by attempt."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tutor.bank import Verdict
from tutor.progress.model import REMEMBERED, Memory, Standing

if TYPE_CHECKING:
    from tutor.progress.attempt import Attempt

_LETTERS = {Verdict.MET: "m", Verdict.PARTIAL: "p", Verdict.MISSED: "x"}
_Points = tuple[tuple[str, str], ...]


def advance(before: Standing | None, attempt: "Attempt") -> Standing:
    """The standing after one more attempt at the same question."""
    return _standing(
        attempt,
        attempts=before.attempts + 1 if before else 1,
        best_before=before.best if before else None,
        memory_before=before.memory if before else None,
        points=_longer(before.points if before else (), attempt),
    )


def amend(standing: Standing, attempt: "Attempt") -> Standing:
    """The standing after the verdicts of its last attempt were changed to those of `attempt`."""
    return _standing(
        attempt,
        attempts=standing.attempts,
        best_before=standing.best_before,
        memory_before=standing.memory_before,
        points=_corrected(standing.points, attempt),
    )


def standings_of(attempts: "Iterable[Attempt]") -> dict[str, Standing]:
    """The standing of every question in `attempts` (oldest first), by question id."""
    standings: dict[str, Standing] = {}
    for attempt in attempts:
        standings[attempt.question] = advance(standings.get(attempt.question), attempt)
    return standings


def _standing(
    attempt: "Attempt",
    *,
    attempts: int,
    best_before: float | None,
    memory_before: Memory | None,
    points: _Points,
) -> Standing:
    from tutor.progress.remember import remember  # here: no first screen waits for FSRS

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
        day=attempt.day,
        rating=attempt.rating,
        memory=remember(memory_before, attempt.rating, attempt.at),
        memory_before=memory_before,
        points=points,
        gave_up=attempt.gave_up,
    )


def _letters(attempt: "Attempt") -> _Points:
    return tuple((point.id, _LETTERS[point.final]) for point in attempt.grade.points)


def _longer(before: _Points, attempt: "Attempt") -> _Points:
    """One verdict more on every point that the question has now."""
    if attempt.gave_up:
        return before
    known = dict(before)
    return tuple((id_, (known.get(id_, "") + new)[-REMEMBERED:]) for id_, new in _letters(attempt))


def _corrected(points: _Points, attempt: "Attempt") -> _Points:
    """The last verdict on every point put right."""
    if attempt.gave_up:
        return points
    known = dict(points)
    return tuple((id_, known[id_][:-1] + new) for id_, new in _letters(attempt))
