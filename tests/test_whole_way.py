"""The whole way with real parts only: our deck, a child with a small random model, a profile."""

from pathlib import Path

import psutil
import pytest
from textual.pilot import Pilot

from tests.tui.conftest import wait_until
from tests.tui.steps import (
    QuestionScreen,
    TodayScreen,
    on,
    picture,
    saved,
    shown,
    submit_answer,
    write,
)
from tutor.engine import EngineState, Status
from tutor.grading import GradingService
from tutor.profile import Profile
from tutor.tui import TutorApp
from tutor.tui.messages import StudyAsked
from tutor.wiring import open_tutor

pytestmark = pytest.mark.native
SIZE = (80, 24)
RUSSIAN = "Токены предсказываются независимо, поэтому переводы смешиваются."
ENGLISH = "All tokens are masked at first; then n = N (T - t) / T of them."


def profile(home: Path, model: Path | None) -> Profile:
    made = Profile({"TUTOR_HOME": str(home)}, {"model": model, "threads": 1})
    made.paths.welcomed.touch()
    return made


def kill_the_model() -> None:
    """Kill the model's process, if there is one."""
    for child in psutil.Process().children():
        if "tutor.engine.worker" in child.cmdline():
            child.kill()


async def start_deck(pilot: Pilot[None]) -> QuestionScreen:
    """Go from Today to the first question of the deck."""
    today = await on(pilot, TodayScreen)
    today.post_message(StudyAsked("deck", "papers-ru"))
    return await on(pilot, QuestionScreen)


class Killer:
    """Kills the model's process so many times while it is grading."""

    def __init__(self, grading: GradingService, times: int) -> None:
        self.left = times
        grading.subscribe(self)

    def __call__(self, status: Status) -> None:
        if status.state is EngineState.JUDGING and self.left:
            self.left -= 1
            kill_the_model()


async def test_three_answers_a_killed_child_an_overruling_and_tomorrow(
    cached: Path, dense_model: Path
) -> None:
    with open_tutor(profile(cached, dense_model)) as tutor:
        app = TutorApp(tutor)
        async with app.run_test(size=SIZE) as pilot:
            question = await start_deck(pilot)
            await wait_until(pilot, lambda: app.model.status.state is EngineState.READY)
            first = question.asked.question.id
            verdict = await submit_answer(pilot, RUSSIAN)
            assert verdict.attempt.grade.grader.name == "model"
            await pilot.press("space")
            await saved(pilot, verdict)
            overruled = verdict.attempt.grade.points[0]
            assert overruled.overruled is not None
            await pilot.press("enter")

            Killer(tutor.grading, times=1)
            await on(pilot, QuestionScreen)
            verdict = await submit_answer(pilot, ENGLISH)
            assert "it was restarted" in shown(verdict, "#remark")
            assert verdict.attempt.grade.grader.name == "model"
            await pilot.press("enter")

            Killer(tutor.grading, times=1)
            await on(pilot, QuestionScreen)
            verdict = await submit_answer(pilot, RUSSIAN)
            assert verdict.attempt.grade.grader.name == "terms"
            assert "Key terms graded this" in shown(verdict, "#remark")
            await pilot.press("enter")

            await on(pilot, QuestionScreen)
            await write(pilot, "полуготовый ответ")
            await pilot.press("ctrl+q")

    with open_tutor(profile(cached, None)) as tutor:
        attempts = list(tutor.progress.attempts())
        assert [a.answer for a in attempts] == [RUSSIAN, ENGLISH, RUSSIAN]
        assert [a.grade.grader.name for a in attempts] == ["model", "model", "terms"]
        assert attempts[0].question == first
        assert attempts[0].grade.points[0] == overruled
        app = TutorApp(tutor)
        async with app.run_test(size=SIZE) as pilot:
            await on(pilot, TodayScreen)
            await wait_until(pilot, lambda: "question 4 of 10" in picture(app))
            question = await start_deck(pilot)
            assert question.editor.text == "полуготовый ответ"
            await pilot.press("escape")


async def test_settings_that_cannot_be_used_end_it_with_a_named_error(cached: Path) -> None:
    (cached / "settings.toml").write_text("contxt = 1\n", encoding="utf-8")
    with open_tutor(profile(cached, None)) as tutor:
        app = TutorApp(tutor)
        async with app.run_test(size=SIZE) as pilot:
            await wait_until(pilot, lambda: app.failure is not None)
        assert app.failure is not None
        assert "contxt" in app.failure.message
        assert app.return_code == 1
