"""The clock of an exam stands still while it is left, and its words change rarely."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.study.exam_run import ExamClock, left_words, next_change, warning


class Monotonic:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_it_continues_where_it_was_left() -> None:
    monotonic = Monotonic()
    clock = ExamClock(125.5, 600, monotonic)
    monotonic.now += 10
    assert (clock.used, clock.left) == (135.5, 464.5)


def test_stopped_it_stands() -> None:
    monotonic = Monotonic()
    clock = ExamClock(0, 600, monotonic)
    monotonic.now += 10
    clock.stop()
    monotonic.now += 10
    assert (clock.used, clock.left) == (10, 590)


def test_no_more_is_used_than_there_is() -> None:
    monotonic = Monotonic()
    clock = ExamClock(590, 600, monotonic)
    monotonic.now += 3600
    assert (clock.used, clock.left) == (600, 0)


def test_without_a_limit_nothing_is_left_nor_used_up() -> None:
    monotonic = Monotonic()
    clock = ExamClock(0, None, monotonic)
    monotonic.now += 1e6
    assert (clock.used, clock.left) == (1e6, None)


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
