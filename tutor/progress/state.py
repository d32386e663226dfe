"""Everything that is derived from the history, and how one event or correction changes it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import TYPE_CHECKING

from tutor.bank import Verdict
from tutor.bank.text import VERDICT_LETTERS
from tutor.progress.records import REMEMBERED, Day, Memory, OpenExam, PointVerdicts, Standing

if TYPE_CHECKING:
    from tutor.progress.events import Attempt, Event


_DAY = 86_400.0
"""The most seconds that an answer counts, since the computer may have slept."""


@dataclass
class ProgressState:
    """The state after some events. To add others, copy it: what was handed out must not change."""

    standings: dict[str, Standing] = field(default_factory=dict)
    days: dict[date, Day] = field(default_factory=dict)
    flags: dict[str, str] = field(default_factory=dict)
    """The note by flagged question."""
    skipped: dict[str, date] = field(default_factory=dict)
    """The day on which a question was last skipped."""
    exams: dict[str, OpenExam] = field(default_factory=dict)

    def copy(self) -> "ProgressState":
        """A copy that can be changed."""
        return ProgressState(*(dict(getattr(self, part.name)) for part in fields(self)))

    def attempt(self, attempt: "Attempt") -> None:
        """Add an attempt."""
        before = self.standings.get(attempt.question)
        self.standings[attempt.question] = advance(before, attempt)
        self._count(attempt, new=before is None, sign=1)

    def note(self, event: "Event") -> None:
        """Apply an event that neither is an attempt nor changes one."""
        from tutor.progress.events import ExamBegun, ExamEnded, Flagged, Skipped

        if isinstance(event, Skipped):
            self.skipped[event.question] = event.day
        elif isinstance(event, Flagged):
            self.flags.pop(event.question, None)
            if event.note is not None:
                self.flags[event.question] = event.note
        elif isinstance(event, ExamBegun):
            self.exams[event.exam] = OpenExam(event.exam, event.at, len(event.questions))
        elif isinstance(event, ExamEnded):
            self._end(event.exam, over=event.how in ("judged", "abandoned"))

    def replace(self, old: "Attempt", new: "Attempt") -> None:
        """Replace the last attempt at its question, which was amended."""
        standing = self.standings[new.question]
        self.standings[new.question] = amend(standing, new)
        self._count(old, new=standing.attempts == 1, sign=-1)
        self._count(new, new=standing.attempts == 1, sign=1)

    def restate(
        self, question: str, before: "Sequence[Attempt]", after: "Sequence[Attempt]"
    ) -> None:
        """Replace all attempts at one question: `before` and `after` are oldest first."""
        self.standings.pop(question, None)
        self.standings.update(standings_of(after))
        for sign, attempts in ((-1, before), (1, after)):
            for number, attempt in enumerate(attempts):
                self._count(attempt, new=number == 0, sign=sign)

    def _count(self, attempt: "Attempt", *, new: bool, sign: int) -> None:
        day = self.days.get(attempt.on, Day(attempt.on))
        scored = not attempt.gave_up
        score = round(attempt.grade.score * 1e6) if scored else 0
        counted = Day(
            day.day,
            attempts=day.attempts + sign,
            new=day.new + sign * new,
            scored=day.scored + sign * scored,
            millionths=day.millionths + sign * score,
            ms=day.ms + sign * round(min(attempt.seconds, _DAY) * 1000),
        )
        if counted.attempts:
            self.days[day.day] = counted
        else:
            del self.days[day.day]

    def _end(self, exam: str, *, over: bool) -> None:
        open_exam = self.exams.pop(exam, None)
        if open_exam is not None and not over:
            self.exams[exam] = replace(open_exam, ended=True)


_LETTERS = {verdict: letter for letter, verdict in VERDICT_LETTERS.items()}


def advance(before: Standing | None, attempt: "Attempt") -> Standing:
    """The standing after one more attempt at the same question."""
    if before is None:
        return _standing(attempt, 1, None, None, ())
    return _standing(attempt, before.attempts + 1, before.best, before.memory, before.points)


def amend(standing: Standing, attempt: "Attempt") -> Standing:
    """The standing after its last attempt was changed to `attempt`."""
    points = standing.points
    if not attempt.gave_up:
        points = tuple((id_, verdicts[:-1]) for id_, verdicts in points)
    before = standing.best_before, standing.memory_before
    return _standing(attempt, standing.attempts, *before, points)


def standings_of(attempts: "Iterable[Attempt]") -> dict[str, Standing]:
    """The standing of every question in `attempts` (oldest first), by question id."""
    standings: dict[str, Standing] = {}
    for attempt in attempts:
        standings[attempt.question] = advance(standings.get(attempt.question), attempt)
    return standings


def _standing(
    attempt: "Attempt",
    attempts: int,
    best_before: float | None,
    memory_before: Memory | None,
    points_before: PointVerdicts,
) -> Standing:
    """The standing after `attempt`, the last of so many, from what there was before it."""
    from tutor.progress.retention import remember  # here: no first screen waits for FSRS

    grade, points = attempt.grade, points_before
    if not attempt.gave_up:  # *don't know* adds no verdicts
        earlier = dict(points_before)
        points = tuple(
            (point.id, (earlier.get(point.id, "") + _LETTERS[point.final])[-REMEMBERED:])
            for point in grade.points
        )
    return Standing(
        question=attempt.question,
        attempts=attempts,
        last=grade.score,
        best=grade.score if best_before is None else max(best_before, grade.score),
        best_before=best_before,
        last_at=attempt.at,
        missed=tuple(point.id for point in grade.points if point.final is not Verdict.MET),
        attempt=attempt.id,
        day=attempt.day,
        rating=attempt.rating,
        memory=remember(memory_before, attempt.rating, attempt.at),
        memory_before=memory_before,
        points=points,
        gave_up=attempt.gave_up,
    )
