"""`tutor today`: one line, from the checkpoint alone, next to a running tutor."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.pages import make_profile
from tutor.cli.progress_view import prompt_line
from tutor.clock import utc_now
from tutor.paths import Paths
from tutor.progress import open_progress
from tutor.progress.read_only import read_state
from tutor.settings import Settings
from tutor.study import Preferences, preferences_of

pytestmark = pytest.mark.usefixtures("cached")


@pytest.fixture
def profile(cached: Path) -> Paths:
    """Four decks, of which one question each was answered three days in a row."""
    return make_profile(cached, datetime.now(UTC))


def test_an_empty_profile(run: Run) -> None:
    assert run("today").out == "0 due · 10 new · about 20 min\n"
    data = run("today", "--json").json
    assert data == {"due": 0, "new": 10, "minutes": 20, "streak": 0, "done": 0}


def test_what_is_due_and_the_streak(run: Run, profile: Paths) -> None:
    out = run("today").out
    assert out.count("\n") == 1
    assert out.endswith(" · 3-day streak\n")
    shown, data = run("progress", "show", "--json").json, run("today", "--json").json
    assert (data["due"], data["new"]) == (shown["due"], shown["new"])
    assert data["minutes"] == shown["minutes"]
    assert data["done"] == shown["today"]["answers"]


def test_a_running_tutor_is_not_disturbed(run: Run, profile: Paths) -> None:
    with open_progress(profile, clock=utc_now) as progress:
        progress.undo()
        run("today")  # compiles the decks that are new
        files = sorted(
            (file, file.read_bytes()) for file in profile.home.rglob("*") if file.is_file()
        )
        assert read_state(profile).standings == dict(progress.standings())
        assert run("today").code == 0
        assert files == sorted((file, file.read_bytes()) for file, _ in files)


@pytest.mark.parametrize("damage", [b"", b"{", b"\x00" * 20, None])
def test_without_a_usable_checkpoint_the_history_is_read(
    profile: Paths, damage: bytes | None
) -> None:
    before = read_state(profile)
    if damage is None:
        profile.state.unlink()
    else:
        profile.state.write_bytes(damage)
    assert read_state(profile) == before
    assert before.standings


def test_it_needs_neither_the_parser_nor_pydantic(profile: Paths) -> None:
    code = (
        "import sys; sys.argv[1:] = ['today', '--json']; from tutor.__main__ import main; main();"
        "print([m for m in ('typer', 'pydantic', 'textual', 'yaml', 'fsrs') if m in sys.modules])"
    )
    environ = {"TUTOR_HOME": str(profile.home), "PATH": ""}
    prompt_line(environ, as_json=True)  # compiles the decks that are new
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, env=environ, text=True
    )
    line, heavy = done.stdout.splitlines()
    assert json.loads(line)["streak"] == 3
    assert heavy == "[]"


def test_without_settings_the_defaults_are_the_settings_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("TUTOR_LANGUAGES")
    assert preferences_of(Settings(), {}) == Preferences()


def test_settings_count(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTOR_NEW_PER_DAY", "3")
    environ = {"TUTOR_HOME": str(home), "TUTOR_NEW_PER_DAY": "3"}
    assert prompt_line(environ, as_json=False).startswith("0 due · 3 new")
