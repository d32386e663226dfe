"""Undoing what was saved last, and reporting problems."""

from threading import Event
from time import sleep

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.tui.conftest import wait_until
from tests.tui.doubles import BrokenProgress, StubTutor, by_id
from tests.tui.progressed import record
from tests.tui.steps import (
    QuestionScreen,
    TodayScreen,
    VerdictScreen,
    ended,
    noted,
    notes,
    on,
    press_fast,
    running,
    saved,
    sees,
    showing_verdict,
    shown,
    submit_answer,
)
from tutor.bank import Verdict
from tutor.errors import TutorError
from tutor.progress import Rating
from tutor.study.undo import UndoneEvent
from tutor.tui.dialogs import FlagScreen

REDO = "Press Shift+U to redo it."
FIRST = "“Как из `matrix[i][j]` получить определи…”"
ANSWER_UNDONE = "Undone: the answer to {}; its text is a draft again."


async def test_an_undone_grade_asks_the_question_again_with_the_answer(tutor: StubTutor) -> None:
    async with showing_verdict(tutor, "первая [/nope]") as (app, pilot, _):
        await pilot.press("г")
        question = await on(pilot, QuestionScreen)
        assert question.asked.question.id == "papers.1.1"
        assert question.editor.text == "первая [/nope]"
        assert question.place.count == "1 of 2"
        await wait_until(pilot, lambda: notes(app) == [ANSWER_UNDONE.format("this question")])
        assert "papers.1.1" not in tutor.progress.standings()
        await pilot.press("escape")
        await on(pilot, TodayScreen)
        await sees(pilot, "question 1 of 2")
        await pilot.press("enter")
        await submit_answer(pilot, " вторая")
        await pilot.press("enter")
        following = await on(pilot, QuestionScreen)
        assert following.asked.question.id == "papers.1.2"
    assert [each.answer for each in tutor.progress.attempts()] == ["первая [/nope] вторая"]


async def test_an_overruling_is_undone_first_and_redone(tutor: StubTutor) -> None:
    async with showing_verdict(tutor) as (app, pilot, verdict):
        await pilot.press("down", "down", "space")
        await saved(pilot, verdict)
        assert "3.5 of 4 marks" in shown(verdict, "#score")
        await pilot.press("u")
        await wait_until(pilot, lambda: "2.5 of 4 marks" in shown(verdict, "#score"))
        assert notes(app) == [f"Undone: your own verdict on 1 point of this question. {REDO}"]
        assert app.screen is verdict
        assert by_id(verdict.attempt.grade)["log"].overruled is None
        assert list(tutor.progress.attempts()) == [verdict.attempt]
        await pilot.press("down")
        assert notes(app) == [], "the next key clears it"
        await pilot.press("U")
        await wait_until(pilot, lambda: "3.5 of 4 marks" in shown(verdict, "#score"))
    (attempt,) = tutor.progress.attempts()
    assert attempt == verdict.attempt


@pytest.mark.parametrize(
    ("keys", "left"), [("space space u", Verdict.PARTIAL), ("space space u u", None)]
)
async def test_undo_waits_for_what_was_pressed_before_it(
    tutor: StubTutor, keys: str, left: Verdict | None
) -> None:
    async with showing_verdict(tutor) as (app, pilot, verdict):
        press_fast(pilot, *keys.split())
        await noted(pilot, "Undone: your own verdict")
        await saved(pilot, verdict)
        await wait_until(pilot, lambda: verdict.attempt.grade.points[0].overruled is left)
        assert list(tutor.progress.attempts()) == [verdict.attempt]
        assert app.screen is verdict


