"""A small model with and without its adapter, against the key terms and plainer ways of judging.

`python -m bench.embedded [--limit N] [--graded N] [--keep FOLDER] BASE ADAPTER [FILE...]`.
On sample answers that are set aside, apart for questions that the adapter was trained on and for
those kept apart from it (of these, once more without those whose near twin was trained on), and on
the other half of each FILE of graded answers, or N of these. What is fitted is fitted on other
questions. Intervals: whole questions drawn again. With a folder the calibration is kept there.
"""

import argparse
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import psutil

from bench.engine import running
from bench.table import print_table
from training.split import has_twin, kept_apart
from tutor.bank import LANGUAGES, Bank, Question, Sample, Verdict, open_bank
from tutor.engine.handle import ModelEngine
from tutor.grading import WORTH, Calibrations, KeyTermGrader, PromptBook, Signal
from tutor.grading.calibration import Probabilities, Signals
from tutor.grading.fitting import Example, Fit, cross_validated, fit
from tutor.grading.forms import Form, FormName
from tutor.grading.judge import Judgement, ModelJudge
from tutor.measure import (
    GradedAnswer,
    Scorer,
    by_expected_score,
    by_word_recall,
    evaluate,
    halves,
    read_graded,
    some_of,
)
from tutor.measure.points import TERMS, Seen, calibrated, look, samples_of
from tutor.measure.statistics import (
    Pair,
    accuracy,
    bootstrap,
    centred_pearson,
    cohen_kappa,
    flat,
    pearson,
    rmse,
)
from tutor.paths import find_paths

T = TypeVar("T")
SEED, ROUNDS = 1, 500
QUESTION, POINTS = "papers-ru.5.1", 5
"""Its English model answer has about 115 tokens."""
FEWEST = 3
"""Questions, below which an interval of whole questions drawn again says nothing."""
PAUSE = 4.0
"""Seconds without a key: the tutor begins to score ahead after less than one."""
GAIN, LABEL = (Signal.GAIN, Signal.LABEL), (Signal.LABEL,)
HEADINGS = ["samples", "way", "points", "accuracy", "kappa", "RMSE of the score", "r",
            "r within questions", "r within points"]  # fmt: skip


@dataclass(frozen=True)
class Point:
    """A point of a sample answer, and all that is known of it."""

    answer: int
    """The number of the sample answer."""
    id: str
    weight: float
    by_base: Seen
    by_adapter: Seen

    @property
    def question(self) -> str:
        """Its question's id."""
        return self.by_base.question

    @property
    def human(self) -> Verdict:
        """What people said."""
        return self.by_base.human


@dataclass(frozen=True)
class Told:
    """What a way of judging says about a point."""

    verdict: Verdict
    worth: float
    """What is to be expected of the point, from 0 to 1."""


Cluster = Sequence[tuple[Point, Told]]
"""One question's points."""


def main() -> None:
    """Print the tables."""
    arguments = _arguments()
    paths = find_paths({})
    bank = open_bank([paths.resources / "questions"], None)
    pairs = samples_of(bank, "calibrate")
    random.Random(SEED).shuffle(pairs)
    samples = sorted(pairs[: arguments.limit], key=lambda pair: pair[0].id)
    with running(arguments.base, threads=arguments.threads) as engine:
        plain = judge(engine, FormName.SINGLE)
        by_base = seen(plain, samples)
        on_files(arguments.files, arguments.graded, plain_scorers(plain, flat(by_base)))
    adapter, threads = arguments.adapter, arguments.threads
    with running(arguments.base, adapter=adapter, threads=threads) as engine:
        adapted = judge(engine, FormName.SHORT)
        points = together(samples, by_base, seen(adapted, samples))
        on_samples(bank, points)
        if arguments.keep:
            question, sample = samples[0]
            judged = adapted.judge(question, sample.answer, sample.language)
            kept = calibrated([p.by_adapter for p in points], judged, random.Random(SEED))
            print(f"kept in {Calibrations([arguments.keep]).keep(kept)}", file=sys.stderr)
        combined = _fit([point.by_adapter for point in points], (*TERMS, *LABEL))
        on_files(arguments.files, arguments.graded, adapted_scorers(adapted, combined))
        on_speed(engine, bank.question(QUESTION))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure the embedded judge.")
    parser.add_argument("base", type=Path)
    parser.add_argument("adapter", type=Path)
    parser.add_argument("files", type=Path, nargs="*")
    parser.add_argument("--limit", type=int, help="of the bank's samples")
    parser.add_argument("--graded", type=int, help="of a file's answers")
    parser.add_argument("--keep", type=Path, metavar="FOLDER")
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


