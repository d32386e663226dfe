"""Words that state nothing are told from answers."""

import random

import pytest

from tests.support.questions import question
from tests.support.soak import SOAK
from tutor.bank import Bank, Language, RubricPoint, Text
from tutor.grading.text import Stemming, tokens
from tutor.grading.word_salad import LEAST_SHUFFLED, WordSalad

SALAD = WordSalad(Stemming())
QUESTIONS = ("lectures-de.8.6", "digest-ru.15", "modern.3.4", "transfer-21-zh.9", "compute.1.1")


def words(text: Text, language: Language) -> list[str]:
    return tokens(text.to(language)) if language == "zh" else text.to(language).split()


@pytest.mark.parametrize("id_", QUESTIONS)
def test_the_rubrics_words_in_another_order_are_recognised(our_bank: Bank, id_: str) -> None:
    asked = our_bank.question(id_)
    for language in asked.prompt.languages:
        said = [word for point in asked.rubric for word in words(point.point, language)]
        for seed in range(3):
            random.Random(seed).shuffle(said)
            assert SALAD.is_shuffled(asked, " ".join(said)), (language, seed)


@pytest.mark.parametrize("id_", QUESTIONS)
def test_the_rubric_is_not_salad_in_any_order_of_points(our_bank: Bank, id_: str) -> None:
    asked = our_bank.question(id_)
    for language in asked.prompt.languages:
        points = [point.point.to(language) for point in asked.rubric]
        assert not SALAD.is_shuffled(asked, " ".join(points))
        assert not SALAD.is_shuffled(asked, " ".join(reversed(points)))


def test_the_numbers_of_a_calculation_may_be_in_any_order() -> None:
    steps = [f"{number} * {number + 1} = {number * (number + 1)}" for number in range(2, 16)]
    calculated = question().model_copy(
        update={"rubric": (RubricPoint(id="p1", point=Text(en="; ".join(steps))),)}
    )
    assert not SALAD.is_shuffled(calculated, "; ".join(reversed(steps)))
    source = [word for step in steps for word in step.split()]
    random.Random(1).shuffle(source)
    assert not SALAD.is_shuffled(calculated, " ".join(source))


def test_few_words_are_not_salad() -> None:
    assert not SALAD.is_shuffled(question(), " ".join(["mask selected tokens of"] * 5))


def test_babble_between_key_terms_is_recognised() -> None:
    source = random.Random(1)
    babble = ["".join(source.choices("bdfgklmnprstvaeiou", k=7)) for _ in range(24)]
    assert SALAD.is_babble(question(), "mask 80 % selected " + " ".join(babble))
    assert not SALAD.is_babble(question(), "mask 80 % selected " + " ".join(babble[:10]))
    assert not SALAD.is_babble(question(), " ".join([*babble, "probability"]))


def test_no_sample_answer_is_salad(our_bank: Bank) -> None:
    """A quarter of them; all by `make soak`."""
    said = [
        (asked, sample.answer)
        for asked in map(our_bank.question, our_bank.question_ids[:: 1 if SOAK else 4])
        for sample in our_bank.samples(asked.id)
        if sample.answer.count(" ") > LEAST_SHUFFLED or sample.language == "zh"
    ]
    assert len(said) > 300
    for asked, answer in said:
        assert not SALAD.is_shuffled(asked, answer), answer
        assert not SALAD.is_babble(asked, answer), answer
