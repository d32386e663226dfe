"""The report at the end of a session: what was done, what changed and what comes next."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from tutor.progress import SessionKind, SessionState, Standing
from tutor.study.scheduler import Planner

if TYPE_CHECKING:
    from tutor.progress import Attempt

Next = Literal["due", "new", "weak", "rest"]


@dataclass(frozen=True, slots=True)
class SessionReport:
    """The result of a session."""

    kind: SessionKind
    answered: int
    asked: int
    mean: float | None
    """The mean of the last scores, from 0 to 1, without *don't know*; None without any."""
    won: tuple[tuple[str, str], ...]
    """The points (question id, point id) that are met now and were not the time before."""
    lost: tuple[tuple[str, str], ...]
    """The points that were met the time before and are not now."""
    weakest: str | None
    """The question with the lowest score, if one of its points was not met in full."""
    following: Next
    """What to do next; `rest` if nothing is left for today."""
    count: int
    """How many questions that is."""
    next_day: date | None
    """The day after today on which the next question falls due."""


def review_session(session: SessionState, planner: Planner) -> SessionReport:
    """The report on `session`; the planner has to be made after its last answer."""
    rows = _answered(session, planner.standings)
    tried = [row.last for row in rows if not row.gave_up]
    worst = min(rows, key=lambda row: row.last, default=None)
    following, count = _following(planner)
    ahead = (day for day in planner.days_ahead if day > planner.today)
    return SessionReport(
        kind=session.kind,
        answered=len(rows),
        asked=len(session.questions),
        mean=sum(tried) / len(tried) if tried else None,
        won=tuple(_changed(rows, now_met=True)),
        lost=tuple(_changed(rows, now_met=False)),
        weakest=worst.question if worst is not None and worst.missed else None,
        following=following,
        count=count,
        next_day=min(ahead, default=None),
    )


def _answered(session: SessionState, standings: Mapping[str, Standing]) -> list[Standing]:
    rows = (standings.get(question) for question in session.questions)
    return [row for row in rows if row is not None and row.last_at >= session.started]


def _changed(rows: Iterable[Standing], *, now_met: bool) -> Iterable[tuple[str, str]]:
    for row in rows:
        if row.gave_up:  # its points kept the verdicts of the answer before
            continue
        for point, verdicts in row.points:
            met = [letter == "m" for letter in verdicts[-2:]]
            if met == [not now_met, now_met]:
                yield row.question, point


def _following(planner: Planner) -> tuple[Next, int]:
    if planner.due:
        return "due", len(planner.due)
    if planner.new:
        return "new", len(planner.new)
    weak = len({point.question for point in planner.weak})
    return ("weak", weak) if weak else ("rest", 0)


@dataclass(frozen=True, slots=True)
class SessionAnswer:
    """A session's last answer to one question."""

    question: str
    earned: float
    """The marks earned, out of `full`."""
    full: float
    gave_up: bool
    before: float | None
    """The share of the marks earned by the last answer before the session; None without one."""
    seconds: float
    """The time of all the session's answers to this question."""
    due: date | None
    """When it comes again; None if the bank no longer has it."""

    @property
    def share(self) -> float:
        """The share of the full mark that was earned, from 0 to 1."""
        return self.earned / self.full

    @property
    def improved(self) -> bool:
        """Whether it earned more than the answer before the session."""
        return self.before is not None and self.share > self.before


def session_answers(
    session: SessionState, planner: Planner, attempts: "Callable[[str], Iterable[Attempt]]"
) -> Iterator[SessionAnswer]:
    """The answers of `session`, in its order; `attempts` returns all those at one question."""
    for row in _answered(session, planner.standings):
        every = list(attempts(row.question))
        now = [each for each in every if each.at >= session.started]
        before = [each for each in every if each.at < session.started]
        if now:
            yield SessionAnswer(
                question=row.question,
                earned=now[-1].grade.earned,
                full=now[-1].grade.full,
                gave_up=now[-1].gave_up,
                before=before[-1].grade.score if before else None,
                seconds=sum(each.seconds for each in now),
                due=planner.due_days.get(row.question),
            )
