"""Crashes and damaged files lose nothing that was saved, and the student is informed."""

import json
import shutil
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.soak import SOAK
from tutor.bank import Verdict
from tutor.paths import Paths
from tutor.progress import Progress
from tutor.progress.errors import ProfileTooNew
from tutor.progress.history import History

from .builders import (
    START,
    asides,
    fill,
    make_attempt,
    make_draft,
    make_session,
    opened,
    question_id,
    reopen,
)


@pytest.mark.usefixtures("quick_disk")
def test_a_last_line_torn_at_any_byte_is_cut_off_and_kept(paths: Paths) -> None:
    fill(paths, 1, 2)
    whole = paths.history.read_bytes()
    fill(paths, 3)
    line = paths.history.read_bytes()[len(whole) :]
    for length in range(1, len(line) - 1, 1 if SOAK else 5):
        paths.history.write_bytes(whole + line[:length])
        (notice,) = History(paths.history).open(START)
        (aside,) = asides(paths, "attempts.damaged-*.jsonl")
        assert aside.name in notice
        assert aside.read_bytes() == line[:length]
        assert paths.history.read_bytes() == whole
        aside.unlink()


def test_a_whole_last_line_without_its_end_is_kept(paths: Paths) -> None:
    standings = fill(paths, 1, 2)
    whole = paths.history.read_bytes()
    paths.history.write_bytes(whole[:-1])
    assert reopen(paths) == (["a1", "a2"], standings, ())
    assert paths.history.read_bytes() == whole


def test_a_long_torn_line_is_found_from_the_end(paths: Paths) -> None:
    standings = fill(paths, 1)
    with paths.history.open("ab") as file:
        file.write(b"\0" * 200_000)
    ids, again, notices = reopen(paths)
    assert (ids, again) == (["a1"], standings)
    assert "incomplete" in notices[0]
    assert reopen(paths) == (ids, standings, ())
    (aside,) = asides(paths, "attempts.damaged-*.jsonl")
    assert aside.stat().st_size == 200_000


def test_damaged_lines_in_the_middle_are_reported_and_stay(paths: Paths) -> None:
    fill(paths, 1)
    with paths.history.open("ab") as file:
        file.write(b'{"v":1,"type":"attempt"}\n\xff\xfe\n{"v":1,"type":"other"}\n\n')
    assert len(asides(paths, "*.damaged-*")) == 0
    damaged = paths.history.read_bytes()
    fill(paths, 2)
    assert paths.history.read_bytes().startswith(damaged)
    with opened(paths) as progress:
        assert [attempt.id for attempt in progress.attempts()] == ["a1", "a2"]
        assert progress.damaged_lines == 4
        assert progress.notices == ()
    paths.state.unlink()
    with opened(paths) as progress:
        assert progress.damaged_lines == 4
        assert "Damaged lines in attempts.jsonl: 4." in progress.notices[0]
        assert set(progress.standings()) == {question_id(2), question_id(3)}


def test_an_overruling_that_fits_nothing_is_skipped(paths: Paths) -> None:
    standings = fill(paths, 1)
    for id_ in ("a1", "a9"):
        line = {"attempt": id_, "at": START.isoformat(), "verdicts": {"nowhere": "met"}}
        with paths.history.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"v": 1, "type": "overruling", "overruling": line}) + "\n")
    ids, again, _ = reopen(paths)
    assert (ids, again) == (["a1"], standings)
    assert reopen(paths)[2] == ()


@pytest.mark.parametrize("ended", ["\n", ""])
def test_a_newer_line_is_refused_and_nothing_is_changed(paths: Paths, ended: str) -> None:
    fill(paths, 1)
    with paths.history.open("a", encoding="utf-8") as file:
        file.write('{"v":3,"type":"dream"}' + ended)
    before = {path: path.read_bytes() for path in paths.home.rglob("*.json*") if path.is_file()}
    for _ in range(2):
        with pytest.raises(ProfileTooNew, match=r"schema version 3") as raised:
            opened(paths)
        assert "newer version" in raised.value.remedy
    before.pop(paths.home / "tutor.lock.json")
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.parametrize("name", ["progress.json", "drafts.json"])
def test_a_newer_state_is_refused_and_stays(paths: Paths, name: str) -> None:
    with opened(paths) as progress:
        progress.record(make_attempt(1))
        progress.save_draft(make_draft(2))
    newer = (paths.home / name).read_bytes().replace(b'"version":2', b'"version":3')
    (paths.home / name).write_bytes(newer)
    with pytest.raises(ProfileTooNew, match=name):
        opened(paths)
    assert (paths.home / name).read_bytes() == newer


GARBAGE = [
    b"",
    b"{",
    b"[]",
    b"null",
    b"\x00" * 50,
    b"\xff\xfe\xfd",
    b"[" * 100_000,
    b'{"meta":{}}',
    b'{"meta":[]}',
    b'{"meta":{"x":{}}}',
    b'{"meta":{"1":{"version":1,"offset":-1}}}',
    b'{"meta":{"1":{"version":1}},"standings":{"1":{"question":5}}}',
    b'{"meta":{"1":{"version":"?"}},"drafts":{"1":{}}}',
]


