"""The figures of the progress screen, as pure functions of days, standings and attempts."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from tutor.bank import Bank, QuestionInfo
from tutor.progress import Day, Standing
from tutor.study.scheduler import retrievability

if TYPE_CHECKING:
    from tutor.progress import Attempt


@dataclass(frozen=True, slots=True)
class Streak:
    """Days in a row with at least one answer."""

    current: int
    """Up to today, or up to yesterday as long as today has no answer."""
    longest: int


KNOWN_FROM = 0.75
"""The share of the marks ("good" in words) that a known question earned last, at least."""
REMEMBERED_FROM = 0.8
"""The least probability with which a known question is remembered."""


def is_known(standing: Standing, now: datetime) -> bool:
    """Whether the last answer was good and is still remembered; otherwise the question is shaky."""
    remembered = retrievability(standing.memory, now) >= REMEMBERED_FROM
    return standing.last >= KNOWN_FROM and remembered


@dataclass(frozen=True, slots=True)
class Mastery:
    """How well a deck or a topic is known."""

    name: str
    questions: int
    answered: int
    known: int
    share: float
    """The mean of last score times retrievability over all its questions, 0 for unanswered ones."""

    @property
    def shaky(self) -> int:
        """How many were answered but are not known."""
        return self.answered - self.known

    @property
    def new(self) -> int:
        """How many were never answered."""
        return self.questions - self.answered


@dataclass(frozen=True, slots=True)
class Period:
    """The answers of consecutive days."""

    first: date
    days: int
    """The days with at least one answer."""
    attempts: int
    mean: float | None
    """The mean score, from 0 to 1; None without one."""
    minutes: float


STEPS = (1, 5, 10, 20)
"""The least number of answers for each step of the calendar, from step 1 on."""


def step_of(answers: int) -> int:
    """The step, from 0 to 4, of a day with this many answers."""
    return sum(answers >= least for least in STEPS)


@dataclass(frozen=True, slots=True)
class Year:
    """The answers of 53 weeks by day and by month."""

    first: date
    """A Monday."""
    weeks: tuple[tuple[int, ...], ...]
    """A row for each week from Monday on; the last one ends with today."""
    months: tuple[Period, ...]
    """The months of these weeks; the first and the last may be incomplete."""

    @property
    def attempts(self) -> int:
        """The number of answers."""
        return sum(month.attempts for month in self.months)

    @property
    def days(self) -> int:
        """The number of days with at least one answer."""
        return sum(month.days for month in self.months)

    def columns(self) -> tuple[tuple[int, int], ...]:
        """The weeks, from 0, in which a month begins, each with that month, from 1."""
        mondays = [self.first + timedelta(days=7 * at) for at in range(len(self.weeks))]
        sundays = ((at, day + timedelta(days=6)) for at, day in enumerate(mondays))
        return tuple((at, sunday.month) for at, sunday in sundays if sunday.day <= 7)


def year_of(days: Mapping[date, Day], last: date) -> Year:
    """The year that ends with `last`."""
    length = 7 * 52 + last.weekday() + 1
    span = [last - timedelta(days=ago) for ago in reversed(range(length))]
    counts = [days[day].attempts if day in days else 0 for day in span]
    weeks = tuple(tuple(counts[at : at + 7]) for at in range(0, length, 7))
    months = groupby(span, key=lambda day: (day.year, day.month))
    return Year(span[0], weeks, tuple(_period(days, list(month)) for _, month in months))


def streak(days: Iterable[date], today: date) -> Streak:
    """The current and the longest streak; days after today do not count."""
    runs: dict[int, int] = {}
    now = today.toordinal()  # numbers, since the first day that a date can be has none before it
    for day in sorted(day.toordinal() for day in days if day <= today):
        runs[day] = runs.get(day - 1, 0) + 1
    current = runs.get(now) or runs.get(now - 1, 0)
    return Streak(current, max(runs.values(), default=0))


def mastery_by_deck(
    bank: Bank, standings: Mapping[str, Standing], now: datetime
) -> tuple[Mastery, ...]:
    """How well every deck is known, in the bank's order."""
    return tuple(_mastery(deck.id, deck.questions, standings, now) for deck in bank.decks)


