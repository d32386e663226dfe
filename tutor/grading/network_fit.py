"""How a network is fitted on sample answers, and how it is known whether it is any good."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tutor.bank import Verdict
from tutor.grading.fitting import FOLDS, Example, folds_of
from tutor.grading.network import Member, Network
from tutor.grading.probabilities import Probabilities

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

SEEDS = (0, 1, 2)
HIDDEN, STEPS, RATE, SHRINK = 24, 800, 0.02, 3e-3
FEWEST_EXAMPLES = 2_000
"""On fewer points a network has learnt their noise."""
_RANKS = (Verdict.MISSED, Verdict.PARTIAL, Verdict.MET)


def fit_network(examples: Sequence[Example]) -> Network:
    """The networks likeliest to give the human's verdicts, with some shrinkage.

    By Adam (Kingma & Ba 2015) on the cross-entropy. Deterministic. Every example has `inputs`.
    """
    import numpy as np

    x = np.array([example.inputs for example in examples])
    mean, spread = x.mean(axis=0), x.std(axis=0)
    scale = np.where(spread > 1e-3, spread, 1.0)  # an input that never changes says nothing
    inputs = (x - mean) / scale
    wanted = np.eye(3)[[_RANKS.index(example.verdict) for example in examples]]
    counts = np.array([example.weight for example in examples])
    share = (counts / counts.sum())[:, None]
    return Network(
        mean=_rounded(mean),
        scale=_rounded(scale),
        members=tuple(_member(inputs, wanted, share, seed) for seed in SEEDS),
    )


def cross_validated_network(examples: Sequence[Example], folds: int = FOLDS) -> list[Probabilities]:
    """For every example what a network fitted on the other questions says, in their order."""
    found: dict[int, Probabilities] = {}
    for seen, aside in folds_of(examples, folds):
        network = fit_network([examples[i] for i in seen])
        found |= {i: network.probabilities(examples[i].inputs) for i in aside}
    return [found[i] for i in range(len(examples))]


def _member(inputs: "Array", wanted: "Array", share: "Array", seed: int) -> Member:
    import numpy as np

    source = np.random.default_rng(seed)
    inner, inner_bias = source.normal(0, 0.4, (inputs.shape[1], HIDDEN)), np.zeros(HIDDEN)
    outer, outer_bias = source.normal(0, 0.3, (HIDDEN, 3)), np.zeros(3)
    parts = [inner, inner_bias, outer, outer_bias]
    means = [np.zeros_like(part) for part in parts]
    squares = [np.zeros_like(part) for part in parts]
    for step in range(1, STEPS + 1):
        hidden = np.tanh(inputs @ parts[0] + parts[1])
        off = (_softmax(hidden @ parts[2] + parts[3]) - wanted) * share
        back = off @ parts[2].T * (1 - hidden**2)
        slopes = (
            inputs.T @ back + SHRINK * parts[0],
            back.sum(axis=0),
            hidden.T @ off + SHRINK * parts[2],
            off.sum(axis=0),
        )
        for at, slope in enumerate(slopes):
            means[at] = 0.9 * means[at] + 0.1 * slope
            squares[at] = 0.999 * squares[at] + 0.001 * slope**2
            size = RATE / (1 - 0.9**step) / (np.sqrt(squares[at] / (1 - 0.999**step)) + 1e-8)
            parts[at] = parts[at] - size * means[at]
    return Member.model_validate(
        {
            "inner": [_rounded(row) for row in parts[0].T],
            "inner_bias": _rounded(parts[1]),
            "outer": [_rounded(row) for row in parts[2].T],
            "outer_bias": _rounded(parts[3]),
        }
    )


def _softmax(values: "Array") -> "Array":
    import numpy as np

    raised: Array = np.exp(values - values.max(axis=1, keepdims=True))
    shares: Array = raised / raised.sum(axis=1, keepdims=True)
    return shares


def _rounded(values: "Array") -> tuple[float, ...]:
    return tuple(round(float(value), 5) for value in values)
