"""Texts in several languages, in a question and alone."""

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
