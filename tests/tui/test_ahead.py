"""The next question is read ahead while the verdict is read, and never while the model writes."""

from tests.tui.conftest import wait_until
from tests.tui.doubles import NOON, StubTutor
from tests.tui.steps import (
    QuestionScreen,
    VerdictScreen,
    asking,
    on,
    saved,
    showing_verdict,
    shown,
)
from tutor.bank import Language
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
    for question in ("papers.1.1", "papers.1.2"):
        draft = Draft(question=question, text="half", language="en", at=NOON)
        tutor.progress.save_draft(draft)
    async with showing_verdict(tutor) as (_, pilot, _):
        ahead = [("papers.1.2", "en", "half")]
        await wait_until(pilot, lambda: tutor.grading.prepared == ahead)


async def test_dont_know_needs_no_feedback(tutor: StubTutor) -> None:
    async with asking(tutor) as (_, pilot, _):
        await pilot.press("f4")
        await saved(pilot, await on(pilot, VerdictScreen))
        await wait_until(pilot, lambda: tutor.grading.prepared[-1] == AHEAD)


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
        assert AHEAD not in tutor.grading.prepared
        assert tutor.grading.prepared[-1] == ("papers.1.1", "ru", "да")


async def test_after_the_last_question_there_is_none(tutor: StubTutor) -> None:
    async with showing_verdict(tutor, "点积", deck="transfer-zh") as (_, pilot, verdict):
        await wait_until(pilot, lambda: verdict.check_action("why", ()))
        await pilot.pause()
        assert tutor.grading.prepared == []
