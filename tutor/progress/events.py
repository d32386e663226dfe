"""What happens, and the lines that say so in the history: answers, grades, changes to them.

A line is `{"v":…,"type":kind,kind:{…}}`. A kind that may be skipped without harm can be added under
the same version: an older program keeps such a line and ignores it.

Imported only where a line of the history is read or written: grades are pydantic models.
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
from tutor.progress.records import SCHEMA, Rating, Scale, UnknownLine

Moment = Annotated[AwareDatetime, AfterValidator(to_utc)]
"""A point in time, stored in UTC."""
AttemptId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
EventId = AttemptId
LocalDay = Annotated[date, PlainSerializer(date.isoformat)]
"""A day of the student's, which need not be that of UTC."""
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


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
    """From seeing the question to submitting."""
    hints: Annotated[int, Field(ge=0)] = 0
    gave_up: bool = False
    """Whether the student gave up instead of answering."""
    scale: Scale = Scale()
    """What turned the score into a rating, so that later settings do not change the past."""
    day: LocalDay | None = None
    """The student's day; None for that of UTC."""
    exam: EventId | None = None
    """The exam that it was part of."""
    rated: Rating | None = None
    """The student's own rating, where it differs."""

    @model_validator(mode="after")
    def _grade_is_of_this_question(self) -> Self:
        if self.grade.question != self.question:
            raise ValueError(f"the grade is of {self.grade.question}, not of {self.question}")
        return self

    @property
    def on(self) -> date:
        """The day that it counts for."""
        return self.day or self.at.date()

    @property
    def rating(self) -> Rating:
        """The rating that counts: the student's own, else the score's.

        What was given up on is asked again, and with a hint nothing was easy.
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
    """Version 1 wrote none; without one it cannot be undone."""


class _Identified(_Frozen):
    id: EventId
    at: Moment


class Rated(_Identified):
    """The student's own rating of an attempt; None removes it."""

    kind: ClassVar[str] = "rating"

    attempt: AttemptId
    rating: Rating | None


class Regraded(_Identified):
    """Another grade of an attempt: a model's, after key terms had suggested one until it was ready.

    What the student said of the grade before it goes with that.
    """

    kind: ClassVar[str] = "regraded"

    attempt: AttemptId
    grade: Grade


class Deleted(_Identified):
    """Attempts that no longer count; their lines stay."""

    kind: ClassVar[str] = "deleted"

    attempts: Annotated[tuple[AttemptId, ...], Field(min_length=1)]


class Undone(_Identified):
    """What is undone, by its id: an attempt, a change of one, a deletion; or an undo: a redo."""

    kind: ClassVar[str] = "undone"

    target: EventId


class Flagged(_Identified):
    """A question that is bad, with a note for its deck's author; None removes the flag."""

    kind: ClassVar[str] = "flagged"

    question: QuestionId
    note: Annotated[str, StringConstraints(max_length=4_000)] | None


class Skipped(_Identified):
    """A question that is not asked again on this day."""

    kind: ClassVar[str] = "skipped"

    question: QuestionId
    day: LocalDay


class FollowedUp(_Identified):
    """A second answer, to a short question about one point alone; it counts for no score."""

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
    """An exam, with everything it was drawn from; its id is `exam`."""

    kind: ClassVar[str] = "exam-begun"

    exam: EventId
    questions: Annotated[dict[QuestionId, Annotated[float, Field(gt=0)]], Field(min_length=1)]
    """The full marks by question, in the order in which they are asked."""
    decks: tuple[str, ...]
    minutes: Annotated[float, Field(gt=0, le=1440)] | None
    """The time limit."""
    mix: dict[str, Annotated[float, Field(ge=0, allow_inf_nan=False)]]
    """The requested weights of the levels; empty for any."""
    seed: int


class ExamAnswered(_Identified):
    """An answer in an exam, not graded yet; a later one to the same question replaces it."""

    kind: ClassVar[str] = "exam-answered"

    exam: EventId
    question: QuestionId
    language: Language
    answer: str
    seconds: Seconds
    """Spent on the question so far, all visits together."""


class ExamEnded(_Identified):
    """A step in ending an exam: first it is over, then all is graded or it is abandoned."""

    kind: ClassVar[str] = "exam-ended"

    exam: EventId
    how: Literal["handed-in", "time-up", "judged", "abandoned"]
    used: Seconds = 0
    """Seconds of the exam that had passed."""


ExamEvent = ExamBegun | ExamAnswered | ExamEnded
Amendment = Overruling | Rated | Regraded | Deleted | Undone
"""What changes attempts before it."""
Noted = Flagged | Skipped | FollowedUp | ExamEvent
"""What neither is an attempt nor changes one."""
Event = Attempt | Amendment | Noted
KINDS = frozenset(event.kind for event in get_args(Event))


class _Line(_Frozen):
    v: Literal[1, 2]
    type: str
    event: Event


def _line_of(event: type[Event]) -> type[_Line]:
    """The line of one kind, which has the event under the name of its kind."""
    fields: dict[str, Any] = {
        "type": (Literal[event.kind], ...),
        "event": (event, Field(alias=event.kind)),
    }
    return create_model(f"_{event.__name__}Line", __base__=_Line, **fields)


_LINES: Any = reduce(or_, map(_line_of, get_args(Event)))
_ANY_LINE: TypeAdapter[_Line] = TypeAdapter(Annotated[_LINES, Field(discriminator="type")])


def parse(line: bytes, path: Path) -> Event | UnknownLine | None:
    """What a line says, or None if it is damaged. Raises ProfileTooNew, naming `path`."""
    try:
        return _ANY_LINE.validate_json(line).event
    except ValidationError:
        return _parse_unknown(line, path)


def _parse_unknown(line: bytes, path: Path) -> UnknownLine | None:
    """A line of a kind that this program does not know, if it is one."""
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
    """The line that says `event`, with its end."""
    return to_json({"v": SCHEMA, "type": event.kind, event.kind: event.model_dump()}) + b"\n"
