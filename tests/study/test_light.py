"""The first screen needs neither pydantic nor FSRS."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import tutor
from tests.progress.builders import make_attempt, make_draft, make_session, opened, profile

from .builders import make_small_bank

ROOT = Path(tutor.__file__).parents[1]
TODAY = """
import json, sys
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from tutor.bank import open_bank
from tutor.paths import Paths
from tutor.progress import open_progress
from tutor.study import Preferences, planner_of

home, now = Path(sys.argv[1]), datetime(2026, 2, 1, 12, tzinfo=UTC)
bank = open_bank([home / "questions"], home / "cache.sqlite")
with open_progress(Paths(home, home), clock=lambda: now) as progress:
    preferences = Preferences(exam=date(2026, 2, 20))
    services = SimpleNamespace(
        bank=bank, progress=progress, preferences=preferences, clock=lambda: now
    )
    planner = planner_of(services)
    counts = planner.due, len(planner.new), len(planner.weak), planner.plan.needed
    unfinished = len(progress.drafts()), len(progress.sessions())
    late = {"pydantic", "fsrs", "tutor.grading", "tutor.study.exam"} & sys.modules.keys()
    print(json.dumps([*counts, *unfinished, sorted(late)]))
"""


def test_due_new_weak_and_the_plan_come_from_the_state_alone(home: Path) -> None:
    make_small_bank(home / "questions", {"deck": 3})
    with opened(profile(home)) as progress:
        progress.record(make_attempt(1, verdicts="mxx", at=datetime(2026, 1, 29, tzinfo=UTC)))
        progress.save_draft(make_draft(2))
        progress.save_session(make_session(1, 2))
    command = [sys.executable, "-W", "error", "-c", TODAY, str(home)]
    first = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
    again = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
    assert json.loads(first.stdout)[:6] == json.loads(again.stdout)[:6]
    assert json.loads(again.stdout) == [["deck.1"], 2, 2, 1, 1, 1, []]
