"""Rubrics that are drafted from reference answers."""

from tutor.authoring.drafting import Drafter
from tutor.bank import Text


def test_sentences_become_points_with_terms_that_the_prompt_does_not_give_away() -> None:
    answer = Text(en="Attention compares a query with keys. The softmax makes weights of scores.")
    rubric = Drafter([]).rubric(answer, Text(en="How does attention weigh the values?"))
    assert [point.point.en for point in rubric] == [
        "Attention compares a query with keys.",
        "The softmax makes weights of scores.",
    ]
    terms = [term for point in rubric for group in point.terms for term in group]
    assert "softmax" in terms
    assert not any(term.casefold().startswith("attention") for term in terms)
    assert {point.weight for point in rubric} == {1}
