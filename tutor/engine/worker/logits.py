"""What is read off the logits of a branch: labels' probabilities, and the likelihood of a text."""

from dataclasses import dataclass

import numpy as np

from tutor.engine.api import Distribution, Scored
from tutor.engine.worker.kv_cache import BranchTokens
from tutor.engine.worker.llama import Logits


@dataclass(frozen=True)
class Track:
    """A branch in tokens, and where in it something is read."""

    tokens: tuple[int, ...]
    text: tuple[int, ...]
    """Indices of the tokens whose likelihood is measured, none the first of all."""
    asks: tuple[tuple[int, tuple[str, ...], tuple[int, ...]], ...]
    """For each ask the index behind which the labels stand, the labels, and their tokens."""

    @property
    def path(self) -> BranchTokens:
        """What is to be evaluated."""
        wanted = {index - 1 for index in self.text} | {index for index, _, _ in self.asks}
        return BranchTokens(list(self.tokens), frozenset(wanted))


class LogitReading:
    """Collects what is found on one track while its logits come by."""

    def __init__(self, track: Track) -> None:
        self._track = track
        self._text = frozenset(track.text)
        self._asks = {index: (labels, tokens) for index, labels, tokens in track.asks}
        self._likelihoods: list[float] = []
        self._found: dict[int, Distribution] = {}

    def read(self, index: int, logits: Logits) -> None:
        """Take what is wanted from the logits behind the token at `index`."""
        every = _log_sum(logits)
        if index + 1 in self._text:
            token = self._track.tokens[index + 1]
            self._likelihoods.append(float(logits[token]) - every)
        if index in self._asks:
            labels, tokens = self._asks[index]
            self._found[index] = _distribution(labels, logits[list(tokens)], every)

    def scored(self) -> Scored:
        """What was found, when all logits have come by."""
        mean = sum(self._likelihoods) / len(self._likelihoods) if self._likelihoods else None
        return Scored(tuple(self._found[index] for index, _, _ in self._track.asks), mean)


def _distribution(labels: tuple[str, ...], chosen: Logits, every: float) -> Distribution:
    total = _log_sum(chosen)
    return Distribution(
        labels=labels,
        log_probabilities=tuple(float(x) - total for x in chosen),
        mass=min(1.0, float(np.exp(total - every))),
    )


def _log_sum(values: Logits) -> float:
    top = float(values.max())
    return top + float(np.log(np.exp(values - np.float32(top)).sum(dtype=np.float64)))
