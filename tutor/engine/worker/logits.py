"""Computes label probabilities and text likelihoods from the logits of a branch."""

import numpy as np

from tutor.engine.api import Distribution, Scored
from tutor.engine.worker.kv_cache import Track
from tutor.engine.worker.llama import Logits


class LogitReading:
    """Collects the results of one track from its logits."""

    def __init__(self, track: Track) -> None:
        self._track = track
        self._text = frozenset(track.text)
        self._asks = {index: (labels, tokens) for index, labels, tokens in track.asks}
        self._likelihoods: list[float] = []
        self._distributions: dict[int, Distribution] = {}

    def read(self, index: int, logits: Logits) -> None:
        """Take what is needed from the logits after the token at `index`."""
        total = _log_sum(logits)
        if index + 1 in self._text:
            token = self._track.tokens[index + 1]
            self._likelihoods.append(float(logits[token]) - total)
        if index in self._asks:
            labels, tokens = self._asks[index]
            self._distributions[index] = _distribution(labels, logits[list(tokens)], total)

    def scored(self) -> Scored:
        """The results, once all logits have been read."""
        mean = sum(self._likelihoods) / len(self._likelihoods) if self._likelihoods else None
        return Scored(tuple(self._distributions[index] for index, _, _ in self._track.asks), mean)


def _distribution(labels: tuple[str, ...], chosen: Logits, total: float) -> Distribution:
    among_labels = _log_sum(chosen)
    return Distribution(
        labels=labels,
        log_probabilities=tuple(float(x) - among_labels for x in chosen),
        mass=min(1.0, float(np.exp(among_labels - total))),
    )


def _log_sum(values: Logits) -> float:
    top = float(values.max())
    return top + float(np.log(np.exp(values - np.float32(top)).sum(dtype=np.float64)))
