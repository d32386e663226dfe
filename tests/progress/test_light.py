"""The first screen does not wait for pydantic."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import tutor
from tutor.paths import Paths

from .builders import fill, make_draft, make_session, opened, profile

ROOT = Path(tutor.__file__).parents[1]
OPEN = """
import json, sys
from datetime import UTC, datetime
from pathlib import Path
import tutor.study
from tutor.paths import Paths
from tutor.progress import open_progress

home = Path(sys.argv[1])
with open_progress(Paths(home, home), clock=lambda: datetime.now(UTC)) as progress:
    seen = len(progress.standings()), len(progress.drafts()), bool(progress.sessions())
    light = {"pydantic", "fsrs", "tutor.grading"}.isdisjoint(sys.modules)
    attempts = len(list(progress.attempts()))
    print(json.dumps([*seen, progress.notices, light, attempts, "pydantic" in sys.modules]))
"""


def seen_by_another_process(home: Path) -> object:
    """What a new process shows, and whether it had pydantic imported before and after."""
    command = [sys.executable, "-W", "error", "-c", OPEN, str(home)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
    return json.loads(done.stdout)


def test_a_profile_opens_without_pydantic_until_an_attempt_is_read(home: Path) -> None:
    fill(profile(home), 1, 2, 3)
    with opened(profile(home)) as progress:
        progress.save_draft(make_draft(4))
        progress.save_session(make_session(1, 2))
    assert seen_by_another_process(home) == [3, 1, True, [], True, 3, True]


def test_an_empty_profile_opens_without_pydantic(home: Path) -> None:
    assert seen_by_another_process(home) == [0, 0, False, [], True, 0, True]


def test_opening_an_unchanged_profile_waits_for_no_disk(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(paths, 1, 2)
    fill(paths)
    with monkeypatch.context() as patch:
        synced: list[int] = []
        patch.setattr("os.fsync", synced.append)
        fill(paths)
        assert synced == []
        fill(paths, 3)
        assert synced != []
