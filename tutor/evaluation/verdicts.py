"""Compares graders with the bank's sample answers, point by point.

Calibrations are fitted on the split `calibrate`, on which neither key terms nor a model's weights
were made; published figures are measured on `test` (`marked_answers.py`). The figures here are for
questions that the fit has not seen (`fitting.cross_validated`).
"""

import math
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from statistics import fmean

from tutor.bank import LANGUAGES, Bank, Kind, Language, Question, Sample, Split, Verdict
from tutor.evaluation.agreement import word_recall
from tutor.evaluation.statistics import Estimate, accuracy, cohen_kappa, estimate, flat
from tutor.evaluation.strangers import Strangers
from tutor.grading.calibration import Calibration, Measured, Signal, Signals, SureBand
from tutor.grading.fitting import Example, cross_validated, fit
from tutor.grading.key_term_grader import TERMS_VERSION, KeyTermGrader
from tutor.grading.model_grader import MODEL_VERSION, AnswerReading, ModelGrader
from tutor.grading.network_fit import FEWEST_EXAMPLES, cross_validated_network, fit_network
from tutor.grading.probabilities import Probabilities
from tutor.grading.signals import raw, term_signals

TERMS = (Signal.TERMS, Signal.OVERLAP)
BEFORE = "before"
NETWORK = "all together, each point with its answer"
"""The way of a small network (`grading/network.py`)."""
BANDS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)
"""The bounds of the probabilities within which verdicts are counted together."""
STRANGERS_WEIGHT = 0.05
"""The total weight of answers to other questions, where each kind of answer has 1. With more weight
fewer of them pass, but also fewer paraphrases (training/runs.md)."""
FEWEST = 10
"""The least number of questions in a language for a meaningful interval."""


@dataclass(frozen=True, slots=True)
class SamplePoint:
    """A point of a sample answer, with the verdicts of people and graders on it."""

    question: str
    language: Language
    kind: Kind
    human: Verdict
    terms: Verdict
    """The verdict of the key terms' plain rule."""
    label: Verdict | None
    """The model's likeliest label; None without a model."""
    words: float
    """The share of the point's words that are in the answer: the baseline."""
    signals: Signals
    inputs: tuple[float, ...] = ()
    """The inputs of a network for the point and its answer."""


def samples_of(bank: Bank, split: Split, deck: str | None = None) -> list[tuple[Question, Sample]]:
    """The samples of a split with their questions, in one deck or all.

    Raises `UnknownDeckError`.
    """
    return [
        (bank.question(info.id), sample)
        for each in (bank.decks if deck is None else (bank.deck(deck),))
        for info in each.questions
        for sample in sorted(bank.samples(info.id), key=lambda sample: sample.language)
        if sample.split == split
    ]


def strangers_of(
    samples: Sequence[tuple[Question, Sample]], source: random.Random
) -> list[tuple[Question, Sample]]:
    """A stranger for each question that has one, in a language of its samples."""
    languages: dict[str, list[Language]] = {}
    for question, sample in samples:
        languages.setdefault(question.id, []).append(sample.language)
    strangers = Strangers(sample for _, sample in samples)
    drawn = (
        (question, strangers.draw(question, source.choice(languages[question.id]), source))
        for question in {question.id: question for question, _ in samples}.values()
    )
    return [(question, stranger) for question, stranger in drawn if stranger is not None]


def measure_sample(
    question: Question, sample: Sample, grader: KeyTermGrader, model: ModelGrader | None
) -> Iterator[SamplePoint]:
    """The verdicts of people and graders on every point of a sample. Raises `EngineError`."""
    answer, language = sample.answer, sample.language
    reading = model.read(question, answer, language) if model else None
    coverage = grader.coverage(question, answer, language)
    for index, covered in enumerate(coverage):
        signals = dict(term_signals(covered))
        label: Verdict | None = None
        inputs: tuple[float, ...] = ()
        if reading is not None:
            by_model = reading.points[index]
            label = raw(by_model.scored).likeliest
            signals |= by_model.signals
            inputs = by_model.inputs
        yield SamplePoint(
            question=question.id,
            language=language,
            kind=sample.kind,
            human=sample.verdicts[covered.point.id],
            terms=covered.verdict,
            label=label,
            words=word_recall(covered.point.point.to(language), answer),
            signals=signals,
            inputs=inputs,
        )


