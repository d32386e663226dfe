"""Good answers to other questions, on which a judge is weighed as well."""

import random

from tutor.bank import Bank, Verdict
from tutor.evaluation.verdicts import samples_of, strangers_of


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
