"""The events of the history (answers, grades, changes to them) and the lines that store them.

A line is `{"v":…,"type":kind,kind:{…}}`. A new kind that is safe to skip needs no new version: an
older program keeps its lines and ignores them.

Import this only where a line of the history is read or written: grades are pydantic models.
"""

import json
from datetime import date
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self, get_args

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    create_model,
    model_validator,
)

from tutor.bank import Language, QuestionId, Verdict
from tutor.files import to_json
from tutor.grading import Grade, GraderId
from tutor.progress.documents import to_utc
from tutor.progress.errors import ProfileTooNew
from tutor.progress.records import MOST_SECONDS, SCHEMA, Rating, Scale, UnknownLine

Moment = Annotated[AwareDatetime, AfterValidator(to_utc)]
"""A point in time, stored in UTC."""
AttemptId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
EventId = AttemptId
LocalDay = Annotated[date, PlainSerializer(date.isoformat)]
"""The student's day, which may differ from the day in UTC."""
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]
ExamSeconds = Annotated[float, Field(ge=0, le=MOST_SECONDS)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Attempt(_Frozen):
    """One answer to one question, with its grade; the student's overrulings are in the grade."""

    kind: ClassVar[str] = "attempt"

    id: AttemptId
    question: QuestionId
    at: Moment
    """When the answer was submitted."""
    language: Language
    answer: str
    grade: Grade
    seconds: Seconds
    """From seeing the question to submitting the answer."""
    hints: Annotated[int, Field(ge=0)] = 0
    gave_up: bool = False
    """Whether the student said *don't know* instead of answering."""
    scale: Scale = Scale()
    """How the score was turned into a rating, so that later settings do not change the past."""
    day: LocalDay | None = None
    """The student's day; None if it is the day in UTC."""
    exam: EventId | None = None
    """The exam it was part of."""
    rated: Rating | None = None
    """The student's own rating, if it differs from the score's."""

    @model_validator(mode="after")
    def _grade_is_of_this_question(self) -> Self:
        if self.grade.question != self.question:
            raise ValueError(f"the grade is for {self.grade.question}, not for {self.question}")
        return self

    @property
    def on(self) -> date:
        """The day it counts for."""
        return self.day or self.at.date()

    @property
    def rating(self) -> Rating:
        """The rating that counts: the student's own, else the score's.

        *Don't know* is always *again*, and an answer after a hint is never *easy*.
        """
        if self.rated is not None:
            return self.rated
        if self.gave_up:
            return Rating.AGAIN
        rating = self.scale.rate(self.grade.score)
        return min(rating, Rating.GOOD) if self.hints else rating


class Overruling(_Frozen):
    """The student's own verdicts on an attempt, by point id; None removes an overruling."""

    kind: ClassVar[str] = "overruling"

    attempt: AttemptId
    at: Moment
    verdicts: dict[str, Verdict | None]
    id: EventId | None = None
    """None in lines of version 1; those cannot be undone."""


class _Identified(_Frozen):
    id: EventId
    at: Moment


class Rated(_Identified):
    """The student's own rating of an attempt; None removes it."""

    kind: ClassVar[str] = "rating"

    attempt: AttemptId
    rating: Rating | None


class Regraded(_Identified):
    """A new grade for an attempt, such as a model's instead of one that key terms suggested.

    The student's verdicts on the grade before it no longer count.
    """

    kind: ClassVar[str] = "regraded"

    attempt: AttemptId
    grade: Grade


class Deleted(_Identified):
    """Attempts that no longer count; their lines stay."""

    kind: ClassVar[str] = "deleted"

    attempts: Annotated[tuple[AttemptId, ...], Field(min_length=1)]


class Undone(_Identified):
    """Undoes an attempt, a change to one or a deletion; undoing an undo is a redo."""

    kind: ClassVar[str] = "undone"

    target: EventId
    """The id of what is undone."""


class Flagged(_Identified):
    """A question flagged as bad, with a note for the deck's author; None removes the flag."""

    kind: ClassVar[str] = "flagged"

    question: QuestionId
    note: Annotated[str, StringConstraints(max_length=4_000)] | None


class Skipped(_Identified):
    """A question that is not asked again on this day."""

    kind: ClassVar[str] = "skipped"

    question: QuestionId
    day: LocalDay


class FollowedUp(_Identified):
    """A second answer, about one point only; it does not change the score."""

    kind: ClassVar[str] = "followed-up"

    attempt: AttemptId
    point: str
    asked: str
    language: Language
    answer: str
    grader: GraderId
    verdict: Verdict
    confidence: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] | None = None
    seconds: Seconds


