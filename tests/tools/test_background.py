"""The background set-up: its reports, its lock, and how it is stopped."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.patience import SECONDS
from tests.tools.fakes import commands, fake_compiler, fake_place
from tools import background
from tools.background import Report, counted, stop, work
from tools.lock import try_lock
from tools.record import Place, is_complete
from tools.steps import Step

ROOT = Path(__file__).resolve().parents[2]
posix = pytest.mark.skipif(sys.platform == "win32", reason="the interpreter is a script")
HOLD = """
import os, sys, time
from tools.lock import try_lock
file = open(sys.argv[1], "a+b")
assert try_lock(file.fileno())
file.write(str(os.getpid()).encode()); file.flush()
print("held", flush=True)
time.sleep(600)
"""


def state_of(place: Place) -> dict[str, Any]:
    state: dict[str, Any] = json.loads(place.state.read_text(encoding="utf-8"))
    return state


def progress_in(place: Place) -> tuple[str, int, int]:
    state = state_of(place)
    return state["stage"], state["done"], state["total"]


@pytest.fixture(autouse=True)
def a_compiler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXX", str(fake_compiler(tmp_path / "cxx")))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (b"", (0, 0)),
        (b"Collecting x [tests]\n", (0, 0)),
        (b"  [1/83] g++ a\n  [12/83] g++ b\n", (12, 83)),
        (b"[ 14%] Building CXX object x.o\n", (14, 100)),
        (b"[100%] Built target llama\n", (100, 100)),
        (b"[82/491]\n", (82, 491)),
    ],
)
def test_the_last_count_of_a_build_is_found(text: bytes, count: tuple[int, int]) -> None:
    assert counted(text) == count


@posix
def test_it_compiles_downloads_the_judge_and_is_complete(tmp_path: Path) -> None:
    place = fake_place(tmp_path / "é x", "loads")
    assert not is_complete(place)
    assert work(place) == 0
    assert commands(place)[-2:] == ["import", "tools.judge"]
    assert (state_of(place)["stage"], state_of(place)["compiled"]) == ("done", True)
    assert state_of(place)["log"] == str(place.background_log)
    assert "[41/83]" in place.background_log.read_text(encoding="utf-8")
    assert is_complete(place)
    file = place.root / "commands"
    assert "-m tools.judge --if-wanted\n" in file.read_text(encoding="utf-8")
    file.unlink()
    assert work(place) == 0
    assert commands(place) == ["import", "tools.judge"], "what is installed is not compiled again"


@posix
@pytest.mark.parametrize(
    ("switches", "compiled", "problem"),
    [
        (["broken"], False, "Compiling llama.cpp for this processor failed. "),
        (["loads", "no compiler"], False, "There is no C++ compiler"),
        (["loads", "offline"], True, "Downloading the judge failed. Check the network"),
        (["loads", "full"], True, "1 GiB is free. Free some."),
    ],
    ids=["failed build", "no compiler", "no network", "explained by the download"],
)
def test_a_failure_is_reported_in_one_line(
    tmp_path: Path,
    switches: list[str],
    compiled: bool,
    problem: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if "no compiler" in switches:
        monkeypatch.setenv("CXX", "/no/compiler")
    place = fake_place(tmp_path / "x", *switches)
    assert work(place) == 1
    state = state_of(place)
    assert (state["stage"], state["compiled"]) == ("failed", compiled)
    assert state["problem"].startswith(problem)
    assert "\n" not in state["problem"]
    assert not is_complete(place)


def test_progress_is_read_only_from_the_steps_own_output(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.venv.mkdir()
    place.background_log.write_bytes(b"[80/83] of an earlier build\n")
    report = Report(place)
    report.begin("compiling")
    watcher = report.watch(Step("Doing it", (), ""))
    watcher.tick()
    assert progress_in(place) == ("compiling", 0, 0)
    with place.background_log.open("ab") as log:
        log.write(b"x" * (background.TAIL + 10) + b"\n[3/83] g++\n")
    watcher.tick()
    assert progress_in(place) == ("compiling", 3, 83)
    report.begin("fetching", compiled=True)
    assert progress_in(place) == ("fetching", 0, 0)


def test_a_second_process_does_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "BEGIN_SECONDS", 0.0)
    place = Place(tmp_path)
    place.venv.mkdir()
    with place.background_lock.open("wb") as lock:
        assert try_lock(lock.fileno())
        assert work(place) == 0
    assert not place.state.exists()


def test_stopping_when_nothing_runs_does_nothing(tmp_path: Path) -> None:
    place = Place(tmp_path)
    stop(place)
    place.venv.mkdir()
    place.background_lock.write_bytes(str(os.getpid()).encode())  # nobody holds the lock
    stop(place)
    assert place.background_lock.exists()


def test_the_process_that_holds_the_lock_is_ended(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.venv.mkdir()
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(place.background_lock)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        start_new_session=os.name == "posix",
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == b"held"
        stop(place)
        assert holder.wait(SECONDS) != 0


@posix
def test_it_starts_in_a_process_that_outlives_its_starter(tmp_path: Path) -> None:
    """The script records its session, which is not ours."""
    place = fake_place(tmp_path / "x")
    pipe = place.root / "pipe"
    os.mkfifo(pipe)
    script = f"#!/bin/sh\necho $* $(ps -o sid= -p $$) > '{pipe}'\n"
    place.python.write_text(script, encoding="utf-8")
    with background.start(place):
        words = pipe.read_text(encoding="utf-8").split()
    assert words[:2] == ["-m", "tools.background"]
    assert int(words[2]) != os.getsid(0)
