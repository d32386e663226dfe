"""A small network that reads a point together with the other points of the same answer.

The labels of a small model say how right an answer is rather than which of its points are met, and
key terms find nothing in a paraphrase. A sum of weights cannot tell the two cases apart: a point
without a term is met in an answer that paraphrases every point, and missed in one that has the
terms of all the others. So the network is given what is known of the point and of its answer.
"""

import math
from collections.abc import Sequence
from statistics import fmean, pstdev
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from tutor.bank import Question, Verdict
from tutor.grading.keyterms.grader import Coverage
from tutor.grading.probabilities import Probabilities
from tutor.grading.wording import SharedWording

_LABEL_ODDS = "log-odds of what the point is worth, by the model's labels"
_ALL_TERMS = "all key terms found"
_RULED_OUT = -2.0
"""Log-odds by the labels, up to which they rule a point out; chosen on the split `calibrate`."""
OF_POINT = (
    _LABEL_ODDS,
    "probability of partial, by the model's labels",
    "share of key terms found",
    _ALL_TERMS,
    "share of key terms mentioned, even if denied",
    "contradicted",
    "share of its sentence's wording that the point has",
    "share of its sentence's wording that the question has",
)
OF_ANSWER = (
    "log-odds of all points, mean",
    "log-odds of all points, lowest",
    "log-odds of all points, spread",
    "share of key terms found, mean",
    "points with all key terms",
    "points without any key term",
    "points contradicted",
    "share of the sentences' wording that their points have, mean",
    "share of the sentences' wording that the question has, mean",
)
INPUTS = (*OF_POINT, *OF_ANSWER)
"""What each number that the network is given says, in order."""
FEWEST_POINTS, MOST_POINTS = 3, 8
"""Rubrics of other lengths are unlike those that networks are fitted on."""

Number = Annotated[float, Field(allow_inf_nan=False)]
Row = tuple[Number, ...]


class Member(BaseModel):
    """One network: a hidden layer of tanh, and a softmax over missed, partial and met."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    inner: tuple[Row, ...]
    """By hidden unit its weight of each input."""
    inner_bias: Row
    outer: tuple[Row, Row, Row]
    """For missed, partial and met the weight of each hidden unit."""
    outer_bias: tuple[Number, Number, Number]

    def chances(self, values: Sequence[float]) -> tuple[float, ...]:
        """Of missed, partial and met; `values` are standardised."""
        hidden = [
            math.tanh(_dot(weights, values) + bias)
            for weights, bias in zip(self.inner, self.inner_bias, strict=True)
        ]
        sums = [
            _dot(weights, hidden) + bias
            for weights, bias in zip(self.outer, self.outer_bias, strict=True)
        ]
        raised = [math.exp(each - max(sums)) for each in sums]
        return tuple(each / sum(raised) for each in raised)


class Network(BaseModel):
    """The mean of a few networks that differ in where their fit began."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mean: Row
    """Of each input over the points that it was fitted on."""
    scale: tuple[Annotated[float, Field(gt=0, allow_inf_nan=False)], ...]
    """Their standard deviations."""
    members: Annotated[tuple[Member, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _shapes_fit(self) -> Self:
        count = len(INPUTS)
        for member in self.members:
            units = len(member.inner)
            rows_fit = all(len(row) == count for row in member.inner)
            outer_fits = all(len(row) == units for row in member.outer)
            if not (rows_fit and outer_fits and len(member.inner_bias) == units):
                raise ValueError("the network's layers do not fit together")
        if not len(self.mean) == len(self.scale) == count:
            raise ValueError(f"the network needs {count} means and scales")
        return self

    def probabilities(self, inputs: Sequence[float]) -> Probabilities:
        """Of the three verdicts on one point; `inputs` as in `INPUTS`."""
        values = [
            (value - mean) / scale
            for value, mean, scale in zip(inputs, self.mean, self.scale, strict=True)
        ]
        chances = [member.chances(values) for member in self.members]
        missed, partial, met = map(fmean, zip(*chances, strict=True))
        found = Probabilities(met, partial, missed)
        return _half_as_sure(found) if _is_disputed(found, inputs) else found


def _is_disputed(found: Probabilities, inputs: Sequence[float]) -> bool:
    """Whether a point is missed that has all its key terms, and that the labels do not rule out.

    Six in ten of these verdicts are right, however sure the network is: most answers of that kind
    that it was fitted on turn a claim around, which is not what most students do.
    """
    all_terms, odds = inputs[INPUTS.index(_ALL_TERMS)], inputs[INPUTS.index(_LABEL_ODDS)]
    return found.likeliest is Verdict.MISSED and bool(all_terms) and odds > _RULED_OUT


def _half_as_sure(found: Probabilities) -> Probabilities:
    """Half of the way to knowing nothing."""
    return Probabilities(*((each + 1 / 3) / 2 for each in (found.met, found.partial, found.missed)))


def can_read(question: Question) -> bool:
    """Whether the question is like those that networks are fitted on."""
    return (
        not question.drafted
        and FEWEST_POINTS <= len(question.rubric) <= MOST_POINTS
        and all(point.terms for point in question.rubric)
    )


def inputs_of(
    odds: Sequence[float],
    partial: Sequence[float],
    coverage: Sequence[Coverage],
    shared: Sequence[SharedWording],
) -> list[tuple[float, ...]]:
    """By point what the network is given, as in `INPUTS`.

    `odds` and `partial` are the labels' log-odds and their probability of partial; `shared` is of
    the sentence that says the point.
    """
    answer = (
        fmean(odds),
        min(odds),
        pstdev(odds),
        fmean(covered.share for covered in coverage),
        fmean(covered.share >= 1 for covered in coverage),
        fmean(covered.touched <= 0 for covered in coverage),
        fmean(covered.contradicted for covered in coverage),
        fmean(each.with_point for each in shared),
        fmean(each.with_question for each in shared),
    )
    return [
        (
            label,
            chance,
            covered.share,
            float(covered.share >= 1),
            covered.touched,
            float(covered.contradicted),
            each.with_point,
            each.with_question,
            *answer,
        )
        for label, chance, covered, each in zip(odds, partial, coverage, shared, strict=True)
    ]


def _dot(weights: Sequence[float], values: Sequence[float]) -> float:
    return sum(weight * value for weight, value in zip(weights, values, strict=True))
