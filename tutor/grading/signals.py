"""What a calibration weighs: numbers of the key terms' and of the model's findings."""

import math

from tutor.engine.api import Scored
from tutor.grading.calibration import Signal
from tutor.grading.keyterms.grader import Coverage
from tutor.grading.probabilities import Probabilities

_LEAST = 1e-6
"""So that a probability that was rounded to nothing has a logarithm."""


def term_signals(coverage: Coverage) -> dict[Signal, float]:
    """From key terms; a point whose groups are all found counts twice."""
    found = -1.0 if coverage.contradicted else (coverage.share + coverage.enough) / 2
    return {Signal.TERMS: found, Signal.OVERLAP: coverage.overlap}


def model_signals(found: Scored, empty: Scored) -> dict[Signal, float]:
    """From a model: what the answer changes against an empty answer (Zhao et al. 2021, §4)."""
    signals = {Signal.LABEL: log_odds(found) - log_odds(empty)}
    if found.likelihood is not None and empty.likelihood is not None:
        signals[Signal.GAIN] = found.likelihood - empty.likelihood
    return signals


def trained_signals(found: Scored) -> dict[Signal, float]:
    """From a model that was trained to judge, whose probabilities are meant to be what they say.

    The log-odds of what the point is expected to be worth, in which a point that is surely partly
    met lies in the middle.
    """
    met, partial, missed = map(math.exp, found.distributions[0].log_probabilities)
    return {Signal.LABEL: math.log((met + partial / 2 + _LEAST) / (missed + partial / 2 + _LEAST))}


def log_odds(scored: Scored) -> float:
    """Of met against missed."""
    met, _, missed = scored.distributions[0].log_probabilities
    return met - missed


def raw(found: Scored) -> Probabilities:
    """The labels' probabilities as they are."""
    return Probabilities(*map(math.exp, found.distributions[0].log_probabilities))
