"""Key terms grade a point whose terms were drafted."""

import pytest

from tutor.bank import Question, RubricPoint, Text, Verdict
from tutor.grading import KeyTermGrader
from tutor.grading.keyterms.drafted import (
    DRAFTED_MET,
    DRAFTED_PARTIAL,
    drafted_expectation,
    drafted_share,
)
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


def test_a_rubric_that_a_person_wrote_is_graded_by_terms_alone() -> None:
    answer = "They store the energy of sunlight as starch."
    assert verdict(answer, drafted=False) is Verdict.PARTIAL


def like(overlap: float, *, any_own: bool = True, whole: float = 0) -> Likeness:
    return Likeness(overlap, overlap, (overlap,), any_own, whole)


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


def test_the_expected_share_depends_on_the_whole_answer() -> None:
    assert drafted_expectation(1, like(1, whole=1)) == 1
    assert drafted_expectation(0, like(0)) == 0
    assert drafted_expectation(0.5, like(0, whole=0.2)) < drafted_expectation(
        0.5, like(0, whole=0.8)
    )
    assert drafted_expectation(0.1, like(0, whole=1, any_own=False)) < DRAFTED_PARTIAL


def test_words_of_another_point_do_not_change_the_verdict() -> None:
    other = POINT.model_copy(update={"id": "p2", "point": Text(en="Roots take up water.")})
    question = Question(
        id="own.1",
        prompt=Text(en="What do plants do?"),
        rubric=(POINT, other.model_copy(update={"terms": (("root",), ("water",))})),
        answer=Text(en=f"{POINT.point.to('en')} Roots take up water."),
        drafted=True,
    )
    grader = KeyTermGrader()
    alone, both = (
        grader.grade(question, answer, "en").points
        for answer in ("They store it as starch.", "They store it as starch. Roots take up water.")
    )
    assert [one.verdict for one in alone] == [Verdict.PARTIAL, Verdict.MISSED]
    assert [one.verdict for one in both] == [Verdict.PARTIAL, Verdict.MET]
    assert alone[0].expected is not None
    assert both[0].expected is not None
    assert alone[0].expected < both[0].expected
    questions_words = grader.grade(question, "What do plants do?", "en").points
    assert {one.verdict for one in questions_words} == {Verdict.MISSED}


def test_single_chinese_characters_in_common_earn_nothing() -> None:
    point = RubricPoint(
        id="p1",
        point=Text(zh="自然人的民事权利能力始于出生，终于死亡。"),
        terms=(("自然人",), ("出生",), ("死亡",)),
    )
    question = Question(
        id="own.1",
        prompt=Text(zh="什么是民事权利能力？"),
        rubric=(point,),
        answer=Text(zh=point.point.to("zh")),
        drafted=True,
    )

    def judged(answer: str) -> Verdict:
        return KeyTermGrader().grade(question, answer, "zh").points[0].verdict

    assert judged("八周岁以上的未成年人；不能完全辨认自己行为的成年人。") is Verdict.MISSED
    assert judged("这种能力从出生开始，到死亡为止。") is not Verdict.MISSED
    assert judged("人一出生就有，到死为止。") is not Verdict.MISSED
