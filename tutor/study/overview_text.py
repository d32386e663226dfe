"""Days and figures in words, the same on every front end."""

from datetime import date
from itertools import pairwise

from tutor.formatting import percent
from tutor.study.overview import Overview
from tutor.study.statistics import STEPS

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def day_words(day: date) -> str:
    """`4 Mar`."""
    return f"{day.day} {MONTHS[day.month - 1]}"


def step_words() -> tuple[str, ...]:
    """What each step of the calendar means, in answers a day: `none`, `1 to 4`, …, `20 or more`."""
    between = (f"{low} to {high - 1}" for low, high in pairwise(STEPS))
    return "none", *between, f"{STEPS[-1]} or more"


def today_words(found: Overview) -> str:
    """What was done today."""
    done = found.done
    if not done.attempts:
        return "Today: nothing answered yet"
    mean = "" if done.mean is None else f", {percent(done.mean)} on average"
    first = f", {done.new} for the first time" if done.new else ""
    return f"Today: {done.attempts} answered{first}{mean}, {done.ms / 60_000:.0f} min"


def left_words(found: Overview) -> str:
    """What today still has."""
    return f"Left for today: {found.due} due, {found.new} new"


def streak_words(found: Overview) -> str:
    """The current streak and the longest."""
    return f"Days in a row: {found.streak.current}, at most {found.streak.longest}"


def year_words(found: Overview) -> str:
    """The year in one line."""
    year, weeks = found.year, len(found.year.weeks)
    return f"In {weeks} weeks: {year.attempts} answered, on {year.days} days"
