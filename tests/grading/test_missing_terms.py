"""The terms that an answer lacks, as a student reads them."""

import pytest

from tests.support.questions import question
from tutor.bank import Language, RubricPoint, Text
from tutor.grading import KeyTermGrader


@pytest.mark.parametrize(
    ("language", "named"), [("de", "keine Reihenfolge"), ("en", "no order"), ("ru", "порядка")]
)
def test_missing_terms_are_in_the_language_of_the_answer(language: Language, named: str) -> None:
    point = Text(
        de="Es gibt keine Reihenfolge der Wörter.",
        en="The words have no order.",
        ru="Здесь нет порядка.",
    )
    group = ("keine Reihenfolge", "als Menge", "порядк*", "a set", "no order")
    rubric = (RubricPoint(id="p", point=point, terms=(group,)),)
    assert KeyTermGrader().missing(question(rubric=rubric), "x", language) == {"p": (named,)}


def test_function_words_are_not_named_as_missing() -> None:
    point = Text(en="It is either p or q.", de="Es ist nur das.")
    terms = (("or", "oder"), ("p",), ("nur das", "only that"))
    rubric = (
        RubricPoint(id="p", point=point, terms=terms),
        RubricPoint(id="q", point=point, terms=(("or",),)),
    )
    assert KeyTermGrader().missing(question(rubric=rubric), "x", "en") == {"p": ("p",)}


def test_missing_terms_are_written_without_signs() -> None:
    point = Text(en="The sum is 16 at any resolution.")
    terms = (("= 16",), ("resol*",), ("pixel*",), ("*size",))
    rubric = (RubricPoint(id="p", point=point, terms=terms),)
    named = KeyTermGrader().missing(question(rubric=rubric), "x", "en")
    assert named == {"p": ("16", "resolution", "pixel…", "…size")}