@dataclass(frozen=True)
class MeasuredSamples:
    """All measured points, on which every way of grading is fitted."""

    points: Sequence[SamplePoint]
    strangers: Sequence[SamplePoint] = ()
    """Points of `strangers_of`: a network is fitted on them too, but no figure counts them."""

    @cached_property
    def examples(self) -> list[Example]:
        """The points as examples for a fit."""
        return _examples(self.points)

    @cached_property
    def by_network(self) -> list[Probabilities] | None:
        """The probabilities by networks that have not seen a point's question; None without inputs.

        Cross-validating takes far longer than anything else here, so it is done only once.
        """
        if len(self.examples) < FEWEST_EXAMPLES or not all(each.inputs for each in self.examples):
            return None
        return cross_validated_network(self.with_strangers)[: len(self.examples)]

    @cached_property
    def with_strangers(self) -> list[Example]:
        """The examples for a network: the points, followed by those of strangers."""
        strangers = _examples(self.strangers)
        weighted = (replace(each, weight=each.weight * STRANGERS_WEIGHT) for each in strangers)
        return [*self.examples, *weighted]


def ways(samples: MeasuredSamples) -> dict[str, Sequence[Verdict]]:
    """The verdicts of all ways on every point.

    Baselines come first, then key terms, the model, and both together.
    """
    points = samples.points
    commonest = Counter(point.human for point in points).most_common(1)[0][0]
    found: dict[str, Sequence[Verdict]] = {
        "always the commonest verdict": [commonest] * len(points),
        "word overlap": _fitted(
            points, (Signal.OVERLAP,), lambda point: {Signal.OVERLAP: point.words}
        ),
        "key terms, before": [point.terms for point in points],
        "key terms, calibrated": _fitted(points, TERMS),
    }
    labels = [point.label for point in points if point.label is not None]
    if len(labels) == len(points):
        found["labels, before"] = labels
        found |= {name: _fitted(points, names) for name, names in _model_sets(points).items()}
        if samples.by_network is not None:
            found[NETWORK] = [chance.likeliest for chance in samples.by_network]
    return found


def calibrated(
    samples: MeasuredSamples, judged: AnswerReading | None, source: random.Random
) -> Calibration:
    """The calibration fitted on all points, with the signals that do best on new questions.

    A model's signals get no weight if key terms alone do as well or better, so that a bad model
    does no harm. `source` draws questions for the intervals by language.
    """
    points, examples = samples.points, samples.examples
    sets: dict[str, tuple[Signal, ...]] = {"key terms": TERMS}
    before = [point.terms for point in points]
    if judged is not None:
        sets |= _model_sets(points)
        before = [point.label or Verdict.MISSED for point in points]
    chances = {name: cross_validated(examples, names) for name, names in sets.items()}
    names = sets[min(sets, key=lambda name: surprise(examples, chances[name]))]
    if samples.by_network is not None:
        chances[NETWORK] = samples.by_network
    best = min(chances, key=lambda name: surprise(examples, chances[name]))
    measured = {BEFORE: _measured(points, before)}
    for name, probabilities in chances.items():
        measured[name] = _measured(points, [each.likeliest for each in probabilities])
    better = better_in(examples, names, source)
    about: dict[str, object] = {"terms": TERMS_VERSION, "found": measured, "way": best}
    about |= {"better_in": better, "sure": sure_bands(examples, chances[best])}
    if judged is not None:
        about |= {"judge": MODEL_VERSION, "model": judged.info.fingerprint}
        about |= {"prompt": judged.prompts, "form": judged.form}
    if best == NETWORK:
        about["network"] = fit_network(samples.with_strangers)
    return fit(examples, names).calibration(examples, **about)


def better_in(
    examples: Sequence[Example],
    names: Sequence[Signal],
    source: random.Random,
    *,
    rounds: int = 1000,
) -> tuple[Language, ...]:
    """The languages in which these signals make people's verdicts likelier than key terms do.

    Both are fitted on that language alone, so that any gain comes from the signals. It must be
    beyond chance: whole questions, at least `FEWEST`, are drawn again, and the 95 % interval of the
    mean difference of log-likelihoods is above zero.
    """
    languages: list[Language] = []
    for language in LANGUAGES:
        own = [example for example in examples if example.language == language]
        if len({example.question for example in own}) < FEWEST:
            continue
        before, after = (cross_validated(own, signals) for signals in (TERMS, names))
        clusters: dict[str, list[float]] = {}
        for example, old, new in zip(own, before, after, strict=True):
            gain = _log_chance(new, example) - _log_chance(old, example)
            clusters.setdefault(example.question, []).append(gain)
        gains = list(clusters.values())
        gain_of = estimate(gains, lambda drawn: fmean(flat(drawn)), source, rounds)
        if gain_of.interval.low > 0:
            languages.append(language)
    return tuple(languages)