def judge(engine: ModelEngine, form: FormName) -> ModelJudge:
    """An uncalibrated one."""
    book = PromptBook(find_paths({}).prompts)
    clock, kept = time.perf_counter, Calibrations(())
    return ModelJudge(engine, book, clock, KeyTermGrader(), kept, form)


def seen(by: ModelJudge, samples: Sequence[tuple[Question, Sample]]) -> list[tuple[Seen, ...]]:
    """What is found about every point of every sample."""
    found: list[tuple[Seen, ...]] = []
    for number, (question, sample) in enumerate(samples, 1):
        found.append(tuple(look(question, sample, KeyTermGrader(), by)))
        if number % 20 == 0:
            print(f"{number} of {len(samples)}", file=sys.stderr, flush=True)
    return found


def together(
    samples: Sequence[tuple[Question, Sample]],
    by_base: Sequence[Sequence[Seen]],
    by_adapter: Sequence[Sequence[Seen]],
) -> list[Point]:
    """One row a point."""
    return [
        Point(number, point.id, point.weight, one, other)
        for number, (question, _) in enumerate(samples)
        for point, one, other in zip(
            question.rubric, by_base[number], by_adapter[number], strict=True
        )
    ]


def on_samples(bank: Bank, points: Sequence[Point]) -> None:
    """The table on the bank's sample answers."""
    every = ways(bank, points)
    rows: list[list[str]] = []
    for name, belongs in parts(bank).items():
        for language in ("all", *LANGUAGES):
            chosen = [
                number
                for number, point in enumerate(points)
                if language in ("all", point.by_base.language) and belongs(point.question)
            ]
            for way, told in every.items() if chosen else ():
                clusters = by_question([(points[n], told[n]) for n in chosen])
                if len(clusters) < FEWEST:
                    continue
                figures = map(shown, estimates(clusters))
                rows.append([f"{name}, {language}", way, str(len(chosen)), *figures])
    print_table(HEADINGS, rows)


def parts(bank: Bank) -> Mapping[str, Callable[[str], bool]]:
    """Which questions are told of apart."""
    return {
        "trained questions": lambda question: not kept_apart(bank, question),
        "unseen questions": lambda question: kept_apart(bank, question),
        "unseen, no near twin trained": lambda q: kept_apart(bank, q) and not has_twin(bank, q),
    }


def ways(bank: Bank, points: Sequence[Point]) -> dict[str, list[Told]]:
    """What every way of judging says about every point."""
    commonest = Counter(point.human for point in points).most_common(1)[0][0]
    usual = usual_verdicts(bank)
    constant = [usual.get((p.question, p.id), commonest) for p in points]

    def fitted(names: Sequence[Signal], signals: Callable[[Point], Signals]) -> list[Told]:
        examples = _examples(points, signals)
        chances = cross_validated(examples, names)
        return [Told(chance.likeliest, chance.worth) for chance in chances]

    words = fitted((Signal.OVERLAP,), lambda point: {Signal.OVERLAP: point.by_base.words})
    return {
        "commonest verdict": [_sure(commonest) for _ in points],
        "commonest verdict of the point": [_sure(verdict) for verdict in constant],
        "word overlap": words,
        "key terms": fitted(TERMS, lambda point: point.by_base.signals),
        "base": fitted(GAIN, lambda point: point.by_base.signals),
        "base and adapter": fitted(LABEL, lambda point: point.by_adapter.signals),
        "key terms, base and adapter": fitted((*TERMS, *LABEL), lambda p: p.by_adapter.signals),
    }


