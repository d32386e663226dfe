"""Everything that is made from the history, and how one event or one correction changes it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from tutor.progress.model import Day, OpenExam, Standing
from tutor.progress.standing import advance, amend, standings_of

if TYPE_CHECKING:
    from tutor.progress.attempt import Attempt
    from tutor.progress.lines import Event

_DAY = 86_400.0
"""Seconds that an answer counts for at most; a computer may have slept."""


@dataclass(frozen=True)
class State:
    """What the history comes to. The mappings of one state never change."""

    standings: Mapping[str, Standing] = field(default_factory=dict)
    days: Mapping[date, Day] = field(default_factory=dict)
    flags: Mapping[str, str] = field(default_factory=dict)
    """The note by flagged question."""
    skipped: Mapping[str, date] = field(default_factory=dict)
    """The day on which a question was last skipped."""
    exams: Mapping[str, OpenExam] = field(default_factory=dict)


class Making:
    """A state in the making."""

    def __init__(self, state: State) -> None:
        self.standings = dict(state.standings)
        self.days = dict(state.days)
        self.flags = dict(state.flags)
        self.skipped = dict(state.skipped)
        self.exams = dict(state.exams)

    def state(self) -> State:
        """The state as it is now."""
        return State(self.standings, self.days, self.flags, self.skipped, self.exams)

    def attempt(self, attempt: "Attempt") -> None:
        """One more attempt."""
        before = self.standings.get(attempt.question)
        self.standings[attempt.question] = advance(before, attempt)
        self._count(attempt, new=before is None, sign=1)

    def note(self, event: "Event") -> None:
        """What is neither an attempt nor changes one."""
        from tutor.progress.attempt import ExamBegun, ExamEnded, Flagged, Skipped

        if isinstance(event, Skipped):
            self.skipped[event.question] = event.day
        elif isinstance(event, Flagged):
            self._flag(event.question, event.note)
        elif isinstance(event, ExamBegun):
            self.exams[event.exam] = OpenExam(event.exam, event.at, len(event.questions))
        elif isinstance(event, ExamEnded):
            self._end(event.exam, over=event.how in ("judged", "abandoned"))

    def replace(self, old: "Attempt", new: "Attempt") -> None:
        """The last attempt at its question was amended."""
        standing = self.standings[new.question]
        self.standings[new.question] = amend(standing, new)
        self._count(old, new=standing.attempts == 1, sign=-1)
        self._count(new, new=standing.attempts == 1, sign=1)

    def restate(
        self, question: str, before: "Sequence[Attempt]", after: "Sequence[Attempt]"
    ) -> None:
        """All attempts at one question, oldest first, are now `after` and were `before`."""
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

    def _flag(self, question: str, note: str | None) -> None:
        if note is None:
            self.flags.pop(question, None)
        else:
            self.flags[question] = note

    def _end(self, exam: str, *, over: bool) -> None:
        known = self.exams.pop(exam, None)
        if known is not None and not over:
            self.exams[exam] = OpenExam(known.exam, known.at, known.questions, ended=True)


def with_attempt(state: State, attempt: "Attempt") -> State:
    """The state after one more attempt."""
    making = Making(state)
    making.attempt(attempt)
    return making.state()


def with_notes(state: State, events: "Iterable[Event]") -> State:
    """The state after events that are neither attempts nor change one."""
    making = Making(state)
    for event in events:
        making.note(event)
    return making.state()
