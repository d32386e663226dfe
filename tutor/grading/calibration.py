"""Turns what is known about a point into probabilities that are right as often as they say.

Signals are combined by an ordinal (proportional odds) regression (McCullagh 1980): one weight for
each signal, never negative, so that more of a signal never earns less, and two thresholds between
the three verdicts. It is fitted on sample answers with human verdicts and cross-validated by
question. A signal that does not help gets weight zero, so a bad model cannot spoil good key terms.
"""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from tutor.bank import Language, Split
from tutor.grading.network import Network
from tutor.grading.probabilities import Probabilities
from tutor.grading.prompt_forms import FormName

Finite = Annotated[float, Field(allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1)]


class Signal(StrEnum):
    """One number about a point; the larger it is, the likelier the point is met."""

    TERMS = "terms"
    """Half the share of the point's key terms found, plus a half if all are found; -1 if the answer
    contradicts the point."""
    OVERLAP = "overlap"
    """For a point without key terms: the share of its words found, from 0 to 1."""
    LABEL = "label"
    """The labels' log-odds of met to missed, less those for an empty answer. For a model trained to
    judge: the log-odds of the share of the weight that the point earns."""
    GAIN = "gain"
    """How much likelier the answer makes the point's own text, in natural logarithms per token."""


Signals = Mapping[Signal, float]


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How often a grader agrees with people."""

    share: float
    """The share of points it agrees on, from 0 to 1, among answers it was not fitted on."""
    seen: bool
    """Whether it may have been fitted on other answers to the same question."""


class Measured(BaseModel):
    """How well verdicts agree with a human's, on questions that nothing was fitted on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    accuracy: Share
    """The share of points with the human's verdict."""
    kappa: Annotated[float, Field(ge=-1, le=1)]
    """Cohen's kappa."""


class SureBand(BaseModel):
    """The verdicts with a probability from `low` to `high`, and how often they were right."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    low: Share
    high: Share
    points: Annotated[int, Field(ge=1)]
    said: Share
    """The mean of their probabilities."""
    right: Share
    """The share of them that agree with the human's verdict."""


class Calibration(BaseModel):
    """The weights and thresholds of one grader, and what they were fitted on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    terms: str
    """The version of the key-term grader."""
    judge: str | None = None
    """The version of the model grader; like the next three fields, None for key terms alone."""
    model: Annotated[str, Field(pattern=r"^[0-9a-f]{8,64}$")] | None = None
    """The fingerprint of the model file."""
    prompt: str | None = None
    """The hash of the prompt templates."""
    form: FormName | None = None
    """The form in which the model was asked."""
    weights: dict[Signal, Annotated[float, Field(ge=0, allow_inf_nan=False)]]
    partial: Finite
    """The weighted sum from which a point is likelier partial than missed."""
    met: Finite
    """The weighted sum from which a point is likelier met than partial; not below `partial`."""
    network: Network | None = None
    """Reads a point together with the whole answer, for questions that it can read; the weights
    are for all others."""
    points: Annotated[int, Field(ge=1)]
    """How many points with a human verdict it was fitted on."""
    questions: Annotated[int, Field(ge=1)]
    """How many questions these points are from."""
    found: dict[str, Measured] = {}
    """Results cross-validated by question, for each combination of signals; `before` is without
    calibration."""
    way: str | None = None
    """The key in `found` of the combination that is used."""
    better_in: tuple[Language, ...] = ()
    """The languages in which a model improves on the key terms by more than chance."""
    sure: tuple[SureBand, ...] = ()
    """How often verdicts were right, by their probability; cross-validated, least sure first."""
    tested: dict[Split, Measured] = {}
    """Results on answers that nothing was fitted on: `test` for questions whose other answers the
    model was trained on, `apart` for questions that it never saw."""
    unseen: tuple[str, ...] = ()
    """The questions of the split `apart`; the model was trained on all others."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.met < self.partial:
            raise ValueError("the threshold of met is below that of partial")
        return self

    @cached_property
    def id(self) -> str:
        """Identifies it in a grade: twelve hexadecimal digits of a digest of what decides."""
        excluded = {"sure", "tested", "unseen"} | (set() if self.network else {"network"})
        deciding = self.model_dump_json(exclude=excluded)
        return hashlib.sha256(deciding.encode()).hexdigest()[:12]

    def accuracy(self, question: str, *, built_in: bool) -> Accuracy | None:
        """How often it agrees with people on the question with this id; None if not measured.

        `built_in` says whether the question is from the tutor's own bank. Models are trained on
        most of these questions, and are right more often there.
        """
        seen = built_in and question not in self.unseen
        measured = self.tested.get("test" if seen else "apart") or self.found.get(self.way or "")
        return Accuracy(measured.accuracy, seen=seen) if measured else None

    @property
    def calibration_error(self) -> float | None:
        """The expected calibration error, from 0 to 1; None if not measured."""
        return calibration_error(self.sure) if self.sure else None

    def probabilities(self, signals: Signals) -> Probabilities:
        """The probability of each verdict, from the weighted signals."""
        return weigh(signals, self.weights, self.partial, self.met)


def calibration_error(bands: Sequence[SureBand]) -> float:
    """The mean gap between stated probability and share right (Naeini et al. 2015), 0 to 1."""
    gaps = sum(band.points * abs(band.said - band.right) for band in bands)
    return gaps / sum(band.points for band in bands)


def weighted_sum(signals: Signals, weights: Mapping[Signal, float]) -> float:
    """The signals' weighted sum, in log-odds; a missing signal counts as 0."""
    return sum(weight * signals.get(name, 0.0) for name, weight in weights.items())


def weigh(
    signals: Signals, weights: Mapping[Signal, float], partial: float, met: float
) -> Probabilities:
    """The probabilities of the verdicts, given both thresholds; `partial` is not above `met`."""
    total = weighted_sum(signals, weights)
    at_least_partial, is_met = _logistic(total - partial), _logistic(total - met)
    return Probabilities(is_met, at_least_partial - is_met, 1 - at_least_partial)


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))
