"""An answer with its grade, and the student's own verdicts on it, as the history keeps them.

Imported only where a line of the history is read or written: grades are pydantic models.
"""

from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from tutor.bank import Language, QuestionId, Verdict
from tutor.grading import Grade
from tutor.progress.model import to_utc

Moment = Annotated[AwareDatetime, AfterValidator(to_utc)]
"""A point in time, kept in UTC."""
AttemptId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


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
    hints: Annotated[int, Field(ge=0)] = 0
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
