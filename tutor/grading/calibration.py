"""From what is known of a point to a verdict that is right as often as it says.

Signals are combined by an ordinal (proportional odds) regression, McCullagh 1980: one weight a
signal, none below zero, so that more of a signal never earns less, and two thresholds between the
three verdicts. It is fitted on sample answers with human verdicts and cross-validated by question;
what no signal improves is left at weight zero, so that a bad model cannot spoil good key terms.
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
    """One number about a point; more of it speaks for the point being met."""

    TERMS = "terms"
    """The share of the point's key terms found, and 1 once more where all are, halved: from 0 to 1;
    -1 where the answer says what contradicts the point."""
    OVERLAP = "overlap"
    """The share of the own words found of a point without key terms, from 0 to 1."""
    LABEL = "label"
    """The labels' log-odds of met to missed, less those of an empty answer; of a model that was
    trained to judge the log-odds of what the point is worth."""
    GAIN = "gain"
    """How much likelier the answer makes the point's own text: natural logarithms a token."""


Signals = Mapping[Signal, float]


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How often a grader judges as people do."""

    share: float
    """Of the points, from 0 to 1; measured on answers that it was not fitted on."""
    seen: bool
    """Whether it may have been fitted on other answers to the same question."""


class Measured(BaseModel):
    """How a way of judging did, on questions that it was not fitted on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    accuracy: Share
    """Of points with the human's verdict."""
    kappa: Annotated[float, Field(ge=-1, le=1)]
    """Cohen's."""


class SureBand(BaseModel):
    """The verdicts whose probability lies between two values, and how often they were right."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    low: Share
    high: Share
    points: Annotated[int, Field(ge=1)]
    said: Share
    """The mean of their probabilities."""
    right: Share
    """The share of them that agree with the human's verdict."""


class Calibration(BaseModel):
    """The weights and thresholds of one grader, and on what they were fitted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    terms: str
    """The version of the key-term grader."""
    judge: str | None = None
    """The version of the model judge; None, as the next three, for the key terms alone."""
    model: Annotated[str, Field(pattern=r"^[0-9a-f]{8,64}$")] | None = None
    """The fingerprint of the model file."""
    prompt: str | None = None
    """The hash of the prompt templates."""
    form: FormName | None = None
    """How the points were put to the model."""
    weights: dict[Signal, Annotated[float, Field(ge=0, allow_inf_nan=False)]]
    partial: Finite
    """From this sum on a point is rather partly met than missed."""
    met: Finite
    """From this sum on a point is rather met than partly met; not below `partial`."""
    network: Network | None = None
    """Reads a point with the others of its answer, where the question allows it; the weights are
    for the other questions."""
    points: Annotated[int, Field(ge=1)]
    """Points with a human verdict that it was fitted on."""
    questions: Annotated[int, Field(ge=1)]
    found: dict[str, Measured] = {}
    """Cross-validated by question, by what was combined; `before` is without calibration."""
    way: str | None = None
    """Which of `found` is judged by."""
    better_in: tuple[Language, ...] = ()
    """The languages in which a model makes the key terms better, beyond chance."""
    sure: tuple[SureBand, ...] = ()
    """How often verdicts were right, by their probability; cross-validated, least sure first."""
    tested: dict[Split, Measured] = {}
    """How it does on answers that nothing was fitted on: `test` to questions whose other answers
    the model was trained on, `apart` to questions that it never saw."""
    unseen: tuple[str, ...] = ()
    """The questions of `apart`, to which `tested` refers; the model was trained on all others."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.met < self.partial:
            raise ValueError("the threshold of met is below that of partial")
        return self

    @cached_property
    def id(self) -> str:
        """Names it in a grade: twelve hexadecimal digits of the digest of what judges."""
        aside = {"sure", "tested", "unseen"} | (set() if self.network else {"network"})
        judging = self.model_dump_json(exclude=aside)
        return hashlib.sha256(judging.encode()).hexdigest()[:12]

    def accuracy(self, question: str, *, built_in: bool) -> Accuracy | None:
        """How often it judges as people do; None where nobody noted it.

        `question` is an id, and `built_in` says whether it is of the tutor's own bank, most of
        whose questions models are trained on; more is claimed of those.
        """
        seen = built_in and question not in self.unseen
        found = self.tested.get("test" if seen else "apart") or self.found.get(self.way or "")
        return Accuracy(found.accuracy, seen=seen) if found else None

    @property
    def calibration_error(self) -> float | None:
        """How far its probabilities are from how often it is right, from 0 to 1."""
        return calibration_error(self.sure) if self.sure else None

    def probabilities(self, signals: Signals) -> Probabilities:
        """Of the three verdicts, by the weights."""
        return weigh(signals, self.weights, self.partial, self.met)


def calibration_error(bands: Sequence[SureBand]) -> float:
    """The mean distance of what was said from what was so (Naeini et al. 2015)."""
    off = sum(band.points * abs(band.said - band.right) for band in bands)
    return off / sum(band.points for band in bands)


def weighted_sum(signals: Signals, weights: Mapping[Signal, float]) -> float:
    """In log-odds; a signal that is not there counts as none."""
    return sum(weight * signals.get(name, 0.0) for name, weight in weights.items())


def weigh(
    signals: Signals, weights: Mapping[Signal, float], partial: float, met: float
) -> Probabilities:
    """The probabilities of the verdicts between two thresholds, `partial` not above `met`."""
    at = weighted_sum(signals, weights)
    rather, fully = _logistic(at - partial), _logistic(at - met)
    return Probabilities(fully, rather - fully, 1 - rather)


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))
