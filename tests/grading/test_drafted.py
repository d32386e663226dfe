"""How key terms judge a point whose terms were drafted."""

import pytest

from tutor.bank import Question, RubricPoint, Text, Verdict
from tutor.grading import KeyTermGrader
from tutor.grading.keyterms.drafted import DRAFTED_MET, DRAFTED_PARTIAL, drafted_share
from tutor.grading.keyterms.overlap import Likeness

POINT = RubricPoint(
    id="p1",
    point=Text(en="Plants store the energy of sunlight as starch in their leaves."),
    terms=(("starch",), ("sunlight",), ("leave*", "leaf")),
)


def verdict(answer: str, *, drafted: bool = True) -> Verdict:
    question = Question(
        id="own.1",
        prompt=Text(en="What do plants do with the energy?"),
        rubric=(POINT,),
        answer=Text(en=POINT.point.to("en")),
        drafted=drafted,
    )
    return KeyTermGrader().grade(question, answer, "en").points[0].verdict


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("Plants store the energy of sunlight as starch in their leaves.", Verdict.MET),
        ("Sunlight, leaf, starch.", Verdict.MET),
        ("They store the energy of sunlight as starch.", Verdict.MET),
        ("They store it as starch.", Verdict.PARTIAL),
        ("What do plants do with the energy in their roots?", Verdict.MISSED),
        ("They use up the energy.", Verdict.MISSED),
        ("No idea.", Verdict.MISSED),
        ("", Verdict.MISSED),
    ],
)
def test_terms_and_the_points_other_words_count(answer: str, expected: Verdict) -> None:
    assert verdict(answer) is expected


def test_a_rubric_that_somebody_wrote_is_judged_by_its_terms_alone() -> None:
    answer = "They store the energy of sunlight as starch."
    assert verdict(answer, drafted=False) is Verdict.PARTIAL


def like(overlap: float, *, any_own: bool = True) -> Likeness:
    return Likeness(overlap, overlap, (overlap,), any_own)


def test_all_terms_are_enough_and_none_is_not() -> None:
    assert drafted_share(1, like(0)) == DRAFTED_MET
    assert drafted_share(1, like(1)) == 1
    assert DRAFTED_PARTIAL < drafted_share(0, like(1)) < DRAFTED_MET
    assert drafted_share(0, like(1, any_own=False)) < DRAFTED_PARTIAL


@pytest.mark.parametrize("at", [0.1, 0.5, 0.9])
def test_more_of_anything_never_earns_less(at: float) -> None:
    shares = [drafted_share(terms, like(at)) for terms in (0, 0.25, 0.5, 0.75, 1)]
    assert shares == sorted(shares)
    assert drafted_share(0.5, like(at)) < drafted_share(0.5, like(at + 0.05))
