"""Grading an exam: answer by answer, stopped and continued."""

from datetime import timedelta
from threading import Event

import pytest

from tests.tui.conftest import wait_until
from tests.tui.doubles import StubTutor
from tests.tui.exam.steps import (
    GradingScreen,
    LeftScreen,
    ReportScreen,
    ask_exam,
    over,
    reported,
    resumed,
)
from tests.tui.steps import TodayScreen, on, picture, running, showing, shown
from tutor.errors import TutorError
from tutor.tui.exam.grading import Advanced, progress_words


async def test_grading_continues_where_it_was_stopped(tutor: StubTutor) -> None:
    over(tutor, "a", "b", "c", graded=False)
    tutor.grading.hold = True
    async with running(tutor) as (_, pilot):
        left = await ask_exam(pilot, LeftScreen)
        await wait_until(pilot, lambda: "0 of 3 answers are graded" in shown(left, "#status"))
        await pilot.press("enter")
        grading = await on(pilot, GradingScreen)
        await wait_until(pilot, tutor.grading.started.is_set)
        await wait_until(pilot, lambda: shown(grading, "#left") == "0 of 3 answers")
        await pilot.press("escape")
        await on(pilot, TodayScreen)
    assert tutor.grading.cancels > 0
    assert list(tutor.progress.attempts()) == []
    tutor.grading.hold = False
    async with running(tutor) as (_, pilot):
        await resumed(pilot, ReportScreen)
    assert [each.answer for each in tutor.progress.attempts()] == ["a", "b", "c"]
    assert tutor.progress.open_exams() == {}


async def test_a_failure_is_reported_and_enter_grades_the_rest(tutor: StubTutor) -> None:
    over(tutor, "a", "b", graded=False)
    tutor.grading.error = TutorError("The model is gone [/nope].", remedy="Start again.")
    async with showing(tutor, GradingScreen(tutor, "e1")) as (_, pilot, grading):
        message = "✗ Grading stopped before the end. The model is gone [/nope]. Start again."
        await wait_until(pilot, lambda: grading.notice.text == message)
        assert shown(grading, "#left") == "Press Enter to try the rest again."
        tutor.grading.error = None
        await pilot.press("enter")
        await reported(pilot)
    assert len(list(tutor.progress.attempts())) == 2


async def test_each_answer_is_saved_when_it_is_graded(tutor: StubTutor) -> None:
    over(tutor, "a", "b", "c", graded=False)
    seconds = iter(range(0, 1000, 10))
    grade = tutor.grading.grade

    def wait_after_the_first(*given: object) -> object:
        tutor.grading.hold = len(tutor.grading.graded) > 0
        tutor.grading.started.clear()
        return grade(*given)  # type: ignore[arg-type]

    tutor.grading.grade = wait_after_the_first  # type: ignore[method-assign, assignment]
    async with showing(tutor, GradingScreen(tutor, "e1", monotonic=lambda: next(seconds))) as (
        app,
        pilot,
        grading,
    ):
        await wait_until(pilot, lambda: shown(grading, "#left").startswith("1 of 3 answers"))
        assert shown(grading, "#left").endswith("about 40 seconds left")
        assert grading.bar.percentage == pytest.approx(1 / 3)
        assert "33%" in picture(app)
        assert grading.check_action("again", ()) is False
        await wait_until(pilot, tutor.grading.started.is_set)
        await pilot.press("ctrl+q")
    assert [each.answer for each in tutor.progress.attempts()] == ["a"]
    assert tutor.progress.open_exams()["e1"].ended


async def test_the_report_waits_until_what_is_on_top_is_closed(tutor: StubTutor) -> None:
    over(tutor, "a", graded=False)
    tutor.grading.hold = True
    async with showing(tutor, GradingScreen(tutor, "e1")) as (app, pilot, grading):
        await wait_until(pilot, tutor.grading.started.is_set)
        await pilot.press("ctrl+p")
        await wait_until(pilot, lambda: app.screen is not grading)
        tutor.grading.release.set()
        await wait_until(pilot, lambda: tutor.progress.open_exams() == {})
        await wait_until(pilot, lambda: grading.check_action("report", ()))
        assert not isinstance(app.screen, ReportScreen)
        await pilot.press("escape")
        await reported(pilot)


async def test_an_exam_without_answers_needs_no_model(tutor: StubTutor) -> None:
    over(tutor, " ", graded=False)
    async with showing(tutor, GradingScreen(tutor, "e1")) as (_, pilot, _):
        assert shown(await reported(pilot), "#mark").startswith("0 of ")
    assert tutor.grading.graded == []


async def test_a_grade_that_comes_after_leaving_is_not_saved(tutor: StubTutor) -> None:
    over(tutor, "a", graded=False)
    tutor.grading.hold = True
    tutor.grading.cancel = lambda: None  # type: ignore[method-assign]
    async with showing(tutor, GradingScreen(tutor, "e1")) as (_, pilot, _):
        await wait_until(pilot, tutor.grading.started.is_set)
        await pilot.press("escape")
        await on(pilot, TodayScreen)
        tutor.grading.release.set()
    assert list(tutor.progress.attempts()) == []


async def test_leaving_at_once_grades_nothing(tutor: StubTutor) -> None:
    over(tutor, "a", "b", graded=False)
    record, begin = tutor.progress.exam, Event()

    def wait(exam: str) -> object:
        begin.wait()
        return record(exam)

    tutor.progress.exam = wait  # type: ignore[method-assign, assignment]
    async with showing(tutor, GradingScreen(tutor, "e1")) as (_, pilot, _):
        await pilot.press("escape")
        await on(pilot, TodayScreen)
        begin.set()
    assert tutor.grading.graded == []
    assert list(tutor.progress.attempts()) == []


async def test_an_answer_counts_for_the_day_it_was_given_on(tutor: StubTutor) -> None:
    over(tutor, "a", graded=False)
    given = tutor.now
    tutor.now = given + timedelta(days=3)
    async with showing(tutor, GradingScreen(tutor, "e1")) as (_, pilot, _):
        await reported(pilot)
    (attempt,) = tutor.progress.attempts()
    assert (attempt.at, attempt.exam) == (given, "e1")


@pytest.mark.parametrize(
    ("done", "graded", "passed", "words"),
    [
        (0, 0, 0, "0 of 4 answers"),
        (1, 1, 20, "1 of 4 answers · about 60 seconds left"),
        (3, 2, 200, "3 of 4 answers · about 2 minutes left"),
        (4, 4, 80, "4 of 4 answers"),
    ],
)
def test_the_time_left_is_estimated_from_this_run(
    done: int, graded: int, passed: float, words: str
) -> None:
    assert progress_words(Advanced(done, 4), graded, passed) == words
