"""Compares a grader with people's marks: correlation, error and agreement, with intervals."""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tutor.bank import Question
from tutor.evaluation.graded_sets import GradedAnswer, GradedQuestion
from tutor.evaluation.statistics import (
    Estimate,
    Pair,
    centred_pearson,
    estimate,
    flat,
    pearson,
    quadratic_kappa,
    rmse,
)
from tutor.grading import KeyTermGrader
from tutor.grading.model_grader import ModelGrader

Scorer = Callable[[Question, GradedAnswer], float]
"""Gives an answer its share of the full mark, from 0 to 1."""
_PLAIN_WORD = re.compile(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff]+")
_QUARTERS = 4


@dataclass(frozen=True)
class Evaluation:
    """How well a grader does on one set of graded answers."""

    answers: int
    questions: int
    r: Estimate
    """Pearson's, over all answers."""
    r_centred: Estimate
    """Pearson's, within questions."""
    rmse: Estimate
    """The root mean squared error of the share of the full mark."""
    kappa: Estimate
    """Quadratically weighted, with shares rounded to `steps`."""
    steps: int
    """1 if people gave all or nothing only, else 4: quarters of the full mark."""


def evaluate(
    questions: Sequence[GradedQuestion],
    scorer: Scorer,
    source: random.Random,
    *,
    rounds: int = 1000,
) -> Evaluation:
    """Score every answer and compare; the intervals come from drawing whole questions again."""
    groups = [
        [(row.share, scorer(question.question, row)) for row in question.answers]
        for question in questions
    ]
    marks = {person for person, _ in flat(groups)}
    steps = 1 if marks <= {0.0, 1.0} else _QUARTERS
    return Evaluation(
        answers=sum(map(len, groups)),
        questions=len(groups),
        r=estimate(groups, lambda some: pearson(flat(some)), source, rounds),
        r_centred=estimate(groups, centred_pearson, source, rounds),
        rmse=estimate(groups, lambda some: rmse(flat(some)), source, rounds),
        kappa=estimate(
            groups, lambda some: quadratic_kappa(_levels(flat(some), steps)), source, rounds
        ),
        steps=steps,
    )


def by_expected_score(grader: KeyTermGrader) -> Scorer:
    """A scorer: the expected score by key terms."""
    return lambda question, row: grader.grade(question, row.answer, row.lang).expected


def by_verdicts(grader: KeyTermGrader) -> Scorer:
    """A scorer: the score of the verdicts by key terms."""
    return lambda question, row: grader.grade(question, row.answer, row.lang).score


def by_model(model: ModelGrader) -> Scorer:
    """A scorer: the expected score by a model's probabilities."""

    def scorer(question: Question, row: GradedAnswer) -> float:
        points = model.read(question, row.answer, row.lang).points
        weights = [point.weight for point in question.rubric]
        earned = zip(weights, points, strict=True)
        return sum(weight * point.probabilities.worth for weight, point in earned) / sum(weights)

    return scorer


def by_word_recall(_question: Question, row: GradedAnswer) -> float:
    """A scorer and baseline: the share of the reference's words that are in the answer."""
    return word_recall(row.reference, row.answer)


def word_recall(reference: str, answer: str) -> float:
    """The share of the reference's words that are in the answer, from 0 to 1.

    Each word counts once and in lower case; Chinese is compared by characters.
    """
    expected = set(_PLAIN_WORD.findall(reference.lower()))
    used = set(_PLAIN_WORD.findall(answer.lower()))
    return len(expected & used) / len(expected) if expected else 0.0


def _levels(pairs: Sequence[Pair], steps: int) -> list[tuple[int, int]]:
    """The shares as whole steps, rounding halves up."""
    return [(int(person * steps + 0.5), int(grader * steps + 0.5)) for person, grader in pairs]
