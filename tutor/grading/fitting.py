"""Fits a calibration on sample answers, and cross-validates it.

Cross-validation is by question: no point is graded with weights that were fitted on an answer to
the same question (Stone 1974; grouped, since answers to one question are alike).
"""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.bank import Verdict
from tutor.grading.calibration import Calibration, Signal, Signals, weigh
from tutor.grading.probabilities import Probabilities

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

FOLDS = 10
STEPS, RATE, SHRINK = 400, 0.05, 1e-3
_RANK = {Verdict.MISSED: 0, Verdict.PARTIAL: 1, Verdict.MET: 2}


@dataclass(frozen=True, slots=True)
class Example:
    """One point of a sample answer, with its signals and its human verdict."""

    question: str
    language: str
    signals: Signals
    verdict: Verdict
    weight: float = 1.0
    """How much it counts, above 0."""
    inputs: tuple[float, ...] = ()
    """The inputs of a network, as in `network.INPUTS`; empty if none can read the question."""


@dataclass(frozen=True, slots=True)
class FittedWeights:
    """Weights and thresholds; see `Calibration`."""

    weights: Mapping[Signal, float]
    partial: float
    met: float

    def probabilities(self, signals: Signals) -> Probabilities:
        """The probability of each verdict."""
        return weigh(signals, self.weights, self.partial, self.met)

    def calibration(self, examples: Sequence[Example], **about: object) -> Calibration:
        """The calibration to save; `about` are its other fields, such as the grader's version."""
        values = {
            "weights": {name: round(weight, 4) for name, weight in self.weights.items()},
            "partial": round(self.partial, 4),
            "met": round(self.met, 4),
            "points": len(examples),
            "questions": len({example.question for example in examples}),
        }
        return Calibration.model_validate(values | about)


def fit(examples: Sequence[Example], names: Sequence[Signal]) -> FittedWeights:
    """Fit weights and thresholds by maximum likelihood, with a little shrinkage.

    Signals are scaled to unit variance, and every weight is kept at zero or above after each step.
    Deterministic. Raises ValueError without examples.
    """
    import numpy as np

    if not examples:
        raise ValueError("there is nothing to fit")
    values = np.array([[e.signals.get(name, 0.0) for name in names] for e in examples])
    values = values.reshape(len(examples), len(names))
    rank = np.array([_RANK[e.verdict] for e in examples])
    counts = np.array([e.weight for e in examples])
    scale = np.where(values.std(axis=0) > 1e-9, values.std(axis=0), np.inf)
    fitted = _descend(values / scale, rank, counts / counts.sum())
    weights = dict(zip(names, (fitted[:-2] / scale).tolist(), strict=True))
    return FittedWeights(weights, float(fitted[-2]), float(fitted[-2] + np.exp(fitted[-1])))


def _descend(x: "Array", rank: "NDArray[np.int64]", share: "Array") -> "Array":
    """The weights, then the first threshold, then the logarithm of the gap to the second."""
    import numpy as np

    count = x.shape[1]
    parameters = np.concatenate([np.full(count, 0.5), [0.0, 0.0]])
    adam = Adam([parameters], RATE)
    for _ in range(STEPS):
        gradient = _gradient(parameters, x, rank, share)
        gradient[:count] += SHRINK * parameters[:count]
        adam.step([gradient])
        parameters[:count] = np.maximum(parameters[:count], 0)
    return parameters


class Adam:
    """Gradient descent that adapts the steps of each parameter (Kingma & Ba 2015)."""

    def __init__(self, parameters: Sequence["Array"], rate: float) -> None:
        """The arrays in `parameters` are changed in place."""
        self._parameters = parameters
        self._rate = rate
        self._means = [0 * array for array in parameters]
        self._squares = [0 * array for array in parameters]
        self._steps = 0

    def step(self, gradients: Sequence["Array"]) -> None:
        """Move each array of parameters down its gradient."""
        self._steps += 1
        rate = self._rate / (1 - 0.9**self._steps)
        for array, gradient, mean, square in zip(
            self._parameters, gradients, self._means, self._squares, strict=True
        ):
            mean[:] = 0.9 * mean + 0.1 * gradient
            square[:] = 0.999 * square + 0.001 * gradient**2
            array -= rate / ((square / (1 - 0.999**self._steps)) ** 0.5 + 1e-8) * mean


def _gradient(
    parameters: "Array", x: "Array", rank: "NDArray[np.int64]", share: "Array"
) -> "Array":
    """The gradient of the negative log-likelihood, averaged with each example's share."""
    import numpy as np

    threshold, gap = parameters[-2], np.exp(parameters[-1])
    score = x @ parameters[:-2]
    at_least_partial, met = _logistic(score - threshold), _logistic(score - threshold - gap)
    partial = np.maximum(at_least_partial - met, 1e-12)
    slope_first = at_least_partial * (1 - at_least_partial) / partial
    slope_second = met * (1 - met) / partial
    # d(-log p)/d(score - first) and d(-log p)/d(score - second), by verdict
    first = share * np.select([rank == 0, rank == 1], [at_least_partial, -slope_first], 0.0)
    second = share * np.select([rank == 1, rank == 2], [slope_second, met - 1], 0.0)
    by_score = first + second
    return np.concatenate([x.T @ by_score, [-by_score.sum()], [-(second * gap).sum()]])


def _logistic(x: "Array") -> "Array":
    import numpy as np

    return 1 / (1 + np.exp(-np.clip(x, -40, 40)))


def cross_validated(examples: Sequence[Example], names: Sequence[Signal]) -> list[Probabilities]:
    """Predict each example from a fit on the other questions, in the examples' order."""
    predicted: dict[int, Probabilities] = {}
    for training, held_out in folds_of(examples, FOLDS):
        fitted = fit([examples[i] for i in training], names)
        predicted |= {i: fitted.probabilities(examples[i].signals) for i in held_out}
    return [predicted[i] for i in range(len(examples))]


def folds_of(examples: Sequence[Example], folds: int) -> Iterator[tuple[list[int], list[int]]]:
    """Yield the indices to fit on and those to measure; a question is all in one fold."""
    fold = [zlib.crc32(example.question.encode()) % folds for example in examples]
    for number in sorted(set(fold)):
        held_out = [i for i, f in enumerate(fold) if f == number]
        training = [i for i, f in enumerate(fold) if f != number]
        yield training or held_out, held_out
