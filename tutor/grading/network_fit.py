"""Fits a network on sample answers, and cross-validates it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tutor.bank import Verdict
from tutor.grading.fitting import FOLDS, Adam, Example, folds_of
from tutor.grading.network import Member, Network
from tutor.grading.probabilities import Probabilities

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

SEEDS = range(8)
"""The members' starting points. With three, an equally good fit graded 13 of 2,248 points worse."""
HIDDEN, STEPS, RATE, SHRINK = 24, 800, 0.02, 3e-3
FEWEST_EXAMPLES = 2_000
"""A network fitted on fewer points would learn their noise."""
_RANKS = (Verdict.MISSED, Verdict.PARTIAL, Verdict.MET)


def fit_network(examples: Sequence[Example]) -> Network:
    """Fit networks to the human's verdicts by cross-entropy, with some shrinkage.

    Deterministic. Every example needs `inputs`.
    """
    import numpy as np

    x = np.array([example.inputs for example in examples])
    mean, spread = x.mean(axis=0), x.std(axis=0)
    scale = np.where(spread > 1e-3, spread, 1.0)  # an input that never changes says nothing
    inputs = (x - mean) / scale
    targets = np.eye(3)[[_RANKS.index(example.verdict) for example in examples]]
    counts = np.array([example.weight for example in examples])
    share = (counts / counts.sum())[:, None]
    return Network(
        mean=_rounded(mean),
        scale=_rounded(scale),
        members=tuple(_fit_member(inputs, targets, share, seed) for seed in SEEDS),
    )


def cross_validated_network(examples: Sequence[Example], folds: int = FOLDS) -> list[Probabilities]:
    """Predict each example by a network fitted on the other questions, in the examples' order."""
    predicted: dict[int, Probabilities] = {}
    for training, held_out in folds_of(examples, folds):
        network = fit_network([examples[i] for i in training])
        predicted |= {i: network.probabilities(examples[i].inputs) for i in held_out}
    return [predicted[i] for i in range(len(examples))]


def _fit_member(inputs: "Array", targets: "Array", share: "Array", seed: int) -> Member:
    import numpy as np

    source = np.random.default_rng(seed)
    inner, inner_bias = source.normal(0, 0.4, (inputs.shape[1], HIDDEN)), np.zeros(HIDDEN)
    outer, outer_bias = source.normal(0, 0.3, (HIDDEN, 3)), np.zeros(3)
    adam = Adam([inner, inner_bias, outer, outer_bias], RATE)
    for _ in range(STEPS):
        hidden = np.tanh(inputs @ inner + inner_bias)
        error = (_softmax(hidden @ outer + outer_bias) - targets) * share
        hidden_error = error @ outer.T * (1 - hidden**2)
        adam.step(
            [
                inputs.T @ hidden_error + SHRINK * inner,
                hidden_error.sum(axis=0),
                hidden.T @ error + SHRINK * outer,
                error.sum(axis=0),
            ]
        )
    return Member.model_validate(
        {
            "inner": [_rounded(row) for row in inner.T],
            "inner_bias": _rounded(inner_bias),
            "outer": [_rounded(row) for row in outer.T],
            "outer_bias": _rounded(outer_bias),
        }
    )


def _softmax(values: "Array") -> "Array":
    import numpy as np

    powers: Array = np.exp(values - values.max(axis=1, keepdims=True))
    shares: Array = powers / powers.sum(axis=1, keepdims=True)
    return shares


def _rounded(values: "Array") -> tuple[float, ...]:
    return tuple(round(float(value), 5) for value in values)
