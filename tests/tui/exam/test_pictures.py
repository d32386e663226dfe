"""The screens of an exam as pictures; `pytest --snapshot-update` redraws them."""

from datetime import timedelta

import pytest
from textual.pilot import Pilot

from tests.tui.conftest import wait_until
from tests.tui.doubles import NOON, StubTutor
from tests.tui.exam.steps import (
    GradingScreen,
    LeftScreen,
    ReportScreen,
    RunningScreen,
    ask_exam,
    begun,
    left_at,
    over,
    reported,
)
from tests.tui.steps import TodayScreen, on, sees, shown
from tests.tui.test_pictures import ANSWER, CHINESE, NARROW, WIDE, SnapCompare
from tutor.progress import ExamPlace
from tutor.tui import TutorApp
from tutor.tui.exam.setup import SetupScreen


def two_exams(tutor: StubTutor) -> None:
    over(tutor, ANSWER, CHINESE)
    tutor.now = NOON + timedelta(days=1)
    over(tutor, ANSWER, CHINESE, ANSWER, exam="e2")


def test_setup_with_exams_before_and_a_wrong_field(
    tutor: StubTutor, snap_compare: SnapCompare
) -> None:
    two_exams(tutor)

    async def before(pilot: Pilot[None]) -> None:
        setup = await ask_exam(pilot, SetupScreen)
        await wait_until(pilot, lambda: setup.past.option_count == 2)
        await pilot.press("down", "-", "1")

    assert snap_compare(TutorApp(tutor), terminal_size=NARROW, run_before=before)


def running(tutor: StubTutor, question: str, text: str, used: float) -> RunningScreen:
    """A question with a text, on a clock that stands still."""
    at = begun(tutor).questions.index(question)
    return RunningScreen(tutor, left_at(tutor, at, used, text, 10), monotonic=lambda: 0.0)


@pytest.mark.parametrize(
    ("question", "text", "used"),
    [("papers.1.1", ANSWER, 20), ("transfer-zh.1.1", CHINESE, 1205)],
    ids=["russian", "chinese"],
)
def test_running(
    tutor: StubTutor, snap_compare: SnapCompare, question: str, text: str, used: float
) -> None:
    app = TutorApp(tutor)

    async def before(pilot: Pilot[None]) -> None:
        await on(pilot, TodayScreen)
        await app.push_screen(running(tutor, question, text, used))
        await sees(pilot, "saved ·")

    assert snap_compare(app, terminal_size=NARROW, run_before=before)


def test_report_with_room(tutor: StubTutor, snap_compare: SnapCompare) -> None:
    two_exams(tutor)
    app = TutorApp(tutor)

    async def before(pilot: Pilot[None]) -> None:
        await on(pilot, TodayScreen)
        await app.push_screen(ReportScreen(tutor, "e2"))
        await reported(pilot)

    assert snap_compare(app, terminal_size=WIDE, run_before=before)


@pytest.mark.parametrize("which", ["setup", "left", "overview", "end", "judging", "report"])
def test_without_colour(
    tutor: StubTutor, snap_compare: SnapCompare, monkeypatch: pytest.MonkeyPatch, which: str
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = TutorApp(tutor)
    assert app.no_color
    see = {"setup": see_setup, "left": see_left, "judging": see_grading, "report": see_report}

    async def before(pilot: Pilot[None]) -> None:
        await on(pilot, TodayScreen)
        if which in see:
            await see[which](pilot, tutor)
        else:
            await app.push_screen(running(tutor, "papers.1.1", ANSWER, 1790))
            await sees(pilot, "saved ·")
            await pilot.press({"overview": "f12", "end": "f10"}[which])
            await sees(pilot, "unanswered:")

    assert snap_compare(app, terminal_size=NARROW, run_before=before)


async def see_setup(pilot: Pilot[None], tutor: StubTutor) -> None:
    await ask_exam(pilot, SetupScreen)
    await pilot.press("x")


async def see_left(pilot: Pilot[None], tutor: StubTutor) -> None:
    two_exams(tutor)
    begun(tutor, exam="e3")
    tutor.progress.save_exam_place(ExamPlace("e3", 1, 600, ANSWER, "ru", 20))
    left = await ask_exam(pilot, LeftScreen)
    await wait_until(pilot, lambda: left.past.option_count == 2)


async def see_grading(pilot: Pilot[None], tutor: StubTutor) -> None:
    over(tutor, ANSWER, CHINESE, graded=False)
    tutor.grading.hold = True
    grading = GradingScreen(tutor, "e1", monotonic=lambda: 0.0)
    await pilot.app.push_screen(grading)
    await wait_until(pilot, lambda: shown(grading, "#left") == "0 of 2 answers")
    await wait_until(pilot, tutor.grading.started.is_set)


async def see_report(pilot: Pilot[None], tutor: StubTutor) -> None:
    two_exams(tutor)
    await pilot.app.push_screen(ReportScreen(tutor, "e2"))
    report = await reported(pilot)
    await pilot.press("end")
    assert report.rows.highlighted is not None
