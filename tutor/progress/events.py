"""What happens, as the history keeps it: answers with their grades, and what is said of them.

Imported only where a line of the history is read or written: grades are pydantic models.
"""

from datetime import date
from typing import Annotated, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    model_validator,
)

from tutor.bank import Language, QuestionId, Verdict
from tutor.grading import Grade, GraderId
from tutor.progress.records import Rating, Scale, to_utc

Moment = Annotated[AwareDatetime, AfterValidator(to_utc)]
"""A point in time, kept in UTC."""
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
    """Whether the student asked to have it explained instead of answering."""
    scale: Scale = Scale()
    """What turned the score into a rating, so that later settings do not change the past."""
    day: LocalDay | None = None
    """The student's day; None for that of UTC."""
    exam: EventId | None = None
    """The exam that it was an answer in."""
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

        Given up is to be asked again, and with a hint nothing was easy.
        """
        if self.rated is not None:
            return self.rated
        if self.gave_up:
            return Rating.AGAIN
        rating = self.scale.rate(self.grade.score)
        return min(rating, Rating.GOOD) if self.hints else rating


class Overruling(_Frozen):
    """The student's own verdicts on an attempt, by point id; None takes an overruling back."""

    kind: ClassVar[str] = "overruling"

    attempt: AttemptId
    at: Moment
    verdicts: dict[str, Verdict | None]
    id: EventId | None = None
    """Version 1 gave none; without one it cannot be undone."""


class _Noted(_Frozen):
    id: EventId
    at: Moment


class Rated(_Noted):
    """The student's own rating of an attempt; None takes it back."""

    kind: ClassVar[str] = "rating"

    attempt: AttemptId
    rating: Rating | None


class Regraded(_Noted):
    """Another grade of an attempt: a model's, after key terms had suggested one until it was ready.

    What the student said of the grade before it goes with that.
    """

    kind: ClassVar[str] = "regraded"

    attempt: AttemptId
    grade: Grade


class Deleted(_Noted):
    """Attempts that count no longer; their lines stay."""

    kind: ClassVar[str] = "deleted"

    attempts: Annotated[tuple[AttemptId, ...], Field(min_length=1)]


class Undone(_Noted):
    """What is undone, by its id: an attempt, a change of one, a deletion; or an undo: a redo."""

    kind: ClassVar[str] = "undone"

    target: EventId


class Flagged(_Noted):
    """A question that is bad, with a note for its deck's author; None takes the flag away."""

    kind: ClassVar[str] = "flagged"

    question: QuestionId
    note: Annotated[str, StringConstraints(max_length=4_000)] | None


class Skipped(_Noted):
    """A question that is not to be asked again on this day."""

    kind: ClassVar[str] = "skipped"

    question: QuestionId
    day: LocalDay


class FollowedUp(_Noted):
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


class ExamBegun(_Noted):
    """An exam, with everything it was drawn from; its id is `exam`."""

    kind: ClassVar[str] = "exam-begun"

    exam: EventId
    questions: Annotated[dict[QuestionId, Annotated[float, Field(gt=0)]], Field(min_length=1)]
    """The full marks by question, in the order in which they are asked."""
    decks: tuple[str, ...]
    minutes: Annotated[float, Field(gt=0, le=1440)] | None
    """The time limit."""
    mix: dict[str, Annotated[float, Field(ge=0, allow_inf_nan=False)]]
    """The wanted weights of the levels; empty for whatever comes."""
    seed: int


class ExamAnswered(_Noted):
    """An answer in an exam, waiting to be judged; a later one to the same question replaces it."""

    kind: ClassVar[str] = "exam-answered"

    exam: EventId
    question: QuestionId
    language: Language
    answer: str
    seconds: Seconds
    """Spent on the question so far, all visits together."""


class ExamEnded(_Noted):
    """How an exam went on: first it is over, then all is judged or it is given up."""

    kind: ClassVar[str] = "exam-ended"

    exam: EventId
    how: Literal["handed-in", "time-up", "judged", "abandoned"]
    used: Seconds = 0
    """Seconds of the exam that had passed."""
