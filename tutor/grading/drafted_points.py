"""How the judge and the key terms share the verdict on a point of a drafted rubric.

The judge was trained on rubrics of people, in one field. On other people's graded answers, with
drafted rubrics, its scores alone agree less with theirs than those of the key terms; in its own
field key terms that a program guessed are hardly better than chance. The mean of both is near the
better one in either case (docs/measurements.md says how the bounds were chosen).
"""

from tutor.bank import Verdict
from tutor.grading.probabilities import Probabilities

MET, PARTIAL = 0.5, 0.3
"""From which share of the point's weight, as it is to be expected, it is met, and partial."""


def shared(of_judge: Probabilities, by_terms: float) -> Probabilities:
    """The mean of the judge's probabilities and of what the key terms expect, from 0 to 1.

    What they expect lies between two verdicts, and is a mixture of these.
    """
    of_terms = (
        Probabilities(2 * by_terms - 1, 2 - 2 * by_terms, 0.0)
        if by_terms > 1 / 2
        else Probabilities(0.0, 2 * by_terms, 1 - 2 * by_terms)
    )
    return Probabilities(
        (of_judge.met + of_terms.met) / 2,
        (of_judge.partial + of_terms.partial) / 2,
        (of_judge.missed + of_terms.missed) / 2,
    )


def verdict_of(probabilities: Probabilities) -> Verdict:
    """The verdict that goes with what is to be expected."""
    if probabilities.worth >= MET:
        return Verdict.MET
    return Verdict.PARTIAL if probabilities.worth >= PARTIAL else Verdict.MISSED
