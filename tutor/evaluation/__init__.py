"""How well a grader agrees with people: answers that people have graded, and statistics.

It may import bank and grading. Start with `read_graded`, `evaluate` and the scorers.
"""

from tutor.evaluation.agreement import (
    Scorer,
    by_expected_score,
    by_model,
    by_verdicts,
    by_word_recall,
    evaluate,
)
from tutor.evaluation.graded_sets import GradedAnswer, halves, read_graded, some_of
from tutor.evaluation.marked_answers import MarkedReport, measure_marked, read_marked
from tutor.evaluation.sample_counts import count_samples
from tutor.evaluation.statistics import Estimate

__all__ = [
    "Estimate",
    "GradedAnswer",
    "MarkedReport",
    "Scorer",
    "by_expected_score",
    "by_model",
    "by_verdicts",
    "by_word_recall",
    "count_samples",
    "evaluate",
    "halves",
    "measure_marked",
    "read_graded",
    "read_marked",
    "some_of",
]
