"""Where the student stands, as frozen data: standings, days, drafts, the session, an exam.

Plain dataclasses, since they are read before the first screen: importing pydantic takes longer
than opening a profile. Attempts, which contain a grade, are in `events`.
"""

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import IntEnum
from typing import Annotated, Literal

from tutor.bank import LANGUAGES, Language
from tutor.progress.documents import DamagedDocument, count, moment, number, positive, share, to_utc

SCHEMA: Literal[2] = 2
"""The version of every file in a profile. Files of version 1 can be read as well."""
SessionKind = Literal["deck", "due", "weak", "topic", "browse"]

_QUESTION = r"[a-z0-9]+(-[a-z0-9]+)*(\.[0-9]+)+"
_LONGEST_ID = 80
Share = Annotated[float, share]
"""From 0 to 1."""
Seconds = Annotated[float, number]
MOST_SECONDS = 1e9
"""More than thirty years: nothing that is measured takes longer."""


class Rating(IntEnum):
    """How well an answer was remembered, in the steps of the scheduler (FSRS)."""

    AGAIN = 1
    HARD = 2
    GOOD = 3
    EASY = 4


def read_rating(value: object) -> Rating:
    """Read a rating from its number."""
    return Rating(count(value))


@dataclass(frozen=True, slots=True)
class Scale:
    """The lowest score for each rating; below `hard` it is *again*.

    Raises ValueError unless they are in ascending order from 0 to 1.
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
    """What FSRS knows about one question after a review, from ratings and times alone."""

    stability: float
    """Days until the probability of remembering has fallen to 90 %."""
    difficulty: float
    """From 1 to 10."""
    at: datetime
    """When the review was."""


def read_memory(value: object) -> Memory | None:
    """Read a memory, which is stored as a list to save space, or None."""
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != 3:
        raise DamagedDocument("this is not a memory")
    memory = Memory(number(value[0]), number(value[1], 1), moment(value[2]))
    if not memory.stability:
        raise DamagedDocument("the stability of a memory is above 0")
    return memory


PointVerdicts = tuple[tuple[str, str], ...]
"""The verdicts on each point in the last attempts, by point id, oldest first: `m` for met, `p` for
partial, `x` for missed."""


def read_verdicts(value: object) -> PointVerdicts:
    """Read the verdicts on points from a table by point id."""
    if not isinstance(value, dict):
        raise DamagedDocument(f"{type(value).__name__} is not a table of points")
    for verdicts in value.values():
        if type(verdicts) is not str or not verdicts or verdicts.strip("mpx"):
            raise DamagedDocument("these are not verdicts on a point")
    return tuple(value.items())


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one question stands, derived from its attempts alone."""

    question: str
    attempts: Annotated[int, positive]
    last: Share
    """The score of the last attempt, from 0 to 1."""
    best: Share
    last_at: datetime
    missed: tuple[str, ...]
    """The points that the last attempt did not meet in full."""
    attempt: str
    """The id of the last attempt."""
    best_before: Share | None = None
    """The best score before the last attempt, so that overruling the last needs no history."""
    day: date | None = None
    """The student's day of the last attempt; None if it is the day in UTC."""
    rating: Annotated[Rating, read_rating] = Rating.GOOD
    """How the last attempt was rated."""
    memory: Annotated[Memory | None, read_memory] = None
    memory_before: Annotated[Memory | None, read_memory] = None
    """The memory before the last attempt, for the same reason as `best_before`."""
    points: Annotated[PointVerdicts, read_verdicts] = ()
    """At most `REMEMBERED` verdicts on each point; *don't know* adds none."""
    gave_up: bool = False
    """Whether the last attempt was *don't know*, whose score of 0 does not count in means."""

    @property
    def on(self) -> date:
        """The day of the last attempt."""
        return self.day or self.last_at.date()


REMEMBERED = 8
"""How many verdicts on a point a standing remembers."""


