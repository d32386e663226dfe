"""Where the student stands, as frozen data: standings, drafts, the session.

Plain dataclasses, since they are read before the first screen: importing pydantic takes longer
than opening a profile. Attempts, which hold a grade, are in `attempt`.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from tutor.bank import LANGUAGES, Language

SCHEMA: Literal[1] = 1
"""The version of everything that a profile holds."""

_QUESTION = r"[a-z0-9]+(-[a-z0-9]+)*(\.[0-9]+)+"
_LONGEST = 80


def to_utc(moment: datetime) -> datetime:
    """The same point in time in UTC. Raises ValueError without a timezone, or out of range."""
    if moment.tzinfo is UTC:
        return moment
    if moment.utcoffset() is None:
        raise ValueError("a moment needs a timezone")
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("a moment at the very end of the calendar") from error


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one question stands; made from its attempts alone."""

    question: str
    attempts: int
    last: float
    """The score of the last attempt, from 0 to 1."""
    best: float
    last_at: datetime
    missed: tuple[str, ...]
    """The points that the last attempt did not meet in full."""
    attempt: str
    """The id of the last attempt."""
    best_before: float | None = None
    """The best score before the last attempt, so that overruling the last needs no history."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer that has not been submitted yet. ValueError for what no question can have."""

    question: str
    text: str
    language: Language
    at: datetime
    """When it was typed; kept in UTC."""
    hints: int = 0

    def __post_init__(self) -> None:
        if len(self.question) > _LONGEST or not re.fullmatch(_QUESTION, self.question):
            raise ValueError(f"{self.question!r} is no question's id")
        if self.language not in LANGUAGES:
            raise ValueError(f"{self.language!r} is no language of a question")
        if self.hints < 0:
            raise ValueError(f"{self.hints} hints are less than none")
        object.__setattr__(self, "at", to_utc(self.at))


@dataclass(frozen=True, slots=True)
class SessionState:
    """A row of questions, and how far the student has come. ValueError for a position below 0."""

    deck: str | None
    """The deck's id; None for a session over all decks."""
    questions: tuple[str, ...]
    position: int
    """The number of questions that are done."""
    started: datetime
    """Kept in UTC."""

    def __post_init__(self) -> None:
        if self.position < 0:
            raise ValueError(f"no session is at position {self.position}")
        object.__setattr__(self, "started", to_utc(self.started))

    @property
    def done(self) -> bool:
        """Whether no question is left."""
        return self.position >= len(self.questions)
