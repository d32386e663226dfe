"""A grader compared with invented marks."""

import random

import pytest

from tests.support.questions import question
from tutor.evaluation import (
    GradedAnswer,
    Scorer,
    by_expected_score,
    by_verdicts,
    by_word_recall,
    evaluate,
)
from tutor.evaluation.graded_sets import GradedQuestion
from tutor.grading import KeyTermGrader


def graded(qid: str, marks: dict[str, float]) -> GradedQuestion:
    answers = tuple(
        GradedAnswer(
            lang="en", qid=qid, question="How?", reference="15 % are selected, 80 % become [MASK]",
            answer=answer, score=mark, max=1,
        )
        for answer, mark in marks.items()
    )  # fmt: skip
    return GradedQuestion(qid, question(), answers)


MARKS = {"all": 1.0, "most": 0.75, "half": 0.5, "none": 0.0}


def by_name(marks: dict[str, float]) -> Scorer:
    return lambda _question, row: marks[row.answer]


def test_a_grader_that_gives_the_same_marks_agrees_fully() -> None:
    questions = [graded("a", MARKS), graded("b", MARKS)]
    evaluation = evaluate(questions, by_name(MARKS), random.Random(0), rounds=50)
    assert (evaluation.answers, evaluation.questions, evaluation.steps) == (8, 2, 4)
    assert evaluation.r.value == pytest.approx(1)
    assert evaluation.r_centred.value == pytest.approx(1)
    assert (evaluation.rmse.value, evaluation.kappa.value) == (0, 1)
    assert evaluation.r.interval == pytest.approx((1, 1))


def test_all_or_nothing_is_compared_in_two_levels() -> None:
    marks = {"yes": 1.0, "no": 0.0}
    close = {"yes": 0.6, "no": 0.4}
    evaluation = evaluate([graded("a", marks)], by_name(close), random.Random(0), rounds=50)
    assert (evaluation.steps, evaluation.kappa.value) == (1, 1)
    assert evaluation.rmse.value == pytest.approx(0.4)


def test_the_scorers_score_what_they_say() -> None:
    grader = KeyTermGrader()
    rows = graded("a", {"15 % are selected": 1, "80 % become [MASK]": 1, "": 0}).answers
    verdicts, expected = by_verdicts(grader), by_expected_score(grader)
    assert [verdicts(question(), row) for row in rows] == [0.375, 0.5, 0]
    assert 0.25 < expected(question(), rows[0]) < 0.375
    assert by_word_recall(question(), rows[0]) == pytest.approx(3 / 6)
    assert by_word_recall(question(), rows[2]) == 0


def test_the_baseline_counts_chinese_by_characters() -> None:
    row = graded("a", {"x": 1}).answers[0]
    row = row.model_copy(update={"reference": "注意力", "answer": "注意"})
    assert by_word_recall(question(), row) == pytest.approx(2 / 3)
