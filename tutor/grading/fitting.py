"""How a calibration is fitted on sample answers, and how it is known whether it is any good.

Every figure is cross-validated by question: no point is judged by weights that have seen an answer
to the same question (Stone 1974; grouped, since answers to one question are alike).
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
    """A point of a sample answer, what is known of it, and its human verdict."""

    question: str
    language: str
    signals: Signals
    verdict: Verdict
    weight: float = 1.0
    """How much it counts, above 0."""
    inputs: tuple[float, ...] = ()
    """What a network is given, as in `network.INPUTS`; empty where none can read the question."""


@dataclass(frozen=True, slots=True)
class FittedWeights:
    """Weights and thresholds; see `Calibration`."""

    weights: Mapping[Signal, float]
    partial: float
    met: float

    def probabilities(self, signals: Signals) -> Probabilities:
        """Of the three verdicts."""
        return weigh(signals, self.weights, self.partial, self.met)

    def calibration(self, examples: Sequence[Example], **about: object) -> Calibration:
        """As it is kept; `about` says of which grader."""
        values = {
            "weights": {name: round(weight, 4) for name, weight in self.weights.items()},
            "partial": round(self.partial, 4),
            "met": round(self.met, 4),
            "points": len(examples),
            "questions": len({example.question for example in examples}),
        }
        return Calibration.model_validate(values | about)


def fit(examples: Sequence[Example], names: Sequence[Signal]) -> FittedWeights:
    """The likeliest weights and thresholds, with a little shrinkage; no weight is below zero.

    Maximum likelihood by Adam (Kingma & Ba 2015), on signals scaled to unit variance, the weights
    held at zero or above after each step. Deterministic. Raises ValueError without examples.
    """
    import numpy as np

    if not examples:
        raise ValueError("there is nothing to fit")
    values = np.array([[e.signals.get(name, 0.0) for name in names] for e in examples])
    values = values.reshape(len(examples), len(names))
    rank = np.array([_RANK[e.verdict] for e in examples])
    counts = np.array([e.weight for e in examples])
    scale = np.where(values.std(axis=0) > 1e-9, values.std(axis=0), np.inf)
    at = _descend(values / scale, rank, counts / counts.sum())
    weights = dict(zip(names, (at[:-2] / scale).tolist(), strict=True))
    return FittedWeights(weights, float(at[-2]), float(at[-2] + np.exp(at[-1])))


def _descend(x: "Array", rank: "NDArray[np.int64]", share: "Array") -> "Array":
    """Weights, the first threshold, and the logarithm of the way to the second."""
    import numpy as np

    count = x.shape[1]
    at = np.concatenate([np.full(count, 0.5), [0.0, 0.0]])
    mean, square = np.zeros_like(at), np.zeros_like(at)
    for step in range(1, STEPS + 1):
        slope = _slope(at, x, rank, share)
        slope[:count] += SHRINK * at[:count]
        mean = 0.9 * mean + 0.1 * slope
        square = 0.999 * square + 0.001 * slope**2
        step_size = RATE / (1 - 0.9**step) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
        at = at - step_size * mean
        at[:count] = np.maximum(at[:count], 0)
    return at


def _slope(at: "Array", x: "Array", rank: "NDArray[np.int64]", share: "Array") -> "Array":
    """The gradient of the mean negative log-likelihood, each example having its share of it."""
    import numpy as np

    gap = np.exp(at[-1])
    score = x @ at[:-2]
    rather, met = _logistic(score - at[-2]), _logistic(score - at[-2] - gap)
    slope_rather, slope_met = rather * (1 - rather), met * (1 - met)
    middle = np.maximum(rather - met, 1e-12)
    # d(-log p)/d(score - first) and d(-log p)/d(score - second), by verdict
    first = share * np.select([rank == 0, rank == 1], [rather, -slope_rather / middle], 0.0)
    second = share * np.select([rank == 1, rank == 2], [slope_met / middle, met - 1], 0.0)
    by_score = first + second
    return np.concatenate([x.T @ by_score, [-by_score.sum()], [-(second * gap).sum()]])


def _logistic(x: "Array") -> "Array":
    import numpy as np

    return 1 / (1 + np.exp(-np.clip(x, -40, 40)))


def cross_validated(examples: Sequence[Example], names: Sequence[Signal]) -> list[Probabilities]:
    """For every example what a fit on the other questions says, in the examples' order."""
    predicted: dict[int, Probabilities] = {}
    for seen, aside in folds_of(examples, FOLDS):
        judged = fit([examples[i] for i in seen], names)
        predicted |= {i: judged.probabilities(examples[i].signals) for i in aside}
    return [predicted[i] for i in range(len(examples))]


def folds_of(examples: Sequence[Example], folds: int) -> Iterator[tuple[list[int], list[int]]]:
    """Indices to fit on and to measure; a question's id decides which fold all of it is in."""
    fold = [zlib.crc32(example.question.encode()) % folds for example in examples]
    for number in sorted(set(fold)):
        aside = [i for i, f in enumerate(fold) if f == number]
        seen = [i for i, f in enumerate(fold) if f != number]
        yield seen or aside, aside
