"""How a point of a drafted rubric is graded: a program guessed its key terms.

Another wording has few of them, so that what the answer says of the point's other words counts as
well; but terms are the rare words, and no answer without one meets the point. The figures were
tuned on one half of the questions of graded answers, and on our own samples (docs/measurements.md).
"""

import math

from tutor.grading.keyterms.overlap import Likeness

DRAFTED_MET, DRAFTED_PARTIAL = 0.65, 0.35
"""From which share on a drafted point is met, and partial."""
_BELOW = 0.01
_NOTHING = DRAFTED_PARTIAL - _BELOW
_TERMS, _OVERLAP, _WORDS = 0.25, 0.5, 0.25
"""What each is worth."""
_WHOLE = 0.6
"""What the answer's share of the whole rubric's words is worth for what is to be expected."""
_RAISED = 0.8
"""The power of it, below 1, since a good answer in other words never has all of them."""


def drafted_share(terms: float, like: Likeness) -> float:
    """How far a drafted point is covered, from 0 to 1.

    All its terms are enough, and none is not enough. Where nothing but function words and the
    question's own words is found, the point is missed.
    """
    share = math.sqrt(_TERMS * terms + _OVERLAP * like.overlap + _WORDS * like.words)
    if terms >= 1:
        return max(share, DRAFTED_MET)
    if not (terms or like.any_own):
        return min(share, _NOTHING)
    return share if terms else min(share, DRAFTED_MET - _BELOW)


def drafted_expectation(share: float, like: Likeness) -> float:
    """The share of a drafted point's weight that people would give, from 0 to 1.

    A verdict needs the point's own words. People's marks follow the whole answer as well: what it
    says of the other points makes it likelier that it says this one in other words.
    """
    expected = math.pow((1 - _WHOLE) * share + _WHOLE * like.whole, _RAISED)
    return expected if share >= DRAFTED_PARTIAL or like.any_own else min(expected, _NOTHING)
