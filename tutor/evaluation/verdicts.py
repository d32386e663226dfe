"""Graders against the bank's sample answers, point by point.

Calibrations are fitted on the samples of the split `calibrate`, on which no terms and no weights of
a model were; what is claimed is measured on `test` (`marked_answers.py`). Figures here are of
questions that the fit has not seen (`fitting.cross_validated`).
"""

import math
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import fmean

from tutor.bank import LANGUAGES, Bank, Kind, Language, Question, Sample, Split, Verdict
from tutor.evaluation.agreement import Estimate, word_recall
from tutor.evaluation.statistics import accuracy, bootstrap, cohen_kappa, flat
from tutor.grading.calibration import Calibration, Measured, Signal, Signals, SureBand
from tutor.grading.fitting import Example, cross_validated, fit
from tutor.grading.keyterms.grader import TERMS_VERSION, KeyTermGrader
from tutor.grading.model_grader import MODEL_VERSION, Judgement, ModelJudge, raw, term_signals
from tutor.grading.network_fit import FEWEST_EXAMPLES, cross_validated_network, fit_network
from tutor.grading.probabilities import Probabilities

TERMS = (Signal.TERMS, Signal.OVERLAP)
BEFORE = "before"
NETWORK = "all together, each point with its answer"
"""By a small network (`grading/network.py`)."""
BANDS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)
"""Between which probabilities verdicts are counted together."""
STRANGERS_WEIGHT = 0.15
"""What answers to other questions count together, where each kind of answer counts 1. The more, the
fewer of them pass, and the fewer paraphrases (training/runs.md)."""
FEWEST = 10
"""Questions in a language, below which an interval says nothing."""


@dataclass(frozen=True, slots=True)
class SamplePoint:
    """A point of a sample answer, with the verdicts of people and graders on it."""

    question: str
    language: Language
    kind: Kind
    human: Verdict
    terms: Verdict
    """The key terms' plain rule."""
    label: Verdict | None
    """The model's likeliest label; None without a model."""
    words: float
    """The share of the point's words that are in the answer, the plain baseline."""
    signals: Signals
    inputs: tuple[float, ...] = ()
    """What a network is given of the point and its answer."""


def samples_of(bank: Bank, split: Split, deck: str | None = None) -> list[tuple[Question, Sample]]:
    """The samples of a split, each with its question; of one deck, or of all."""
    return [
        (bank.question(info.id), sample)
        for each in bank.decks
        if deck in (None, each.id)
        for info in each.questions
        for sample in sorted(bank.samples(info.id), key=lambda sample: sample.language)
        if sample.split == split
    ]


def strangers_of(
    samples: Sequence[tuple[Question, Sample]], source: random.Random
) -> list[tuple[Question, Sample]]:
    """To each question a good answer to one of another section, which misses every point.

    Among answers to the question itself only bad ones sound wrong. So a judge that hears whether an
    answer is right has to be weighed on right answers to something else as well. A question without
    such an answer, of its deck and in its language, is left out.
    """
    good: dict[tuple[str, Language], list[Sample]] = {}
    for _, sample in samples:
        if sample.kind in ("full", "paraphrase"):
            good.setdefault((_deck(sample.question), sample.language), []).append(sample)
    strangers: list[tuple[Question, Sample]] = []
    for question in {question.id: question for question, _ in samples}.values():
        language = source.choice([s.language for q, s in samples if q.id == question.id])
        section = question.id.rpartition(".")[0]
        fit = [
            sample
            for sample in good.get((_deck(question.id), language), ())
            if sample.question.rpartition(".")[0] != section
        ]
        if fit:
            missed = {point.id: Verdict.MISSED for point in question.rubric}
            about = {"question": question.id, "kind": "off-topic", "verdicts": missed}
            stranger = source.choice(fit).model_copy(update={**about, "differed": {}})
            strangers.append((question, stranger))
    return strangers


def _deck(question: str) -> str:
    return question.partition(".")[0]


def measure_sample(
    question: Question, sample: Sample, grader: KeyTermGrader, judge: ModelJudge | None
) -> Iterator[SamplePoint]:
    """What people and graders say about every point of one sample. Raises `EngineError`."""
    answer, language = sample.answer, sample.language
    plain = grader.grade(question, answer, language)
    judgement = judge.judge(question, answer, language) if judge else None
    coverage = grader.coverage(question, answer, language)
    for index, point in enumerate(question.rubric):
        signals = dict(term_signals(coverage[index]))
        label: Verdict | None = None
        inputs: tuple[float, ...] = ()
        if judgement is not None:
            reading = judgement.points[index]
            label = raw(reading.found).likeliest
            signals |= reading.signals
            inputs = reading.inputs
        yield SamplePoint(
            question=question.id,
            language=language,
            kind=sample.kind,
            human=sample.verdicts[point.id],
            terms=plain.points[index].verdict,
            label=label,
            words=word_recall(point.point.to(language), answer),
            signals=signals,
            inputs=inputs,
        )


