"""Numbers, dates and sizes for people, and text made safe for a terminal."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

GIB = 1 << 30
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
VERDICT_MARKS: Mapping[str, str] = {"met": "✓", "partial": "◐", "missed": "✗"}
"""One cell for each verdict."""
GRADER_WORDS: Mapping[str, str] = {
    "model": "a model",
    "terms": "key terms",
    "self": "you",
    "rule": "a rule",
}
"""What to say after *graded by*, by the name in a `GraderId`."""
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def printable(text: str) -> str:
    """`text` with everything that could control a terminal written as an escape."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def short_line(text: str, limit: int = 80) -> str:
    """`text` on one line of at most `limit` printable characters."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def one_line(text: str) -> str:
    """`text` on one line, with single spaces between words."""
    return " ".join(text.split())


def sentence(text: str) -> str:
    """`text` with a full stop, unless it ends with punctuation."""
    text = text.strip()
    return text if text.rstrip(_CLOSING).endswith(_ENDS) else f"{text}."


_ENDS = (".", "!", "?", "…", "。", "！", "？", ":")
_CLOSING = ")]»“”’\"'）」』》"


def size(number: int) -> str:
    """Bytes as `2.3 GiB`, `94 MiB`, `393 KiB` or `12 bytes`."""
    if number >= GIB:
        return f"{number / GIB:.1f} GiB"
    if number >= 1 << 20:
        return f"{number / (1 << 20):.0f} MiB"
    if number >= 1 << 10:
        return f"{number / (1 << 10):.0f} KiB"
    return f"{number} byte{'' if number == 1 else 's'}"


_WORDS_FROM = ((0.9, "very good"), (0.75, "good"), (0.6, "fair"), (0.5, "just enough"))


def percent(share: float) -> str:
    """A share as a percentage, `64 %`."""
    return f"{share * 100:.0f} %"


def number(value: float) -> str:
    """A number with at most two decimals and no needless zeros."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def count_of_marks(value: float) -> str:
    """`1 mark`, `2.5 marks`."""
    return f"{number(value)} mark{'' if value == 1 else 's'}"


def count_of(amount: int, one: str, many: str = "") -> str:
    """`1 question`, `2 questions`, `1,200 questions`."""
    return f"{amount:,} {one if amount == 1 else many or one + 's'}"


def format_duration(seconds: float) -> str:
    """A duration, rounded up: `40 seconds`, `3 minutes`."""
    if seconds <= 60:
        return count_of(ceil(seconds), "second")
    return count_of(ceil(seconds / 60), "minute")


def mark_in_words(score: float) -> str:
    """The word for a score from 0 to 1."""
    return next((word for least, word in _WORDS_FROM if score >= least), "not yet")


def day_words(day: date) -> str:
    """`4 Mar`."""
    return f"{day.day} {MONTHS[day.month - 1]}"


def date_words(day: date, today: date) -> str:
    """`4 March`; `4 March 2025` in a year that is not that of `today`."""
    return f"{day.day} {day:%B}" if day.year == today.year else f"{day.day} {day:%B %Y}"


def when_words(day: date, today: date) -> str:
    """`today`, `tomorrow, 21 November`, `in 4 days, 24 November`; a past day is due today."""
    ahead = (day - today).days
    if ahead < 1:
        return "today"
    named = date_words(day, today)
    return f"tomorrow, {named}" if ahead == 1 else f"in {ahead} days, {named}"
