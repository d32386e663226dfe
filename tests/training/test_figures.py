"""The figures of `bench.embedded`, on answers where they can be told by hand."""

import pytest

from bench.embedded import Point, Told, answers, by_point, by_question, estimates
from tutor.bank import Verdict
from tutor.measure.points import Seen

MET, PARTIAL, MISSED = Verdict.MET, Verdict.PARTIAL, Verdict.MISSED


def point(question: str, answer: int, name: str, weight: float, human: Verdict) -> Point:
    seen = Seen(question, "en", "partial", human, human, None, 0.0, {})
    return Point(answer, name, weight, seen, seen)


def told(verdict: Verdict, worth: float) -> Told:
    return Told(verdict, worth)


ROWS = [
    (point("q1", 1, "a", 1, MET), told(MET, 0.9)),
    (point("q1", 1, "b", 3, MISSED), told(PARTIAL, 0.4)),
    (point("q1", 2, "a", 1, MISSED), told(MISSED, 0.2)),
    (point("q1", 2, "b", 3, MET), told(MET, 0.6)),
    (point("q2", 3, "a", 2, PARTIAL), told(MET, 0.8)),
]


def test_an_answer_s_score_is_by_weight() -> None:
    first, second = by_question(ROWS)
    shares = [share for pair in answers(first, lambda each: each.worth) for share in pair]
    assert shares == pytest.approx([0.25, (0.9 + 3 * 0.4) / 4, 0.75, (0.2 + 3 * 0.6) / 4])
    assert answers(second, lambda each: each.worth) == [(0.5, 0.8)]


def test_the_same_point_is_compared_with_itself_in_other_answers() -> None:
    groups = list(by_point(by_question(ROWS)[0]))
    assert groups == [[(1.0, 0.9), (0.0, 0.2)], [(0.0, 0.4), (1.0, 0.6)]]


def test_every_figure_lies_within_its_interval() -> None:
    figures = list(estimates(by_question(ROWS)))
    assert len(figures) == 6
    assert figures[0][0] == pytest.approx(3 / 5)
    assert figures[2][0] == pytest.approx(((0.375**2 + 0 + 0.5**2) / 3) ** 0.5)
    assert all(low <= value <= high for value, low, high in figures)
