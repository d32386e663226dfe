"""Grades answers: a verdict for each point of the rubric, and the score that follows from them.

Imports only the bank and the front of the engine. `GradingService` chooses between a rule, the
model and the key terms.
"""

from tutor.grading.calibration import Calibration
from tutor.grading.calibration_store import Calibrations
from tutor.grading.grade import (
    UNSURE_BELOW,
    WORTH,
    Evidence,
    Grade,
    GradeAnswer,
    GraderId,
    PointGrade,
)
from tutor.grading.key_term_grader import KeyTermGrader
from tutor.grading.prompt_forms import LABEL_SETS, MOST_SENTENCES
from tutor.grading.prompts import PromptBook
from tutor.grading.screening import self_grade
from tutor.grading.sentences import split_sentences
from tutor.grading.service import Choice, GradingService

__all__ = [
    "LABEL_SETS",
    "MOST_SENTENCES",
    "UNSURE_BELOW",
    "WORTH",
    "Calibration",
    "Calibrations",
    "Choice",
    "Evidence",
    "Grade",
    "GradeAnswer",
    "GraderId",
    "GradingService",
    "KeyTermGrader",
    "PointGrade",
    "PromptBook",
    "self_grade",
    "split_sentences",
]
