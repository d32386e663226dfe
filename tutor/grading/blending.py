"""Combines the judge's verdict on a drafted point with that of the key terms.

The judge was trained on rubrics that people wrote, in one field. Elsewhere, with drafted rubrics,
it agrees with human marks less than the key terms do; in its own field, key terms that a program
guessed are hardly better than chance. So the judge counts the more, the nearer a question is to
its field (docs/measurements.md says how the figures were chosen).
"""

from tutor.bank import Language, Question, Verdict
from tutor.grading.field import Field
from tutor.grading.probabilities import Probabilities

MET, PARTIAL = 0.5, 0.3
"""The expected share of a point's weight from which the point is met, and partial."""
FAR, NEAR = 0.2, 0.7
"""How much the judge counts far from its field, and in it."""
UNKNOWN = 0.5
"""How much a judge counts whose field is not known."""


def judge_share(field: Field | None, question: Question, language: Language) -> float:
    """How much the judge counts, from 0 to 1; the key terms count for the rest."""
    return FAR + (NEAR - FAR) * field.nearness(question, language) if field else UNKNOWN


def blend(judge: Probabilities, expected: float, share: float) -> Probabilities:
    """Mix the judge's probabilities with what the key terms expect the point to earn (0 to 1).

    `share` is how much the judge counts. What the key terms expect is itself a mixture of the two
    verdicts nearest to it.
    """
    terms = (
        Probabilities(2 * expected - 1, 2 - 2 * expected, 0.0)
        if expected > 1 / 2
        else Probabilities(0.0, 2 * expected, 1 - 2 * expected)
    )
    return Probabilities(
        share * judge.met + (1 - share) * terms.met,
        share * judge.partial + (1 - share) * terms.partial,
        share * judge.missed + (1 - share) * terms.missed,
    )


def verdict_of(probabilities: Probabilities) -> Verdict:
    """The verdict for the expected share of the weight."""
    if probabilities.worth >= MET:
        return Verdict.MET
    return Verdict.PARTIAL if probabilities.worth >= PARTIAL else Verdict.MISSED
