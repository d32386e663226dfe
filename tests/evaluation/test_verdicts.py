"""Graders compared with sample answers, good answers to other questions among them; and the
calibrations made from that."""

import random
from collections.abc import Mapping
from functools import cache

import pytest

from bench.shared import our_prompts
from tests.support.questions import EngineDouble
from tutor.bank import Bank, Kind, Verdict
from tutor.evaluation.verdicts import (
    TERMS,
    MeasuredSamples,
    SamplePoint,
    better_in,
    calibrated,
    measure_sample,
    rows,
    samples_of,
    strangers_of,
    sure_bands,
    ways,
)
from tutor.grading import KeyTermGrader
from tutor.grading.calibration import Accuracy, Signal, SureBand
from tutor.grading.fitting import Example
from tutor.grading.model_grader import ModelGrader
from tutor.grading.network import INPUTS
from tutor.grading.network_fit import fit_network
from tutor.grading.probabilities import Probabilities
from tutor.grading.prompt_forms import form_hashes

MET, PARTIAL, MISSED = Verdict.MET, Verdict.PARTIAL, Verdict.MISSED


def seen(count: int = 240, *, model: str = "", seed: int = 2) -> list[SamplePoint]:
    """Key terms that are right in four of five; a model that is `good` or `deaf`, or none."""
    source = random.Random(seed)
    found: list[SamplePoint] = []
    for index in range(count):
        human = source.choice((MET, MISSED))
        terms = human if source.random() < 0.8 else MISSED if human is MET else MET
        signals = {Signal.TERMS: float(terms is MET), Signal.OVERLAP: source.random()}
        label: Verdict | None = None
        if model:
            known = human is MET if model == "good" else source.random() < 0.5
            signals[Signal.LABEL] = (3.0 if known else -3.0) + source.gauss(0, 1) + 5
            label = MET
        question = f"deck.1.{index % 40 + 1}"
        found.append(
            SamplePoint(question, "en", "partial", human, terms, label, source.random(), signals)
        )
    return found


@cache
def accuracies(model: str = "") -> Mapping[str, float]:
    """The share of points on which each way is right, in the order of the ways."""
    points = seen(model=model)
    return {
        name: sum(p.human is v for p, v in zip(points, verdicts, strict=True)) / len(points)
        for name, verdicts in ways(MeasuredSamples(points)).items()
    }


def test_baselines_come_first_and_the_model_only_where_there_is_one() -> None:
    names = list(accuracies())
    assert names[:3] == ["always the commonest verdict", "word overlap", "key terms, before"]
    assert "all together" not in names
    assert list(accuracies("good"))[-1] == "all together"


def test_a_good_model_outweighs_the_key_terms() -> None:
    assert accuracies("good")["labels, before"] < 0.6, "it says yes to all"
    assert accuracies("good")["all together"] > 0.95


def test_a_deaf_model_does_no_harm() -> None:
    alone = accuracies("deaf")["key terms, calibrated"]
    assert alone > 0.7
    assert accuracies("deaf")["all together"] >= alone - 0.02


def test_rows_have_intervals_around_their_figures() -> None:
    measured = list(rows(MeasuredSamples(seen()), random.Random(1), rounds=50))
    assert {row.part for row in measured} == {"all", "en"}
    for row in measured:
        assert row.accuracy.interval.low <= row.accuracy.value <= row.accuracy.interval.high
        assert row.points == 240


@pytest.mark.parametrize(
    ("model", "questions", "signals", "found"),
    [
        ("good", 40, (*TERMS, Signal.LABEL), ("en",)),
        ("deaf", 40, (*TERMS, Signal.LABEL), ()),
        ("good", 5, (*TERMS, Signal.LABEL), ()),
        ("good", 40, TERMS, ()),
    ],
    ids=["a good one", "a deaf one", "too few questions", "key terms themselves"],
)
def test_where_a_model_makes_the_key_terms_better(
    model: str, questions: int, signals: tuple[Signal, ...], found: tuple[str, ...]
) -> None:
    points = [
        point for point in seen(model=model) if int(point.question.split(".")[2]) <= questions
    ]
    examples = [Example(p.question, p.language, p.signals, p.human) for p in points]
    assert better_in(examples, signals, random.Random(1), rounds=200) == found


def test_only_samples_of_the_split_count(bank: Bank) -> None:
    pairs = samples_of(bank, "calibrate")
    assert len(pairs) == 6
    assert all(sample.split == "calibrate" and sample.kind == "full" for _, sample in pairs)


