"""How well a grader agrees with people: statistics, and answers that people have graded.

May import bank and grading. The front is `read_graded`, `evaluate` and the scorers.
"""

from tutor.measure.evaluate import (
    Estimate,
    Evaluation,
    Scorer,
    by_expected_score,
    by_model,
    by_verdicts,
    by_word_recall,
    evaluate,
)
from tutor.measure.graded import (
    GradedAnswer,
    GradedFileUnusable,
    GradedQuestion,
    halves,
    read_graded,
    some_of,
)
from tutor.measure.marked import (
    Figures,
    MarkedAnswer,
    MarkedReport,
    marked_samples,
    measure_marked,
    read_marked,
)
from tutor.measure.stock import Stock, take_stock

__all__ = [
    "Estimate",
    "Evaluation",
    "Figures",
    "GradedAnswer",
    "GradedFileUnusable",
    "GradedQuestion",
    "MarkedAnswer",
    "MarkedReport",
    "Scorer",
    "Stock",
    "by_expected_score",
    "by_model",
    "by_verdicts",
    "by_word_recall",
    "evaluate",
    "halves",
    "marked_samples",
    "measure_marked",
    "read_graded",
    "read_marked",
    "some_of",
    "take_stock",
]
