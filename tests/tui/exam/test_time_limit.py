"""The clock of an exam: it runs and stands still, is saved, and ends the exam."""

from tests.tui.conftest import wait_until
from tests.tui.doubles import StubTutor
from tests.tui.exam.steps import (
    GradingScreen,
    ReportScreen,
    RunningScreen,
    answer,
    asked,
    begun,
    left_at,
    resumed,
    the_exam,
)
from tests.tui.steps import TodayScreen, on, picture, running, showing, shown


async def test_times_add_up_over_all_visits(tutor: StubTutor) -> None:
    now = [0.0]
    screen = RunningScreen(tutor, begun(tutor), monotonic=lambda: now[0])
    async with showing(tutor, screen) as (_, pilot, _):
        for seconds, key in ((10, "f5"), (5, "shift+f5"), (7, "f5"), (3, "escape")):
            now[0] += seconds
            await pilot.press(key)
        await on(pilot, TodayScreen)
    state = the_exam(tutor)
    assert state.used == 25
    assert [state.written[id_].seconds for id_ in state.questions[:2]] == [17, 8]


async def test_leaving_keeps_everything_and_the_clock_stands_still(tutor: StubTutor) -> None:
    now = [0.0]
    screen = RunningScreen(tutor, begun(tutor), monotonic=lambda: now[0])
    async with showing(tutor, screen) as (_, pilot, _):
        await pilot.press("f5")
        await answer(pilot, "начато")
        now[0] = 61.0
        await pilot.press("escape")
        await on(pilot, TodayScreen)
        now[0] = 999.0
        assert the_exam(tutor).left == 1800 - 61
        again = await resumed(pilot, RunningScreen)
        assert (shown(again, "#count"), again.editor.text) == ("2 of 3", "начато")
        assert shown(again, "#clock") == "29 min left"


async def test_the_clock_is_saved_though_nothing_is_typed(tutor: StubTutor) -> None:
    screen = RunningScreen(tutor, begun(tutor), beat=0.05)
    async with showing(tutor, screen) as (app, pilot, _):
        await wait_until(pilot, lambda: the_exam(tutor).used > 0.1)
        assert "saved" not in picture(app)


def almost_over(tutor: StubTutor, now: list[float]) -> RunningScreen:
    """An exam with 50 ms left, on a clock that stands still at `now`."""
    begun(tutor)
    state = left_at(tutor, 1, 1799.95, "на полусл", 60)
    return RunningScreen(tutor, state, monotonic=lambda: now[0])


async def test_when_the_time_is_up_what_is_typed_counts(tutor: StubTutor) -> None:
    now = [0.0]
    async with showing(tutor, almost_over(tutor, now)) as (app, pilot, _):
        await answer(pilot, "ове")
        now[0] = 1.0
        grading = await on(pilot, GradingScreen)
        assert "Time is up. 1 of 3 questions answered" in shown(grading, "#status")
        await wait_until(pilot, lambda: grading.check_action("report", ()))
        await pilot.press(*"crew")  # what is still being typed
        assert app.screen is grading
        assert "Press Enter to see the report." in picture(app)
        await pilot.press("enter")
        await on(pilot, ReportScreen)
    record = tutor.progress.exam("e1")
    assert (record.steps[0].how, record.steps[0].used) == ("time-up", 1800)
    assert [each.answer for each in record.answers.values()] == ["на полуслове"]
    assert [text for _, text, _ in tutor.grading.graded] == ["на полуслове"]


async def test_the_end_of_the_time_closes_what_is_on_top(tutor: StubTutor) -> None:
    now = [0.0]
    async with showing(tutor, almost_over(tutor, now)) as (_, pilot, _):
        await pilot.press("f12")
        await asked(pilot)
        now[0] = 1.0
        await on(pilot, GradingScreen)
    assert tutor.progress.exam("e1").over


async def test_an_exam_whose_time_was_up_at_a_crash_is_over_at_once(tutor: StubTutor) -> None:
    begun(tutor)
    left_at(tutor, 0, 1800, "да", 60)
    async with running(tutor) as (_, pilot):
        grading = await resumed(pilot, GradingScreen)
        await wait_until(pilot, lambda: grading.check_action("report", ()))
        await pilot.press("enter")
        await on(pilot, ReportScreen)
    assert len(tutor.grading.graded) == 1


async def test_the_clock_warns(tutor: StubTutor) -> None:
    begun(tutor)
    async with showing(tutor, RunningScreen(tutor, left_at(tutor, 0, 1745))) as (_, pilot, screen):
        await pilot.pause()
        assert "s left" in shown(screen, "#clock")
        assert screen.editor.border_title == "Your answer · ! the last minute"
        assert screen.query_one("#clock").has_class("-soon")


async def test_the_clock_advances_by_itself(tutor: StubTutor) -> None:
    now = [0.0]
    begun(tutor)
    screen = RunningScreen(tutor, left_at(tutor, 0, 1199.95), monotonic=lambda: now[0])
    async with showing(tutor, screen) as (_, pilot, _):
        assert shown(screen, "#clock") == "11 min left"
        assert not screen.query_one("#clock").has_class("-soon")
        now[0] = 0.1
        await wait_until(pilot, lambda: shown(screen, "#clock") == "10 min left")
        assert "10 minutes left" in str(screen.editor.border_title)
