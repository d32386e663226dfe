"""Compares ways of combining the judge's labels with key terms, from stored outputs.

`python -m bench.combine` fits on the split `calibrate` and cross-validates by question; `python -m
bench.combine test` fits on all of `calibrate` and measures on another split. Every kind of answer
has the same weight in a fit.
"""

import math
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import cast

from bench.outputs import JudgedAnswer, matched
from bench.shared import our_bank, print_table
from tutor.bank import Bank, Question, Sample, Split, Verdict
from tutor.evaluation.statistics import accuracy, cohen_kappa, pearson
from tutor.evaluation.verdicts import sure_bands
from tutor.grading import WORTH, KeyTermGrader, split_sentences
from tutor.grading.calibration import Signal, calibration_error
from tutor.grading.evidence import shared_wording
from tutor.grading.fitting import Example, cross_validated, fit
from tutor.grading.network import inputs_of
from tutor.grading.network_fit import cross_validated_network, fit_network
from tutor.grading.probabilities import Probabilities
from tutor.grading.signals import term_signals
from tutor.grading.wording import QuestionWording

SIGNALS = (Signal.TERMS, Signal.OVERLAP, Signal.LABEL)
KINDS = ("full", "off-topic", "paraphrase", "partial", "reversed", "wrong")


@dataclass(frozen=True)
class JudgedPoint:
    """A point of an answer with its signals and people's verdict."""

    example: Example
    kind: str
    answer: str
    """The name of the answer it belongs to."""
    marks: float
    """How many marks the point is worth."""


def main() -> None:
    """Print the table."""
    split = cast("Split", sys.argv[1] if sys.argv[1:] else "calibrate")
    bank = our_bank()
    points = judged_points(bank, split)
    examples = [point.example for point in points]
    if split == "calibrate":
        by_sum, by_network = cross_validated(examples, SIGNALS), cross_validated_network(examples)
    else:
        seen = [point.example for point in judged_points(bank, "calibrate")]
        weights, network = fit(seen, SIGNALS), fit_network(seen)
        by_sum = [weights.probabilities(example.signals) for example in examples]
        by_network = [network.probabilities(example.inputs) for example in examples]
    rows = [
        row("labels and key terms, a sum", points, by_sum),
        row("by a small network, with the answer", points, by_network),
    ]
    print_table(["way", "points", "accuracy", "kappa", "ECE", "partial recall", *KINDS], rows)
    languages = sorted({example.language for example in examples})
    for language in languages:
        pairs = [
            (example.verdict, chances.likeliest)
            for example, chances in zip(examples, by_network, strict=True)
            if example.language == language
        ]
        print(f"{language}: {accuracy(pairs):.3f}, kappa {cohen_kappa(pairs):.3f}")
    print(
        f"r of the score: {correlation(points, by_sum):.3f}, {correlation(points, by_network):.3f}"
    )


def correlation(points: Sequence[JudgedPoint], chances: Sequence[Probabilities]) -> float:
    """Pearson's correlation, over answers, of the scores by these verdicts and by people's."""
    marks: dict[str, list[tuple[float, float, float]]] = {}
    for point, chance in zip(points, chances, strict=True):
        ours, human = WORTH[chance.likeliest], WORTH[point.example.verdict]
        row_ = (point.marks * ours, point.marks * human, point.marks)
        marks.setdefault(point.answer, []).append(row_)
    sums = [[sum(column) for column in zip(*rows, strict=True)] for rows in marks.values()]
    return pearson([(ours / full, human / full) for ours, human, full in sums])


def judged_points(bank: Bank, split: Split) -> list[JudgedPoint]:
    """Every point of the answers with stored outputs."""
    grader = KeyTermGrader()
    answers = list(matched(bank, split))
    per_kind = Counter(sample.kind for _, sample, judged in answers for _ in judged.labels)
    return [
        point
        for question, sample, judged in answers
        for point in _points(grader, question, sample, judged, 1 / per_kind[sample.kind])
    ]


def _points(
    grader: KeyTermGrader, question: Question, sample: Sample, judged: JudgedAnswer, weight: float
) -> list[JudgedPoint]:
    coverage = grader.coverage(question, sample.answer, sample.language)
    chances = [tuple(map(math.exp, labels)) for labels in judged.labels]
    odds = [
        math.log((met + partial / 2 + 1e-6) / (missed + partial / 2 + 1e-6))
        for met, partial, missed in chances
    ]
    sentences = split_sentences(sample.answer)
    shared = shared_wording(QuestionWording(question), coverage, sentences)
    inputs = inputs_of(odds, [partial for _, partial, _ in chances], coverage, shared)
    return [
        JudgedPoint(
            Example(
                question.id,
                sample.language,
                {**term_signals(covered), Signal.LABEL: label},
                sample.verdicts[covered.point.id],
                weight,
                values,
            ),
            sample.kind,
            f"{question.id} {judged.answer}",
            covered.point.weight,
        )
        for covered, label, values in zip(coverage, odds, inputs, strict=True)
    ]


def row(name: str, points: Sequence[JudgedPoint], chances: Sequence[Probabilities]) -> list[str]:
    """The figures of one way."""
    pairs = [(p.example.verdict, c.likeliest) for p, c in zip(points, chances, strict=True)]
    partial = [ours is human for human, ours in pairs if human is Verdict.PARTIAL]
    by_kind = [
        accuracy([pair for pair, point in zip(pairs, points, strict=True) if point.kind == kind])
        for kind in KINDS
    ]
    error = calibration_error(sure_bands([point.example for point in points], chances))
    figures = (accuracy(pairs), cohen_kappa(pairs), error, fmean(partial), *by_kind)
    return [name, str(len(pairs)), *(f"{figure:.3f}" for figure in figures)]


if __name__ == "__main__":
    main()