def sure_bands(
    examples: Sequence[Example], chances: Sequence[Probabilities]
) -> tuple[SureBand, ...]:
    """How often the likeliest verdicts are right, by how sure they are; empty bands are missing."""
    sure = [(each.of(each.likeliest), each.likeliest) for each in chances]
    bands: list[SureBand] = []
    for low, high in pairwise(BANDS):
        inside = [
            (chance, verdict is example.verdict)
            for (chance, verdict), example in zip(sure, examples, strict=True)
            if low <= chance < high or chance >= high == BANDS[-1]
        ]
        if inside:
            said, right = (fmean(values) for values in zip(*inside, strict=True))
            bands.append(SureBand(low=low, high=high, points=len(inside), said=said, right=right))
    return tuple(bands)


def _log_chance(chances: Probabilities, example: Example) -> float:
    return math.log(max(1e-9, chances.of(example.verdict)))


def surprise(examples: Sequence[Example], chances: Sequence[Probabilities]) -> float:
    """The mean negative log-likelihood of people's verdicts; less is better."""
    pairs = zip(chances, examples, strict=True)
    return -math.fsum(_log_chance(p, e) for p, e in pairs) / len(examples)


@dataclass(frozen=True, slots=True)
class MeasuredRow:
    """How well one way does on some points, each figure with its 95 % interval."""

    part: str
    way: str
    points: int
    accuracy: Estimate
    kappa: Estimate


def rows(
    samples: MeasuredSamples, source: random.Random, *, rounds: int = 500
) -> Iterator[MeasuredRow]:
    """All ways on all points, then by language."""
    all_ways = ways(samples)
    for part in ("all", *sorted({point.language for point in samples.points})):
        for way, verdicts in all_ways.items():
            by_question: dict[str, list[tuple[Verdict, Verdict]]] = {}
            for point, verdict in zip(samples.points, verdicts, strict=True):
                if part in ("all", point.language):
                    by_question.setdefault(point.question, []).append((point.human, verdict))
            clusters = list(by_question.values())
            yield MeasuredRow(
                part,
                way,
                len(flat(clusters)),
                estimate(clusters, lambda drawn: accuracy(flat(drawn)), source, rounds),
                estimate(clusters, lambda drawn: cohen_kappa(flat(drawn)), source, rounds),
            )


def _model_sets(points: Sequence[SamplePoint]) -> dict[str, tuple[Signal, ...]]:
    """Sets of the model's signals: alone, together, and with key terms."""
    if Signal.GAIN not in points[0].signals:
        return {"labels, calibrated": (Signal.LABEL,), "all together": (*TERMS, Signal.LABEL)}
    return {
        "labels, calibrated": (Signal.LABEL,),
        "likelihood gain": (Signal.GAIN,),
        "labels and gain": (Signal.LABEL, Signal.GAIN),
        "key terms and gain": (*TERMS, Signal.GAIN),
        "all together": (*TERMS, Signal.LABEL, Signal.GAIN),
    }


def _fitted(
    points: Sequence[SamplePoint],
    names: Sequence[Signal],
    signals: Callable[[SamplePoint], Signals] = lambda point: point.signals,
) -> list[Verdict]:
    """The likeliest verdicts, by weights that have not seen the question."""
    chances = cross_validated(_examples(points, signals), names)
    return [chance.likeliest for chance in chances]


def _examples(
    points: Sequence[SamplePoint],
    signals: Callable[[SamplePoint], Signals] = lambda point: point.signals,
) -> list[Example]:
    """The points as examples, weighted so that every kind of answer counts the same."""
    counts = Counter(point.kind for point in points)
    return [
        Example(p.question, p.language, signals(p), p.human, 1 / counts[p.kind], p.inputs)
        for p in points
    ]


def _measured(points: Sequence[SamplePoint], verdicts: Sequence[Verdict]) -> Measured:
    pairs = [(point.human, verdict) for point, verdict in zip(points, verdicts, strict=True)]
    return Measured(accuracy=round(accuracy(pairs), 4), kappa=round(cohen_kappa(pairs), 4))
