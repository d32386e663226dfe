"""The judge that is set up in the background: how far it is, and that models take over."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.tui.conftest import wait_until
from tests.tui.doubles import StubTutor
from tests.tui.shelves import shelf_of
from tests.tui.steps import noted, notes, picture, running, sees
from tutor.engine import EngineState, Status
from tutor.engine.setup_state import SetupStage, SetupState
from tutor.models.catalog import Catalog
from tutor.tui.messages import ScreenAsked
from tutor.tui.model_words import setup_sentence, setup_short

Tell = Callable[..., None]


@pytest.mark.parametrize(
    ("state", "short", "expected"),
    [
        (SetupState(SetupStage.WAITING), "setting up", "in the background"),
        (
            SetupState(SetupStage.COMPILING),
            "compiling",
            "llama.cpp, which runs models, is compiled in the background.",
        ),
        (SetupState(SetupStage.COMPILING, 34, 83), "compiling 41 %", "(34 of 83 files)"),
        (SetupState(SetupStage.FETCHING, 82, 469), "downloading 17 %", "(82 of 469 MiB)"),
        (
            SetupState(SetupStage.FAILED, problem="No\x1b[31m\ncompiler.", log="/x/log"),
            "✗ set-up failed",
            "✗ No[31m compiler. Then start the tutor again with make run. Log: /x/log",
        ),
        (
            SetupState(SetupStage.STOPPED, log="/x/log"),
            "✗ set-up stopped",
            "resumes it. Log: /x/log",
        ),
        (SetupState(SetupStage.DONE), "", ""),
    ],
)
def test_the_words(state: SetupState, short: str, expected: str) -> None:
    assert short in setup_short(state)
    assert expected in setup_sentence(state)
    assert len(setup_short(state)) <= 32, "two fifths of 80 columns"


@pytest.fixture
def tell(tutor: StubTutor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tell:
    """Write the state file; the app looks at it often."""
    monkeypatch.setattr("tutor.tui.model_controller.SETUP_PAUSE", 0.01)
    file = tmp_path / "background.json"
    tutor.paths = replace(tutor.paths, setup=file)
    tutor.grading.status, tutor.grading.model_name = Status(EngineState.OFF), None

    def write(stage: str, **changes: object) -> None:
        state = {"done": 0, "total": 0, "compiled": False, "problem": "", "log": "/x/log"}
        file.with_suffix(".new").write_text(json.dumps(state | {"stage": stage} | changes))
        file.with_suffix(".new").replace(file)

    return write


async def test_the_judge_takes_over_when_it_is_ready(tutor: StubTutor, tell: Tell) -> None:
    tell("compiling", done=34, total=83)
    async with running(tutor) as (app, pilot):
        await sees(pilot, "◌ key terms · compiling 41 %")
        assert "(34 of 83 files)" in picture(app)
        tell("fetching", done=82, total=469)
        await sees(pilot, "◌ key terms · downloading 17 %")
        tutor.judge = "another"
        tell("fetching", compiled=True, done=83, total=469)
        await sees(pilot, "● ready · another")
        tutor.judge = "the judge"
        tell("done", compiled=True)
        await sees(pilot, "● ready · the judge")
        await noted(pilot, "grades from now on")


async def test_what_was_ready_before_the_start_is_not_loaded_twice(
    tutor: StubTutor, tell: Tell
) -> None:
    tell("done", compiled=True)
    tutor.judge = "another"
    async with running(tutor) as (app, pilot):
        await sees(pilot, "no model · key terms")
        await pilot.pause(0.1)
        assert "another" not in picture(app)


async def test_a_failure_is_reported_once_with_a_remedy_and_on_the_models_screen(
    tutor: StubTutor, tell: Tell
) -> None:
    tutor.models = lambda: shelf_of(tutor.paths, Catalog(()))
    async with running(tutor, size=(100, 24)) as (app, pilot):
        await sees(pilot, "no model · key terms")
        tell("failed", problem="There is no C++ compiler. Install one: “apt”.")
        await sees(pilot, "✗ set-up failed · key terms")
        await wait_until(pilot, lambda: notes(app))
        (note,) = notes(app)
        assert "Install one: “apt”. Then start the tutor again with make run. Log: /x/log" in note
        app.post_message(ScreenAsked("models"))
        await sees(pilot, "grading now: key terms")
        assert "✗ There is no C++ compiler. Install one: “apt”." in picture(app)