def usual_verdicts(bank: Bank) -> dict[tuple[str, str], Verdict]:
    """By question and point the commonest verdict on samples that are not set aside."""
    counts: dict[tuple[str, str], Counter[Verdict]] = defaultdict(Counter)
    for question in bank.question_ids:
        for sample in bank.samples(question):
            for point, verdict in sample.verdicts.items() if sample.split == "train" else ():
                counts[question, point][verdict] += 1
    return {key: count.most_common(1)[0][0] for key, count in counts.items()}


def _sure(verdict: Verdict) -> Told:
    return Told(verdict, WORTH[verdict])


def _examples(points: Sequence[Point], signals: Callable[[Point], Signals]) -> list[Example]:
    return [Example(p.question, p.by_base.language, signals(p), p.human) for p in points]


def _fit(seen: Sequence[Seen], names: Sequence[Signal]) -> Fit:
    return fit([Example(p.question, p.language, p.signals, p.human) for p in seen], names)


def by_question(told: Sequence[tuple[Point, Told]]) -> list[Cluster]:
    """Whole questions, since answers to one are alike."""
    found: dict[str, list[tuple[Point, Told]]] = defaultdict(list)
    for point, said in told:
        found[point.question].append((point, said))
    return list(found.values())


def estimates(clusters: Sequence[Cluster]) -> Iterator[tuple[float, float, float]]:
    """Each figure of a row with its interval, from low to high."""
    rated = [[(p.human, t.verdict) for p, t in cluster] for cluster in clusters]
    verdicts = [answers(cluster, lambda told: WORTH[told.verdict]) for cluster in clusters]
    expected = [answers(cluster, lambda told: told.worth) for cluster in clusters]
    within = [list(by_point(cluster)) for cluster in clusters]
    yield _estimate(rated, lambda drawn: accuracy(flat(drawn)))
    yield _estimate(rated, lambda drawn: cohen_kappa(flat(drawn)))
    yield _estimate(verdicts, lambda drawn: rmse(flat(drawn)))
    yield _estimate(expected, lambda drawn: pearson(flat(drawn)))
    yield _estimate(expected, centred_pearson)
    yield _estimate(within, lambda drawn: centred_pearson(flat(drawn)))


def answers(cluster: Cluster, worth: Callable[[Told], float]) -> list[Pair]:
    """By answer the human's share of the full mark and the way's."""
    sums: dict[int, tuple[float, float, float]] = {}
    for point, told in cluster:
        human, found, full = sums.get(point.answer, (0.0, 0.0, 0.0))
        human += point.weight * WORTH[point.human]
        sums[point.answer] = human, found + point.weight * worth(told), full + point.weight
    return [(human / full, found / full) for human, found, full in sums.values()]


def by_point(cluster: Cluster) -> Iterator[list[Pair]]:
    """The same point in several answers: whether the answer was read, and not the point known."""
    groups: dict[str, list[Pair]] = defaultdict(list)
    for point, told in cluster:
        groups[point.id].append((WORTH[point.human], told.worth))
    yield from groups.values()


def _estimate(
    clusters: Sequence[T], statistic: Callable[[Sequence[T]], float]
) -> tuple[float, float, float]:
    low, high = bootstrap(clusters, statistic, random.Random(SEED), rounds=ROUNDS)
    return statistic(clusters), low, high


def shown(figure: tuple[float, float, float]) -> str:
    """With its interval."""
    value, low, high = figure
    return f"{value:.2f} ({low:.2f} to {high:.2f})"


