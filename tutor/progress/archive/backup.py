"""Backups of a whole profile: making, listing, restoring them, and deleting old ones.

A backup has the history and the drafts of the profile, unchanged, in a zip. Standings are not in
it, since they are made from the history. Equal profiles make equal bytes.
"""

import os
import re
import zlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Literal, get_args
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from tutor.files import write_safely
from tutor.paths import Paths, private_folder
from tutor.progress.archive.restore import (
    EMPTY_TABLES,
    Contents,
    HistorySummary,
    locked,
    replace_contents,
)
from tutor.progress.errors import ProgressError, reading, writing
from tutor.progress.lock import DRAFTS
from tutor.progress.store import Clock

Before = Literal["", "import", "restore"]
"""The command before which a backup was made; empty if by hand or by schedule."""

_DUE = timedelta(hours=1)
_STAMP = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"profile-(\d{8}T\d{6}Z)(?:-(\d{1,3}))?(?:-before-(import|restore))?")

_LARGEST = 2**30
"""The most bytes that a file in a backup may have: 1 GiB, about half a million attempts."""
_DAMAGE = (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)


class BackupNotFound(ProgressError):
    """There is neither a backup nor a file of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"There is no backup and no file {name!r}.",
            remedy="`tutor progress backups` lists the backups.",
        )


class BackupUnreadable(ProgressError):
    """A file is not a backup of a profile, or is damaged."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            f"{path} cannot be read as a backup: {why}. Nothing was changed.",
            remedy="`tutor progress backups` lists this profile's backups.",
        )


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup in the profile's own folder for them."""

    path: Path
    at: datetime
    """In UTC, in whole seconds."""
    number: int
    """From 1, among the backups of the same second."""
    before: Before

    @property
    def name(self) -> str:
        """What `restore` takes."""
        return self.path.stem


@dataclass(frozen=True)
class Restored:
    """The restored profile, and the backup of the one it replaced, if any."""

    summary: HistorySummary
    backup: Backup | None


def backup_folder(paths: Paths) -> Path:
    """The folder of a profile's backups."""
    return paths.home / "backups"


def list_backups(paths: Paths) -> tuple[Backup, ...]:
    """The backups of this profile, newest first. Raises HistoryUnreadable."""
    folder = backup_folder(paths)
    with reading(folder):
        files = tuple(folder.iterdir()) if folder.exists() else ()
    backups = filter(None, map(_backup, files))
    return tuple(sorted(backups, key=lambda backup: (backup.at, backup.number), reverse=True))


