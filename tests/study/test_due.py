"""When a question is due: the arithmetic of FSRS, bounded, and the same in every replay."""

from datetime import UTC, date, datetime, timedelta

import fsrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.services import NOW
from tutor.progress import Memory, Rating, Scale, Standing
from tutor.progress.retention import remember
from tutor.study.scheduler import LONGEST, due_day, fuzzed, interval, retrievability

from .builders import answered, days

STABILITIES = st.floats(0.001, 50_000)
RETENTIONS = st.floats(0.7, 0.99)
REVIEWS = st.lists(
    st.tuples(st.sampled_from(Rating), st.integers(0, 400 * 24)), min_size=1, max_size=12
)


def review(scheduler: fsrs.Scheduler, reviews: list[tuple[Rating, int]]) -> tuple[fsrs.Card, int]:
    """The card of py-fsrs after ratings with hours between them, and the sum of the hours."""
    card, hours = fsrs.Card(card_id=1, due=NOW), 0
    for rating, pause in reviews:
        hours += pause
        at = NOW + timedelta(hours=hours)
        card, _ = scheduler.review_card(card, fsrs.Rating(rating), at)
    return card, hours


def remembered(reviews: list[tuple[Rating, int]]) -> Memory:
    memory, hours = None, 0
    for rating, pause in reviews:
        hours += pause
        memory = remember(memory, rating, NOW + timedelta(hours=hours))
    assert memory is not None
    return memory


@given(reviews=REVIEWS, retention=RETENTIONS, later=st.integers(0, 1000))
def test_memory_and_intervals_are_those_of_py_fsrs(
    reviews: list[tuple[Rating, int]], retention: float, later: int
) -> None:
    scheduler = fsrs.Scheduler(
        desired_retention=retention, learning_steps=(), relearning_steps=(), enable_fuzzing=False
    )
    card, hours = review(scheduler, reviews)
    memory = remembered(reviews)
    assert (memory.stability, memory.difficulty) == (card.stability, card.difficulty)
    assert memory.at == card.last_review == NOW + timedelta(hours=hours)
    assert card.due - memory.at == days(interval(memory.stability, retention))
    then = memory.at + days(later)
    assert retrievability(memory, then) == scheduler.get_card_retrievability(card, then)


@given(st.integers(1, LONGEST), st.text(max_size=20))
def test_fuzz_stays_near_and_is_always_the_same(length: int, seed: str) -> None:
    fuzzed_days = fuzzed(length, seed)
    assert fuzzed_days == fuzzed(length, seed)
    assert abs(fuzzed_days - length) <= 1 + 0.15 * 4.5 + 0.1 * 13 + 0.05 * max(length - 20, 0) + 0.5
    assert 1 <= fuzzed_days <= LONGEST
    assert length >= 3 or fuzzed_days == length


def test_fuzz_spreads_what_was_learnt_together() -> None:
    fuzzed_days = {fuzzed(30, f"a{number}") for number in range(200)}
    assert fuzzed_days == set(range(min(fuzzed_days), max(fuzzed_days) + 1))
    assert min(fuzzed_days) < 30 < max(fuzzed_days)


def test_what_was_forgotten_is_due_on_the_same_day() -> None:
    again = answered("a.1", NOW, Rating.AGAIN)
    assert due_day(again, 0.9) == NOW.date()
    good = answered("a.1", NOW, Rating.GOOD)
    assert due_day(good, 0.9) > NOW.date()


@given(STABILITIES, st.sampled_from([date.max, date(9999, 12, 30), date(2026, 1, 1)]))
def test_no_interval_ends_the_calendar(stability: float, on: date) -> None:
    standing = Standing("a.1", 1, 1, 1, NOW, (), "a1", day=on, memory=Memory(stability, 5, NOW))
    assert on <= due_day(standing, 0.9) <= date.max


@pytest.mark.parametrize(
    ("score", "rating"),
    [(0, 1), (0.39, 1), (0.4, 2), (0.64, 2), (0.65, 3), (0.94, 3), (0.95, 4), (1, 4)],
)
def test_scores_are_rated_by_the_scale(score: float, rating: int) -> None:
    assert Scale().rate(score) is Rating(rating)


@pytest.mark.parametrize("scores", [(0.5, 0.4, 0.9), (-0.1, 0.5, 0.9), (0.4, 0.6, 1.1)])
def test_a_scale_goes_up(scores: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="ascending"):
        Scale(*scores)


@given(st.sampled_from(Rating), st.datetimes(timezones=st.just(UTC)))
def test_a_clock_that_jumps_breaks_nothing(rating: Rating, at: datetime) -> None:
    memory = remember(remember(None, Rating.GOOD, NOW), rating, at)
    assert memory.at == at
    assert memory.stability > 0
    assert 0 <= retrievability(memory, NOW) <= 1
    assert retrievability(None, NOW) == 0
