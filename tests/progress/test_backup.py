"""Backups are made, thinned out, and restored as a whole or not at all."""

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.errors import TutorError
from tutor.paths import Paths
from tutor.progress import ProfileNotWritable
from tutor.progress.archive.backup import (
    Backup,
    BackupNotFound,
    BackupUnreadable,
    back_up,
    back_up_to,
    back_up_when_due,
    list_backups,
    pack,
    read_contents,
    restore,
    unpack,
)
from tutor.progress.archive.restore import Contents, Rebuilt, rebuild
from tutor.progress.errors import HistoryUnreadable, ProfileLocked, ProfileTooNew
from tutor.progress.lock import staged

from .builders import START, Clock, fill, make_draft, make_session, opened, profile
from .test_processes import ROOT, read, writer


@pytest.fixture
def paths(home: Path) -> Paths:
    """A profile with two attempts, a draft and a session."""
    fill(profile(home), 1, 2)
    with opened(profile(home)) as progress:
        progress.save_draft(make_draft(1, "half a thought", at=START + timedelta(days=1)))
        progress.save_session(make_session(1, 2))
    return profile(home)


def held(paths: Paths) -> dict[str, object]:
    """What opening the profile shows."""
    with opened(paths) as progress:
        return {
            "attempts": [attempt.id for attempt in progress.attempts()],
            "standings": dict(progress.standings()),
            "drafts": dict(progress.drafts()),
            "sessions": progress.sessions(),
        }


def names(paths: Paths) -> list[str]:
    return [backup.name for backup in list_backups(paths)]


def backed_up(paths: Paths) -> Backup:
    """A backup that has just been made."""
    made = back_up(paths, START)
    assert made is not None
    return made


def test_an_unchanged_profile_is_backed_up_once_and_an_empty_one_never(
    paths: Paths, tmp_path: Path
) -> None:
    assert back_up(profile(tmp_path / "empty"), START) is None
    assert not (tmp_path / "empty").exists()
    first = back_up(paths, START)
    assert back_up(paths, START + timedelta(days=3)) == first
    fill(paths, 3)
    assert back_up(paths, START) != first
    assert names(paths) == ["profile-20260102T030405Z-2", "profile-20260102T030405Z"]


def test_a_backup_is_due_after_an_hour(paths: Paths) -> None:
    assert back_up_when_due(paths, START) is not None
    fill(paths, 3)
    assert back_up_when_due(paths, START + timedelta(minutes=59)) is None
    assert back_up_when_due(paths, START + timedelta(minutes=60)) is not None
    assert len(names(paths)) == 2


@pytest.mark.usefixtures("quick_disk")
def test_backups_are_thinned_out(paths: Paths) -> None:
    for hour in range(50):
        fill(paths, 10 + hour)
        back_up(paths, START + timedelta(hours=hour))
        back_up(paths, START + timedelta(hours=hour, minutes=1))
    ages = [START + timedelta(hours=49) - backup.at for backup in list_backups(paths)]
    assert sum(age < timedelta(days=1) for age in ages) == 24
    assert len(ages) == 24 + 2


def test_foreign_files_among_the_backups_stay(paths: Paths) -> None:
    foreign = ["profile-x.zip", "profile-20269999T999999Z.zip", "profile-20260102T030405Z.txt"]
    (paths.home / "backups").mkdir(exist_ok=True)
    for name in foreign:
        (paths.home / "backups" / name).write_bytes(b"")
    assert names(paths) == []
    back_up(paths, START)
    assert all((paths.home / "backups" / name).exists() for name in foreign)


@pytest.mark.parametrize(
    "blocked", ["backups", "attempts.jsonl", "backups/profile-20260102T030405Z.zip"]
)
def test_what_cannot_be_read_for_a_backup_is_named(paths: Paths, blocked: str) -> None:
    place = paths.home / blocked
    if place.is_dir():
        shutil.rmtree(place)
        place.write_bytes(b"")
    else:
        place.unlink(missing_ok=True)
        place.mkdir()
    for make in (back_up, back_up_when_due):
        with pytest.raises(HistoryUnreadable, match=rf"{blocked} cannot be read"):
            make(paths, START + timedelta(hours=2))


