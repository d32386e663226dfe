"""A failure to save is reported, and nothing is lost."""

import pytest

from tests.tui.conftest import wait_until
from tests.tui.doubles import BrokenProgress, StubTutor, by_id
from tests.tui.steps import (
    TodayScreen,
    VerdictScreen,
    asking,
    on,
    picture,
    saved,
    showing_verdict,
    shown,
    start,
    submit_answer,
    write,
)
from tutor.bank import Verdict
from tutor.errors import TutorError
from tutor.progress import ProfileNotWritable
from tutor.tui import TutorApp
from tutor.tui.messages import AgainAsked

SIZE = (80, 24)


@pytest.mark.parametrize("more", ["", " и ещё"])
async def test_an_answer_that_cannot_be_saved_stays_with_its_grade_unless_it_is_changed(
    tutor: StubTutor, broken: BrokenProgress, more: str
) -> None:
    broken.failing["record"] = ProfileNotWritable(tutor.paths.home, OSError(28, "No space left"))
    async with asking(tutor) as (app, pilot, _):
        screen = await write(pilot, "слово")
        await pilot.press("f5")
        await wait_until(pilot, lambda: "Not saved." in picture(app))
        assert (app.screen, screen.editor.text, screen.is_grading) == (screen, "слово", False)
        await wait_until(pilot, lambda: tutor.progress.draft("papers.1.1"))
        broken.failing.clear()
        await write(pilot, more)
        await pilot.press("f5")
        await on(pilot, VerdictScreen)
    (attempt,) = tutor.progress.attempts()
    assert attempt.answer == f"слово{more}"
    assert [answer for _, answer, _ in tutor.grading.graded] == [
        "слово",
        *[f"слово{more}"] * bool(more),
    ]
    # By a clock that stands, what was typed last may be saved behind its answer.
    assert more or tutor.progress.draft("papers.1.1") is None


async def test_an_overruling_that_cannot_be_saved_is_undone_and_can_be_tried_again(
    tutor: StubTutor,
    broken: BrokenProgress,
) -> None:
    async with showing_verdict(tutor) as (app, pilot, verdict):
        broken.failing["overrule"] = OSError(5, "Input/output error", "attempts.jsonl")
        await pilot.press("space")
        await wait_until(pilot, lambda: "Input/output error (attempts.jsonl)" in picture(app))
        assert "NOT saved" in shown(verdict, "#score")
        assert by_id(verdict.attempt.grade)["triangular"].overruled is None
        broken.failing.clear()
        await pilot.press("space")
        await saved(pilot, verdict)
    (attempt,) = tutor.progress.attempts()
    assert by_id(attempt.grade)["triangular"].overruled is Verdict.PARTIAL


async def test_a_session_that_cannot_be_saved_is_reported(
    tutor: StubTutor, broken: BrokenProgress
) -> None:
    broken.failing["save_session"] = TutorError("[/disc] is full.")
    app = TutorApp(tutor)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await start(pilot)
        await wait_until(pilot, lambda: "[/disc]" in picture(app))


async def test_interrupted_feedback_is_reported(tutor: StubTutor) -> None:
    tutor.grading.feedback_error = TutorError("The model stopped [/nope].")
    async with showing_verdict(tutor) as (app, pilot, _):
        await wait_until(pilot, lambda: "The model stopped [/nope]." in picture(app))
        assert "Als Nächstes: `matrix[i][j]`" in picture(app)
        await wait_until(pilot, lambda: tutor.grading.prepared == [("papers.1.2", "ru", "")])


async def test_a_question_that_no_longer_exists_is_reported(tutor: StubTutor) -> None:
    app = TutorApp(tutor)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await start(pilot)
        verdict = await submit_answer(pilot)
        verdict.post_message(AgainAsked(verdict.attempt.model_copy(update={"question": "gone.1"})))
        await on(pilot, TodayScreen)
        await wait_until(pilot, lambda: "gone.1" in picture(app))