@dataclass(frozen=True, slots=True)
class Day:
    """What the student did on one day, in whole numbers, so that sums do not depend on order."""

    day: date
    attempts: int = 0
    new: int = 0
    """The attempts that were the first at their question."""
    scored: int = 0
    """The attempts that were not *don't know*."""
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
    """An exam that has begun and is not fully graded yet."""

    exam: str
    at: datetime
    questions: Annotated[int, positive]
    ended: bool = False
    """Whether it is over, so that its answers may be graded."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer that has not been submitted yet. Raises ValueError for impossible values."""

    question: str
    text: str
    language: Language
    at: datetime
    """When it was typed; stored in UTC."""
    hints: int = 0

    def __post_init__(self) -> None:
        if len(self.question) > _LONGEST_ID or not re.fullmatch(_QUESTION, self.question):
            raise ValueError(f"{self.question!r} is not a question's id")
        if self.language not in LANGUAGES:
            raise ValueError(f"{self.language!r} is not a language of questions")
        if self.hints < 0:
            raise ValueError(f"a draft cannot have {self.hints} hints")
        object.__setattr__(self, "at", to_utc(self.at))


@dataclass(frozen=True, slots=True)
class SessionState:
    """A list of questions, and how far the student is. Raises ValueError for a position below 0."""

    deck: str | None
    """The deck's id; None for a session over all decks."""
    questions: tuple[str, ...]
    position: int
    """How many questions are done."""
    started: datetime
    """Stored in UTC."""
    kind: SessionKind = "deck"
    topic: str | None = None
    """The topic of a session of that kind."""

    def __post_init__(self) -> None:
        if self.position < 0:
            raise ValueError(f"a session cannot be at position {self.position}")
        object.__setattr__(self, "started", to_utc(self.started))

    @property
    def done(self) -> bool:
        """Whether no question is left."""
        return self.position >= len(self.questions)

    @property
    def source(self) -> tuple[SessionKind, str | None, str | None, datetime | None]:
        """What the questions were drawn from; each source can have one unfinished session.

        Questions that the student chose are a new source each time.
        """
        return self.kind, self.deck, self.topic, self.started if self.kind == "browse" else None

    def is_begun(self, drafts: Mapping[str, Draft]) -> bool:
        """Whether it is worth keeping: it has answers, a draft, or a choice of questions."""
        if self.position > 0 or (self.kind == "browse" and len(self.questions) > 1):
            return True
        draft = drafts.get(self.questions[0]) if self.questions else None
        return draft is not None and draft.at >= self.started

    def past(self, question: str) -> "SessionState":
        """The session moved on past `question`, if it has it; never moved back."""
        if question not in self.questions:
            return self
        return replace(self, position=max(self.position, self.questions.index(question) + 1))

    def back_to(self, question: str) -> "SessionState":
        """The session moved back to `question`, if it has it; never moved on."""
        if question not in self.questions:
            return self
        return replace(self, position=min(self.position, self.questions.index(question)))

    def without_missing(self, known: Container[str]) -> "SessionState | None":
        """The session without questions that no longer exist; None if none is left to ask."""
        questions = tuple(id_ for id_ in self.questions if id_ in known)
        position = sum(id_ in known for id_ in self.questions[: self.position])
        rest = replace(self, questions=questions, position=position)
        return None if rest.done else rest


@dataclass(frozen=True, slots=True)
class ExamPlace:
    """How far the student is in a running exam. Raises ValueError for impossible values."""

    exam: str
    position: int
    """The number of the question on the screen, from 0."""
    used: Seconds
    """Seconds of the exam that have passed; time away from it does not count."""
    text: str
    """What is typed for that question and not handed in."""
    language: Language
    spent: Seconds = 0.0
    """Seconds spent on that question."""

    def __post_init__(self) -> None:
        if self.position < 0 or not 0 <= self.spent <= self.used <= MOST_SECONDS:
            raise ValueError("an exam cannot be at this place")
        if self.language not in LANGUAGES:
            raise ValueError(f"{self.language!r} is not a language of questions")


@dataclass(frozen=True)
class UnknownLine:
    """A line of a kind that a later version added; it stays in the history and is skipped."""

    kind: str
