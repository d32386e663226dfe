"""The next question is read ahead while the verdict is read, and never while the model writes."""

from tests.tui.conftest import wait_until
from tests.tui.doubles import NOON, StubTutor
from tests.tui.steps import (
    QuestionScreen,
    VerdictScreen,
    asking,
    judge,
    on,
    saved,
    showing_verdict,
    shown,
)
from tutor.bank import Language
from tutor.errors import TutorError
from tutor.progress import Draft

AHEAD: tuple[str, Language, str] = ("papers.1.2", "ru", "")


async def test_the_next_question_is_read_once_the_feedback_is_written(tutor: StubTutor) -> None:
    tutor.grading.hold_feedback = True
    async with showing_verdict(tutor) as (app, pilot, verdict):
        await wait_until(pilot, lambda: "Als" in shown(verdict, "#feedback"))
        assert AHEAD not in tutor.grading.prepared
        tutor.grading.release.set()
        await wait_until(pilot, lambda: AHEAD in tutor.grading.prepared)
        assert app.screen is verdict
        await pilot.press("enter")
        question = await on(pilot, QuestionScreen)
        assert question.asked.question.id == "papers.1.2"


async def test_its_draft_is_read_too(tutor: StubTutor) -> None:
    draft = Draft(question="papers.1.2", text="half", language="en", at=NOON)
    tutor.progress.save_draft(draft)
    async with asking(tutor) as (_, pilot, question):
        assert question.asked.question.id == "papers.1.2"
        await judge(pilot)
        await wait_until(pilot, lambda: tutor.grading.prepared[-1] == ("papers.1.1", "ru", ""))


async def test_feedback_that_ends_early_is_the_end_of_it(tutor: StubTutor) -> None:
    tutor.grading.feedback_error = TutorError("The model stopped.")
    async with showing_verdict(tutor) as (_, pilot, _):
        await wait_until(pilot, lambda: AHEAD in tutor.grading.prepared)
        assert tutor.grading.prepared.count(AHEAD) == 1


async def test_giving_up_needs_no_feedback(tutor: StubTutor) -> None:
    async with asking(tutor) as (_, pilot, _):
        await pilot.press("f4")
        await saved(pilot, await on(pilot, VerdictScreen))
        await wait_until(pilot, lambda: tutor.grading.prepared[-1] == AHEAD)


async def test_leaving_while_the_model_writes_reads_nothing_ahead(tutor: StubTutor) -> None:
    tutor.grading.hold_feedback = True
    async with showing_verdict(tutor) as (_, pilot, _):
        await pilot.press("r")
        question = await on(pilot, QuestionScreen)
        await pilot.pause()
        assert question.asked.question.id == "papers.1.1"
        assert AHEAD not in tutor.grading.prepared
        assert tutor.grading.prepared[-1] == ("papers.1.1", "ru", "да")


async def test_after_the_last_question_there_is_none(tutor: StubTutor) -> None:
    async with showing_verdict(tutor, "点积", deck="transfer-zh") as (_, pilot, verdict):
        await wait_until(pilot, lambda: verdict.check_action("why", ()))
        await pilot.pause()
        assert {question for question, *_ in tutor.grading.prepared} == {"transfer-zh.1.1"}