def test_a_backup_is_put_back_as_a_whole(paths: Paths) -> None:
    before = held(paths)
    made = backed_up(paths)
    fill(paths, 3, 4)
    with opened(paths) as progress:
        progress.discard_draft("deck.1")
        progress.end_session(make_session(1, 2))
    after = held(paths)
    restored = restore(paths, made.name, clock=Clock())
    assert (restored.summary.attempts, restored.summary.damaged) == (2, 0)
    assert held(paths) == before
    assert restored.backup is not None
    assert restored.backup.before == "restore"
    restore(paths, restored.backup.name, clock=Clock())
    assert held(paths) == after
    assert not list(paths.home.glob("restoring*"))
    with opened(paths) as progress:
        assert progress.notices == ()


def test_a_file_is_put_back_in_a_new_profile(paths: Paths, tmp_path: Path) -> None:
    file, other = tmp_path / "my.zip", profile(tmp_path / "other")
    back_up_to(paths, file)
    assert restore(other, str(file), clock=Clock()).backup is None
    assert held(other) == held(paths)
    assert other.history.read_bytes() == paths.history.read_bytes()


def test_a_backup_without_drafts_leaves_none(paths: Paths, tmp_path: Path) -> None:
    file = tmp_path / "my.zip"
    file.write_bytes(pack(paths, Contents(b"")))
    restore(paths, str(file), clock=Clock())
    assert held(paths) == {"attempts": [], "standings": {}, "drafts": {}, "sessions": ()}
    with opened(paths) as progress:
        assert progress.notices == ()


@pytest.mark.parametrize(
    "name", ["nothing", "../nothing", "profile-20260102T030405Z", ".", "x" * 300]
)
def test_a_backup_that_does_not_exist(paths: Paths, name: str) -> None:
    with pytest.raises(BackupNotFound, match="no backup and no file"):
        restore(paths, name, clock=Clock())


NEWER_DRAFTS = b'{"meta":{"1":{"version":99}},"drafts":{}}'


def packed(paths: Paths) -> bytes:
    return pack(paths, read_contents(paths))


def without_history(paths: Paths) -> bytes:
    with zipfile.ZipFile(paths.home / "other.zip", "w") as archive:
        archive.writestr("other", b"")
    return (paths.home / "other.zip").read_bytes()


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda _: b"", BackupUnreadable),
        (lambda _: b"PK", BackupUnreadable),
        (lambda _: b"x" * 100, BackupUnreadable),
        (lambda paths: packed(paths)[:-30], BackupUnreadable),
        (lambda paths: packed(paths).replace(packed(paths)[60:70], bytes(10), 1), BackupUnreadable),
        (without_history, BackupUnreadable),
        (lambda paths: pack(paths, Contents(b'{"v":99,"type":"dream"}\n')), ProfileTooNew),
        (lambda paths: pack(paths, Contents(b"", NEWER_DRAFTS)), ProfileTooNew),
        (lambda paths: pack(paths, Contents(bytes(100_001))), BackupUnreadable),
    ],
    ids=[
        *("empty", "2 bytes", "no zip", "cut", "changed", "no history"),
        *("newer", "newer drafts", "larger than a backup may be"),
    ],
)
def test_a_file_that_cannot_be_restored_changes_nothing(
    paths: Paths,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    make: Callable[[Paths], bytes],
    error: type[TutorError],
) -> None:
    monkeypatch.setattr("tutor.progress.archive.backup._LARGEST", 100_000)
    before, file = held(paths), tmp_path / "my.zip"
    file.write_bytes(make(paths))
    with pytest.raises(error) as raised:
        restore(paths, str(file), clock=Clock())
    assert error is ProfileTooNew or "Nothing was changed" in raised.value.message
    assert raised.value.message.startswith(f"{file} ")
    assert held(paths) == before
    assert not (paths.home / "restoring.tmp").exists()


@given(st.data())
def test_a_damaged_backup_is_seen_or_was_not_needed(tmp_path: Path, data: st.DataObject) -> None:
    contents = Contents(b'{"v":1}\n' * 9, b"{}")
    paths, file = profile(tmp_path), tmp_path / "my.zip"
    packed = bytearray(pack(paths, contents))
    for _ in range(data.draw(st.integers(1, 3))):
        packed[data.draw(st.integers(0, len(packed) - 1))] = data.draw(st.integers(0, 255))
    file.write_bytes(packed)
    try:
        unpacked = unpack(paths, file)
    except BackupUnreadable:
        return
    assert unpacked.history == contents.history
    assert unpacked.drafts in (contents.drafts, b"{}")


