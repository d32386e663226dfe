"""Numbers and days as a person says them, the same on both fronts."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from tutor.study.plan import Plan

_WORDS_FROM = ((0.9, "very good"), (0.75, "good"), (0.6, "fair"), (0.5, "just enough"))


def percent(share: float) -> str:
    """A share in per cent, `64 %`."""
    return f"{share * 100:.0f} %"


def number(value: float) -> str:
    """A number with at most two decimals and no needless zeros."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def count_of(amount: int, one: str, many: str = "") -> str:
    """`1 question`, `2 questions`."""
    return f"{amount} {one if amount == 1 else many or one + 's'}"


def lasting(seconds: float) -> str:
    """How long something takes: `40 seconds`, `3 minutes`; rounded up."""
    if seconds <= 60:
        return count_of(ceil(seconds), "second")
    return count_of(ceil(seconds / 60), "minute")


def plan_words(plan: Plan | None) -> str:
    """The way to the exam: `Exam in 23 days: 12 a day needed, you do 9`; empty without one."""
    if plan is None:
        return ""
    needed = f"{plan.needed} a day needed, you do {int(plan.pace)}"
    return f"Exam in {count_of(plan.days, 'day')}: {needed}"


def mark_in_words(score: float) -> str:
    """The word for a score from 0 to 1."""
    return next((word for least, word in _WORDS_FROM if score >= least), "not yet")


def when_words(day: date, today: date) -> str:
    """`today`, `tomorrow, 21 November`, `in 4 days, 24 November`; a past day is due today."""
    ahead = (day - today).days
    if ahead < 1:
        return "today"
    named = f"{day.day} {day:%B}" if day.year == today.year else f"{day.day} {day:%B %Y}"
    return f"tomorrow, {named}" if ahead == 1 else f"in {ahead} days, {named}"
