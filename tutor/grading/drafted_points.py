"""How the judge and the key terms share the verdict on a point of a drafted rubric.

The judge was trained on rubrics of people, in one field. On other people's graded answers, with
drafted rubrics, its scores alone agree less with theirs than those of the key terms; in its own
field key terms that a program guessed are hardly better than chance. So it counts the more, the
nearer a question is to its field (docs/measurements.md says how the figures were chosen).
"""

from tutor.bank import Language, Question, Verdict
from tutor.grading.field import Field
from tutor.grading.probabilities import Probabilities

MET, PARTIAL = 0.5, 0.3
"""From which share of the point's weight, as it is to be expected, it is met, and partial."""
FAR, NEAR = 0.2, 0.7
"""The judge's part in the verdict far from its field, and in it."""
UNKNOWN = 0.5
"""The same of a judge whose field is not known."""


def part_of_judge(field: Field | None, question: Question, language: Language) -> float:
    """How much the judge counts, from 0 to 1; the rest is the key terms' part."""
    return FAR + (NEAR - FAR) * field.nearness(question, language) if field else UNKNOWN


def shared(of_judge: Probabilities, by_terms: float, part: float) -> Probabilities:
    """The judge's probabilities for its part, and for the rest what key terms expect, 0 to 1.

    What they expect lies between two verdicts, and is a mixture of these.
    """
    of_terms = (
        Probabilities(2 * by_terms - 1, 2 - 2 * by_terms, 0.0)
        if by_terms > 1 / 2
        else Probabilities(0.0, 2 * by_terms, 1 - 2 * by_terms)
    )
    return Probabilities(
        part * of_judge.met + (1 - part) * of_terms.met,
        part * of_judge.partial + (1 - part) * of_terms.partial,
        part * of_judge.missed + (1 - part) * of_terms.missed,
    )


def verdict_of(probabilities: Probabilities) -> Verdict:
    """The verdict that goes with what is to be expected."""
    if probabilities.worth >= MET:
        return Verdict.MET
    return Verdict.PARTIAL if probabilities.worth >= PARTIAL else Verdict.MISSED
