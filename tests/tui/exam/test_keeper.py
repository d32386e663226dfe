"""The keeper of an exam saves what it is given, in order and once."""

from threading import Thread

import pytest

from tests.tui.doubles import NOON, BrokenProgress, StubTutor
from tests.tui.exam.steps import begun
from tutor.errors import TutorError
from tutor.progress import ExamAnswered, ExamPlace, Progress
from tutor.study.exam import ExamState, resume_exam
from tutor.study.exam_run import ExamKeeper


def answered(state: ExamState, number: int, text: str) -> ExamAnswered:
    return ExamAnswered(
        id=f"a{number}-{text}",
        at=NOON,
        exam=state.id,
        question=state.questions[number],
        language="ru",
        answer=text,
        seconds=1,
    )


def place(text: str, used: float = 5) -> ExamPlace:
    return ExamPlace("e1", 0, used, text, "ru")


def is_done(keeper: ExamKeeper) -> bool:
    return keeper.done  # a call, since mypy takes an attribute to stay as it was asserted


def texts(progress: Progress) -> list[str]:
    return sorted(each.answer for each in progress.exam("e1").answers.values())


def test_the_later_of_two_waiting_answers_is_written(tutor: StubTutor) -> None:
    state = begun(tutor)
    keeper = ExamKeeper(tutor.progress, "e1")
    keeper.give(answered(state, 0, "a"), place("x"))
    keeper.give(answered(state, 0, "ab"), answered(state, 1, "b"), place("xy"))
    assert not is_done(keeper)
    keeper.write()
    assert is_done(keeper)
    assert texts(tutor.progress) == ["ab", "b"]
    assert tutor.progress.exam_place() == place("xy")


def test_what_failed_is_written_with_the_next(tutor: StubTutor, broken: BrokenProgress) -> None:
    state = begun(tutor)
    keeper = ExamKeeper(tutor.progress, "e1")
    broken.failing["save_exam_place"] = TutorError("full")
    keeper.give(answered(state, 0, "a"), place("x"))
    with pytest.raises(TutorError, match="full"):
        keeper.write()
    assert not is_done(keeper)
    assert texts(tutor.progress) == ["a"]
    broken.failing.clear()
    keeper.give(answered(state, 1, "b"))
    keeper.write()
    assert texts(tutor.progress) == ["a", "b"]
    assert tutor.progress.exam_place() == place("x")


def test_the_end_comes_after_everything_and_nothing_after_the_end(tutor: StubTutor) -> None:
    state = begun(tutor)
    keeper = ExamKeeper(tutor.progress, "e1")
    keeper.give(answered(state, 0, "a"), place("x"))
    keeper.finish("time-up", 600)
    keeper.give(place("late"))
    keeper.write()
    keeper.finish("handed-in", 1)
    record = tutor.progress.exam("e1")
    assert [(step.how, step.used) for step in record.steps] == [("time-up", 600)]
    assert texts(tutor.progress) == ["a"]
    assert tutor.progress.exam_place() is None


def test_an_end_that_fails_is_no_end(tutor: StubTutor, broken: BrokenProgress) -> None:
    begun(tutor)
    keeper = ExamKeeper(tutor.progress, "e1")
    broken.failing["end_exam"] = TutorError("full")
    with pytest.raises(TutorError, match="full"):
        keeper.finish("handed-in", 5)
    assert not tutor.progress.exam("e1").over
    broken.failing.clear()
    keeper.finish("handed-in", 5)
    assert tutor.progress.exam("e1").over


def test_many_threads_leave_the_last_of_each(tutor: StubTutor) -> None:
    state = begun(tutor)
    keeper = ExamKeeper(tutor.progress, "e1")
    threads = []
    for number in range(30):
        keeper.give(answered(state, number % 3, f"{number:02}"), place(f"{number}"))
        threads.append(Thread(target=keeper.write))
        threads[-1].start()
    for thread in threads:
        thread.join()
    assert texts(tutor.progress) == ["27", "28", "29"]
    assert resume_exam(tutor.progress, "e1").place == place("29")