async def test_each_undo_waits_for_the_one_before(
    tutor: StubTutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    overtaken = Event()
    undone: list[UndoneEvent | None] = []

    async with showing_verdict(tutor) as (app, pilot, verdict):
        undo = app.session.undo

        def slow_at_first(question: str | None) -> UndoneEvent | None:
            event = undo(question)
            undone.append(event)
            if len(undone) > 1:
                overtaken.set()
            elif overtaken.wait(0.3):
                sleep(0.3)  # until the second is shown
            return event

        await pilot.press("space", "space")
        await saved(pilot, verdict)
        monkeypatch.setattr(app.session, "undo", slow_at_first)
        press_fast(pilot, "u", "u")
        await wait_until(pilot, overtaken.is_set)
        await app.workers.wait_for_complete()
        await pilot.pause()
        await saved(pilot, verdict)
        assert verdict.attempt.grade.points[0].overruled is None
        assert list(tutor.progress.attempts()) == [verdict.attempt]


@pytest.mark.parametrize("before", ["enter", "4 enter", "r"])
async def test_a_verdict_that_was_left_takes_no_more_keys(tutor: StubTutor, before: str) -> None:
    async with showing_verdict(tutor) as (app, pilot, _):
        press_fast(pilot, *before.split(), "1", "space", "u")
        question = await on(pilot, QuestionScreen)
        await app.workers.wait_for_complete()
        assert app.screen is question
    (attempt,) = tutor.progress.attempts()
    assert attempt.rated is (Rating.EASY if before.startswith("4") else None)
    assert all(point.overruled is None for point in attempt.grade.points)


async def test_a_verdict_whose_change_is_not_saved_is_not_left(
    tutor: StubTutor, broken: BrokenProgress
) -> None:
    async with showing_verdict(tutor) as (app, pilot, verdict):
        broken.failing["rate"] = TutorError("The disc is full.")
        press_fast(pilot, "4", "enter")
        await noted(pilot, "Not saved.")
        broken.failing.clear()
        await pilot.press("4")
        await saved(pilot, verdict)
        assert app.screen is verdict
    (attempt,) = tutor.progress.attempts()
    assert attempt.rated is Rating.EASY


async def test_undo_on_today_undoes_a_deletion_then_the_answer(tutor: StubTutor) -> None:
    attempt = record(tutor, "papers.1.1", "mpx")
    tutor.progress.delete([attempt.id])
    async with running(tutor) as (app, pilot):
        await on(pilot, TodayScreen)
        await pilot.press("u")
        await noted(pilot, f"Undone: the deletion of 1 answer. {REDO}")
        assert "papers.1.1" in tutor.progress.standings()
        await sees(pilot, "Needs work")
        await pilot.press("u")
        await wait_until(pilot, lambda: len(notes(app)) == 2)
        await sees(pilot, "0 due · 3 new")
        assert "papers.1.1" not in tutor.progress.standings()
        await pilot.press("u")
        await noted(pilot, "There is nothing to undo.")


async def test_redo_on_today_brings_the_answer_back(tutor: StubTutor) -> None:
    async with showing_verdict(tutor, "первая") as (app, pilot, _):
        await pilot.press("escape")
        await on(pilot, TodayScreen)
        await pilot.press("u")
        await wait_until(pilot, lambda: notes(app) == [f"{ANSWER_UNDONE.format(FIRST)} {REDO}"])
        await sees(pilot, "question 1 of 2")
        await pilot.press("Г")
        await noted(pilot, f"Redone: the answer to {FIRST}.")
        await sees(pilot, "question 2 of 2")
        await pilot.press("U")
        await noted(pilot, "There is nothing to redo.")
    assert [each.answer for each in tutor.progress.attempts()] == ["первая"]
    assert tutor.progress.drafts() == {}


async def test_undo_at_the_end_updates_the_summary(tutor: StubTutor) -> None:
    async with showing_verdict(tutor, "点积", deck="transfer-zh", size=(100, 40)) as (_, pilot, _):
        await pilot.press("enter")
        end = await ended(pilot)
        await pilot.press("u")
        await wait_until(pilot, lambda: "Nothing was answered" in shown(end, "#result"))
    draft = tutor.progress.draft("transfer-zh.1.1")
    assert draft is not None
    assert draft.text == "点积"


@pytest.mark.parametrize(("step", "key"), [("undo", "u"), ("redo", "U")])
async def test_a_failing_step_is_reported(
    tutor: StubTutor, broken: BrokenProgress, step: str, key: str
) -> None:
    broken.failing[step] = TutorError("The disc is full [/nope].", remedy="Free some space.")
    async with running(tutor) as (app, pilot):
        await on(pilot, TodayScreen)
        await pilot.press(key)
        await wait_until(pilot, lambda: notes(app))
        expected = f"It could not be {step[:-2]}done. The disc is full [/nope]. Free some space."
        assert notes(app) == [expected]


async def flag(pilot: Pilot[None], note: str) -> None:
    await pilot.press("f")
    await on(pilot, FlagScreen)
    pilot.app.screen.query_one(Input).value = note
    press_fast(pilot, "enter", "enter")
    await on(pilot, VerdictScreen)


async def test_a_report_is_saved_once_possible_and_can_be_removed(
    tutor: StubTutor, broken: BrokenProgress
) -> None:
    broken.failing["flag"] = TutorError("The disc is full.", remedy="Free some space.")
    async with showing_verdict(tutor) as (app, pilot, verdict):
        await flag(pilot, "wrong")
        await wait_until(pilot, lambda: "The report was not saved." in verdict.notice.text)
        assert "reported" not in shown(verdict, "#score")
        broken.failing.clear()
        await flag(pilot, " wrong [bold]sign\x1b ")
        await wait_until(pilot, lambda: "reported · saved" in shown(verdict, "#score"))
        assert tutor.progress.flags() == {"papers.1.1": "wrong [bold]sign"}
        await pilot.press("f")
        await on(pilot, FlagScreen)
        assert app.screen.query_one(Input).value == "wrong [bold]sign"
        await pilot.press("escape")
        await wait_until(pilot, lambda: app.screen is verdict)
        assert tutor.progress.flags() == {"papers.1.1": "wrong [bold]sign"}
        await flag(pilot, "")
        await wait_until(pilot, lambda: "reported" not in shown(verdict, "#score"))
    assert tutor.progress.flags() == {}
