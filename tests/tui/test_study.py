"""What is due across all decks: on Today, in what is recorded, at the end."""

from datetime import timedelta

from tests.tui.conftest import wait_until
from tests.tui.doubles import NOON, BrokenProgress, StubTutor
from tests.tui.steps import (
    QuestionScreen,
    TodayScreen,
    ended,
    graded,
    on,
    picture,
    running,
    showing_verdict,
    shown,
    submit_answer,
    write,
)
from tutor.bank import Verdict
from tutor.errors import TutorError
from tutor.progress import Scale
from tutor.study import Preferences
from tutor.tui.messages import StudyAsked
from tutor.tui.session_place import SessionPlace

WIDE = (100, 40)
LATER = NOON + timedelta(days=40)


async def test_enter_on_today_asks_what_is_due_and_new_in_all_decks(tutor: StubTutor) -> None:
    async with running(tutor) as (app, pilot):
        await on(pilot, TodayScreen)
        await wait_until(pilot, lambda: "0 due · 3 new · about 6 min" in picture(app))
        await pilot.press("enter")
        question = await on(pilot, QuestionScreen)
        assert question.place == SessionPlace("Статьи [bold]x · Плотность [/nope]", "1 of 3")
        await submit_answer(pilot)
        await pilot.press("escape")
        await on(pilot, TodayScreen)
        await wait_until(pilot, lambda: "Unfinished: Due and new" in picture(app))
        assert "question 2 of 3" in picture(app)
        await pilot.press("enter")
        await on(pilot, QuestionScreen)
    (session,) = tutor.progress.sessions()
    assert (session.kind, session.deck, session.position) == ("due", None, 1)


async def test_what_was_answered_is_due_again_later(tutor: StubTutor) -> None:
    async with showing_verdict(tutor) as (app, pilot, _):
        tutor.now = LATER
        await pilot.press("escape")
        await wait_until(pilot, lambda: "1 due · 2 new" in picture(app))


async def test_an_answer_is_saved_with_the_settings_of_its_time(tutor: StubTutor) -> None:
    tutor.preferences = Preferences(scale=Scale(0.1, 0.2, 0.3), day_starts=0)
    async with showing_verdict(tutor):
        pass
    (attempt,) = tutor.progress.attempts()
    assert attempt.scale == Scale(0.1, 0.2, 0.3)
    assert attempt.day == tutor.preferences.day(NOON)


async def test_the_way_to_an_exam_is_shown_if_one_is_set(tutor: StubTutor) -> None:
    async with running(tutor) as (app, pilot):
        today = await on(pilot, TodayScreen)
        await wait_until(pilot, lambda: "3 new" in picture(app))
        assert not today.query_one("#exam").display
    tutor.preferences = Preferences(exam=tutor.preferences.day(NOON) + timedelta(days=3))
    async with running(tutor) as (again, pilot):
        expected = "Exam in 3 days: needs 2 answers a day, you average 0"
        await wait_until(pilot, lambda: expected in picture(again))


async def test_w_practises_what_needs_work(tutor: StubTutor) -> None:
    async with running(tutor) as (app, pilot):
        await on(pilot, TodayScreen)
        await wait_until(pilot, lambda: "3 new" in picture(app))
        assert "Needs work" not in picture(app)
        await graded(pilot)
        await pilot.press("escape")
        await on(pilot, TodayScreen)
        await wait_until(pilot, lambda: "Needs work · 1 question" in picture(app))
        await wait_until(pilot, lambda: "w Practise" in picture(app))
        await pilot.press("w")
        question = await on(pilot, QuestionScreen)
        assert question.asked.question.id == "papers.1.1"
        assert question.place.count == "1 of 1"
        await write(pilot, "начало")
        await pilot.press("escape")
        await on(pilot, TodayScreen)
        await wait_until(pilot, lambda: "Unfinished: Weak points" in picture(app))


async def test_a_failing_plan_is_reported_and_the_decks_stay(
    tutor: StubTutor, broken: BrokenProgress
) -> None:
    broken.failing["skipped"] = TutorError("No [/nope] plan.", remedy="Mend it.")
    async with running(tutor) as (app, pilot):
        await wait_until(pilot, lambda: app._notifications)
        (note,) = app._notifications
        assert (note.message, note.markup) == ("No [/nope] plan. Mend it.", False)
        assert "Статьи [bold]x" in picture(app)


async def test_the_end_says_what_changed_and_what_comes_next(tutor: StubTutor) -> None:
    async with showing_verdict(tutor, "点积", deck="transfer-zh", size=WIDE) as (app, pilot, _):
        await pilot.press("enter")
        end = await ended(pilot)
        text = shown(end, "#result")
        assert "2.5 of 4 marks · 62 % · fair" in text
        assert "1 answered · 0 seconds · 1-day streak" in text
        assert "◐  2.5 of 4     请说明缩放点积注意力的公式" in text
        assert "first time" in text
        assert "    s  Study what is left today: 0 due · 2 new" in text
        assert "    w  Practise what needs work: 1 question" in text
        assert "    r  Another round of 迁移学习" in text
        tutor.grading.verdicts = (Verdict.MISSED, Verdict.MET, Verdict.MET)
        tutor.now += timedelta(hours=1)
        await pilot.press("w")
        question = await on(pilot, QuestionScreen)
        assert question.asked.question.id == "transfer-zh.1.1"
        await submit_answer(pilot, "方差")
        await pilot.press("enter")
        end = await ended(pilot)
        text = shown(end, "#result")
        assert "▼ from 62 %" in text
        assert "✓ 2 points you missed last time and met now:" in text
        assert "  维度大时点积的方差随之增大" in text
        assert "✗ 1 point you met last time and missed now:" in text
        await pilot.press("s")
        await on(pilot, QuestionScreen)
        session = app.session.state
        assert session is not None
        assert (session.kind, len(session.questions)) == ("due", 2)


async def test_the_palette_starts_what_is_due(tutor: StubTutor) -> None:
    async with running(tutor) as (app, pilot):
        await on(pilot, TodayScreen)
        await pilot.press("ctrl+p", *"due")
        await wait_until(pilot, lambda: "Start or continue, all decks" in picture(app))
        await pilot.press("enter")
        question = await on(pilot, QuestionScreen)
        assert question.place.count == "1 of 3"


async def test_nothing_due_and_nothing_new_is_no_dead_end(tutor: StubTutor) -> None:
    tutor.preferences = Preferences(new_per_day=0)
    async with running(tutor) as (app, pilot):
        await on(pilot, TodayScreen)
        await wait_until(pilot, lambda: "all done for today" in picture(app))
        app.post_message(StudyAsked("due"))
        end = await ended(pilot)
        assert "Nothing else is due today." in shown(end, "#result")
        assert not end.check_action("study", ("due",))
        await pilot.press("s", "w", "r")
        assert app.screen is end
        await pilot.press("enter")
        await on(pilot, TodayScreen)
    assert tutor.progress.sessions() == ()
