"""The keeper of an exam saves what it is given, in order and once."""

from threading import Thread

from tests.tui.doubles import StubTutor
from tests.tui.exam.steps import answered, begun
from tutor.progress import ExamPlace, Progress
from tutor.study.exam import resume_exam
from tutor.study.exam_run import ExamKeeper


def place(text: str) -> ExamPlace:
    return ExamPlace("e1", 0, 5, text, "ru")


def texts(progress: Progress) -> list[str]:
    return sorted(each.answer for each in progress.exam("e1").answers.values())


def test_the_end_comes_after_everything_and_nothing_after_the_end(tutor: StubTutor) -> None:
    state = begun(tutor)
    keeper = ExamKeeper(tutor.progress, "e1")
    keeper.add(answered(tutor, state, 0, "a"), place("x"))
    keeper.finish("time-up", 600)
    keeper.add(place("late"))
    keeper.write()
    keeper.finish("handed-in", 1)
    record = tutor.progress.exam("e1")
    assert [(step.how, step.used) for step in record.steps] == [("time-up", 600)]
    assert texts(tutor.progress) == ["a"]
    assert tutor.progress.exam_place() is None


def test_many_threads_leave_the_last_of_each(tutor: StubTutor) -> None:
    state = begun(tutor)
    keeper = ExamKeeper(tutor.progress, "e1")
    threads = []
    for number in range(30):
        keeper.add(answered(tutor, state, number % 3, f"{number:02}"), place(f"{number}"))
        threads.append(Thread(target=keeper.write))
        threads[-1].start()
    for thread in threads:
        thread.join()
    assert texts(tutor.progress) == ["27", "28", "29"]
    assert resume_exam(tutor.progress, "e1").place == place("29")
