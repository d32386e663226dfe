"""Key terms grade while a model loads; its grade replaces theirs while the verdict is shown."""

import pytest

from tests.tui.conftest import wait_until
from tests.tui.doubles import StubTutor
from tests.tui.steps import (
    QuestionScreen,
    VerdictScreen,
    on,
    picture,
    saved,
    showing_verdict,
    shown,
)
from tutor.bank import Verdict
from tutor.engine import EngineState, Status
from tutor.grading import GraderId

SIZE = (80, 30)
TERMS = GraderId(name="terms", version="1")
MODEL = GraderId(name="model", version="1", model="f00", prompt="ba5")
NEXT = ("papers.1.2", "ru", "")


@pytest.fixture
def loading(tutor: StubTutor) -> StubTutor:
    """A model that is loading; until it is ready, key terms grade."""
    tutor.grading.grader = TERMS
    tutor.grading.status = Status(EngineState.LOADING)
    return tutor


def ready(tutor: StubTutor) -> None:
    """The model is ready, and finds that every point is met."""
    tutor.grading.grader = MODEL
    tutor.grading.verdicts = (Verdict.MET,)
    tutor.grading.change(Status(EngineState.READY))


def names(tutor: StubTutor) -> list[str]:
    return [attempt.grade.grader.name for attempt in tutor.progress.attempts()]


async def test_the_models_grade_replaces_the_suggested_one(loading: StubTutor) -> None:
    async with showing_verdict(loading, size=SIZE) as (app, pilot, verdict):
        assert "suggested by key terms until the model has graded it" in shown(verdict, "#score")
        assert "2.5 of 4 marks" in picture(app)
        assert (names(loading), NEXT in loading.grading.prepared) == (["terms"], False)
        ready(loading)
        expected = "Qwen3-4B: 4 of 4 marks; key terms: 2.5. Press u to undo that."
        await wait_until(pilot, lambda: expected == verdict.notice.text)
        await saved(pilot, verdict)
        assert "4 of 4 marks" in shown(verdict, "#score")
        assert "Qwen3-4B" in shown(verdict, "#score")
        assert all(row.has_class("-met") for row in verdict.rubric.rows)
        await wait_until(pilot, lambda: NEXT in loading.grading.prepared)
        assert names(loading) == ["model"]
        await pilot.press("down")
        assert verdict.notice.text == ""


async def test_undo_brings_the_suggested_grade_back_and_that_stays(loading: StubTutor) -> None:
    async with showing_verdict(loading, size=SIZE) as (_, pilot, verdict):
        ready(loading)
        await wait_until(pilot, lambda: names(loading) == ["model"])
        await saved(pilot, verdict)
        await pilot.press("u")
        await wait_until(pilot, lambda: "2.5 of 4 marks" in shown(verdict, "#score"))
        await wait_until(pilot, lambda: verdict.notice.text.startswith("Undone: the later grade"))
        loading.grading.change(Status(EngineState.READY))
        await pilot.pause()
        assert (names(loading), len(loading.grading.graded)) == (["terms"], 2)
        await pilot.press("U")
        await wait_until(pilot, lambda: "4 of 4 marks" in shown(verdict, "#score"))


async def test_what_the_student_has_corrected_stays(loading: StubTutor) -> None:
    async with showing_verdict(loading, size=SIZE) as (_, pilot, verdict):
        await pilot.press("space")
        await saved(pilot, verdict)
        own = [point.overruled for point in verdict.attempt.grade.points]
        assert own[0] is not None
        ready(loading)
        await wait_until(pilot, lambda: "Your own verdicts stay." in verdict.notice.text)
        await saved(pilot, verdict)
        (attempt,) = loading.progress.attempts()
        assert attempt.grade.grader.name == "model"
        assert [point.overruled for point in attempt.grade.points] == own
        assert {point.verdict for point in attempt.grade.points} == {Verdict.MET}
        assert verdict.attempt.grade == attempt.grade


async def test_the_next_question_cancels_the_late_grade(loading: StubTutor) -> None:
    async with showing_verdict(loading, size=SIZE) as (_, pilot, _):
        loading.grading.hold = True
        ready(loading)
        await wait_until(pilot, lambda: len(loading.grading.graded) == 2)
        await pilot.press("enter")
        await on(pilot, QuestionScreen)
        assert loading.grading.cancels
        assert names(loading) == ["terms"]


async def test_a_model_that_fails_leaves_the_suggested_grade(loading: StubTutor) -> None:
    async with showing_verdict(loading, size=SIZE) as (app, pilot, verdict):
        loading.grading.change(Status(EngineState.OFF))
        await wait_until(pilot, lambda: "please confirm or correct" in shown(verdict, "#score"))
        await wait_until(pilot, lambda: NEXT in loading.grading.prepared)
        assert names(loading) == ["terms"]
        assert isinstance(app.screen, VerdictScreen)