@dataclass(frozen=True, slots=True)
class Way:
    """A way of grading and its verdict on every point."""

    name: str
    verdicts: tuple[Verdict, ...]


def ways(points: Sequence[SamplePoint], strangers: Sequence[SamplePoint] = ()) -> list[Way]:
    """Baselines first, then key terms, then the model alone and together with them.

    A network is fitted on `strangers` as well, as in `calibrated`.
    """
    commonest = Counter(point.human for point in points).most_common(1)[0][0]
    all_ways = [
        Way("always the commonest verdict", (commonest,) * len(points)),
        Way(
            "word overlap",
            _fitted(points, (Signal.OVERLAP,), lambda point: {Signal.OVERLAP: point.words}),
        ),
        Way("key terms, before", tuple(point.terms for point in points)),
        Way("key terms, calibrated", _fitted(points, TERMS)),
    ]
    labels = [point.label for point in points if point.label is not None]
    if len(labels) == len(points):
        all_ways.append(Way("labels, before", tuple(labels)))
        all_ways += [Way(name, _fitted(points, names)) for name, names in _model_sets(points)]
        examples = _examples(points)
        if _network_can_read(examples):
            chances = _read_by_network(examples, strangers)
            all_ways.append(Way(NETWORK, tuple(chance.likeliest for chance in chances)))
    return all_ways


def calibrated(
    points: Sequence[SamplePoint],
    judged: Judgement | None,
    source: random.Random,
    strangers: Sequence[SamplePoint] = (),
) -> Calibration:
    """Fitted on all of `points`; with a model on the combination that does best on new questions.

    A model's signals get no weight where the key terms alone do as well or better, so that a bad
    model never spoils them. `source` draws questions for the intervals by language. A network is
    fitted on `strangers` as well (`strangers_of`), which count in no figure.
    """
    examples = _examples(points)
    sets: dict[str, tuple[Signal, ...]] = {"key terms": TERMS}
    before = [point.terms for point in points]
    if judged is not None:
        sets |= dict(_model_sets(points))
        before = [point.label or Verdict.MISSED for point in points]
    chances = {name: cross_validated(examples, names) for name, names in sets.items()}
    names = sets[min(sets, key=lambda name: surprise(examples, chances[name]))]
    if _network_can_read(examples):
        chances[NETWORK] = _read_by_network(examples, strangers)
    best = min(chances, key=lambda name: surprise(examples, chances[name]))
    measured = {BEFORE: _measured(points, before)}
    for name, judged_so in chances.items():
        measured[name] = _measured(points, [chance.likeliest for chance in judged_so])
    better = better_in(examples, names, source)
    about: dict[str, object] = {"terms": TERMS_VERSION, "found": measured, "way": best}
    about |= {"better_in": better, "sure": sure_bands(examples, chances[best])}
    if judged is not None:
        about |= {"judge": MODEL_VERSION, "model": judged.info.fingerprint}
        about |= {"prompt": judged.prompts, "form": judged.form}
    if best == NETWORK:
        about["network"] = fit_network([*examples, *_of_strangers(strangers)])
    return fit(examples, names).calibration(examples, **about)


def _read_by_network(
    examples: Sequence[Example], strangers: Sequence[SamplePoint]
) -> list[Probabilities]:
    """Of `examples`, cross-validated."""
    return cross_validated_network([*examples, *_of_strangers(strangers)])[: len(examples)]


def _of_strangers(strangers: Sequence[SamplePoint]) -> list[Example]:
    return [replace(e, weight=e.weight * STRANGERS_WEIGHT) for e in _examples(strangers)]


def _network_can_read(examples: Sequence[Example]) -> bool:
    return len(examples) >= FEWEST_EXAMPLES and all(example.inputs for example in examples)


