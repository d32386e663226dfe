"""The judge and the key terms grade a drafted point together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.bank import Verdict
from tutor.grading.blending import UNKNOWN, blend, verdict_of
from tutor.grading.probabilities import Probabilities

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
