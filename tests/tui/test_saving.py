"""Saving that fails is told plainly, and nothing is lost over it."""

from tests.tui.conftest import wait_until
from tests.tui.doubles import BrokenProgress, StubTutor, by_id
from tests.tui.steps import (
    QuestionScreen,
    TodayScreen,
    VerdictScreen,
    judge,
    on,
    picture,
    saved,
    shown,
    start,
    write,
)
from tutor.bank import Verdict
from tutor.errors import TutorError
from tutor.tui import TutorApp
from tutor.tui.messages import AgainAsked

SIZE = (80, 24)


def breakable(tutor: StubTutor) -> tuple[StubTutor, BrokenProgress]:
    broken = BrokenProgress(tutor.progress)
    around = StubTutor(tutor.paths, tutor.bank, broken, tutor.examiner)  # type: ignore[arg-type]
    return around, broken


async def test_an_attempt_that_cannot_be_saved_is_told_and_stays_a_draft(tutor: StubTutor) -> None:
    around, broken = breakable(tutor)
    broken.failing["record"] = TutorError("The disc is full [/nope].", remedy="Free some space.")
    app = TutorApp(around)
    async with app.run_test(size=SIZE) as pilot:
        await start(pilot)
        await write(pilot, "слово")
        await pilot.press("f5")
        verdict = await on(pilot, VerdictScreen)
        await wait_until(pilot, lambda: "NOT saved" in shown(verdict, "#score"))
        assert "Not saved. The disc is full [/nope]. Free some space." in picture(app)
        assert "Your answer stays as a draft." in verdict.notice.text
        draft = tutor.progress.draft("papers.1.1")
        assert draft is not None
        assert draft.text == "слово"
        await pilot.press("space")
        broken.failing.clear()
        await pilot.press("ы")
        await saved(pilot, verdict)
        assert not verdict.notice.text
    (attempt,) = tutor.progress.attempts()
    assert by_id(attempt.grade)["triangular"].overruled is Verdict.PARTIAL
    assert tutor.progress.draft("papers.1.1") is None


async def test_one_may_go_on_without_saving(tutor: StubTutor) -> None:
    around, broken = breakable(tutor)
    broken.failing["record"] = OSError(28, "No space left on device")
    app = TutorApp(around)
    async with app.run_test(size=SIZE) as pilot:
        await start(pilot)
        await write(pilot, "слово")
        await pilot.press("f5")
        verdict = await on(pilot, VerdictScreen)
        await wait_until(pilot, lambda: "NOT saved" in shown(verdict, "#score"))
        await pilot.press("enter")
        following = await on(pilot, QuestionScreen)
        assert following.asked.question.id == "papers.1.2"
    assert tutor.progress.draft("papers.1.1") is not None


async def test_an_overruling_that_cannot_be_saved_is_told_and_can_be_tried_again(
    tutor: StubTutor,
) -> None:
    around, broken = breakable(tutor)
    app = TutorApp(around)
    async with app.run_test(size=SIZE) as pilot:
        await start(pilot)
        verdict = await judge(pilot)
        broken.failing["overrule"] = OSError(5, "Input/output error", "attempts.jsonl")
        await pilot.press("space")
        await wait_until(pilot, lambda: "Input/output error (attempts.jsonl)" in picture(app))
        assert "NOT saved" in shown(verdict, "#score")
        broken.failing.clear()
        await pilot.press("s")
        await saved(pilot, verdict)
    (attempt,) = tutor.progress.attempts()
    assert by_id(attempt.grade)["triangular"].overruled is Verdict.PARTIAL


async def test_a_session_that_cannot_be_saved_is_told(tutor: StubTutor) -> None:
    around, broken = breakable(tutor)
    broken.failing["save_session"] = TutorError("[/disc] is full.")
    app = TutorApp(around)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await start(pilot)
        await wait_until(pilot, lambda: "[/disc]" in picture(app))


async def test_feedback_that_breaks_off_is_told(tutor: StubTutor) -> None:
    tutor.examiner.feedback_error = TutorError("The model stopped [/nope].")
    app = TutorApp(tutor)
    async with app.run_test(size=SIZE) as pilot:
        await start(pilot)
        await judge(pilot)
        await wait_until(pilot, lambda: "The model stopped [/nope]." in picture(app))
        assert "Als Nächstes: `matrix[i][j]`" in picture(app)


async def test_leaving_while_feedback_comes_cancels_it(tutor: StubTutor) -> None:
    tutor.examiner.hold_feedback = True
    app = TutorApp(tutor)
    async with app.run_test(size=SIZE) as pilot:
        await start(pilot)
        await judge(pilot)
        before = tutor.examiner.cancels
        await pilot.press("escape")
        await on(pilot, TodayScreen)
        assert tutor.examiner.cancels == before + 1


async def test_a_question_that_is_gone_is_told(tutor: StubTutor) -> None:
    app = TutorApp(tutor)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await start(pilot)
        verdict = await judge(pilot)
        verdict.post_message(AgainAsked(verdict.attempt.model_copy(update={"question": "gone.1"})))
        await on(pilot, TodayScreen)
        await wait_until(pilot, lambda: "gone.1" in picture(app))
