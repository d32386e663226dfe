"""The first screen needs neither pydantic nor FSRS."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import tutor
from tests.progress.builders import make_grade, opened, profile
from tutor.progress import Attempt

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
    late = {"pydantic", "fsrs", "tutor.study.exam"} & sys.modules.keys()
    print(json.dumps([*counts, sorted(late)]))
"""


def test_due_new_weak_and_the_plan_come_from_the_state_alone(home: Path) -> None:
    make_small_bank(home / "questions", {"deck": 3})
    with opened(profile(home)) as progress:
        progress.record(
            Attempt(
                id="a1",
                question="deck.1",
                at=datetime(2026, 2, 1, tzinfo=UTC) - timedelta(days=3),
                language="en",
                answer="So it is.",
                grade=make_grade("deck.1", "mxx"),
                seconds=5,
            )
        )
    command = [sys.executable, "-W", "error", "-c", TODAY, str(home)]
    first = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
    again = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
    assert json.loads(first.stdout)[:4] == json.loads(again.stdout)[:4]
    assert json.loads(again.stdout) == [["deck.1"], 2, 2, 1, []]