def _backup(path: Path) -> Backup | None:
    """The backup at `path`, as its name describes it; None for another file."""
    named = _NAME.fullmatch(path.stem)
    if named is None or path.suffix != ".zip":
        return None
    try:
        at = datetime.strptime(named[1], _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
    (before,) = (kind for kind in get_args(Before) if kind == (named[3] or ""))
    return Backup(path, at, int(named[2] or 1), before)


def back_up(paths: Paths, now: datetime, before: Before = "") -> Backup | None:
    """Make a backup next to the others, and delete those that are no longer needed.

    Returns the newest one if nothing has changed since; None if the profile is empty. The profile
    may be in use. Raises HistoryUnreadable, ProfileNotWritable.
    """
    contents = read_contents(paths)
    if contents == Contents(b""):
        return None
    data = pack(paths, contents)
    existing = list_backups(paths)
    if existing and _read(existing[0].path) == data:
        return existing[0]
    backup = _new_backup(paths, now, before, existing)
    with writing(backup.path):
        private_folder(backup.path.parent)
        write_safely(backup.path, data)
        _thin((backup, *existing), now)
    return backup


def back_up_when_due(paths: Paths, now: datetime) -> Backup | None:
    """Make a backup, or return None if the newest is less than an hour old.

    Raises HistoryUnreadable, ProfileNotWritable.
    """
    existing = list_backups(paths)
    if existing and timedelta() <= now - existing[0].at < _DUE:
        return None
    return back_up(paths, now)


def back_up_to(paths: Paths, file: Path) -> None:
    """Write a backup to `file`, replacing it. Raises HistoryUnreadable, ProfileNotWritable."""
    with writing(file):
        write_safely(file, pack(paths, read_contents(paths)))


def restore(paths: Paths, name: str, *, clock: Clock) -> Restored:
    """Replace the profile by the backup of this name, or by the file at this path.

    The profile is backed up first. Raises BackupNotFound, BackupUnreadable, ProfileLocked,
    ProfileNotWritable, ProfileTooNew; nothing is changed then.
    """
    file = _find(paths, name)
    contents = unpack(paths, file)
    with locked(paths, clock()):
        backup = back_up(paths, clock(), "restore")
        return Restored(replace_contents(paths, contents, file, clock), backup)


def _find(paths: Paths, name: str) -> Path:
    for backup in list_backups(paths):
        if name == backup.name:
            return backup.path
    if not os.path.isfile(name):  # noqa: PTH113  Path.is_file raises OSError for a long name
        raise BackupNotFound(name)
    return Path(name)


def _new_backup(paths: Paths, now: datetime, before: Before, existing: Iterable[Backup]) -> Backup:
    """A backup of this moment, under a name that no other has."""
    at = now.astimezone(UTC).replace(microsecond=0)
    number = 1 + max((backup.number for backup in existing if backup.at == at), default=0)
    name = f"profile-{at.strftime(_STAMP)}"
    name += f"-{number}" if number > 1 else ""
    name += f"-before-{before}" if before else ""
    return Backup(backup_folder(paths) / f"{name}.zip", at, number, before)


def _thin(existing: Iterable[Backup], now: datetime) -> None:
    """Delete the backups that are no longer needed; those before a command count separately."""
    for group in (True, False):
        backups = [backup for backup in existing if bool(backup.before) is group]
        times = to_keep((backup.at for backup in backups), now)
        for backup in backups:
            if backup.at not in times:
                backup.path.unlink(missing_ok=True)


_HOUR, _DAY, _MONTH = timedelta(hours=1), timedelta(days=1), timedelta(days=30)


def to_keep(times: Iterable[datetime], now: datetime) -> frozenset[datetime]:
    """The `times` (with a timezone) whose backups are kept.

    These are all of the last hour; then the first of each hour for a day, of each day (UTC) for 30
    days, and of each month. The newest is always kept, and so is one in the future: a clock that
    was set back must not cost a backup.

    It is the first of a period, not the last, since the first of a month is also the first of its
    day and hour, and so is never deleted too early. Also, several mistaken restores within an hour
    leave the state before the first of them.
    """
    firsts: dict[tuple[int, ...], datetime] = {}
    ordered = sorted(times)
    for time in ordered:
        firsts.setdefault(_period(time, now), time)
    return frozenset([*firsts.values(), *ordered[-1:]])


def _period(time: datetime, now: datetime) -> tuple[int, ...]:
    """A key for the period from which one backup is kept."""
    age, utc = now - time, time.astimezone(UTC)
    if age < _HOUR:
        return (*utc.timetuple()[:6], utc.microsecond)
    if age < _DAY:
        return tuple(utc.timetuple()[:4])
    return tuple(utc.timetuple()[: 3 if age < _MONTH else 2])


# --- the file


def read_contents(paths: Paths) -> Contents:
    """What the profile contains now. Raises HistoryUnreadable.

    Another process may be saving. So the drafts are read first: an answer that is just being
    submitted is then in the drafts, in the history, or in both.
    """
    drafts = _read(paths.home / DRAFTS)
    return Contents(_read(paths.history) or b"", drafts)


def _read(path: Path) -> bytes | None:
    with reading(path), suppress(FileNotFoundError):
        return path.read_bytes()
    return None


def pack(paths: Paths, contents: Contents) -> bytes:
    """The bytes of a backup with `contents`."""
    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive:
        _add(archive, paths.history.name, contents.history)
        if contents.drafts is not None:
            _add(archive, DRAFTS, contents.drafts)
    return buffer.getvalue()


def _add(archive: ZipFile, name: str, data: bytes) -> None:
    """Add a member with a fixed date, so that equal contents make equal bytes."""
    member = ZipInfo(name)
    member.external_attr = 0o600 << 16
    archive.writestr(member, data, ZIP_DEFLATED, compresslevel=1)


def unpack(paths: Paths, path: Path) -> Contents:
    """The contents of the backup at `path`; if it has no drafts, they are empty.

    Only the members of a backup are read, by their names. Raises BackupUnreadable.
    """
    try:
        with ZipFile(path) as archive:
            history = _member(archive, paths.history.name)
            drafts = DRAFTS in archive.namelist()
            return Contents(history, _member(archive, DRAFTS) if drafts else EMPTY_TABLES)
    except OSError as error:
        raise BackupUnreadable(path, error.strerror or type(error).__name__) from error
    except _DAMAGE as error:
        raise BackupUnreadable(path, str(error)) from error


def _member(archive: ZipFile, name: str) -> bytes:
    """A member's bytes, with its checksum checked. Raises ValueError, BadZipFile."""
    if name not in archive.namelist():
        raise ValueError(f"it contains no {name}")
    member = archive.getinfo(name)
    if member.file_size > _LARGEST:
        raise ValueError(f"{name} in it is larger than 1 GiB")
    if member.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise ValueError(f"{name} in it is compressed in a way that backups never are")
    return archive.read(name)