def plain_scorers(base: ModelJudge, points: Sequence[Seen]) -> Mapping[str, Scorer]:
    """What needs no adapter and no key terms."""
    fitted = _fit(points, GAIN)

    def by_base(question: Question, row: GradedAnswer) -> float:
        found = base.judge(question, row.answer, row.lang).points
        return _earned(question, [fitted.probabilities(point.signals) for point in found])

    return {"always the full mark": lambda _question, _row: 1.0, "base": by_base}


def adapted_scorers(adapted: ModelJudge, combined: Fit) -> Mapping[str, Scorer]:
    """The adapter and the key terms, alone and together."""
    known: dict[tuple[str, str], Judgement] = {}

    def judged(question: Question, row: GradedAnswer) -> Judgement:
        """By both ways that ask the model the same."""
        key = question.id, row.answer
        if key not in known:
            known[key] = adapted.judge(question, row.answer, row.lang)
        return known[key]

    def by_adapter(question: Question, row: GradedAnswer) -> float:
        found = judged(question, row).points
        return _earned(question, [point.probabilities for point in found])

    def by_all(question: Question, row: GradedAnswer) -> float:
        found = judged(question, row).points
        return _earned(question, [combined.probabilities(point.signals) for point in found])

    return {
        "word overlap": by_word_recall,
        "key terms": by_expected_score(KeyTermGrader()),
        "base and adapter": by_adapter,
        "key terms, base and adapter": by_all,
    }


def on_files(files: Sequence[Path], limit: int | None, scorers: Mapping[str, Scorer]) -> None:
    """The table on answers that others graded."""
    rows: list[list[str]] = []
    for file in files:
        questions = some_of(halves(read_graded(file))[1], limit, random.Random(SEED))
        for name, scorer in scorers.items():
            found = evaluate(questions, scorer, random.Random(SEED))
            four = (found.r, found.r_centred, found.rmse, found.kappa)
            figures = (shown((each.value, *each.interval)) for each in four)
            rows.append([file.stem, name, str(found.answers), *figures])
    if rows:
        print()
        print_table(["set", "way", "answers", "r", "r within questions", "RMSE", "kappa"], rows)


def _earned(question: Question, found: Sequence[Probabilities]) -> float:
    pairs = zip(question.rubric, found, strict=True)
    return sum(point.weight * chance.worth for point, chance in pairs) / question.weight


def on_speed(engine: ModelEngine, question: Question) -> None:
    """Submit to all verdicts, and the memory of the model's process.

    With the answer read ahead, and scored ahead too, as the tutor does in a pause in typing.
    """
    label_set = engine.wait_until_ready().label_set
    form = Form(FormName.SHORT, PromptBook(find_paths({}).prompts), label_set)
    times: list[float] = []
    ahead: list[float] = []
    for number in range(5):
        asked = form.ask(question, "en", f"{number} {question.answer.to('en')}")
        engine.score(asked.prompt, asked.branches[:1])
        start = time.perf_counter()
        engine.score(asked.prompt, asked.branches[:POINTS])
        times.append(time.perf_counter() - start)
        asked = form.ask(question, "en", f"{question.answer.to('en')} {number}")
        engine.prefill(asked.prompt, asked.branches[:POINTS])
        time.sleep(PAUSE)
        start = time.perf_counter()
        engine.score(asked.prompt, asked.branches[:POINTS])
        ahead.append(time.perf_counter() - start)
    tokens = len(engine.tokens(asked.prompt, asked.branches[0]))
    memory = psutil.Process(engine.pid).memory_info().rss / 2**20
    print(
        f"\n{POINTS} verdicts in {sorted(times)[2]:.2f} s with the answer read ahead, in "
        f"{sorted(ahead)[2]:.3f} s after {PAUSE:g} s without a key "
        f"(median of 5; {tokens} tokens to the end of the first point); memory {memory:.0f} MiB"
    )


if __name__ == "__main__":
    main()
