"""The figures equal values worked out by hand or known from the literature."""

import math
import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.evaluation.statistics import (
    accuracy,
    centred_pearson,
    cohen_kappa,
    estimate,
    flat,
    pearson,
    quadratic_kappa,
    rmse,
)

SHARES = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=30)
LEVELS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=30)


def test_kappa_of_a_worked_example() -> None:
    """50 cases: both yes 20, both no 15, 5 and 10 apart; chance agrees on a half."""
    pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    assert accuracy(pairs) == 0.7
    assert cohen_kappa(pairs) == pytest.approx(0.4)


def test_quadratic_kappa_of_a_worked_example() -> None:
    """Squares seen: 1 + 4 over 4; by chance (each with each) 28 over 16."""
    pairs = [(0, 0), (0, 1), (2, 2), (2, 0)]
    assert quadratic_kappa(pairs) == pytest.approx(1 - (5 / 4) / (28 / 16))


def test_correlation_of_a_worked_example() -> None:
    pairs = [(1.0, 2.0), (2.0, 1.0), (3.0, 4.0)]
    assert pearson(pairs) == pytest.approx(2 / math.sqrt(2 * 14 / 3))
    assert rmse(pairs) == pytest.approx(1)


def test_within_questions_only_what_differs_within_them_counts() -> None:
    easy, hard = [(0.9, 0.2), (0.8, 0.1)], [(0.2, 0.9), (0.1, 0.8)]
    assert pearson(flat([easy, hard])) < 0
    assert centred_pearson([easy, hard]) == pytest.approx(1)


def test_what_does_not_vary_does_not_correlate() -> None:
    assert pearson([(0.1, 0.3), (0.1, 0.7), (0.1, 0.2)]) == 0
    assert cohen_kappa([(1, 1), (1, 1)]) == quadratic_kappa([(1, 1), (1, 1)]) == 0


@given(SHARES)
def test_correlations_are_bounded_and_symmetric(pairs: list[tuple[float, float]]) -> None:
    turned = [(other, one) for one, other in pairs]
    assert -1 <= pearson(pairs) <= 1
    assert pearson(pairs) == pytest.approx(pearson(turned))
    assert rmse(pairs) == rmse(turned) <= 1


@given(LEVELS)
def test_kappas_are_at_most_one_and_one_for_full_agreement(pairs: list[tuple[int, int]]) -> None:
    assert max(cohen_kappa(pairs), quadratic_kappa(pairs)) <= 1
    same = [(one, one) for one, _ in pairs]
    full = 1 if len(set(same)) > 1 else 0
    assert cohen_kappa(same) == quadratic_kappa(same) == full


def test_clusters_are_drawn_whole() -> None:
    """Two clusters of constant means: the mean of a draw is 0, a half or 1, never between."""
    clusters = [[0.0] * 10, [1.0] * 10]
    seen: set[float] = set()

    def mean(drawn: Sequence[list[float]]) -> float:
        values = flat(drawn)
        seen.add(sum(values) / len(values))
        return sum(values) / len(values)

    assert estimate(clusters, mean, random.Random(0), 100).interval == (0, 1)
    assert seen == {0, 0.5, 1}


def test_the_interval_of_a_mean_is_as_wide_as_theory_says() -> None:
    source = random.Random(5)
    clusters = [[source.gauss(0, 1)] for _ in range(400)]
    mean = estimate(clusters, lambda drawn: sum(flat(drawn)) / len(drawn), random.Random(1), 800)
    low, high = mean.interval
    assert high - low == pytest.approx(2 * 1.96 / math.sqrt(400), rel=0.2)


def test_nothing_cannot_be_measured() -> None:
    for figure in (accuracy, cohen_kappa, pearson, rmse):
        with pytest.raises(ValueError, match="nothing to measure"):
            figure([])
