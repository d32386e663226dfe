"""The whole way: from Today through questions and verdicts to the end."""

import asyncio
from datetime import timedelta

import pytest

from tests.tui.conftest import wait_until
from tests.tui.doubles import StubTutor, by_id
from tests.tui.steps import (
    QuestionScreen,
    TodayScreen,
    VerdictScreen,
    asking,
    ended,
    on,
    picture,
    running,
    saved,
    sees,
    showing_verdict,
    shown,
    start,
    submit_answer,
    write,
)
from tutor.bank import Verdict
from tutor.engine import Absence, EngineState, Status
from tutor.tui import TutorApp
from tutor.tui.session_place import SessionPlace
from tutor.tui.widgets.marked_answer import MarkedAnswer

SIZE = (80, 24)


async def test_a_session_from_today_to_its_end(tutor: StubTutor) -> None:
    async with running(tutor) as (app, pilot):
        await on(pilot, TodayScreen)
        await sees(pilot, "0 due · 3 new · about 6 min")
        question = await start(pilot)
        assert question.place == SessionPlace("Статьи [bold]x · Плотность [/nope]", "1 of 2")
        tutor.now += timedelta(seconds=42)
        await write(pilot, "якобиан треугольный")
        await wait_until(pilot, lambda: tutor.progress.draft("papers.1.1"))
        verdict = await submit_answer(pilot, "")
        marks, grader = shown(verdict, "#score").splitlines()
        assert marks.split("  ")[1] == "2.5 of 4 marks · fair"
        assert marks.endswith("  saved")
        assert grader == "Qwen3-4B · 1.9 s"
        assert tutor.grading.graded == [("papers.1.1", "якобиан треугольный", "ru")]
        (attempt,) = tutor.progress.attempts()
        assert (attempt.answer, attempt.seconds, attempt.hints) == ("якобиан треугольный", 42, 0)
        assert tutor.progress.draft("papers.1.1") is None
        await pilot.press("enter")
        await on(pilot, QuestionScreen)
        await submit_answer(pilot, "половину")
        await pilot.press("enter")
        end = await ended(pilot)
        assert "3.5 of 5 marks · 70 % · fair" in shown(end, "#result")
        assert "2 answered · 42 seconds · ★ full marks on 1 question" in shown(end, "#result")
        await pilot.press("enter")
        await on(pilot, TodayScreen)
        await sees(pilot, "1 missed, 1 partial")
        assert "✗ Как из `matrix[i][j]` получить определитель" in picture(app)
        assert "произведение" not in picture(app), "that would give the answer away"
    assert tutor.progress.sessions() == ()


async def test_the_verdict_shows_every_point_and_what_is_overruled(
    tutor: StubTutor,
) -> None:
    async with showing_verdict(tutor) as (app, pilot, verdict):
        await wait_until(pilot, lambda: shown(verdict, "#feedback").endswith("[/nope] [bold]x"))
        assert "Als Nächstes: `matrix[i][j]` [/nope] [bold]x" in picture(app)
        await pilot.press("down", "down", "space")
        await saved(pilot, verdict)
        assert "you: met" in picture(app)
        assert "grader: missed" in picture(app)
        assert "3.5 of 4 marks · good" in shown(verdict, "#score")
        await pilot.press("up", "space", "space", "space", "enter")
        await on(pilot, QuestionScreen)
    (attempt,) = tutor.progress.attempts()
    points = by_id(attempt.grade)
    assert points["log"].overruled is Verdict.MET
    assert points["product"].overruled is None
    assert tutor.progress.standings()["papers.1.1"].last == pytest.approx(3.5 / 4)


async def test_model_answer_and_notes_come_and_go_in_any_layout(tutor: StubTutor) -> None:
    async with showing_verdict(tutor, size=(120, 40)) as (app, pilot, verdict):
        assert not verdict.query_one("#model-answer").display
        await pilot.press("v", "n")
        await pilot.pause()
        seen = picture(app)
        assert shown(verdict, "#model-answer").endswith("произведению диагонали [/nope].")
        assert "See: arXiv:1605.08803 §3.2 [/nope]" in seen
        assert "The slides forget the exponent [bold]x." in seen
        await pilot.press("м", "т")
        assert not verdict.query_one("#model-answer").display
        assert not verdict.query_one("#notes").display
        await pilot.press("к")
        question = await on(pilot, QuestionScreen)
        assert question.editor.text == "да"


