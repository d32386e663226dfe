"""The overlap of an answer with a text, for rubrics without terms."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tutor
from tests.support.questions import question
from tutor.bank import Language, RubricPoint, Text
from tutor.grading.keyterms.coverage import OVERLAP_MET
from tutor.grading.keyterms.overlap import OverlapReader, RubricWording, likeness
from tutor.grading.text import Stemming


def overlaps(point: str, answer: str, language: Language = "en", asked: str = "Why?") -> float:
    asks = question(
        prompt=Text(**{language: asked}),
        rubric=(RubricPoint(id="p", point=Text(**{language: point})),),
    )
    return RubricWording(asks, language, Stemming()).overlaps(answer)[0]


POINT = "The gradient vanishes over long sequences"


def test_the_text_itself_overlaps_fully_and_an_empty_one_not_at_all() -> None:
    assert overlaps(POINT, POINT) == pytest.approx(1)
    assert overlaps(POINT, "") == overlaps(POINT, "Bananas") == 0


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("vanishing gradients over long sequences", "gradients over sequences"),
        ("the gradint vanishes", "the loss vanishes"),
        ("long sequences vanish", "the over the over"),
        (POINT, f"{POINT}. Bananas, apples, pears and plums taste sweet in summer."),
        ("gradient vanishes", "vanishes gradient"),
    ],
)
def test_an_answer_that_says_more_overlaps_more(better: str, worse: str) -> None:
    assert overlaps(POINT, better) > overlaps(POINT, worse)


def test_words_of_the_question_count_less() -> None:
    given_away = overlaps(POINT, "the gradient", asked="What happens to the gradient?")
    assert 0 < given_away < overlaps(POINT, "the gradient")


@pytest.mark.parametrize(
    ("point", "answer", "language"),
    [
        ("Positionskodierung der Wörter", "die Kodierungen der Positionen", "de"),
        ("Маскирование токенов", "токены маскируют", "ru"),
        ("词的位置编码", "编码位置", "zh"),
        ("15 % are selected", "fifteen percent get selected", "en"),
    ],
)
def test_forms_parts_and_spellings_count(point: str, answer: str, language: Language) -> None:
    assert overlaps(point, answer, language) > 0.35


def test_a_language_that_the_point_lacks_has_no_overlap() -> None:
    rubric = RubricWording(question(), "ru", Stemming())
    assert rubric.overlaps("loss covers selected positions only")[2] == 0


@given(st.text(), st.text())
def test_an_overlap_is_from_0_to_1(point: str, answer: str) -> None:
    point = point.strip() or "x"
    assert 0 <= overlaps(point, answer) <= 1 + 1e-9


def test_a_word_is_like_itself_and_unlike_a_short_one() -> None:
    wording = OverlapReader("en", "", Stemming()).read("The loss covers the tokens")
    assert likeness("loss", wording) == 1
    assert likeness("los", wording) == 0


@pytest.mark.parametrize(
    ("point", "answer", "language"),
    [
        ("15 % of the tokens are selected", "40 % of the tokens are selected", "en"),
        ("The first loss is 7", "The first loss is -7", "en"),
        ("The rate is 10^-4", "The rate is 10^4", "en"),
        ("Das größte Modell hat 175 Parameter", "Das größte Modell hat 3 Parameter", "de"),
        ("输入最多512个词", "输入最多4096个词", "zh"),
        (POINT, "The gradient doesn't vanish over long sequences", "en"),
        ("Es multipliziert elementweise", "Es multipliziert nicht elementweise", "de"),
        (
            "Дискриминатор решает для каждого токена",
            "Дискриминатор не решает для каждого токена",
            "ru",
        ),
        ("它同时处理所有位置", "它不能同时处理所有位置", "zh"),
        ("The gradient doesn't vanish", "The gradient vanishes", "en"),
    ],
)
def test_wrong_numbers_and_denials_are_not_met(point: str, answer: str, language: Language) -> None:
    assert overlaps(point, point, language) == pytest.approx(1)
    assert overlaps(point, answer, language) < OVERLAP_MET


def test_numbers_may_be_spelled_out_and_denials_reworded() -> None:
    assert overlaps("fifteen percent are selected", "15 % are selected") > OVERLAP_MET
    assert overlaps("It does not use recurrence", "Recurrence is never used in it") > OVERLAP_MET


PROGRAM = """
from tutor.grading.keyterms.overlap import OverlapReader, recall
from tutor.grading.text import Stemming
reader = OverlapReader("en", "What is asked about the models?", Stemming())
point = reader.read(
    "Each model reads the question of the deck, and then every key term that the author wrote for "
    "it is looked for in the words of the answer; what it denies is not said"
)
answer = reader.read(
    "The model reads every key term of the deck in the words of the answer and then what the "
    "author wrote for each question is not said"
)
print(repr(recall(point, answer)))
"""


def test_an_overlap_is_the_same_to_the_last_digit_in_every_run() -> None:
    """Sets of strings have another order in each run."""
    runs = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            cwd=Path(tutor.__file__).parents[1],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "2", "5")
    }
    assert len(runs) == 1
