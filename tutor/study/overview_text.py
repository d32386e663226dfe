"""The figures of an overview in words, the same on every front end and in the same order."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from tutor.formatting import count_of, percent
from tutor.study.agenda import minutes_words
from tutor.study.exam_plan import plan_words
from tutor.study.overview import Overview
from tutor.study.statistics import STEPS


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure that says where the student stands."""

    label: str
    value: str
    note: str


def tiles(overview: Overview) -> tuple[Tile, ...]:
    """The figures that come first."""
    week, before = overview.weeks[-1], overview.weeks[-2]
    known = sum(row.known for row in overview.decks)
    asked = sum(row.answered for row in overview.decks)
    every = sum(row.questions for row in overview.decks)
    mean = "–" if week.mean is None else percent(week.mean)
    return (
        Tile("Due now", str(overview.due), f"{overview.ahead[1]} tomorrow"),
        Tile("Streak", count_of(overview.streak.current, "day"), f"best {overview.streak.longest}"),
        Tile("Last 7 days", count_of(week.attempts, "answer"), f"{before.attempts} a week ago"),
        Tile("Mean marks", mean, _trend(week.mean, before.mean)),
        Tile("Known", f"{known} of {every}", f"{asked - known} shaky, {every - asked} new"),
    )


def _trend(now: float | None, before: float | None) -> str:
    """How the mean of these seven days compares with that of those before."""
    if now is None or before is None:
        return "last 7 days"
    step = round(now * 100) - round(before * 100)
    if not step:
        return "as a week ago"
    return f"{'▲' if step > 0 else '▼'} from {percent(before)}"


def overview_lines(overview: Overview) -> Iterator[str]:
    """What was done today, what it still has, and the way to the exam."""
    yield today_words(overview)
    yield left_words(overview)
    if overview.plan is not None:
        yield plan_words(overview.plan)


def step_words() -> tuple[str, ...]:
    """What each step of the calendar means, in answers a day: `none`, `1 to 4`, …, `20 or more`."""
    between = (f"{low} to {high - 1}" for low, high in pairwise(STEPS))
    return "none", *between, f"{STEPS[-1]} or more"


def today_words(overview: Overview) -> str:
    """What was done today."""
    done = overview.done
    if not done.attempts:
        return "Today: nothing answered yet"
    first = f", {done.new} for the first time" if done.new else ""
    mean = "" if done.mean is None else f", mean {percent(done.mean)}"
    return f"Today: {count_of(done.attempts, 'answer')}{first}{mean}, {done.ms / 60_000:.0f} min"


def left_words(overview: Overview) -> str:
    """What today still has."""
    if not overview.due and not overview.new:
        return "Nothing else is due today"
    return (
        f"Left for today: {overview.due} due, {overview.new} new, {minutes_words(overview.minutes)}"
    )


def streak_words(overview: Overview) -> str:
    """The current streak and the longest."""
    return f"Streak: {count_of(overview.streak.current, 'day')} (best {overview.streak.longest})"


def year_words(overview: Overview) -> str:
    """The year in one line."""
    year, weeks = overview.year, len(overview.year.weeks)
    answers, days = count_of(year.attempts, "answer"), count_of(year.days, "day")
    return f"In {weeks} weeks: {answers} on {days}"
