"""Full and read-only disks: failures are reported, and nothing that was saved is lost."""

import errno
import os
from pathlib import Path

import pytest

from tutor.bank import Verdict
from tutor.paths import Paths
from tutor.progress import ProfileNotWritable, Progress

from .builders import (
    asides,
    fill,
    make_attempt,
    make_draft,
    opened,
    profile,
    question_id,
    reopen,
)


class Disk:
    """Passes calls on to the system, except those that it is set to fail."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._write, self._fsync, self._open = os.write, os.fsync, os.open
        self.room: int | None = None
        self.synced = True
        self.read_only = False
        monkeypatch.setattr(os, "write", self.write)
        monkeypatch.setattr(os, "fsync", self.fsync)
        monkeypatch.setattr(os, "open", self.open)

    def write(self, descriptor: int, data: bytes) -> int:
        if self.room is None:
            return self._write(descriptor, data)
        if not self.room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written = self._write(descriptor, bytes(data)[: self.room])
        self.room -= written
        return written

    def fsync(self, descriptor: int) -> None:
        if not self.synced:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._fsync(descriptor)

    def open(self, path: str, flags: int, mode: int = 0o777) -> int:
        if self.read_only and flags & (os.O_WRONLY | os.O_RDWR):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))
        return self._open(path, flags, mode)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(monkeypatch)


@pytest.mark.parametrize(
    "failure",
    [{"room": 0}, {"room": 40}, {"synced": False}, {"read_only": True}],
    ids=["at once", "half way", "while syncing", "while opening"],
)
def test_a_failed_save_leaves_whole_lines_and_can_be_repeated(
    paths: Paths, disk: Disk, failure: dict[str, int]
) -> None:
    with opened(paths) as progress:
        progress.record(make_attempt(1))
        progress.save_draft(make_draft(2))
        files = {path: path.read_bytes() for path in paths.home.iterdir() if path.is_file()}
        vars(disk).update(failure)
        for _ in range(2):
            with pytest.raises(ProfileNotWritable, match="cannot be written") as raised:
                progress.record(make_attempt(2, 2))
            assert raised.value.remedy
            with pytest.raises(ProfileNotWritable):
                progress.save_draft(make_draft(2, "Больше"))
            with pytest.raises(ProfileNotWritable):
                progress.overrule("a1", {"how": Verdict.MET})
        assert {path: path.read_bytes() for path in paths.home.iterdir() if path.is_file()} == files
        assert progress.standings()[question_id(1)].attempts == 1
        assert progress.draft(question_id(2)) == make_draft(2)
        disk.room, disk.synced, disk.read_only = None, True, False
        progress.record(make_attempt(2, 2))
        progress.save_draft(make_draft(3))
    assert reopen(paths)[0] == ["a1", "a2"]
    with opened(paths) as progress:
        assert progress.drafts() == {question_id(3): make_draft(3)}


def test_an_attempt_counts_as_saved_when_only_the_state_cannot_be(paths: Paths, disk: Disk) -> None:
    line = len(make_attempt(1).model_dump_json().encode()) + 200
    with opened(paths) as progress:
        progress.save_draft(make_draft(1, make_attempt(1).answer[:5]))
        disk.room = line
        progress.record(make_attempt(1))
        assert progress.standings()[question_id(1)].attempts == 1
        assert "All attempts are safe in attempts.jsonl" in progress.notices[0]
        assert len(progress.notices) == 1
    disk.room = None
    with opened(paths) as progress:
        assert progress.standings()[question_id(1)].attempts == 1
        assert progress.drafts() == {}


def test_a_line_that_cannot_be_undone_is_cut_off_later(
    paths: Paths, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(paths) as progress:
        progress.record(make_attempt(1))
        with monkeypatch.context() as patch:
            patch.setattr(os, "ftruncate", refuse)
            disk.room = 40
            with pytest.raises(ProfileNotWritable):
                progress.record(make_attempt(2, 2))
        disk.room = None
        progress.record(make_attempt(2, 2))
        assert [attempt.id for attempt in progress.attempts()] == ["a1", "a2"]
    assert reopen(paths)[0] == ["a1", "a2"]
    assert len(asides(paths, "attempts.damaged-*.jsonl")) == 1


def test_a_line_that_was_written_after_all_is_not_written_twice(
    progress: Progress, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    progress.record(make_attempt(1))
    with monkeypatch.context() as patch:
        patch.setattr(os, "ftruncate", refuse)
        disk.synced = False
        with pytest.raises(ProfileNotWritable):
            progress.record(make_attempt(2, 2))
    disk.synced = True
    progress.record(make_attempt(2, 2))
    assert [attempt.id for attempt in progress.attempts()] == ["a1", "a2"]


def test_a_profile_that_cannot_be_made_is_named(home: Path, disk: Disk) -> None:
    home.mkdir()
    disk.read_only = True
    with pytest.raises(ProfileNotWritable, match=r"tutor\.lock"):
        opened(profile(home))
    disk.read_only = False
    assert reopen(profile(home)) == ([], {}, ())


def test_a_full_disk_does_not_keep_the_student_from_reading(paths: Paths, disk: Disk) -> None:
    standings = fill(paths, 1, 2)
    (paths.home / "tutor.lock.json").unlink()
    disk.room = 400
    ids, again, notices = reopen(paths)
    assert (ids, again) == (["a1", "a2"], standings)
    assert "could not be backed up: No space left" in notices[0]


def refuse(descriptor: int, length: int) -> None:
    raise OSError(errno.EIO, os.strerror(errno.EIO))