def better_in(
    examples: Sequence[Example],
    names: Sequence[Signal],
    source: random.Random,
    *,
    rounds: int = 1000,
) -> tuple[Language, ...]:
    """The languages in which these signals make people's verdicts likelier than the key terms do.

    Both are fitted on that language alone, so that nothing is gained but by what the signals know.
    Beyond chance: whole questions, `FEWEST` at least, are drawn again, and the 95 % interval of the
    mean difference of log-likelihoods is above zero.
    """
    languages: list[Language] = []
    for language in LANGUAGES:
        some = [example for example in examples if example.language == language]
        if len({example.question for example in some}) < FEWEST:
            continue
        before, after = (cross_validated(some, signals) for signals in (TERMS, names))
        clusters: dict[str, list[float]] = {}
        for example, old, new in zip(some, before, after, strict=True):
            gain = _log_chance(new, example) - _log_chance(old, example)
            clusters.setdefault(example.question, []).append(gain)
        gains = list(clusters.values())
        if bootstrap(gains, lambda drawn: fmean(flat(drawn)), source, rounds=rounds).low > 0:
            languages.append(language)
    return tuple(languages)


def sure_bands(
    examples: Sequence[Example], chances: Sequence[Probabilities]
) -> tuple[SureBand, ...]:
    """How often the likeliest verdicts are right, by how sure they are; no band is empty."""
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
    """The mean negative log-likelihood of the human's verdict; less is better."""
    pairs = zip(chances, examples, strict=True)
    return -math.fsum(_log_chance(p, e) for p, e in pairs) / len(examples)


@dataclass(frozen=True, slots=True)
class MeasuredRow:
    """How one way does on some points, each figure with its 95 % interval."""

    part: str
    way: str
    points: int
    accuracy: Estimate
    kappa: Estimate


def rows(
    points: Sequence[SamplePoint],
    source: random.Random,
    strangers: Sequence[SamplePoint] = (),
    *,
    rounds: int = 500,
) -> Iterator[MeasuredRow]:
    """All ways on all points, then by language; `strangers` as in `ways`."""
    all_ways = ways(points, strangers)
    for part in ("all", *sorted({point.language for point in points})):
        chosen = [i for i, point in enumerate(points) if part in ("all", point.language)]
        for way in all_ways:
            pairs = [(points[i].question, points[i].human, way.verdicts[i]) for i in chosen]
            yield _row(part, way.name, pairs, source, rounds)


def _row(
    part: str,
    name: str,
    pairs: Sequence[tuple[str, Verdict, Verdict]],
    source: random.Random,
    rounds: int,
) -> MeasuredRow:
    by_question: dict[str, list[tuple[Verdict, Verdict]]] = {}
    for question, human, verdict in pairs:
        by_question.setdefault(question, []).append((human, verdict))
    clusters = list(by_question.values())

    def estimate(statistic: Callable[[Sequence[tuple[Verdict, Verdict]]], float]) -> Estimate:
        def of(drawn: Sequence[Sequence[tuple[Verdict, Verdict]]]) -> float:
            return statistic(flat(drawn))

        return Estimate(of(clusters), bootstrap(clusters, of, source, rounds=rounds))

    return MeasuredRow(part, name, len(pairs), estimate(accuracy), estimate(cohen_kappa))


def _model_sets(points: Sequence[SamplePoint]) -> list[tuple[str, tuple[Signal, ...]]]:
    """The model's signals alone, together, and with the key terms."""
    gain = (Signal.GAIN,) if Signal.GAIN in points[0].signals else ()
    sets: list[tuple[str, tuple[Signal, ...]]] = [("labels, calibrated", (Signal.LABEL,))]
    if gain:
        sets += [("likelihood gain", gain), ("labels and gain", (Signal.LABEL, *gain))]
        sets.append(("key terms and gain", (*TERMS, *gain)))
    return [*sets, ("all together", (*TERMS, Signal.LABEL, *gain))]


def _fitted(
    points: Sequence[SamplePoint],
    names: Sequence[Signal],
    signals: Callable[[SamplePoint], Signals] = lambda point: point.signals,
) -> tuple[Verdict, ...]:
    """The likeliest verdicts, each by weights that have not seen the question."""
    chances = cross_validated(_examples(points, signals), names)
    return tuple(chance.likeliest for chance in chances)


def _examples(
    points: Sequence[SamplePoint],
    signals: Callable[[SamplePoint], Signals] = lambda point: point.signals,
) -> list[Example]:
    """Answers of every kind count the same together, however many there are of each."""
    counts = Counter(point.kind for point in points)
    return [
        Example(p.question, p.language, signals(p), p.human, 1 / counts[p.kind], p.inputs)
        for p in points
    ]


def _measured(points: Sequence[SamplePoint], verdicts: Sequence[Verdict]) -> Measured:
    pairs = [(point.human, verdict) for point, verdict in zip(points, verdicts, strict=True)]
    return Measured(accuracy=round(accuracy(pairs), 4), kappa=round(cohen_kappa(pairs), 4))
