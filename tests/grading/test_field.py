"""Whether a question belongs to the field that the judge was trained in."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.bank import Language, Question, RubricPoint, Text
from tutor.grading import Calibrations
from tutor.grading.field import COMMON, OWN, Field
from tutor.paths import find_paths


@pytest.fixture(scope="module")
def shipped() -> Field:
    kept = Calibrations(find_paths({}).calibrations[1:])
    (file,) = find_paths({}).calibrations[-1].glob("*.json")
    field = kept.field_of(file.stem)
    assert field is not None
    return field


def asked(language: Language, prompt: str, answer: str) -> Question:
    texts = [Text(**{language: text}) for text in (prompt, answer)]
    point = RubricPoint(id="p1", point=texts[1])
    return Question(id="own.1", prompt=texts[0], rubric=(point,), answer=texts[1], drafted=True)


@pytest.mark.parametrize(
    ("language", "prompt", "answer"),
    [
        ("en", "Why is dropout off at test time?", "All units are used, scaled, so that the "
         "expected activation is that of training; the network regularises no more."),
        ("de", "Wozu dient Dropout?", "Es regularisiert das Netz, weil sich Neuronen beim Training "
         "nicht auf einzelne andere verlassen können."),
        ("ru", "Зачем в трансформере несколько голов внимания?", "Каждая голова считает свои веса "
         "внимания в своём подпространстве, и модель видит разные связи между токенами."),
        ("zh", "为什么要用残差连接？", "残差连接让梯度直接传到前面的层，"
         "训练很深的网络时不会梯度消失。"),
    ],
)  # fmt: skip
def test_our_own_field_is_near(
    shipped: Field, language: Language, prompt: str, answer: str
) -> None:
    assert shipped.nearness(asked(language, prompt, answer), language) > 0.6


@pytest.mark.parametrize(
    ("language", "prompt", "answer"),
    [
        ("en", "How do bees find flowers?", "By ultraviolet patterns on petals and by the dances "
         "of other bees in the hive, which tell direction and distance."),
        ("de", "Warum ist der Himmel blau?", "Kurzwelliges Sonnenlicht wird an Luftmolekülen "
         "stärker gestreut als langwelliges."),
        ("ru", "Кто такой Раскольников?", "Бедный студент в Петербурге, который убивает "
         "старуху-процентщицу топором и потом мучается совестью."),
        ("zh", "秦始皇做了什么？", "他统一六国，修筑长城，统一文字、货币和度量衡，焚书坑儒。"),
    ],
)  # fmt: skip
def test_other_fields_are_far(shipped: Field, language: Language, prompt: str, answer: str) -> None:
    assert shipped.nearness(asked(language, prompt, answer), language) < 0.4


@given(st.lists(st.lists(st.text(max_size=60), max_size=3), max_size=40))
def test_a_field_survives_writing_and_reading(questions: list[list[str]]) -> None:
    field = Field.of_texts(questions)
    assert Field.read(field.written()) == field


def test_a_word_of_two_questions_belongs_to_the_field() -> None:
    texts = [["everywhere dropout"], ["everywhere dropouts, once"]]
    field = Field.of_texts([*texts, *[["everywhere"]] * (COMMON - OWN)])
    assert field == Field(frozenset({"every"}), frozenset({"dropo"}))


def test_a_missing_or_broken_file_gives_no_field(tmp_path: Path) -> None:
    (tmp_path / "abcd1234.field.txt").write_bytes(b"\xff\xfe")
    kept = Calibrations((tmp_path,))
    assert kept.field_of("abcd1234") is None
    assert kept.field_of("ffff0000") is None
