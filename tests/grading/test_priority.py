"""Turns at the model: the student's come first, measuring fills the pauses."""

from tutor.grading.priority import QUIET, Turns


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def turns() -> tuple[Turns, Clock, list[str]]:
    clock, cancelled = Clock(), list[str]()
    return Turns(clock, lambda: cancelled.append("cancelled")), clock, cancelled


def is_free(turns: Turns) -> bool:
    with turns.spare() as ours:
        return ours


def test_spare_time_begins_when_nobody_wanted_the_model_for_a_while() -> None:
    ours, clock, _ = turns()
    assert not is_free(ours)
    clock.now = QUIET
    assert is_free(ours)
    with ours.student():
        clock.now += 5
    assert not is_free(ours), "counted from the end of what the student wanted"
    clock.now += QUIET
    assert is_free(ours)


def test_while_the_student_has_the_model_there_is_none() -> None:
    ours, clock, cancelled = turns()
    with ours.student(), ours.student():
        clock.now += 10 * QUIET
        assert not is_free(ours)
    assert cancelled == []


def test_who_wants_the_model_ends_what_fills_the_pause() -> None:
    ours, clock, cancelled = turns()
    clock.now = QUIET
    with ours.spare() as taken:
        assert taken
        assert not is_free(ours), "one at a time"
        with ours.student():
            assert cancelled == ["cancelled"]
    with ours.student():
        assert cancelled == ["cancelled"], "nothing is left to be ended"
