"""What has happened, as frozen data: attempts, where each question stands, drafts, the session."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from tutor.bank import Language, Verdict
from tutor.bank.model import QuestionId
from tutor.grading import Grade

SCHEMA: Literal[1] = 1
"""The version of everything that a profile holds."""


def _to_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


Moment = Annotated[AwareDatetime, AfterValidator(_to_utc)]
"""A point in time, kept in UTC."""
AttemptId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Attempt(_Frozen):
    """One answer to one question, with its grade; the student's overrulings are in the grade."""

    id: AttemptId
    question: QuestionId
    at: Moment
    """When the answer was submitted."""
    language: Language
    answer: str
    grade: Grade
    seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    """From seeing the question to submitting."""
    hints: Count = 0
    gave_up: bool = False

    @model_validator(mode="after")
    def _grade_is_of_this_question(self) -> Self:
        if self.grade.question != self.question:
            raise ValueError(f"the grade is of {self.grade.question}, not of {self.question}")
        return self


class Overruling(_Frozen):
    """The student's own verdicts on an attempt, by point id; None takes an overruling back."""

    attempt: AttemptId
    at: Moment
    verdicts: dict[str, Verdict | None]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one question stands; made from its attempts alone.

    A dataclass, since thousands are read at every start: three times as fast as a model.
    """

    question: str
    attempts: Annotated[int, Field(ge=1)]
    last: Share
    """The score of the last attempt."""
    best: Share
    last_at: AwareDatetime
    missed: tuple[str, ...]
    """The points that the last attempt did not meet in full."""
    attempt: str
    """The id of the last attempt."""
    best_before: Share | None = None
    """The best score before the last attempt, so that overruling the last needs no history."""


class Draft(_Frozen):
    """An answer that has not been submitted yet."""

    question: QuestionId
    text: str
    language: Language
    at: Moment
    hints: Count = 0


class SessionState(_Frozen):
    """A row of questions, and how far the student has come."""

    deck: str | None
    """The deck's id; None for a session over all decks."""
    questions: tuple[str, ...]
    position: Count
    """The number of questions that are done."""
    started: Moment

    @property
    def done(self) -> bool:
        """Whether no question is left."""
        return self.position >= len(self.questions)
