"""The services of a session, without the rest of the program."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count

from tutor.bank import Bank
from tutor.progress import Progress
from tutor.study import Preferences

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


@dataclass
class Services:
    """Has a clock that stands still, and numbers as ids."""

    bank: Bank
    progress: Progress
    preferences: Preferences = field(default_factory=Preferences)
    now: datetime = NOW
    _ids: Iterator[int] = field(default_factory=lambda: count(1))

    def clock(self) -> datetime:
        return self.now

    def new_id(self) -> str:
        return f"attempt-{next(self._ids)}"
