"""The judge and the key terms grade a drafted point together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.bank import Question, RubricPoint, Text, Verdict
from tutor.grading.blending import FAR, NEAR, UNKNOWN, blend, judge_share, verdict_of
from tutor.grading.field import Field
from tutor.grading.probabilities import Probabilities

FIELD = Field(
    common=frozenset({"what", "does", "a", "do", "to", "it", "and"}),
    own=frozenset({"dropo", "netwo", "drops", "units"}),
)
SHARES = st.floats(0, 1)


@given(st.tuples(SHARES, SHARES), SHARES, SHARES)
def test_both_expectations_count_by_their_shares(
    cuts: tuple[float, float], by_terms: float, part: float
) -> None:
    low, high = sorted(cuts)
    judge = Probabilities(met=low, partial=high - low, missed=1 - high)
    both = blend(judge, by_terms, part)
    assert both.worth == pytest.approx(part * judge.worth + (1 - part) * by_terms)
    assert sum(map(both.of, Verdict)) == pytest.approx(1)
    assert all(-1e-9 <= both.of(verdict) <= 1 + 1e-9 for verdict in Verdict)


@pytest.mark.parametrize(
    ("met", "by_terms", "verdict"),
    [
        (1.0, 1.0, Verdict.MET),
        (1.0, 0.0, Verdict.MET),  # in other words than those of the rubric
        (0.8, 0.0, Verdict.PARTIAL),
        (0.0, 1.0, Verdict.MET),
        (0.0, 0.7, Verdict.PARTIAL),
        (0.0, 0.5, Verdict.MISSED),
        (0.5, 0.0, Verdict.MISSED),
        (0.0, 0.0, Verdict.MISSED),
    ],
)
def test_neither_alone_is_enough_unless_it_is_certain(
    met: float, by_terms: float, verdict: Verdict
) -> None:
    assert verdict_of(blend(Probabilities(met, 0, 1 - met), by_terms, UNKNOWN)) is verdict


def test_the_judge_counts_most_in_its_own_field() -> None:
    of_networks = asked("What does dropout do to a network?", "It drops units.")
    of_cats = asked("What does a cat eat?", "Mice and birds.")
    assert judge_share(FIELD, of_networks, "en") == NEAR
    assert judge_share(FIELD, of_cats, "en") == FAR
    assert judge_share(None, of_networks, "en") == UNKNOWN


def asked(prompt: str, answer: str) -> Question:
    point = RubricPoint(id="p1", point=Text(en=answer))
    return Question(
        id="own.1", prompt=Text(en=prompt), rubric=(point,), answer=Text(en=answer), drafted=True
    )