class ExamBegun(_Identified):
    """The start of an exam, with everything it was drawn from; its id is `exam`."""

    kind: ClassVar[str] = "exam-begun"

    exam: EventId
    questions: Annotated[dict[QuestionId, Annotated[float, Field(gt=0)]], Field(min_length=1)]
    """The full marks by question, in the order in which they are asked."""
    decks: tuple[str, ...]
    minutes: Annotated[float, Field(gt=0, le=1440)] | None
    """The time limit."""
    mix: dict[str, Annotated[float, Field(ge=0, allow_inf_nan=False)]]
    """The requested weight of each level; empty if any will do."""
    seed: int


class ExamAnswered(_Identified):
    """An answer in an exam, not graded yet; a later one to the same question replaces it."""

    kind: ClassVar[str] = "exam-answered"

    exam: EventId
    question: QuestionId
    language: Language
    answer: str
    seconds: ExamSeconds
    """Spent on the question so far, over all visits."""


class ExamEnded(_Identified):
    """A step in ending an exam: first it is over, then it is fully graded or abandoned."""

    kind: ClassVar[str] = "exam-ended"

    exam: EventId
    how: Literal["handed-in", "time-up", "judged", "abandoned"]
    used: ExamSeconds = 0
    """Seconds of the exam that had passed."""


Amendment = Overruling | Rated | Regraded | Deleted | Undone
"""The events that change earlier attempts."""
Noted = Flagged | Skipped | FollowedUp | ExamBegun | ExamAnswered | ExamEnded
"""The events that neither are attempts nor change one."""
Event = Attempt | Amendment | Noted
KINDS = frozenset(event.kind for event in get_args(Event))


class _Line(_Frozen):
    v: Literal[1, 2]
    type: str
    event: Event


def _line_of(event: type[Event]) -> type[_Line]:
    """The model of a line of one kind, with the event under that kind's name."""
    fields: dict[str, Any] = {
        "type": (Literal[event.kind], ...),
        "event": (event, Field(alias=event.kind)),
    }
    return create_model(f"_{event.__name__}Line", __base__=_Line, **fields)


_LINES: Any = reduce(or_, map(_line_of, get_args(Event)))
_ANY_LINE: TypeAdapter[_Line] = TypeAdapter(Annotated[_LINES, Field(discriminator="type")])


def parse(line: bytes, path: Path) -> Event | UnknownLine | None:
    """The event in a line; None if the line is damaged. Raises ProfileTooNew, naming `path`."""
    try:
        return _ANY_LINE.validate_json(line).event
    except ValidationError:
        return _parse_unknown(line, path)


def _parse_unknown(line: bytes, path: Path) -> UnknownLine | None:
    """The line as one of a kind that this program does not know; None if it is damaged."""
    try:
        value: object = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict):
        return None
    version, kind = value.get("v"), value.get("type")
    if not isinstance(version, int) or isinstance(version, bool):
        return None
    if version > SCHEMA:
        raise ProfileTooNew(path, version, SCHEMA)
    if isinstance(kind, str) and kind not in KINDS and version > 1:
        return UnknownLine(kind)
    return None


def to_line(event: Event) -> bytes:
    """The line for `event`, with its line break."""
    return to_json({"v": SCHEMA, "type": event.kind, event.kind: event.model_dump()}) + b"\n"
