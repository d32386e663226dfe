"""Real processes: killed while saving, or opening the same profile at once."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

import tutor
from tests.support.soak import often
from tutor.paths import Paths
from tutor.progress.errors import ProfileLocked
from tutor.progress.state import standings_of

from .builders import make_attempt, opened, profile

ROOT = Path(tutor.__file__).parents[1]
KILLS = often(100)


@contextmanager
def writer(home: Path, first: int) -> Iterator["subprocess.Popen[str]"]:
    """A process that saves to the profile, or says why it cannot open it; killed at the end."""
    command = [sys.executable, "-m", "tests.progress.writer", str(home), str(first)]
    environ = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    process = subprocess.Popen(
        command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    with process:
        yield process
        process.kill()


def read(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def save_until_killed(home: Path, first: int, chance: random.Random) -> list[str]:
    """What a writer acknowledged before it was killed at a random moment."""
    with writer(home, first) as process:
        said = [read(process) for _ in range(chance.randrange(1, 4))]
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=chance.uniform(0, 0.03))
        process.kill()
        assert process.stdout is not None
        said += process.stdout.read().splitlines()
    assert said[0] == "open"
    return said[1:]


def test_whatever_was_acknowledged_outlives_kill_9(home: Path) -> None:
    chance = random.Random(20260102)
    safe: list[str] = []
    for kill in range(KILLS):
        safe += save_until_killed(home, 1 + 1000 * kill, chance)
        with opened(profile(home)) as progress:
            attempts = list(progress.attempts())
            assert {attempt.id for attempt in attempts} >= set(safe)
            assert progress.standings() == standings_of(attempts)
            assert all("damaged" not in notice for notice in progress.notices)
            assert set(progress.drafts()) <= {f"deck.{number}" for number in range(1, 8)}
    assert len(safe) >= KILLS // 2


def test_a_second_process_learns_who_has_the_profile(home: Path) -> None:
    with writer(home, 1) as process:
        assert read(process) == "open"
        with pytest.raises(ProfileLocked) as raised:
            opened(profile(home))
        assert f"Process {process.pid} has had this profile open since 2026-01-02" in str(
            raised.value
        )
        assert "writer.py" in str(raised.value)
        assert "TUTOR_HOME" in raised.value.remedy
        process.kill()
        process.wait()
        with opened(profile(home)) as progress:
            assert progress.standings() == standings_of(progress.attempts())


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"pid":1,"since":"x","command":"y"}', None]
)
def test_a_stale_owner_file_does_no_harm(paths: Paths, content: bytes | None) -> None:
    owner = paths.home / "tutor.lock.json"
    with opened(paths):
        replace_owner(owner, content)
        with pytest.raises(ProfileLocked, match=r"^Another process has this profile open\.$"):
            opened(paths)
    with opened(paths) as progress:
        progress.record(make_attempt(1))
    assert json.loads(owner.read_bytes())["pid"] == os.getpid()


def test_a_command_cannot_draw_on_the_screen(paths: Paths) -> None:
    with opened(paths):
        shown = {"pid": os.getpid(), "since": "2026-01-02T03:04:05Z", "command": "a\x1b[2J\nb"}
        (paths.home / "tutor.lock.json").write_text(json.dumps(shown), encoding="utf-8")
        with pytest.raises(ProfileLocked, match=r": a \[2J b$"):
            opened(paths)


def replace_owner(owner: Path, content: bytes | None) -> None:
    """Replace the owner file by `content`; None names a process that has ended."""
    if content is None:
        with subprocess.Popen([sys.executable, "-c", ""]) as gone:
            gone.wait()
        shown = {"pid": gone.pid, "since": "2026-01-02T03:04:05Z", "command": "gone"}
        content = json.dumps(shown).encode()
    owner.write_bytes(content)