def mastery_by_topic(
    bank: Bank, standings: Mapping[str, Standing], now: datetime
) -> tuple[Mastery, ...]:
    """How well every topic is known, by name."""
    topics: dict[str, list[QuestionInfo]] = {}
    for deck in bank.decks:
        for info in deck.questions:
            for topic in info.topics:
                topics.setdefault(topic, []).append(info)
    return tuple(_mastery(name, topics[name], standings, now) for name in sorted(topics))


def _mastery(
    name: str, infos: Iterable[QuestionInfo], standings: Mapping[str, Standing], now: datetime
) -> Mastery:
    ids = [info.id for info in infos]
    answered = [standings[id_] for id_ in ids if id_ in standings]
    total = sum(each.last * retrievability(each.memory, now) for each in answered)
    return Mastery(
        name=name,
        questions=len(ids),
        answered=len(answered),
        known=sum(is_known(each, now) for each in answered),
        share=total / max(1, len(ids)),
    )


def score_over_time(days: Mapping[date, Day], last: date, *, weeks: int = 12) -> tuple[Period, ...]:
    """The last `weeks` periods of seven days each, oldest first; the last ends with `last`."""
    ends = (last - timedelta(days=7 * ago) for ago in reversed(range(weeks)))
    return tuple(_period(days, _week_until(end)) for end in ends)


def mean_score(days: Sequence[Day]) -> float | None:
    """The mean score over all these days, from 0 to 1; None without one."""
    scored = sum(day.scored for day in days)
    return sum(day.millionths for day in days) / scored / 1e6 if scored else None


def _period(days: Mapping[date, Day], span: Sequence[date]) -> Period:
    active = [days[day] for day in span if day in days]
    return Period(
        first=span[0],
        days=len(active),
        attempts=sum(day.attempts for day in active),
        mean=mean_score(active),
        minutes=sum(day.ms for day in active) / 60_000,
    )


def forecast(due_days: Iterable[date], today: date, *, days: int = 14) -> tuple[int, ...]:
    """How many questions fall due today (with all overdue ones), tomorrow and so on.

    Each counts once, on the day it is due at present; new questions do not count.
    """
    counts = [0] * days
    for day in due_days:
        ahead = max(0, (day - today).days)
        if ahead < days:
            counts[ahead] += 1
    return tuple(counts)


def last_days(days: Mapping[date, Day], today: date) -> tuple[Day, ...]:
    """The last seven days, oldest first, including those without an answer."""
    return tuple(days.get(day, Day(day)) for day in _week_until(today))


def _week_until(last: date) -> list[date]:
    return [last - timedelta(days=ago) for ago in reversed(range(7))]


ANSWER_SECONDS = 120.0
"""How long an answer is assumed to take before there are any."""
_PACE_DAYS = 28


def seconds_per_answer(days: Mapping[date, Day]) -> float:
    """How long an answer takes: the median over the last 28 days with an answer.

    *Don't know* is no answer: two quick ones do not make the next questions shorter.
    """
    answered = [days[day] for day in sorted(days) if days[day].scored][-_PACE_DAYS:]
    means = sorted(day.ms / day.scored / 1000 for day in answered if day.ms)
    return means[len(means) // 2] if means else ANSWER_SECONDS


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
        if grader.name in ("model", "terms"):
            key = (grader.name, grader.model or "", grader.version)
            points[key] += len(grade.points)
            overruled[key] += sum(point.overruled is not None for point in grade.points)
    return tuple(
        Agreement(name, model or None, version, count, overruled[name, model, version])
        for (name, model, version), count in sorted(points.items())
    )
