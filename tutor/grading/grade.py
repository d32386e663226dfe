"""A grade: a verdict for every rubric point, and the score computed from them.

The score is computed only here, and never from generated text.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from tutor.bank import Language, Question, Verdict
from tutor.formatting import GRADER_WORDS

WORTH: Mapping[Verdict, float] = {Verdict.MET: 1.0, Verdict.PARTIAL: 0.5, Verdict.MISSED: 0.0}
"""The share of a point's weight that a verdict is worth."""

UNSURE_BELOW = 0.6
"""A verdict with a lower probability is shown as unsure."""

Probability = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Evidence(_Frozen):
    """One of the answer's own sentences, so that it cannot be invented."""

    sentence: Annotated[int, Field(ge=1)]
    """The number of the sentence in the answer, from 1."""
    text: str
    confidence: Probability | None = None
    """The probability that it is this sentence; None if the grader does not measure that."""


class PointGrade(_Frozen):
    """The grade of one rubric point."""

    id: str
    weight: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    verdict: Verdict
    """The grader's verdict, which is kept when the student overrules it."""
    confidence: Probability | None = None
    """The probability of `verdict`; None if the grader does not measure it."""
    expected: Probability | None = None
    """The expected share of the weight, finer than the verdict; None if the grader gives only a
    verdict."""
    evidence: Evidence | None = None
    overruled: Verdict | None = None
    """The student's own verdict, if it differs."""

    @property
    def final(self) -> Verdict:
        """The verdict that counts."""
        return self.overruled or self.verdict

    @property
    def worth(self) -> float:
        """The expected share of the weight; the student's own verdict counts as certain."""
        if self.overruled is None and self.expected is not None:
            return self.expected
        return WORTH[self.final]

    @property
    def unsure(self) -> bool:
        """Whether the grader itself doubts the verdict that counts."""
        return (
            self.overruled is None
            and self.confidence is not None
            and self.confidence < UNSURE_BELOW
        )


class GraderId(_Frozen):
    """Identifies the grader so exactly that the grade can be explained years later."""

    name: Annotated[str, Field(pattern=r"^(model|terms|self|rule)$")]
    """`model` (a local model), `terms` (key terms), `self` (the student) or `rule` (for an answer
    that needs no grader, such as an empty one)."""
    version: str
    model: str | None = None
    """The fingerprint of the model file."""
    prompt: str | None = None
    """The hash of the prompt templates."""
    calibration: str | None = None
    """The calibration's id; None if it graded without one."""

    @property
    def words(self) -> str:
        """What to call it on screen, such as `key terms`."""
        return GRADER_WORDS[self.name]


class Grade(_Frozen):
    """The verdicts on one answer to one question."""

    question: str
    grader: GraderId
    language: Language
    points: Annotated[tuple[PointGrade, ...], Field(min_length=1)]
    ms: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0
    """Milliseconds from submitting to the last verdict."""
    remark: str = ""
    """Why a rule or another grader than the chosen one decided, or a caveat; usually empty."""

    @property
    def score(self) -> float:
        """The share of the full marks, from 0 to 1."""
        return score(self.points)

    @property
    def expected(self) -> float:
        """The expected score, from 0 to 1, before it is rounded to three verdicts.

        It is nearer to human marks than `score` (docs/measurements.md).
        """
        return min(1.0, sum(point.weight * point.worth for point in self.points) / self.full)

    @property
    def earned(self) -> float:
        """The marks earned, out of `full`."""
        return sum(point.weight * WORTH[point.final] for point in self.points)

    @property
    def full(self) -> float:
        """The full marks."""
        return sum(point.weight for point in self.points)

    def overrule(self, verdicts: Mapping[str, Verdict | None]) -> Self:
        """Return the grade with the student's verdicts, by point id.

        None, or the grader's own verdict, undoes an overruling. Raises KeyError for an unknown id.
        """
        unknown = verdicts.keys() - {point.id for point in self.points}
        if unknown:
            raise KeyError(f"{self.question} has no point {', '.join(sorted(unknown))}")
        return self.model_copy(
            update={
                "points": tuple(
                    _overruled(point, verdicts[point.id]) if point.id in verdicts else point
                    for point in self.points
                )
            }
        )


GradeAnswer = Callable[[Question, str, Language], Grade]
"""Grades an answer to a question in a language."""


def score(points: tuple[PointGrade, ...]) -> float:
    """The weighted mean of what the verdicts are worth, from 0 to 1."""
    full = sum(point.weight for point in points)
    return min(1.0, sum(point.weight * WORTH[point.final] for point in points) / full)


def _overruled(point: PointGrade, verdict: Verdict | None) -> PointGrade:
    overruled = None if verdict is point.verdict else verdict
    return point.model_copy(update={"overruled": overruled})