async def test_dont_know_counts_as_missed_and_shows_the_model_answer(tutor: StubTutor) -> None:
    async with asking(tutor) as (app, pilot, _):
        await pilot.press("f4")
        verdict = await on(pilot, VerdictScreen)
        await saved(pilot, verdict)
        assert "you said you don't know" in shown(verdict, "#score")
        assert "[1 AGAIN today]" in shown(verdict, "#ratings")
        model_answer = verdict.query_one("#model-answer")
        assert model_answer.region.bottom < verdict.rubric.region.y
        assert "Model answer" in picture(app)
        assert "Your answer" not in picture(app)
        assert app.focused is verdict.rubric
        await wait_until(pilot, lambda: tutor.grading.prepared[-1] == ("papers.1.2", "ru", ""))
        await pilot.press("i")
        assert app.screen is verdict, "it needs no reasons"
        assert "Why" not in picture(app)
    (attempt,) = tutor.progress.attempts()
    assert attempt.gave_up
    assert attempt.grade.score == 0
    assert tutor.grading.graded == []


@pytest.mark.parametrize(
    ("absence", "mark", "words"),
    [
        (Absence.CHOSEN, "○ key terms", "as you chose. Press m for"),
        (
            Absence.MISSING,
            "○ no model · key terms",
            "No model yet, so key terms grade. Press m",
        ),
        (Absence.UNUSED, "○ no model · key terms", "the judge is installed. Press m to choose it"),
    ],
)
async def test_without_a_model_today_says_why_and_how_to_get_one(
    tutor: StubTutor, absence: Absence, mark: str, words: str
) -> None:
    tutor.grading.status = Status(EngineState.OFF)
    tutor.grading.model_name, tutor.grading.absence = None, absence
    async with running(tutor) as (_, pilot):
        await sees(pilot, mark)
        today = await on(pilot, TodayScreen)
        assert words in shown(today, "#model-help"), "on one line"
        tutor.grading.absence = None
        tutor.grading.change(Status(EngineState.LOADING, progress=0.4))
        await sees(pilot, "◌ loading 40 %")
        assert not today.query_one("#model-help").display


async def test_notices_are_shown(tutor: StubTutor, monkeypatch: pytest.MonkeyPatch) -> None:
    notices = ("progress.json was damaged [/nope]; rebuilt.",)
    monkeypatch.setattr(type(tutor.progress), "notices", notices)
    async with running(tutor) as (_, pilot):
        await sees(pilot, "damaged [/nope]; rebuilt.")


async def test_answer_and_rubric_are_side_by_side_or_arrows_scroll(tutor: StubTutor) -> None:
    line = "первая строка ответа"
    async with showing_verdict(tutor, line, size=(100, 30)) as (app, pilot, verdict):
        answer, rubric = verdict.query_one(MarkedAnswer), verdict.rubric
        assert answer.region.y == rubric.region.y
        await pilot.resize_terminal(99, 30)
        await wait_until(pilot, lambda: answer.region.bottom <= rubric.region.y)
        await pilot.resize_terminal(80, 14)
        await sees(pilot, line)
        await pilot.press("down", "down", "down", "down")
        assert verdict.rubric.selected == 2
        assert [row.has_class("-selected") for row in verdict.rubric.rows] == [False, False, True]
        await pilot.press("up", "up", "up", "up", "up", "up", "up")
        assert verdict.rubric.selected == 0
        assert line in picture(app)


@pytest.mark.parametrize("turns", [0, 1, 2, 3, 5, 8, 13])
async def test_quitting_at_once_is_clean(tutor: StubTutor, turns: int) -> None:
    app = TutorApp(tutor)

    async def quit_soon(_: object) -> None:
        for _turn in range(turns):
            await asyncio.sleep(0)
        app.exit()

    await app.run_async(headless=True, size=SIZE, auto_pilot=quit_soon)
    assert app.return_code == 0


async def test_the_model_answer_is_read_from_its_beginning(tutor: StubTutor) -> None:
    async with asking(tutor, size=(40, 12)) as (app, pilot, _):
        await pilot.press("f4")
        verdict = await on(pilot, VerdictScreen)
        await saved(pilot, verdict)
        await pilot.pause()
        assert "Model answer" in picture(app)
        await pilot.press("down")
        await sees(pilot, "› ✗ 2")
