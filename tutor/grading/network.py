"""A small network that grades a point by what is known about it and about the whole answer.

A small model's labels say how right an answer is, rather than which of its points are met, and key
terms find nothing in a paraphrase. A weighted sum cannot tell two cases apart: a point without a
term is met in an answer that paraphrases every point, but missed in one that has the terms of all
other points. The network can, since it also reads what is known about the other points.
"""

import math
from collections.abc import Sequence
from statistics import fmean, pstdev
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from tutor.bank import Question, Verdict
from tutor.grading.keyterms.coverage import Coverage
from tutor.grading.probabilities import Probabilities
from tutor.grading.wording import SharedWording

_LABEL_ODDS = "log-odds of what the point earns, by the model's labels"
_ALL_TERMS = "all key terms found"
_MEAN_ODDS = "log-odds of all points, mean"
_WITHOUT_TERMS = "points without any key term"
_RULED_OUT = -2.0
"""Labels with these log-odds or lower rule a point out; chosen on the split `calibrate`."""
_OWN_WORDS = 0.5
"""An answer without any key term needs mean log-odds of more than this. On `calibrate` none has a
mean between -1 and 0.8, and 148 of 150 points below it are missed."""
_SURELY_MISSED = 0.97
OF_POINT = (
    _LABEL_ODDS,
    "probability of partial, by the model's labels",
    "share of key terms found",
    _ALL_TERMS,
    "share of key terms mentioned, even if denied",
    "contradicted",
    "share of its sentence's wording that is in the point",
    "share of its sentence's wording that is in the question",
)
OF_ANSWER = (
    _MEAN_ODDS,
    "log-odds of all points, lowest",
    "log-odds of all points, spread",
    "share of key terms found, mean",
    "points with all key terms",
    _WITHOUT_TERMS,
    "points contradicted",
    "share of the sentences' wording that is in their points, mean",
    "share of the sentences' wording that is in the question, mean",
)
INPUTS = (*OF_POINT, *OF_ANSWER)
"""What each input of the network means, in order."""
FEWEST_POINTS, MOST_POINTS = 3, 8
"""Shorter and longer rubrics are unlike those that networks are fitted on."""

Number = Annotated[float, Field(allow_inf_nan=False)]
Row = tuple[Number, ...]


class Member(BaseModel):
    """One network: a hidden tanh layer, then a softmax over missed, partial and met."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    inner: tuple[Row, ...]
    """The input weights of each hidden unit."""
    inner_bias: Row
    outer: tuple[Row, Row, Row]
    """The weights of the hidden units for missed, partial and met."""
    outer_bias: tuple[Number, Number, Number]

    def chances(self, values: Sequence[float]) -> tuple[float, ...]:
        """The probabilities of missed, partial and met, from standardised inputs."""
        hidden = [
            math.tanh(_dot(weights, values) + bias)
            for weights, bias in zip(self.inner, self.inner_bias, strict=True)
        ]
        sums = [
            _dot(weights, hidden) + bias
            for weights, bias in zip(self.outer, self.outer_bias, strict=True)
        ]
        powers = [math.exp(each - max(sums)) for each in sums]
        return tuple(each / sum(powers) for each in powers)


class Network(BaseModel):
    """The mean of a few networks that were fitted from different starting points."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mean: Row
    """The mean of each input over the points that it was fitted on."""
    scale: tuple[Annotated[float, Field(gt=0, allow_inf_nan=False)], ...]
    """The inputs' standard deviations."""
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
        """The probability of each verdict on one point; `inputs` as in `INPUTS`."""
        values = [
            (value - mean) / scale
            for value, mean, scale in zip(inputs, self.mean, self.scale, strict=True)
        ]
        chances = [member.chances(values) for member in self.members]
        missed, partial, met = map(fmean, zip(*chances, strict=True))
        if _is_about_something_else(inputs) and missed < _SURELY_MISSED:
            left = (1 - _SURELY_MISSED) / (met + partial)
            return Probabilities(met * left, partial * left, _SURELY_MISSED)
        probabilities = Probabilities(met, partial, missed)
        if _is_disputed(probabilities, inputs):  # go half the way to knowing nothing
            return Probabilities(*((each + 1 / 3) / 2 for each in (met, partial, missed)))
        return probabilities


def _is_disputed(probabilities: Probabilities, inputs: Sequence[float]) -> bool:
    """Whether a point counts as missed although it has all key terms and the labels allow it.

    Only six in ten of these verdicts are right, however sure the network is: the answers of that
    kind that it was fitted on mostly turn a claim around, which few students do.
    """
    all_terms, odds = inputs[INPUTS.index(_ALL_TERMS)], inputs[INPUTS.index(_LABEL_ODDS)]
    return probabilities.likeliest is Verdict.MISSED and bool(all_terms) and odds > _RULED_OUT


def _is_about_something_else(inputs: Sequence[float]) -> bool:
    """Whether an answer has no key term, nor is right in its own words by the labels.

    It may talk to the judge, or imitate its prompt.
    """
    without_terms, odds = (inputs[INPUTS.index(name)] for name in (_WITHOUT_TERMS, _MEAN_ODDS))
    return without_terms >= 1 and odds <= _OWN_WORDS


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
    """The network's inputs for each point, as in `INPUTS`.

    `odds` and `partial` are the labels' log-odds and their probability of partial; `shared` is what
    each point shares with the sentence that is evidence for it.
    """
    answer = (
        fmean(odds),
        min(odds),
        pstdev(odds),
        fmean(each.share for each in coverage),
        fmean(each.share >= 1 for each in coverage),
        fmean(each.touched <= 0 for each in coverage),
        fmean(each.contradicted for each in coverage),
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
            wording.with_point,
            wording.with_question,
            *answer,
        )
        for label, chance, covered, wording in zip(odds, partial, coverage, shared, strict=True)
    ]


def _dot(weights: Sequence[float], values: Sequence[float]) -> float:
    return sum(weight * value for weight, value in zip(weights, values, strict=True))
