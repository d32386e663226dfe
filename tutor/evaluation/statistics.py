"""How far two raters agree, and how certain that is: pure functions of numbers."""

import math
import random
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple, TypeVar

T = TypeVar("T")
Pair = tuple[float, float]
"""The number that a person gave, and the one that a grader gave."""
Rated = tuple[Hashable, Hashable]
"""The category that each of two raters gave."""
Ratings = Iterable[Rated] | Mapping[Rated, int]
"""Pairs one by one, or how often there is each."""


class Interval(NamedTuple):
    """The range in which a figure probably is."""

    low: float
    high: float


@dataclass(frozen=True)
class Estimate:
    """A figure and its 95 % interval."""

    value: float
    interval: Interval


def accuracy(pairs: Ratings) -> float:
    """The share of pairs that agree, from 0 to 1."""
    counts = Counter(pairs)
    agreed = sum(count for (one, other), count in counts.items() if one == other)
    return agreed / _total(counts)


def cohen_kappa(pairs: Ratings) -> float:
    """Agreement beyond chance (Cohen 1960): 1 is perfect, 0 is what chance reaches.

    It is 0 if chance alone always agrees, since then there is nothing to measure.
    """
    counts = Counter(pairs)
    ones: Counter[Hashable] = Counter()
    others: Counter[Hashable] = Counter()
    for (one, other), count in counts.items():
        ones[one] += count
        others[other] += count
    chance = sum(count * others[rated] for rated, count in ones.items()) / _total(counts) ** 2
    return (accuracy(counts) - chance) / (1 - chance) if chance < 1 else 0.0


def quadratic_kappa(pairs: Sequence[tuple[int, int]]) -> float:
    """Kappa on ordered levels, with disagreements weighted by their square (Cohen 1968).

    It is 0 if there is no disagreement by chance.
    """
    count = _count(pairs)
    ones, others = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    seen = sum((one - other) ** 2 for one, other in pairs) / count
    chance = sum((one - other) ** 2 * ones[one] * others[other] for one in ones for other in others)
    return 1 - seen * count**2 / chance if chance else 0.0


def pearson(pairs: Sequence[Pair]) -> float:
    """The linear correlation (Pearson 1895), from -1 to 1; 0 if one side does not vary."""
    return _correlation(_centred(pairs))


def centred_pearson(groups: Iterable[Sequence[Pair]]) -> float:
    """The correlation within groups: each group's means are subtracted first.

    It shows whether good answers to a question rank above bad ones, apart from how difficult the
    questions are.
    """
    return _correlation([pair for group in groups if group for pair in _centred(group)])


def rmse(pairs: Sequence[Pair]) -> float:
    """The root of the mean squared difference, in the unit of the scores."""
    return math.sqrt(sum((one - other) ** 2 for one, other in pairs) / _count(pairs))


def estimate(
    clusters: Sequence[T],
    statistic: Callable[[Sequence[T]], float],
    source: random.Random,
    rounds: int = 1000,
) -> Estimate:
    """A statistic of all clusters, and its percentile interval (Efron & Tibshirani 1993, ch. 13).

    Whole clusters are drawn with replacement, since answers to one question are not independent.
    """
    count = _count(clusters)
    values = sorted(statistic(source.choices(clusters, k=count)) for _ in range(rounds))
    interval = Interval(_quantile(values, 0.025), _quantile(values, 0.975))
    return Estimate(statistic(clusters), interval)


def flat(groups: Iterable[Sequence[T]]) -> list[T]:
    """The members of all groups."""
    return list(chain.from_iterable(groups))


def _centred(pairs: Sequence[Pair]) -> list[Pair]:
    count = _count(pairs)
    one = math.fsum(pair[0] for pair in pairs) / count
    other = math.fsum(pair[1] for pair in pairs) / count
    return [(a - one, b - other) for a, b in pairs]


def _correlation(centred: Sequence[Pair]) -> float:
    """The correlation of pairs whose means are 0; a side constant but for rounding gives 0."""
    both = sum(a * b for a, b in centred)
    one, other = sum(a * a for a, _ in centred), sum(b * b for _, b in centred)
    least = 1e-18 * max(1, len(centred))
    return max(-1.0, min(1.0, both / math.sqrt(one * other))) if min(one, other) > least else 0.0


def _quantile(values: Sequence[float], share: float) -> float:
    """The quantile of sorted values, interpolated between the two nearest."""
    at = share * (len(values) - 1)
    low, high = values[math.floor(at)], values[math.ceil(at)]
    return low + (high - low) * (at - math.floor(at))


def _total(counts: Mapping[Rated, int]) -> int:
    total = sum(counts.values())
    if not total:
        raise ValueError("there is nothing to measure")
    return total


def _count(values: Sequence[object]) -> int:
    if not values:
        raise ValueError("there is nothing to measure")
    return len(values)
