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
"""The version of everything that a profile holds. What version 1 wrote is read as well."""
SessionKind = Literal["deck", "due", "weak", "topic", "browse"]

_QUESTION = r"[a-z0-9]+(-[a-z0-9]+)*(\.[0-9]+)+"
_LONGEST_ID = 80
Share = Annotated[float, share]
"""From 0 to 1."""
Seconds = Annotated[float, number]


class Rating(IntEnum):
    """How well an answer was remembered, as the scheduler (FSRS) counts it."""

    AGAIN = 1
    HARD = 2
    GOOD = 3
    EASY = 4


def read_rating(value: object) -> Rating:
    """A rating by its number."""
    return Rating(count(value))


@dataclass(frozen=True, slots=True)
class Scale:
    """The scores from which an answer counts as what; below `hard` it is asked again.

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
    """What FSRS knows about one question after a review; it depends on ratings and times alone."""

    stability: float
    """Days until the probability of remembering has fallen to 90 %."""
    difficulty: float
    """From 1 to 10."""
    at: datetime
    """The review."""


def read_memory(value: object) -> Memory | None:
    """A memory, if there is one: a list, to save space."""
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != 3:
        raise DamagedDocument("this is no memory")
    memory = Memory(number(value[0]), number(value[1], 1), moment(value[2]))
    if not memory.stability:
        raise DamagedDocument("nothing is remembered for no time at all")
    return memory


PointVerdicts = tuple[tuple[str, str], ...]
"""By point id what its last attempts found, oldest first: `m` for met, `p` for partial, `x` for
missed."""


def read_verdicts(value: object) -> PointVerdicts:
    """The verdicts on points by their ids."""
    if not isinstance(value, dict):
        raise DamagedDocument(f"{type(value).__name__} is no table of points")
    for verdicts in value.values():
        if type(verdicts) is not str or not verdicts or verdicts.strip("mpx"):
            raise DamagedDocument("these are no verdicts on a point")
    return tuple(value.items())


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one question stands; made from its attempts alone."""

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
    """The student's day of the last attempt; None for that of UTC."""
    rating: Annotated[Rating, read_rating] = Rating.GOOD
    """How the last attempt was rated."""
    memory: Annotated[Memory | None, read_memory] = None
    memory_before: Annotated[Memory | None, read_memory] = None
    """What was remembered before the last attempt, for the same reason as `best_before`."""
    points: Annotated[PointVerdicts, read_verdicts] = ()
    """At most `REMEMBERED` verdicts on each. An answer given up on is none."""
    gave_up: bool = False
    """Whether the student did not try the last time: its score of 0 is not in means."""

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
    """An exam that has begun, and whose answers have not all been graded."""

    exam: str
    at: datetime
    questions: Annotated[int, positive]
    ended: bool = False
    """Whether it is over, so that its answers may be graded."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer that has not been submitted yet. ValueError for what no question can have."""

    question: str
    text: str
    language: Language
    at: datetime
    """When it was typed; stored in UTC."""
    hints: int = 0

    def __post_init__(self) -> None:
        if len(self.question) > _LONGEST_ID or not re.fullmatch(_QUESTION, self.question):
            raise ValueError(f"{self.question!r} is no question's id")
        if self.language not in LANGUAGES:
            raise ValueError(f"{self.language!r} is no language of a question")
        if self.hints < 0:
            raise ValueError(f"{self.hints} hints are less than none")
        object.__setattr__(self, "at", to_utc(self.at))


@dataclass(frozen=True, slots=True)
class SessionState:
    """A list of questions, and how far the student is. ValueError for a position below 0."""

    deck: str | None
    """The deck's id; None for a session over all decks."""
    questions: tuple[str, ...]
    position: int
    """The number of questions that are done."""
    started: datetime
    """Stored in UTC."""
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
        """What the questions were drawn from; each source can have one unfinished session.

        Questions that the student chose are a source of their own each time.
        """
        return self.kind, self.deck, self.topic, self.started if self.kind == "browse" else None

    def is_begun(self, drafts: Mapping[str, Draft]) -> bool:
        """Whether something would be lost without it: answers, a draft, a choice of questions."""
        if self.position > 0 or (self.kind == "browse" and len(self.questions) > 1):
            return True
        draft = drafts.get(self.questions[0]) if self.questions else None
        return draft is not None and draft.at >= self.started

    def past(self, question: str) -> "SessionState":
        """Moved on to the question after `question`, if it has that; never backwards."""
        if question not in self.questions:
            return self
        return replace(self, position=max(self.position, self.questions.index(question) + 1))

    def back_to(self, question: str) -> "SessionState":
        """Moved back to `question`, if it has that; never forwards."""
        if question not in self.questions:
            return self
        return replace(self, position=min(self.position, self.questions.index(question)))

    def without_missing(self, known: Container[str]) -> "SessionState | None":
        """The same without questions that are gone; None where nothing is left of it."""
        questions = tuple(id_ for id_ in self.questions if id_ in known)
        position = sum(id_ in known for id_ in self.questions[: self.position])
        rest = replace(self, questions=questions, position=position)
        return None if rest.done else rest


@dataclass(frozen=True, slots=True)
class ExamPlace:
    """How far the student is in a running exam. ValueError for what no exam can have."""

    exam: str
    position: int
    """The number of the question on the screen, from 0."""
    used: Seconds
    """Seconds of the exam that have passed; time away from it does not count."""
    text: str
    """What is typed for that question and not handed in."""
    language: Language
    spent: Seconds = 0.0
    """Seconds of these on that question."""

    def __post_init__(self) -> None:
        if self.position < 0 or not 0 <= self.spent <= self.used <= _MOST_SECONDS:
            raise ValueError("no exam is at this place")
        if self.language not in LANGUAGES:
            raise ValueError(f"{self.language!r} is no language of a question")


_MOST_SECONDS = 1e9


@dataclass(frozen=True)
class Damaged:
    """A line that cannot be read; it stays where it is and is skipped."""

    start: int


@dataclass(frozen=True)
class UnknownLine:
    """A line of a kind that a later version has added; it stays where it is."""

    kind: str
