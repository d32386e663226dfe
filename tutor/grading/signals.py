"""Computes the signals that a calibration weighs, from key terms and from a model."""

import math

from tutor.engine.api import Scored
from tutor.grading.calibration import Signal
from tutor.grading.keyterms.coverage import Coverage
from tutor.grading.probabilities import Probabilities

_LEAST = 1e-6
"""Added to probabilities, so that one rounded to zero has a logarithm."""


def term_signals(coverage: Coverage) -> dict[Signal, float]:
    """The key terms' signals; finding all groups of a point counts extra."""
    terms = -1.0 if coverage.contradicted else (coverage.share + coverage.enough) / 2
    return {Signal.TERMS: terms, Signal.OVERLAP: coverage.overlap}


def model_signals(scored: Scored, empty: Scored) -> dict[Signal, float]:
    """A model's signals: the difference to an empty answer (Zhao et al. 2021, §4)."""
    signals = {Signal.LABEL: log_odds(scored) - log_odds(empty)}
    if scored.likelihood is not None and empty.likelihood is not None:
        signals[Signal.GAIN] = scored.likelihood - empty.likelihood
    return signals


def trained_signals(scored: Scored) -> dict[Signal, float]:
    """The signals of a model trained to judge: the log-odds of the share that the point earns.

    The log-odds of a point that is certainly partial are 0.
    """
    met, partial, missed = map(math.exp, scored.distributions[0].log_probabilities)
    return {Signal.LABEL: math.log((met + partial / 2 + _LEAST) / (missed + partial / 2 + _LEAST))}


def log_odds(scored: Scored) -> float:
    """The log-odds of met against missed."""
    met, _, missed = scored.distributions[0].log_probabilities
    return met - missed


def raw(scored: Scored) -> Probabilities:
    """The labels' probabilities as they are, without calibration."""
    return Probabilities(*map(math.exp, scored.distributions[0].log_probabilities))
