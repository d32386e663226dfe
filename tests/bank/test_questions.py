"""Texts in several languages, and the marks of a question."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.bank import LANGUAGES, Language, Question, RubricPoint, Text

TEXTS = st.dictionaries(st.sampled_from(LANGUAGES), st.from_regex("[a-zж中]+", fullmatch=True))


@given(TEXTS.filter(bool), st.sampled_from(LANGUAGES))
def test_a_text_falls_back_to_english_and_then_to_any(
    texts: dict[str, str], language: Language
) -> None:
    text = Text(**texts)
    fallback = texts.get("en", next(texts[one] for one in LANGUAGES if one in texts))
    assert text.to(language) == texts.get(language, fallback)
    assert set(text.languages) == set(texts)
    assert text.by_language() == texts


def test_a_text_needs_a_language() -> None:
    with pytest.raises(ValueError, match="at least one language"):
        Text()


@given(st.lists(st.floats(0.01, 10), min_size=1, max_size=12))
def test_the_maximum_marks_are_the_sum_of_the_weights(weights: list[float]) -> None:
    rubric = [
        {"id": f"point-{number}", "point": {"en": "x"}, "weight": weight}
        for number, weight in enumerate(weights)
    ]
    question = Question.model_validate(
        {"id": "a.1", "prompt": {"ru": "что?"}, "rubric": rubric, "answer": {"ru": "то"}}
    )
    assert question.weight == pytest.approx(sum(weights))
    assert question.languages == ("ru",)


@given(TEXTS.filter(bool), TEXTS)
def test_a_question_is_the_same_after_writing_and_reading(
    texts: dict[str, str], note: dict[str, str]
) -> None:
    question = Question(
        id="a.1",
        prompt=Text(**texts),
        rubric=(RubricPoint(id="point", point=Text(**texts)),),
        answer=Text(**texts),
        hints=(Text(**texts),),
        note=Text(**note) if note else None,
    )
    for body in (question.model_dump_json(), question.model_dump_json(exclude_defaults=True)):
        assert Question.model_validate_json(body) == question
    assert question.model_dump(exclude_none=True)["hints"] == (texts,)
