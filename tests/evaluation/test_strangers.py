"""Good answers to other questions, on which a judge is weighed as well."""

import random

import pytest

from tutor.bank import Bank, Kind, Verdict
from tutor.evaluation.verdicts import MeasuredSamples, SamplePoint, samples_of, strangers_of
from tutor.grading.calibration import Signal
from tutor.grading.network import INPUTS
from tutor.grading.network_fit import fit_network

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


def test_each_question_has_one_stranger_at_most_and_a_seed_the_same_ones(our_bank: Bank) -> None:
    samples = samples_of(our_bank, "calibrate")
    strangers = strangers_of(samples, random.Random(1))
    assert len({question.id for question, _ in strangers}) == len(strangers)
    assert strangers == strangers_of(samples, random.Random(1))


def points(count: int, kind: Kind, human: Verdict, shared: float) -> list[SamplePoint]:
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
    good = points(1_200, "paraphrase", Verdict.MET, 0.2)
    wrong = points(900, "wrong", Verdict.MISSED, 0.6)
    strangers = points(300, "off-topic", Verdict.MISSED, 0.0)
    stranger = strangers[0].inputs
    without = fit_network(MeasuredSamples([*good, *wrong]).examples).probabilities(stranger)
    weighed = MeasuredSamples([*good, *wrong], strangers)
    assert fit_network(weighed.with_strangers).probabilities(stranger).met < 0.5 < without.met
    assert weighed.by_network is not None
    assert len(weighed.by_network) == 2_100, "no figure counts them"
