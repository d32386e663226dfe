"""How a point is judged whose rubric was drafted: a program guessed its key terms.

Another wording has few of them, so that what the answer says of the point's other words counts as
well; but terms are the rare words, and no answer without one meets the point. The figures were
tuned on one half of the questions of graded answers, and on our own samples (docs/measurements.md).
"""

import math

from tutor.grading.keyterms.overlap import Likeness

DRAFTED_MET, DRAFTED_PARTIAL = 0.65, 0.35
"""From which share on a drafted point is met, and partial."""
_BELOW = 0.01
_TERMS, _OVERLAP, _WORDS = 0.25, 0.5, 0.25
"""What each is worth."""


def drafted_share(terms: float, like: Likeness) -> float:
    """How far a drafted point is covered, from 0 to 1.

    All its terms are enough, and none is not enough. Where nothing but function words and the
    question's own words is found, the point is missed.
    """
    share = math.sqrt(_TERMS * terms + _OVERLAP * like.overlap + _WORDS * like.words)
    if terms >= 1:
        return max(share, DRAFTED_MET)
    if not (terms or like.any_own):
        return min(share, DRAFTED_PARTIAL - _BELOW)
    return share if terms else min(share, DRAFTED_MET - _BELOW)
