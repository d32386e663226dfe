"""Reading the state of the background set-up."""

import json
import os
from pathlib import Path

import pytest

from tutor.engine.setup_state import SILENCE, SetupStage, SetupState, read_setup

STATE = {
    "stage": "compiling",
    "done": 3,
    "total": 83,
    "compiled": False,
    "problem": "",
    "log": "/x",
}


def written(folder: Path, **changes: object) -> Path:
    file = folder / "background.json"
    file.write_text(json.dumps(STATE | changes), encoding="utf-8")
    os.utime(file, (1000.0, 1000.0))
    return file


def test_the_state_is_read_as_it_was_written(tmp_path: Path) -> None:
    state = read_setup(written(tmp_path), now=1001.0)
    assert state == SetupState(SetupStage.COMPILING, 3, 83, log="/x")
    assert not state.is_over


def test_without_a_file_nothing_is_set_up(tmp_path: Path) -> None:
    assert read_setup(None) is None
    assert read_setup(tmp_path / "none.json") is None


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "\x00", '{"stage": "resting"}', '{"stage": "done", "done": 1e999}']
)
def test_an_invalid_file_is_ignored(text: str, tmp_path: Path) -> None:
    file = tmp_path / "background.json"
    file.write_text(text, encoding="utf-8")
    assert read_setup(file) is None


def test_a_set_up_without_updates_counts_as_stopped(tmp_path: Path) -> None:
    file = written(tmp_path, compiled=True)
    late = 1000.0 + SILENCE + 1
    assert read_setup(file, now=late) == SetupState(SetupStage.STOPPED, compiled=True, log="/x")


@pytest.mark.parametrize("stage", ["done", "failed"])
def test_a_finished_set_up_needs_no_updates(stage: str, tmp_path: Path) -> None:
    state = read_setup(written(tmp_path, stage=stage), now=10.0**9)
    assert state is not None
    assert (state.stage.value, state.is_over) == (stage, True)
