"""Where the student stands, as frozen data: standings, days, drafts, the session, an exam.

Plain dataclasses, since they are read before the first screen: importing pydantic takes longer
than opening a profile. Attempts, which hold a grade, are in `attempt`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import IntEnum
from typing import Literal

from tutor.bank import LANGUAGES, Language

SCHEMA: Literal[2] = 2
"""The version of everything that a profile holds. What version 1 wrote is read as well."""
SessionKind = Literal["deck", "due", "weak", "topic", "browse"]
SESSION_KINDS: tuple[SessionKind, ...] = ("deck", "due", "weak", "topic", "browse")

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


class Rating(IntEnum):
    """How well an answer was remembered, as the scheduler (FSRS) counts it."""

    AGAIN = 1
    HARD = 2
    GOOD = 3
    EASY = 4


@dataclass(frozen=True, slots=True)
class Scale:
    """From which score on an answer counts as what; below `hard` it is to be asked again.

    ValueError unless they go up from 0 to 1.
    """

    hard: float = 0.4
    good: float = 0.65
    easy: float = 0.95

    def __post_init__(self) -> None:
        if not 0 <= self.hard <= self.good <= self.easy <= 1:
            raise ValueError(
                "the scores for hard, good and easy must be in ascending order from 0 to 1"
            )

    def rate(self, score: float) -> Rating:
        """The rating of a score from 0 to 1."""
        if score >= self.good:
            return Rating.EASY if score >= self.easy else Rating.GOOD
        return Rating.HARD if score >= self.hard else Rating.AGAIN


@dataclass(frozen=True, slots=True)
class Memory:
    """What FSRS holds of one question after a review; it depends on ratings and times alone."""

    stability: float
    """Days until the probability of remembering has fallen to 90 %."""
    difficulty: float
    """From 1 to 10."""
    at: datetime
    """The review."""


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
    day: date | None = None
    """The student's day of the last attempt; None for that of UTC."""
    rating: Rating = Rating.GOOD
    """How the last attempt was rated."""
    memory: Memory | None = None
    memory_before: Memory | None = None
    """What was remembered before the last attempt, for the same reason as `best_before`."""
    points: tuple[tuple[str, str], ...] = ()
    """By point id what its last attempts found, oldest first, at most `REMEMBERED` of them: `m` for
    met, `p` for partial, `x` for missed. An answer given up on is none."""
    gave_up: bool = False
    """Whether the student did not try the last time: its score of nothing is left out of means."""

    @property
    def on(self) -> date:
        """The day of the last attempt."""
        return self.day or self.last_at.date()


REMEMBERED = 8
"""How many verdicts on a point a standing remembers."""


@dataclass(frozen=True, slots=True)
class Day:
    """What was done on one day of the student's. Whole numbers, so that any order adds up alike."""

    day: date
    attempts: int = 0
    new: int = 0
    """How many were the first at their question."""
    scored: int = 0
    """How many were not given up."""
    millionths: int = 0
    """The sum of their scores, in millionths of the full mark."""
    ms: int = 0
    """The sum of all times from question to answer, in milliseconds."""

    @property
    def mean(self) -> float | None:
        """The mean score, from 0 to 1."""
        return self.millionths / self.scored / 1e6 if self.scored else None


@dataclass(frozen=True, slots=True)
class OpenExam:
    """An exam that has begun, and whose answers have not all been judged."""

    exam: str
    at: datetime
    questions: int
    ended: bool = False
    """Whether it is over, so that its answers may be judged."""


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
    kind: SessionKind = "deck"
    topic: str | None = None
    """The topic of a session over one."""

    def __post_init__(self) -> None:
        if self.position < 0:
            raise ValueError(f"no session is at position {self.position}")
        object.__setattr__(self, "started", to_utc(self.started))

    @property
    def done(self) -> bool:
        """Whether no question is left."""
        return self.position >= len(self.questions)

    @property
    def source(self) -> tuple[SessionKind, str | None, str | None, datetime | None]:
        """What the questions were drawn from: of each source one session can be unfinished.

        Questions that the student chose are a source of their own each time.
        """
        return self.kind, self.deck, self.topic, self.started if self.kind == "browse" else None

    def is_begun(self, drafts: Mapping[str, Draft]) -> bool:
        """Whether something would be lost without it: answers, a draft, a choice of questions."""
        if self.position > 0 or (self.kind == "browse" and len(self.questions) > 1):
            return True
        draft = drafts.get(self.questions[0]) if self.questions else None
        return draft is not None and draft.at >= self.started


@dataclass(frozen=True, slots=True)
class ExamPlace:
    """How far the student is in a running exam. ValueError for what no exam can have."""

    exam: str
    position: int
    """The number of the question on the screen, from 0."""
    used: float
    """Seconds of the exam that have passed; time away from it does not count."""
    text: str
    """What is typed and not handed in of that question."""
    language: Language
    spent: float = 0.0
    """Seconds of these on that question."""

    def __post_init__(self) -> None:
        if self.position < 0 or not 0 <= self.spent <= self.used <= _LONG:
            raise ValueError("no exam is at this place")
        if self.language not in LANGUAGES:
            raise ValueError(f"{self.language!r} is no language of a question")


_LONG = 1e9


@dataclass(frozen=True)
class Damaged:
    """A line that cannot be read; it stays where it is and is passed over."""

    start: int


@dataclass(frozen=True)
class UnknownLine:
    """A line of a kind that a later version has added; it stays where it is."""

    kind: str