@pytest.mark.parametrize("garbage", GARBAGE, ids=lambda garbage: str(garbage[:40]))
def test_a_damaged_state_is_restored_from_its_backup(paths: Paths, garbage: bytes) -> None:
    fill(paths, 1, 2)
    standings = fill(paths, 3)
    paths.state.write_bytes(garbage)
    ids, again, notices = reopen(paths)
    assert (ids, again) == (["a1", "a2", "a3"], standings)
    (aside,) = asides(paths, "progress.damaged-*.json")
    assert aside.read_bytes() == garbage
    assert notices == (
        f"progress.json was damaged and is kept as {aside.name}. "
        "The backup progress-1.json was restored.",
    )
    assert reopen(paths) == (ids, standings, ())


@pytest.mark.usefixtures("quick_disk")
@given(garbage=st.binary(max_size=300))
def test_random_bytes_as_state_and_backups_lose_nothing(paths: Paths, garbage: bytes) -> None:
    shutil.rmtree(paths.home, ignore_errors=True)
    fill(paths, 1, 2)
    standings = fill(paths, 3)
    for path in (paths.state, *(paths.home / "backups").iterdir()):
        path.write_bytes(garbage)
    ids, again, notices = reopen(paths)
    assert (ids, again) == (["a1", "a2", "a3"], standings)
    assert "rebuilt from 3 attempts" in notices[-1]


def test_a_damaged_backup_is_skipped_for_an_older_one(paths: Paths) -> None:
    for number in (1, 2, 3):
        fill(paths, number)
    standings = fill(paths, 4)
    backups = paths.home / "backups"
    assert sorted(path.name for path in backups.iterdir()) == [
        f"progress-{n}.json" for n in (1, 2, 3)
    ]
    paths.state.write_bytes(b"?")
    (backups / "progress-1.json").write_bytes(b"?")
    _, again, notices = reopen(paths)
    assert again == standings
    assert "The backup progress-2.json was restored" in notices[0]


def test_opening_often_does_not_push_old_backups_out(paths: Paths) -> None:
    fill(paths, 1)
    fill(paths, 2)
    before = {path: path.read_bytes() for path in (paths.home / "backups").iterdir()}
    for _ in range(5):
        reopen(paths)
    (newest, *_), older = sorted(before), before
    after = {path: path.read_bytes() for path in (paths.home / "backups").iterdir()}
    assert after[paths.home / "backups" / "progress-2.json"] == older[newest]
    assert len(after) == 2


def test_damaged_drafts_come_from_their_backup(paths: Paths) -> None:
    with opened(paths) as progress:
        progress.save_draft(make_draft(1))
        progress.save_session(make_session(1, 2))
    reopen(paths)
    (paths.home / "drafts.json").write_bytes(b"")
    with opened(paths) as progress:
        assert progress.drafts() == {question_id(1): make_draft(1)}
        assert progress.sessions() == (make_session(1, 2),)
        assert "drafts-1.json was restored" in progress.notices[0]


@pytest.mark.parametrize("overruled", [False, True])
def test_a_crash_between_history_and_state_is_caught_up(paths: Paths, overruled: bool) -> None:
    with opened(paths) as progress:
        progress.record(make_attempt(1, 1))
        progress.save_draft(make_draft(2, make_attempt(2, 2).answer[:5]))
    files = {path: path.read_bytes() for path in (paths.state, paths.home / "drafts.json")}
    with opened(paths) as progress:
        progress.record(make_attempt(2, 2))
        progress.record(make_attempt(3, 1))
        if overruled:
            progress.overrule("a1", {"how": Verdict.MET})
        standings = dict(progress.standings())
    for path, data in files.items():
        path.write_bytes(data)
    with opened(paths) as progress:
        assert progress.standings() == standings
        assert progress.drafts() == {}
        assert progress.notices == ()


Lines = list[bytes]


@pytest.mark.parametrize(
    ("change", "left"),
    [
        (lambda _: None, []),
        (lambda _: [], []),
        (lambda lines: lines[:1], ["a1"]),
        (lambda lines: lines[::-1], ["a3", "a2", "a1"]),
    ],
    ids=["lost", "emptied", "shortened", "reversed"],
)
def test_another_history_makes_other_standings(
    paths: Paths, change: Callable[[Lines], Lines | None], left: list[str]
) -> None:
    fill(paths, 1, 2, 3)
    state = paths.state.read_bytes()
    lines = change(paths.history.read_bytes().splitlines(keepends=True))
    paths.history.unlink()
    if lines is not None:
        paths.history.write_bytes(b"".join(lines))
    ids, standings, notices = reopen(paths)
    assert ids == left
    assert {standing.attempt for standing in standings.values()} == set(left)
    (aside,) = asides(paths, "progress.replaced-*.json")
    assert aside.read_bytes() == state
    assert aside.name in notices[-1]
    assert reopen(paths) == (ids, standings, ())


def test_a_history_changed_from_outside_is_noticed_while_running(
    paths: Paths, progress: Progress
) -> None:
    for number in (1, 2, 3):
        progress.record(make_attempt(number, 1))
    first, *_ = paths.history.read_bytes().splitlines(keepends=True)
    paths.history.write_bytes(first)
    progress.record(make_attempt(4, 1))
    assert [attempt.id for attempt in progress.attempts()] == ["a1", "a4"]
    assert progress.standings()[question_id(1)].attempts == 2
    assert "changed by another program" in progress.notices[0]
