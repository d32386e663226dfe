"""Grades a point of a drafted rubric, whose key terms a program guessed.

An answer in other words has few of these terms, so the point's other words count as well. But the
terms are the rare words, and an answer without any does not meet the point. The figures were tuned
on half the questions of graded answers and on our own samples (docs/measurements.md).
"""

import math

from tutor.grading.keyterms.overlap import Likeness

DRAFTED_MET, DRAFTED_PARTIAL = 0.65, 0.35
"""The shares from which a drafted point is met, and partial."""
_BELOW_MET, _BELOW_PARTIAL = DRAFTED_MET - 0.01, DRAFTED_PARTIAL - 0.01
_TERMS, _OVERLAP, _WORDS = 0.25, 0.5, 0.25
"""The weights of key terms, overlap and words in the share."""
_WHOLE = 0.6
"""The weight of the whole rubric's words in the expected share."""
_POWER = 0.8
"""Below 1, since a good answer in other words never has all words of the rubric."""


def drafted_share(terms: float, like: Likeness) -> float:
    """How far a drafted point is covered, from 0 to 1; `terms` is the share of its terms found.

    All its terms are enough to meet it; without any it is at most partial. If only function words
    and the question's own words are found, it is missed.
    """
    share = math.sqrt(_TERMS * terms + _OVERLAP * like.overlap + _WORDS * like.words)
    if terms >= 1:
        return max(share, DRAFTED_MET)
    if not (terms or like.any_own):
        return min(share, _BELOW_PARTIAL)
    return share if terms else min(share, _BELOW_MET)


def drafted_expectation(share: float, like: Likeness) -> float:
    """The share of a drafted point's weight that people would give, from 0 to 1.

    A verdict needs the point's own words, but people's marks follow the whole answer: if it says
    the other points, it is likelier to say this one in other words.
    """
    expected = math.pow((1 - _WHOLE) * share + _WHOLE * like.whole, _POWER)
    return expected if share >= DRAFTED_PARTIAL or like.any_own else min(expected, _BELOW_PARTIAL)
