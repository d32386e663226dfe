"""An unfinished exam is offered first."""

from datetime import timedelta

from tests.tui.conftest import wait_until
from tests.tui.doubles import NOON, BrokenProgress, StubTutor
from tests.tui.exam.steps import (
    LeftScreen,
    RunningScreen,
    ask_exam,
    begun,
    choose,
    handed_in,
    left_at,
    over,
    reported,
)
from tests.tui.steps import TodayScreen, on, picture, running, shown
from tutor.errors import TutorError
from tutor.tui.dialogs import ChoiceScreen
from tutor.tui.exam.setup import SetupScreen


async def test_it_says_how_far_it_is_and_enter_continues(tutor: StubTutor) -> None:
    state = begun(tutor)
    handed_in(tutor, state, 0, "да")
    left_at(tutor, 1, 600, "ещё", 20)
    async with running(tutor) as (_, pilot):
        left = await ask_exam(pilot, LeftScreen)
        await wait_until(pilot, lambda: "2 of 3 questions answered" in shown(left, "#status"))
        text = shown(left, "#status")
        assert "The exam of 20 November, 12:00: 3 questions · 30 min · seed 5" in text
        assert "20 minutes left." in text
        assert "Press Enter to continue with question 2" in text
        assert left.check_action("another", ()) is False
        await pilot.press("enter")
        screen = await on(pilot, RunningScreen)
        assert (screen.exam.at, screen.editor.text) == (1, "ещё")


async def test_it_can_be_abandoned_after_a_question(tutor: StubTutor) -> None:
    state = begun(tutor)
    handed_in(tutor, state, 0, "да")
    async with running(tutor) as (app, pilot):
        left = await ask_exam(pilot, LeftScreen)
        await wait_until(pilot, lambda: left.check_action("abandon", ()))
        await pilot.press("x", "enter")
        assert tutor.progress.open_exams() != {}
        assert "x Abandon" in picture(app)
        await pilot.press("ч")
        assert "Abandon this exam?" in shown(await on(pilot, ChoiceScreen), "#choice-text")
        await choose(pilot, "abandon")
        await on(pilot, SetupScreen)
    assert tutor.progress.open_exams() == {}
    assert tutor.progress.exam("e1").abandoned
    assert list(tutor.progress.attempts()) == []


async def test_a_running_exam_comes_before_one_to_be_graded(tutor: StubTutor) -> None:
    over(tutor, "a", graded=False)
    tutor.now = NOON + timedelta(hours=1)
    begun(tutor, exam="e2")
    async with running(tutor) as (app, pilot):
        left = await ask_exam(pilot, LeftScreen)
        await wait_until(pilot, lambda: "exam of 20 November, 13:00" in shown(left, "#status"))
        assert left.past.option_count == 1
        left.past.focus()
        await pilot.press("enter")
        report = await reported(pilot)
        await pilot.press("c")
        await wait_until(pilot, lambda: list(tutor.progress.open_exams()) == ["e2"])
        await wait_until(pilot, lambda: app.screen is not report)
        await reported(pilot)
    assert len(tutor.grading.graded) == 1


async def test_a_new_exam_can_be_set_up_next_to_one_to_be_graded(tutor: StubTutor) -> None:
    over(tutor, "a", graded=False)
    async with running(tutor) as (_, pilot):
        left = await ask_exam(pilot, LeftScreen)
        await wait_until(pilot, lambda: left.check_action("another", ()))
        await pilot.press("e")
        await on(pilot, SetupScreen)
        await pilot.press("enter")
        await on(pilot, RunningScreen)
        await pilot.press("escape")
        await on(pilot, TodayScreen)
    assert {exam.ended for exam in tutor.progress.open_exams().values()} == {True, False}


async def test_a_failure_is_reported_and_esc_goes_back(
    tutor: StubTutor, broken: BrokenProgress
) -> None:
    begun(tutor)
    broken.failing["exam"] = TutorError("Unreadable [/nope].")
    async with running(tutor) as (_, pilot):
        left = await ask_exam(pilot, LeftScreen)
        await wait_until(pilot, lambda: left.notice.text == "✗ Unreadable [/nope].")
        await pilot.press("enter", "x", "e", "escape")
        await on(pilot, TodayScreen)
