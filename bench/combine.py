"""Ways of combining the judge's labels with the key terms, on outputs that were computed before.

`python -m bench.combine [SPLIT]`. Cross-validated by question, on answers whose kinds count alike.
Besides the way that is used: a small network over what is known of a point and of its answer as a
whole, the mean of three that differ in their seeds. It says what is left in the combination;
sessions do not use it, since it was not measured on `test`.
"""

import math
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import cast

import numpy as np
from numpy.typing import NDArray

from bench.outputs import JudgedAnswer, matched
from bench.table import print_table
from tutor.bank import Bank, Question, Sample, Split, Verdict, open_bank
from tutor.evaluation.statistics import accuracy, cohen_kappa
from tutor.evaluation.verdicts import sure_bands
from tutor.grading import KeyTermGrader
from tutor.grading.calibration import Probabilities, Signal, calibration_error
from tutor.grading.fitting import Example, cross_validated
from tutor.grading.keyterms.grader import Coverage
from tutor.grading.model_grader import term_signals
from tutor.paths import find_paths

Array = NDArray[np.float64]
SEEDS = (0, 1, 2)
HIDDEN, STEPS, RATE, SHRINK = 12, 800, 0.02, 3e-3
RANKS = (Verdict.MISSED, Verdict.PARTIAL, Verdict.MET)
KINDS = ("full", "off-topic", "paraphrase", "partial", "reversed", "wrong")


@dataclass(frozen=True)
class JudgedPoint:
    """What is known of a point, and what people say."""

    example: Example
    kind: str
    features: tuple[float, ...]


def main() -> None:
    """Print the table."""
    split = cast("Split", sys.argv[1] if sys.argv[1:] else "calibrate")
    points = judged_points(open_bank([find_paths({}).resources / "questions"], None), split)
    examples = [point.example for point in points]
    signals = (Signal.TERMS, Signal.OVERLAP, Signal.LABEL)
    rows = [
        row("labels and key terms (used)", points, cross_validated(examples, signals)),
        row("a small network over point and answer", points, by_network(points)),
    ]
    print_table(["way", "points", "accuracy", "kappa", "ECE", "partial recall", *KINDS], rows)


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
    whole = _of_answer(odds, coverage)
    return [
        JudgedPoint(
            Example(
                question.id,
                sample.language,
                {**term_signals(covered), Signal.LABEL: label},
                sample.verdicts[covered.point],
                weight,
            ),
            sample.kind,
            (label, chance[1], covered.share, float(covered.share >= 1), covered.touched,
             float(covered.contradicted), *whole),
        )
        for label, chance, covered in zip(odds, chances, coverage, strict=True)
    ]  # fmt: skip


def _of_answer(odds: Sequence[float], coverage: Sequence[Coverage]) -> tuple[float, ...]:
    """How the judge and the key terms find the answer's points together."""
    return (
        fmean(odds),
        min(odds),
        float(np.std(odds)),
        fmean(covered.share for covered in coverage),
        fmean(covered.share >= 1 for covered in coverage),
        fmean(covered.touched <= 0 for covered in coverage),
        fmean(covered.contradicted for covered in coverage),
    )


def by_network(points: Sequence[JudgedPoint], folds: int = 10) -> list[Probabilities]:
    """For every point what networks say that have not seen its question."""
    questions = sorted({point.example.question for point in points})
    fold = {question: number % folds for number, question in enumerate(questions)}
    at = np.array([fold[point.example.question] for point in points])
    x = np.array([point.features for point in points])
    rank = np.array([RANKS.index(point.example.verdict) for point in points])
    weight = np.array([point.example.weight for point in points])
    chances = np.zeros((len(points), 3))
    for number in range(folds):
        seen, aside = at != number, at == number
        for seed in SEEDS:
            network = trained(x[seen], rank[seen], weight[seen], seed)
            chances[aside] += network(x[aside]) / len(SEEDS)
    return [Probabilities(met, partial, missed) for missed, partial, met in chances.tolist()]


def trained(
    x: Array, rank: NDArray[np.int64], weight: Array, seed: int
) -> Callable[[Array], Array]:
    """A network with one hidden layer, by Adam on the cross-entropy, with some shrinkage."""
    source = np.random.default_rng(seed)
    mean, scale = x.mean(axis=0), x.std(axis=0) + 1e-9
    inputs, wanted, share = (x - mean) / scale, np.eye(3)[rank], (weight / weight.sum())[:, None]
    parts = [
        source.normal(0, 0.4, (x.shape[1], HIDDEN)), np.zeros(HIDDEN),
        source.normal(0, 0.3, (HIDDEN, 3)), np.zeros(3),
    ]  # fmt: skip
    moved = [(np.zeros_like(part), np.zeros_like(part)) for part in parts]
    for step in range(1, STEPS + 1):
        hidden = np.tanh(inputs @ parts[0] + parts[1])
        off = (_softmax(hidden @ parts[2] + parts[3]) - wanted) * share
        back = off @ parts[2].T * (1 - hidden**2)
        slopes = (
            inputs.T @ back + SHRINK * parts[0], back.sum(axis=0),
            hidden.T @ off + SHRINK * parts[2], off.sum(axis=0),
        )  # fmt: skip
        for index, slope in enumerate(slopes):
            first, second = moved[index]
            first, second = 0.9 * first + 0.1 * slope, 0.999 * second + 0.001 * slope**2
            moved[index] = first, second
            size = RATE / (1 - 0.9**step) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
            parts[index] = parts[index] - size * first

    def network(values: Array) -> Array:
        hidden: Array = np.tanh((values - mean) / scale @ parts[0] + parts[1])
        return _softmax(hidden @ parts[2] + parts[3])

    return network


def _softmax(values: Array) -> Array:
    raised: Array = np.exp(values - values.max(axis=1, keepdims=True))
    shares: Array = raised / raised.sum(axis=1, keepdims=True)
    return shares


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
