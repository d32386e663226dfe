"""How an answer is judged: verdicts by point, and the arithmetic of a score.

May import bank and the front of the engine. `GradingService` chooses between a rule, the
model judge and the key-term grader.
"""

from tutor.grading.author_checks import author_checks
from tutor.grading.calibration import Calibration, Signal
from tutor.grading.calibration_store import Calibrations
from tutor.grading.explain import Explanation, ExplanationSection, Line, PromptPiece
from tutor.grading.grade import (
    UNSURE_BELOW,
    WORTH,
    Evidence,
    Grade,
    GraderId,
    PointGrade,
    score,
)
from tutor.grading.keyterms.grader import KeyTermGrader
from tutor.grading.prompt_forms import LABEL_SETS, MOST_SENTENCES
from tutor.grading.prompts import PromptBook, PromptMissing
from tutor.grading.screening import nothing_earned, self_grade
from tutor.grading.sentences import split_sentences
from tutor.grading.service import Choice, Grader, GradingService

__all__ = [
    "LABEL_SETS",
    "MOST_SENTENCES",
    "UNSURE_BELOW",
    "WORTH",
    "Calibration",
    "Calibrations",
    "Choice",
    "Evidence",
    "Explanation",
    "ExplanationSection",
    "Grade",
    "Grader",
    "GraderId",
    "GradingService",
    "KeyTermGrader",
    "Line",
    "PointGrade",
    "PromptBook",
    "PromptMissing",
    "PromptPiece",
    "Signal",
    "author_checks",
    "nothing_earned",
    "score",
    "self_grade",
    "split_sentences",
]
