"""Texts in several languages, and what a question is worth."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tutor.bank import LANGUAGES, Language, Question, Text

TEXTS = st.dictionaries(st.sampled_from(LANGUAGES), st.from_regex("[a-zж中]+", fullmatch=True))


@given(TEXTS.filter(bool), st.sampled_from(LANGUAGES))
def test_a_text_falls_back_to_english_and_then_to_any(
    texts: dict[str, str], wanted: Language
) -> None:
    text = Text.model_validate(texts)
    fallback = texts.get("en", next(texts[one] for one in LANGUAGES if one in texts))
    assert text.to(wanted) == texts.get(wanted, fallback)
    assert set(text.languages) == set(texts)


def test_a_text_in_no_language() -> None:
    with pytest.raises(ValidationError, match="at least one language"):
        Text()


@given(st.lists(st.floats(0.01, 10), min_size=1, max_size=12))
def test_the_full_mark_is_the_sum_of_the_weights(weights: list[float]) -> None:
    rubric = [
        {"id": f"point-{number}", "point": {"en": "x"}, "weight": weight}
        for number, weight in enumerate(weights)
    ]
    question = Question.model_validate(
        {"id": "a.1", "prompt": {"ru": "что?"}, "rubric": rubric, "answer": {"ru": "то"}}
    )
    assert question.weight == pytest.approx(sum(weights))
    assert question.languages == ("ru",)