def test_what_is_seen_of_a_sample_and_kept_of_it(bank: Bank) -> None:
    engine = EngineDouble(lambda _said, labels: len(labels) - 1 if labels[0] == "1" else 0)
    prompts, grader = our_prompts(), KeyTermGrader()
    model = ModelGrader(engine, prompts)
    pairs = samples_of(bank, "calibrate")
    points = [point for pair in pairs for point in measure_sample(*pair, grader, model)]
    assert len(points) == 18
    assert {point.label for point in points} == {MET}
    assert all(point.signals[Signal.LABEL] > 1 for point in points)
    question, sample = pairs[0]
    reading = model.read(question, sample.answer, sample.language)
    calibration = calibrated(MeasuredSamples(points), reading, random.Random(1))
    assert (calibration.model, calibration.prompt, calibration.points, calibration.questions) == (
        "f" * 16, form_hashes(prompts)["listed"], 18, 6
    )  # fmt: skip
    assert set(calibration.found) >= {"before", "key terms", "all together"}
    alone = [point for pair in pairs for point in measure_sample(*pair, grader, None)]
    by_terms = calibrated(MeasuredSamples(alone), None, random.Random(1))
    assert (by_terms.model, by_terms.way, by_terms.better_in) == (None, "key terms", ())
    assert by_terms.accuracy("a.1.1", built_in=True) == Accuracy(
        by_terms.found["key terms"].accuracy, seen=True
    )
    assert sum(band.points for band in by_terms.sure) == by_terms.points


def test_verdicts_are_counted_by_how_sure_they_are() -> None:
    examples = [Example("deck.1.1", "en", {}, human) for human in (MET, MET, MISSED, PARTIAL)]
    chances = [
        Probabilities(0.97, 0.02, 0.01),
        Probabilities(1.0, 0.0, 0.0),
        Probabilities(0.7, 0.1, 0.2),
        Probabilities(0.4, 0.2, 0.4),
    ]
    assert sure_bands(examples, chances) == (
        SureBand(low=0.0, high=0.5, points=1, said=0.4, right=0.0),
        SureBand(low=0.7, high=0.8, points=1, said=0.7, right=0.0),
        SureBand(low=0.95, high=1.0, points=2, said=0.985, right=1.0),
    )


SHARED = INPUTS.index("share of its sentence's wording that is in the point")


def test_a_stranger_is_a_good_answer_to_another_section_and_misses_every_point(
    our_bank: Bank,
) -> None:
    samples = samples_of(our_bank, "calibrate")
    good = {
        sample.answer: sample.question
        for _, sample in samples
        if sample.kind in ("full", "paraphrase")
    }
    strangers = strangers_of(samples, random.Random(1))
    assert len(strangers) > 100
    for question, stranger in strangers:
        origin = good[stranger.answer]
        assert origin.partition(".")[0] == question.id.partition(".")[0]
        assert origin.rpartition(".")[0] != question.id.rpartition(".")[0]
        assert stranger.question == question.id
        assert stranger.verdicts == {point.id: Verdict.MISSED for point in question.rubric}
    assert len({question.id for question, _ in strangers}) == len(strangers)
    assert strangers == strangers_of(samples, random.Random(1))


def alike(count: int, kind: Kind, human: Verdict, shared: float) -> list[SamplePoint]:
    """Points whose labels say met, as they do of anything that sounds right."""
    source = random.Random(count)
    signals = {Signal.TERMS: 0.0, Signal.OVERLAP: 0.0, Signal.LABEL: 3.0}
    inputs = [0.0] * len(INPUTS)
    found: list[SamplePoint] = []
    for number in range(count):
        inputs[0], inputs[SHARED] = 3.0, source.gauss(shared, 0.02)
        question = f"deck.1.{number % 40}"
        found.append(
            SamplePoint(question, "en", kind, human, human, human, 0.0, signals, tuple(inputs))
        )
    return found


def test_a_network_that_was_fitted_on_strangers_doubts_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tutor.grading.network_fit.STEPS", 100)  # enough for so plain a case
    monkeypatch.setattr("tutor.evaluation.verdicts.STRANGERS_WEIGHT", 0.15)
    good = alike(1_200, "paraphrase", Verdict.MET, 0.2)
    wrong = alike(900, "wrong", Verdict.MISSED, 0.6)
    strangers = alike(300, "off-topic", Verdict.MISSED, 0.0)
    stranger = strangers[0].inputs
    without = fit_network(MeasuredSamples([*good, *wrong]).examples).probabilities(stranger)
    weighed = MeasuredSamples([*good, *wrong], strangers)
    assert fit_network(weighed.with_strangers).probabilities(stranger).met < 0.5 < without.met
    monkeypatch.setattr("tutor.grading.network_fit.STEPS", 1)
    assert weighed.by_network is not None
    assert len(weighed.by_network) == 2_100, "no figure counts them"
