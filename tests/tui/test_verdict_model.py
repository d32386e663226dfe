"""What the model does while a verdict is read: grade it late, and read the next question."""

import pytest

from tests.tui.conftest import wait_until
from tests.tui.doubles import NOON, StubTutor
from tests.tui.steps import (
    QuestionScreen,
    VerdictScreen,
    on,
    picture,
    saved,
    showing_verdict,
    shown,
)
from tutor.bank import Language, Verdict
from tutor.engine import EngineState, Status
from tutor.grading import GraderId
from tutor.progress import Draft

SIZE = (80, 30)
TERMS = GraderId(name="terms", version="1")
MODEL = GraderId(name="model", version="1", model="f00", prompt="ba5")
NEXT: tuple[str, Language, str] = ("papers.1.2", "ru", "")


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
    loading.grading.remark = "Key terms graded this, since the model failed [/nope]."
    async with showing_verdict(loading, size=SIZE) as (app, pilot, verdict):
        loading.grading.change(Status(EngineState.OFF))
        await wait_until(pilot, lambda: "please confirm or correct" in shown(verdict, "#score"))
        await wait_until(pilot, lambda: NEXT in loading.grading.prepared)
        assert names(loading) == ["terms"]
        assert isinstance(app.screen, VerdictScreen)
        assert loading.grading.remark in picture(app)


# --- reading ahead


async def test_reasons_and_the_next_question_wait_for_the_feedback(tutor: StubTutor) -> None:
    tutor.grading.hold_feedback = True
    async with showing_verdict(tutor) as (app, pilot, verdict):
        await wait_until(pilot, lambda: "Als" in shown(verdict, "#feedback"))
        assert NEXT not in tutor.grading.prepared
        assert verdict.check_action("why", ()) is None
        await pilot.press("i")
        assert app.screen is verdict
        tutor.grading.release.set()
        await wait_until(pilot, lambda: NEXT in tutor.grading.prepared)
        assert app.screen is verdict
        assert verdict.check_action("why", ())
        await pilot.press("enter")
        question = await on(pilot, QuestionScreen)
        assert question.asked.question.id == "papers.1.2"


async def test_the_draft_of_the_next_question_is_read_too(tutor: StubTutor) -> None:
    for question in ("papers.1.1", "papers.1.2"):
        draft = Draft(question=question, text="half", language="en", at=NOON)
        tutor.progress.save_draft(draft)
    async with showing_verdict(tutor) as (_, pilot, _):
        ahead = [("papers.1.2", "en", "half")]
        await wait_until(pilot, lambda: tutor.grading.prepared == ahead)


async def test_leaving_while_the_model_writes_stops_it_and_reads_nothing_ahead(
    tutor: StubTutor,
) -> None:
    tutor.grading.hold_feedback = True
    async with showing_verdict(tutor) as (_, pilot, _):
        cancels = tutor.grading.cancels
        await pilot.press("r")
        question = await on(pilot, QuestionScreen)
        assert tutor.grading.cancels == cancels + 1
        await pilot.pause()
        assert question.asked.question.id == "papers.1.1"
        assert NEXT not in tutor.grading.prepared
        assert tutor.grading.prepared[-1] == ("papers.1.1", "ru", "да")


async def test_after_the_last_question_nothing_is_read(tutor: StubTutor) -> None:
    async with showing_verdict(tutor, "点积", deck="transfer-zh") as (_, pilot, verdict):
        await wait_until(pilot, lambda: verdict.check_action("why", ()))
        await pilot.pause()
        assert tutor.grading.prepared == []
