"""Properties of the arithmetic of a grade."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.bank import Verdict
from tutor.grading import WORTH, Grade, GraderId, PointGrade
from tutor.grading.grade import score

VERDICTS = st.sampled_from(list(Verdict))
WEIGHTS = st.floats(0.01, 10, allow_nan=False)
RANK = {Verdict.MISSED: 0, Verdict.PARTIAL: 1, Verdict.MET: 2}


@st.composite
def point_grades(draw: st.DrawFn) -> tuple[PointGrade, ...]:
    pairs = draw(st.lists(st.tuples(WEIGHTS, VERDICTS), min_size=1, max_size=12))
    return tuple(PointGrade(id=f"p{i}", weight=w, verdict=v) for i, (w, v) in enumerate(pairs))


def grade(points: tuple[PointGrade, ...]) -> Grade:
    return Grade(
        question="q.1", grader=GraderId(name="self", version="1"), language="en", points=points
    )


def changed(points: tuple[PointGrade, ...], at: int, **update: object) -> tuple[PointGrade, ...]:
    return (*points[:at], points[at].model_copy(update=update), *points[at + 1 :])


@given(point_grades(), st.data())
def test_a_score_is_monotone_in_every_verdict(
    points: tuple[PointGrade, ...], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(points) - 1))
    for better in Verdict:
        if RANK[better] > RANK[points[at].verdict]:
            assert score(changed(points, at, verdict=better)) > score(points)


@given(point_grades())
def test_all_points_met_earn_full_marks_and_none_met_earn_nothing(
    points: tuple[PointGrade, ...],
) -> None:
    met = tuple(p.model_copy(update={"verdict": Verdict.MET}) for p in points)
    missed = tuple(p.model_copy(update={"verdict": Verdict.MISSED}) for p in points)
    assert score(met) == pytest.approx(1)
    assert score(missed) == 0
    assert grade(met).earned == pytest.approx(grade(met).full)


@given(point_grades(), st.data())
def test_an_overruling_counts_and_keeps_the_graders_verdict(
    points: tuple[PointGrade, ...], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(points) - 1))
    mine = data.draw(VERDICTS)
    before = grade(points)
    after = before.overrule({points[at].id: mine})
    assert after.points[at].final is mine
    assert after.points[at].verdict is points[at].verdict
    assert (after.points[at].overruled is None) == (mine is points[at].verdict)
    assert after.score == pytest.approx(score(changed(points, at, verdict=mine)))
    assert after.overrule({points[at].id: None}) == before


def test_overruling_an_unknown_point_is_an_error() -> None:
    with pytest.raises(KeyError, match=r"q\.1 has no point nine"):
        grade((PointGrade(id="p", weight=1, verdict=Verdict.MET),)).overrule({"nine": None})


@pytest.mark.parametrize(
    ("confidence", "overruled", "unsure"),
    [(0.59, None, True), (0.6, None, False), (None, None, False), (0.4, Verdict.MET, False)],
)
def test_a_verdict_with_a_low_probability_is_unsure(
    confidence: float | None, overruled: Verdict | None, unsure: bool
) -> None:
    point = PointGrade(
        id="p", weight=1, verdict=Verdict.MISSED, confidence=confidence, overruled=overruled
    )
    assert point.unsure is unsure


@given(point_grades(), st.data())
def test_the_expected_score_is_finer_and_follows_the_student(
    points: tuple[PointGrade, ...], data: st.DataObject
) -> None:
    share = data.draw(st.floats(0, 1))
    judged = grade(tuple(p.model_copy(update={"expected": share}) for p in points))
    assert judged.expected == pytest.approx(share)
    assert grade(points).expected == pytest.approx(grade(points).score)
    at = data.draw(st.integers(0, len(points) - 1))
    mine = data.draw(VERDICTS.filter(lambda verdict: verdict is not points[at].verdict))
    after = judged.overrule({points[at].id: mine})
    moved = points[at].weight / judged.full * (WORTH[mine] - share)
    assert after.expected == pytest.approx(share + moved, abs=1e-9)
