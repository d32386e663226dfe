"""A grade: a verdict for every rubric point, and the arithmetic that makes a score of them.

The score is computed here and nowhere else. No number in it comes from generated text.
"""

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from tutor.bank import Language, Verdict
from tutor.formatting import GRADER_WORDS

WORTH: Mapping[Verdict, float] = {Verdict.MET: 1.0, Verdict.PARTIAL: 0.5, Verdict.MISSED: 0.0}
"""What share of a point's weight a verdict is worth."""

UNSURE_BELOW = 0.6
"""A verdict whose probability is lower says of itself that it is unsure."""

Probability = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Evidence(_Frozen):
    """One of the answer's own sentences, so it can be shown and cannot be invented."""

    sentence: Annotated[int, Field(ge=1)]
    """The number of the sentence in the answer, from 1."""
    text: str
    confidence: Probability | None = None
    """How sure the grader is that it is this sentence; None where it does not measure that."""


class PointGrade(_Frozen):
    """What was found about one rubric point."""

    id: str
    weight: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    verdict: Verdict
    """The grader's verdict; it stays when the student overrules it."""
    confidence: Probability | None = None
    """The probability of `verdict`; None where the grader measures none."""
    expected: Probability | None = None
    """The share of the weight to be expected, between the verdicts' three steps; None where the
    grader knows a verdict only."""
    evidence: Evidence | None = None
    overruled: Verdict | None = None
    """The student's own verdict, where it differs."""

    @property
    def final(self) -> Verdict:
        """The verdict that counts."""
        return self.overruled or self.verdict

    @property
    def worth(self) -> float:
        """The share of the weight to be expected; the student's own verdict is certain."""
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
    """What graded, so exactly that the grade can be explained years later."""

    name: Annotated[str, Field(pattern=r"^(model|terms|self|rule)$")]
    """`model` (a local model), `terms` (key terms), `self` (the student), or `rule` (an answer that
    needs no grader: empty, or only the question again)."""
    version: str
    model: str | None = None
    """The fingerprint of the model file."""
    prompt: str | None = None
    """The hash of the prompt templates."""
    calibration: str | None = None
    """What names the calibration; None where raw probabilities, or none, were used."""

    @property
    def words(self) -> str:
        """`key terms`, say."""
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
    """Why a rule decided, or why another grader than the wanted one did; empty as a rule."""

    @property
    def score(self) -> float:
        """The share of the full mark, from 0 to 1."""
        return score(self.points)

    @property
    def expected(self) -> float:
        """The score to be expected, from 0 to 1, before points are cut into three verdicts.

        On graded answers it is nearer to human marks than `score` (docs/measurements.md).
        """
        return min(1.0, sum(point.weight * point.worth for point in self.points) / self.full)

    @property
    def earned(self) -> float:
        """The marks earned, out of `full`."""
        return sum(point.weight * WORTH[point.final] for point in self.points)

    @property
    def full(self) -> float:
        """The full mark."""
        return sum(point.weight for point in self.points)

    def overrule(self, verdicts: Mapping[str, Verdict | None]) -> Self:
        """The same grade with the student's verdicts by point id.

        None, or the grader's own verdict, takes an overruling back.
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


def score(points: tuple[PointGrade, ...]) -> float:
    """The weighted mean of what the verdicts are worth, from 0 to 1.

    Bounded, monotone in every verdict, and unchanged when all weights are multiplied alike.
    """
    full = sum(point.weight for point in points)
    return min(1.0, sum(point.weight * WORTH[point.final] for point in points) / full)


def _overruled(point: PointGrade, verdict: Verdict | None) -> PointGrade:
    mine = None if verdict is point.verdict else verdict
    return point.model_copy(update={"overruled": mine})