def test_members_go_nowhere_but_into_the_profile(paths: Paths, tmp_path: Path) -> None:
    file = tmp_path / "my.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for name in ("attempts.jsonl", "../out.txt", "/out.txt", "tutor.lock", "settings.toml"):
            archive.writestr(name, b"")
    restore(paths, str(file), clock=Clock())
    assert not (paths.home / "settings.toml").exists()
    assert not list(tmp_path.rglob("out.txt"))


def test_a_profile_in_use_is_not_replaced(paths: Paths) -> None:
    made = backed_up(paths)
    with writer(paths.home, 50) as process:
        assert read(process) == "open"
        for change in (lambda: restore(paths, made.name, clock=Clock()), lambda: rebuilt(paths)):
            with pytest.raises(ProfileLocked, match=f"Process {process.pid} has had this profile"):
                change()
    assert not list(paths.home.glob("restoring*"))


def test_a_full_disk_changes_nothing(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    before, made = held(paths), backed_up(paths)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        for change in (
            lambda: restore(paths, made.name, clock=Clock()),
            lambda: back_up_to(paths, paths.home / "x.zip"),
            lambda: back_up(other_profile(paths), START),
        ):
            with pytest.raises(ProfileNotWritable, match="No space"):
                change()
    assert held(paths) == before


def other_profile(paths: Paths) -> Paths:
    """A copy of a profile without its backups."""
    home = paths.home.with_name("copy")
    shutil.copytree(paths.home, home, ignore=shutil.ignore_patterns("backups"))
    return profile(home)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks a process for each step")
def test_a_restore_killed_at_any_step_is_done_or_not_begun(paths: Paths, tmp_path: Path) -> None:
    old, backup = held(paths), tmp_path / "my.zip"
    into, other = tmp_path / "killed", profile(tmp_path / "other")
    fill(other, 7, 8, 9)
    with opened(other) as progress:
        progress.save_draft(make_draft(2, "another", at=START + timedelta(days=1)))
    new = held(other)
    back_up_to(other, backup)
    command = [sys.executable, "-m", "tests.progress.restorer"]
    done = subprocess.run(
        [*command, str(paths.home), str(into), str(backup)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    homes = [into / str(step) for step in range(int(done.stdout) + 1)]
    states = [held(profile(home)) for home in homes]
    assert not any(staged(profile(home)).exists() for home in homes)
    assert [state for state in states if state not in (old, new)] == []
    assert (states[0], states[-1]) == (old, new)
    assert states.index(new) == states.count(old)
    assert states.count(new) > 5


def rebuilt(paths: Paths) -> Rebuilt:
    return rebuild(paths, clock=Clock())


def test_rebuilding_tells_what_was_wrong(paths: Paths) -> None:
    before = held(paths)
    whole = rebuilt(paths)
    assert all((each.new, each.changed, each.gone) == ((), (), ()) for each in whole.changes)
    assert (whole.notices, whole.summary.attempts) == ((), 2)
    right = paths.state.read_bytes()
    paths.state.write_bytes(right.replace(b'"attempts":1,"last":0.', b'"attempts":1,"last":0.1'))
    assert paths.state.read_bytes() != right
    with paths.history.open("ab") as file:
        file.write(b'{"v":1')
    mended = rebuilt(paths)
    standings = mended.changes[0]
    assert (standings.part, standings.changed) == ("standings", ("deck.2", "deck.3"))
    assert (standings.before, standings.after, standings.new, standings.gone) == (2, 2, (), ())
    assert "incomplete" in mended.notices[0]
    assert list(paths.home.glob("attempts.damaged-*.jsonl"))
    assert held(paths) == before


@pytest.mark.parametrize("state", [b"", b"?", None])
def test_rebuilding_from_nothing(paths: Paths, state: bytes | None) -> None:
    before = held(paths)
    paths.state.unlink()
    if state is not None:
        paths.state.write_bytes(state)
    assert rebuilt(paths).changes[0].new == ("deck.2", "deck.3")
    assert held(paths) == before
    with opened(paths) as progress:
        assert progress.notices == ()
    shutil.rmtree(paths.home)
    assert rebuilt(paths).summary.attempts == 0
