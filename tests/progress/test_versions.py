"""A profile of every earlier version opens with everything in it."""

import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from tutor.bank import Verdict
from tutor.progress import Day, Rating
from tutor.progress.storage import backup_names, parse_tables

from .builders import START, asides, make_attempt, make_draft, make_session, opened, profile

FIXTURES = Path(__file__).parent
FILES = ("attempts.jsonl", "progress.json", "drafts.json")


@pytest.fixture(params=["v1"])
def old(request: pytest.FixtureRequest, home: Path) -> Path:
    """A profile folder as an older version left it."""
    home.mkdir()
    version: str = request.param
    for name in FILES:
        shutil.copy(FIXTURES / version / name, home / name)
    return home


def test_an_old_profile_opens_whole(old: Path) -> None:
    history = (old / "attempts.jsonl").read_bytes()
    state = (old / "progress.json").read_bytes()
    with opened(profile(old)) as progress:
        assert [attempt.id for attempt in progress.attempts()] == ["a1", "a2", "a3"]
        one, two = progress.standings()["deck.1"], progress.standings()["deck.2"]
        assert (one.attempts, one.last, one.best) == (2, 2.75 / 3.5, 3 / 3.5)
        assert (one.missed, one.rating) == (("why", "how"), Rating.GOOD)
        assert one.points == (("what", "mm"), ("why", "pp"), ("how", "mp"))
        assert (two.attempts, two.last, two.rating) == (1, 1, Rating.EASY)
        assert one.memory is not None
        assert one.memory.at == START + timedelta(days=3)
        assert progress.days()[date(2026, 1, 5)] == Day(date(2026, 1, 5), 1, 0, 1, 785_714, 12_500)
        assert progress.drafts() == {"deck.3": make_draft(3, at=START + timedelta(days=4))}
        assert progress.sessions() == (make_session(1, 2, 3, position=2),)
        assert progress.notices == (
            "progress.json is from an older tutor: the standings were rebuilt from 3 attempts.",
        )
    assert (old / "attempts.jsonl").read_bytes() == history
    backup = backup_names(old / "progress.json")[0]
    assert backup.read_bytes() == state
    with opened(profile(old)) as progress:
        assert progress.notices == ()
        assert progress.sessions() == (make_session(1, 2, 3, position=2),)
    assert asides(profile(old), "*.replaced-*") == []


def test_an_old_profile_continues(old: Path) -> None:
    with opened(profile(old)) as progress:
        progress.save_session(make_session(1, 2))
        progress.record(make_attempt(4, 1, verdicts="mmm", at=START + timedelta(days=9)))
        progress.overrule("a1", {"what": Verdict.MISSED})
        standings = dict(progress.standings())
        assert standings["deck.1"].attempts == 3
    (old / "progress.json").unlink()
    with opened(profile(old)) as progress:
        assert progress.standings() == standings
    meta = parse_tables((old / "drafts.json").read_bytes())["meta"]
    assert meta == {"1": {"version": 2}}


def test_the_session_of_an_old_profile_stays_beside_new_ones(old: Path) -> None:
    left, other = make_session(1, 2, 3, position=2), replace(make_session(1, 2), deck="other")
    with opened(profile(old)) as progress:
        progress.save_session(other)
        assert progress.sessions() == (other, left)
    with opened(profile(old)) as progress:
        assert progress.sessions() == (other, left)
        progress.save_session(left)
    rows = parse_tables((old / "drafts.json").read_bytes())["session"]
    assert [row["deck"] for row in rows.values()] == ["other", "deck"], (
        "an older tutor reads the last"
    )
