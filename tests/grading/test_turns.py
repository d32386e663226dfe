"""Turns at the model: the student comes first, and measuring fills the pauses."""

from tutor.grading.turns import QUIET, Turns


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


def test_spare_time_begins_after_a_pause() -> None:
    ours, clock, _ = turns()
    assert not is_free(ours)
    clock.now = QUIET
    assert is_free(ours)
    with ours.student():
        clock.now += 5
    assert not is_free(ours), "counted from the end of what the student wanted"
    clock.now += QUIET
    assert is_free(ours)


def test_there_is_no_spare_time_while_the_student_uses_the_model() -> None:
    ours, clock, cancelled = turns()
    with ours.student(), ours.student():
        clock.now += 10 * QUIET
        assert not is_free(ours)
    assert cancelled == []


def test_a_student_who_needs_the_model_cancels_work_in_spare_time() -> None:
    ours, clock, cancelled = turns()
    clock.now = QUIET
    with ours.spare() as taken:
        assert taken
        assert not is_free(ours), "one at a time"
        with ours.student():
            assert cancelled == ["cancelled"]
    with ours.student():
        assert cancelled == ["cancelled"], "nothing is left to be ended"
