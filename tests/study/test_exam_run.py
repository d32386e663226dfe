"""The clock of an exam stands still while it is left, and its words change rarely."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.study.exam_run import ExamClock, left_words, next_change, warning


@pytest.mark.parametrize(
    ("used", "limit", "passed", "shown"),
    [
        (125.5, 600, 10, (135.5, 464.5)),
        (590, 600, 3600, (600, 0)),
        (0, None, 1e6, (1e6, None)),
    ],
    ids=["continues where it was left", "no more than the limit", "without a limit"],
)
def test_the_clock_counts_from_where_it_was_until_it_is_stopped(
    used: float, limit: float | None, passed: float, shown: tuple[float, float | None]
) -> None:
    now = 1000.0
    clock = ExamClock(used, limit, lambda: now)
    now += passed
    assert (clock.used, clock.left) == shown
    clock.stop()
    now += 100
    assert (clock.used, clock.left) == shown


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (None, "no time limit"),
        (1800.0, "30 min left"),
        (1740.1, "30 min left"),
        (1740.0, "29 min left"),
        (60.1, "2 min left"),
        (60.0, "60 s left"),
        (59.9, "60 s left"),
        (0.1, "1 s left"),
        (0.0, "the time is up"),
    ],
)
def test_what_is_left_is_reported_by_the_minute_and_at_last_by_the_second(
    left: float | None, words: str
) -> None:
    assert left_words(left) == words


@given(st.floats(0.01, 86_400))
def test_the_words_change_when_they_are_said_to(left: float) -> None:
    step = next_change(left)
    assert 0 < step <= 60
    assert left_words(left) == left_words(left - step / 2)
    assert left_words(left) != left_words(left - step - 0.001)


@pytest.mark.parametrize(
    ("left", "limit", "said"),
    [
        (600.1, 1800, ""),
        (600.0, 1800, "10 minutes left"),
        (541.0, 1800, "10 minutes left"),
        (540.0, 1800, ""),
        (60.0, 1800, "the last minute"),
        (0.5, 1800, "the last minute"),
        (600.0, 600, ""),
        (30.0, 60, ""),
        (None, None, ""),
    ],
)
def test_it_is_reported_at_ten_minutes_and_at_one(
    left: float | None, limit: float | None, said: str
) -> None:
    assert warning(left, limit) == said
