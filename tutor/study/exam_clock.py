"""The clock of an exam: what has passed, what is left, and when the student hears of it."""

from collections.abc import Callable
from math import ceil

MINUTE = 60.0
WARNINGS = ((MINUTE, "the last minute"), (10 * MINUTE, "10 minutes left"))
"""When the student is warned, and how."""


class ExamClock:
    """Runs from its making until it is stopped; while the exam is closed, no time passes.

    Times are in seconds.
    """

    def __init__(self, used: float, limit: float | None, monotonic: Callable[[], float]) -> None:
        self.limit = limit
        self._monotonic = monotonic
        self._started = monotonic() - used
        self._stopped: float | None = None

    @property
    def used(self) -> float:
        """What has passed, the limit at most."""
        passed = self._monotonic() - self._started if self._stopped is None else self._stopped
        return passed if self.limit is None else min(passed, self.limit)

    @property
    def left(self) -> float | None:
        """What is left; None without a limit."""
        return None if self.limit is None else self.limit - self.used

    def stop(self) -> None:
        """Stand still for good."""
        self._stopped = self.used


def left_words(left: float | None) -> str:
    """What is left, by the minute, and by the second in the last one."""
    if left is None:
        return "no time limit"
    if left > MINUTE:
        return f"{ceil(left / MINUTE)} min left"
    return f"{ceil(left)} s left" if left > 0 else "the time is up"


def next_change(left: float) -> float:
    """After how many seconds `left_words` says something else."""
    step = MINUTE if left > MINUTE else 1.0
    return left - step * (ceil(left / step) - 1)


def warning(left: float | None, limit: float | None) -> str:
    """What to say at 10 minutes, for a minute, and at one; nothing where there never was more."""
    if left is None or limit is None:
        return ""
    for at, text in WARNINGS:
        if at - MINUTE < left <= at < limit:
            return text
    return ""
