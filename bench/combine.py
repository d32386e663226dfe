"""Ways of combining the judge's labels with the key terms, on outputs that were computed before.

`python -m bench.combine` fits on the split `calibrate` and cross-validates by question; `python -m
bench.combine test` fits on all of `calibrate` and measures on another split. Answers of every kind
count the same in a fit.
"""

import math
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import cast

from bench.outputs import JudgedAnswer, matched
from bench.table import print_table
from tutor.bank import Bank, Question, Sample, Split, Verdict, open_bank
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
from tutor.paths import find_paths

SIGNALS = (Signal.TERMS, Signal.OVERLAP, Signal.LABEL)
KINDS = ("full", "off-topic", "paraphrase", "partial", "reversed", "wrong")


@dataclass(frozen=True)
class JudgedPoint:
    """What is known of a point, and what people say."""

    example: Example
    kind: str
    answer: str
    """Names the answer that it belongs to."""
    marks: float
    """What the point is worth."""


def main() -> None:
    """Print the table."""
    split = cast("Split", sys.argv[1] if sys.argv[1:] else "calibrate")
    bank = open_bank([find_paths({}).resources / "questions"], None)
    fitted_on, points = judged_points(bank, "calibrate"), judged_points(bank, split)
    seen, examples = [[each.example for each in some] for some in (fitted_on, points)]
    if split == "calibrate":
        summed, read = cross_validated(examples, SIGNALS), cross_validated_network(examples)
    else:
        weights, network = fit(seen, SIGNALS), fit_network(seen)
        summed = [weights.probabilities(example.signals) for example in examples]
        read = [network.probabilities(example.inputs) for example in examples]
    rows = [
        row("labels and key terms, a sum", points, summed),
        row("by a small network, with the answer", points, read),
    ]
    print_table(["way", "points", "accuracy", "kappa", "ECE", "partial recall", *KINDS], rows)
    languages = sorted({example.language for example in examples})
    for language in languages:
        some = [at for at, each in enumerate(examples) if each.language == language]
        pairs = [(examples[at].verdict, read[at].likeliest) for at in some]
        print(f"{language}: {accuracy(pairs):.3f}, kappa {cohen_kappa(pairs):.3f}")
    print(f"r of the score: {correlation(points, summed):.3f}, {correlation(points, read):.3f}")


def correlation(points: Sequence[JudgedPoint], chances: Sequence[Probabilities]) -> float:
    """Pearson's, over answers, of the score by verdicts and people's."""
    marks: dict[str, list[tuple[float, float, float]]] = {}
    for point, chance in zip(points, chances, strict=True):
        ours, human = WORTH[chance.likeliest], WORTH[point.example.verdict]
        row_ = (point.marks * ours, point.marks * human, point.marks)
        marks.setdefault(point.answer, []).append(row_)
    sums = [[sum(column) for column in zip(*some, strict=True)] for some in marks.values()]
    return pearson([(ours / full, human / full) for ours, human, full in sums])


def judged_points(bank: Bank, split: Split) -> list[JudgedPoint]:
    """Every point of the answers that were judged."""
    grader = KeyTermGrader()
    answers = list(matched(bank, split))
    per_kind = Counter(sample.kind for _, sample, found in answers for _ in found.labels)
    return [
        point
        for question, sample, found in answers
        for point in _points(grader, question, sample, found, 1 / per_kind[sample.kind])
    ]


def _points(
    grader: KeyTermGrader, question: Question, sample: Sample, found: JudgedAnswer, weight: float
) -> list[JudgedPoint]:
    coverage = grader.coverage(question, sample.answer, sample.language)
    chances = [tuple(map(math.exp, labels)) for labels in found.labels]
    odds = [
        math.log((met + partial / 2 + 1e-6) / (missed + partial / 2 + 1e-6))
        for met, partial, missed in chances
    ]
    sentences = split_sentences(sample.answer)
    shared = shared_wording(question, QuestionWording(question), coverage, sentences)
    inputs = inputs_of(odds, [partial for _, partial, _ in chances], coverage, shared)
    return [
        JudgedPoint(
            Example(
                question.id,
                sample.language,
                {**term_signals(covered), Signal.LABEL: label},
                sample.verdicts[covered.point],
                weight,
                values,
            ),
            sample.kind,
            f"{question.id} {found.answer}",
            covered.weight,
        )
        for covered, label, values in zip(coverage, odds, inputs, strict=True)
    ]


def row(name: str, points: Sequence[JudgedPoint], chances: Sequence[Probabilities]) -> list[str]:
    """The figures of one way."""
    pairs = [(p.example.verdict, c.likeliest) for p, c in zip(points, chances, strict=True)]
    partial = [found is human for human, found in pairs if human is Verdict.PARTIAL]
    by_kind = [
        accuracy([pair for pair, point in zip(pairs, points, strict=True) if point.kind == kind])
        for kind in KINDS
    ]
    honest = calibration_error(sure_bands([point.example for point in points], chances))
    figures = (accuracy(pairs), cohen_kappa(pairs), honest, fmean(partial), *by_kind)
    return [name, str(len(pairs)), *(f"{figure:.3f}" for figure in figures)]


if __name__ == "__main__":
    main()
