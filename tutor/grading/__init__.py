"""How an answer is judged: verdicts by point, and the arithmetic of a score.

May import bank and the engine's front. The front is `Examiner`, which chooses between a rule, the
model judge and the key-term grader.
"""

from tutor.grading.calibration import Calibration, Signal
from tutor.grading.complete import author_checks
from tutor.grading.examiner import Choice, Examiner, Grader
from tutor.grading.explain import Explanation, Line, Piece, Section
from tutor.grading.forms import LABEL_SETS, MOST_SENTENCES
from tutor.grading.grade import (
    UNSURE_BELOW,
    WORTH,
    Evidence,
    Grade,
    GraderId,
    PointGrade,
    score,
)
from tutor.grading.kept import Calibrations
from tutor.grading.prompts import PromptBook, PromptMissing
from tutor.grading.rule import nothing_earned, self_grade
from tutor.grading.sentences import split_sentences
from tutor.grading.terms import KeyTermGrader

__all__ = [
    "LABEL_SETS",
    "MOST_SENTENCES",
    "UNSURE_BELOW",
    "WORTH",
    "Calibration",
    "Calibrations",
    "Choice",
    "Evidence",
    "Examiner",
    "Explanation",
    "Grade",
    "Grader",
    "GraderId",
    "KeyTermGrader",
    "Line",
    "Piece",
    "PointGrade",
    "PromptBook",
    "PromptMissing",
    "Section",
    "Signal",
    "author_checks",
    "nothing_earned",
    "score",
    "self_grade",
    "split_sentences",
]
