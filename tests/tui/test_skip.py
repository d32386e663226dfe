"""Postponing a question until tomorrow, and starting an answer over."""

from datetime import timedelta

from tests.tui.conftest import wait_until
from tests.tui.doubles import NOON, BrokenProgress, StubTutor
from tests.tui.steps import (
    EndScreen,
    QuestionScreen,
    TodayScreen,
    VerdictScreen,
    asking,
    noted,
    notes,
    on,
    picture,
    showing_verdict,
    shown,
    submit_answer,
    write,
)
from tutor.errors import TutorError
from tutor.study import planner_of


async def test_a_skipped_question_is_postponed_and_the_next_one_asked(tutor: StubTutor) -> None:
    async with asking(tutor) as (app, pilot, _):
        await write(pilot, "начало")
        await pilot.press("f8")
        await wait_until(pilot, lambda: app.screen.query("#answer") and notes(app))
        following = await on(pilot, QuestionScreen)
        assert following.asked.question.id == "papers.1.2"
        assert notes(app) == ["Skipped until tomorrow. Your draft is kept."]
        await pilot.press("escape")
        await on(pilot, TodayScreen)
        await wait_until(pilot, lambda: "question 2 of 2" in picture(app))
    draft = tutor.progress.draft("papers.1.1")
    assert draft is not None
    assert draft.text == "начало"
    assert tutor.progress.skipped() == {"papers.1.1": NOON.date()}
    assert "papers.1.1" not in planner_of(tutor).new
    assert list(tutor.progress.attempts()) == []
    tutor.now = NOON + timedelta(days=1)
    assert "papers.1.1" in planner_of(tutor).new


async def test_skipping_the_last_question_ends_the_session(tutor: StubTutor) -> None:
    async with asking(tutor, "down") as (_, pilot, _):
        await pilot.press("f8")
        end = await on(pilot, EndScreen)
        assert "Nothing was answered in this session." in shown(end, "#result")
        await wait_until(pilot, lambda: not tutor.progress.sessions())
        await pilot.press("enter")
        await on(pilot, TodayScreen)


async def test_a_question_that_cannot_be_postponed_stays(
    tutor: StubTutor, broken: BrokenProgress
) -> None:
    broken.failing["skip"] = TutorError("The disc is full [/nope].", remedy="Free some space.")
    async with asking(tutor) as (app, pilot, question):
        await write(pilot, "слово")
        await pilot.press("f8")
        await wait_until(pilot, lambda: "Not postponed. The disc is full [/nope]." in picture(app))
        assert app.screen is question
        assert question.editor.text == "слово"
        broken.failing.clear()
        await pilot.press("f8")
        await wait_until(pilot, lambda: tutor.progress.skipped())


async def test_nothing_is_skipped_while_grading_or_at_a_retry(tutor: StubTutor) -> None:
    tutor.grading.hold = True
    async with asking(tutor) as (app, pilot, _):
        await write(pilot, "слово")
        await pilot.press("f5")
        await wait_until(pilot, tutor.grading.started.is_set)
        await pilot.press("f8")
        tutor.grading.release.set()
        await on(pilot, VerdictScreen)
        await pilot.press("r")
        again = await on(pilot, QuestionScreen)
        assert not again.check_action("skip", ())
        await pilot.press("f8")
        assert app.screen is again
    assert tutor.progress.skipped() == {}


async def test_start_over_empties_the_editor_and_shows_the_earlier_answer(
    tutor: StubTutor,
) -> None:
    async with showing_verdict(tutor, "первая [/nope]") as (app, pilot, _):
        await pilot.press("r")
        question = await on(pilot, QuestionScreen)
        assert "your earlier answer · 2 words" in picture(app)
        assert "Your earlier answer" not in picture(app)
        await pilot.press("f9")
        assert question.editor.text == ""
        assert shown(question, "#earlier") == "Your earlier answer\nпервая [/nope]"
        await wait_until(pilot, lambda: "первая [/nope]" in picture(app))
        await pilot.press("ctrl+z")
        assert question.editor.text == "первая [/nope]"
        await pilot.press("ctrl+y")
        await submit_answer(pilot, "вторая")
    assert [each.answer for each in tutor.progress.attempts()] == ["первая [/nope]", "вторая"]


async def test_start_over_empties_the_editor_of_a_first_answer_too(tutor: StubTutor) -> None:
    async with asking(tutor) as (app, pilot, question):
        await pilot.press("f9")
        assert notes(app) == []
        await write(pilot, "слово")
        await pilot.press("f9")
        assert question.editor.text == ""
        await noted(pilot, "Press Ctrl+Z to bring your text back.")
        assert not question.query_one("#earlier-box").display
        await pilot.press("ctrl+z")
        assert question.editor.text == "слово"
        await wait_until(pilot, lambda: notes(app) == [])
