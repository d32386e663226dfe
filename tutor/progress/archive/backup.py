"""Backups of a whole profile: made, listed, thinned out and put back."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, get_args

from tutor.files import write_safely
from tutor.paths import Paths, private_folder
from tutor.progress.archive.contents import Contents, pack, read_contents, unpack
from tutor.progress.archive.restore import Clock, Remade, locked, replace_contents
from tutor.progress.errors import ProfileNotWritable, ProgressError

Before = Literal["", "import", "restore"]
"""What a backup was made before; empty for one made by hand or in its time."""

_DUE = timedelta(hours=1)
_STAMP = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"profile-(\d{8}T\d{6}Z)(?:-(\d{1,3}))?(?:-before-(import|restore))?")


class BackupNotFound(ProgressError):
    """There is neither a backup nor a file of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"There is no backup and no file {name!r}.",
            remedy="`tutor progress backups` lists the backups.",
        )


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup in the profile's own folder for them."""

    path: Path
    at: datetime
    """In UTC, to the second."""
    number: int
    """From 1, among those of the same second."""
    before: Before

    @property
    def name(self) -> str:
        """What `restore` takes."""
        return self.path.stem


@dataclass(frozen=True)
class Restored:
    """What a backup came to, and where what was there before is kept, if anything was."""

    remade: Remade
    kept: Backup | None


def backup_folder(paths: Paths) -> Path:
    """Where the backups of a profile lie."""
    return paths.home / "backups"


def list_backups(paths: Paths) -> tuple[Backup, ...]:
    """The backups of this profile, the newest first. Raises OSError."""
    try:
        found = map(_backup, backup_folder(paths).iterdir())
        ours = [backup for backup in found if backup is not None]
    except FileNotFoundError:
        return ()
    return tuple(sorted(ours, key=lambda backup: (backup.at, backup.number), reverse=True))


def _backup(path: Path) -> Backup | None:
    """The backup that the name of the file at `path` tells of."""
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
    """Make a backup beside the others, and throw away those that are no longer to be kept.

    Where nothing has changed since the newest one, that is returned; None where the profile holds
    nothing. The profile may be in use. Raises ProfileNotWritable.
    """
    contents = read_contents(paths)
    if contents == Contents(b""):
        return None
    data = pack(paths, contents)
    there = list_backups(paths)
    if there and there[0].path.read_bytes() == data:
        return there[0]
    made = _free(paths, now, before, there)
    try:
        private_folder(made.path.parent)
        write_safely(made.path, data)
        _thin((made, *there), now)
    except OSError as error:
        raise ProfileNotWritable(made.path, error) from error
    return made


def back_up_when_due(paths: Paths, now: datetime) -> Backup | None:
    """Make a backup unless the newest is less than an hour old; None if so.

    Raises ProfileNotWritable.
    """
    there = list_backups(paths)
    if there and timedelta() <= now - there[0].at < _DUE:
        return None
    return back_up(paths, now)


def back_up_to(paths: Paths, file: Path) -> None:
    """Make a backup at `file`, in the place of what is there. Raises ProfileNotWritable."""
    try:
        write_safely(file, pack(paths, read_contents(paths)))
    except OSError as error:
        raise ProfileNotWritable(file, error) from error


def restore(paths: Paths, name: str, *, clock: Clock) -> Restored:
    """Put the backup of this name, or the file at this path, in the place of the profile.

    What is there is backed up first. Raises BackupNotFound, BackupUnreadable, ProfileLocked,
    ProfileNotWritable, ProfileTooNew; nothing is changed then.
    """
    contents = unpack(paths, _find(paths, name))
    with locked(paths, clock()):
        kept = back_up(paths, clock(), "restore")
        return Restored(replace_contents(paths, contents, clock), kept)


def _find(paths: Paths, name: str) -> Path:
    for backup in list_backups(paths):
        if name == backup.name:
            return backup.path
    path = Path(name)
    if not path.is_file():
        raise BackupNotFound(name)
    return path


def _free(paths: Paths, now: datetime, before: Before, there: Iterable[Backup]) -> Backup:
    """A backup of this moment under a name that no other has."""
    at = now.astimezone(UTC).replace(microsecond=0)
    number = 1 + max((backup.number for backup in there if backup.at == at), default=0)
    name = f"profile-{at.strftime(_STAMP)}"
    name += f"-{number}" if number > 1 else ""
    name += f"-before-{before}" if before else ""
    return Backup(backup_folder(paths) / f"{name}.zip", at, number, before)


def _thin(there: Iterable[Backup], now: datetime) -> None:
    """Throw away what is not to be kept; backups before a change are counted for themselves."""
    for group in (True, False):
        backups = [backup for backup in there if bool(backup.before) is group]
        kept = to_keep((backup.at for backup in backups), now)
        for backup in backups:
            if backup.at not in kept:
                backup.path.unlink(missing_ok=True)


_HOUR, _DAY, _MONTH = timedelta(hours=1), timedelta(days=1), timedelta(days=30)


def to_keep(times: Iterable[datetime], now: datetime) -> frozenset[datetime]:
    """The `times` (with a timezone) whose backups stay.

    All of the last hour; then the first of each hour for a day, of each day (UTC) for 30 days, and
    of each month. The newest stays in any case, and so does what lies in the future: a clock that
    was set back must not cost a backup.

    The first and not the last of a period: the first of a month is also the first of its day and
    of its hour, so what is to stay later is never deleted earlier; and several mistaken restores
    within an hour leave the state before the first of them.
    """
    firsts: dict[tuple[int, ...], datetime] = {}
    ordered = sorted(times)
    for time in ordered:
        firsts.setdefault(_period(time, now), time)
    return frozenset([*firsts.values(), *ordered[-1:]])


def _period(time: datetime, now: datetime) -> tuple[int, ...]:
    """What names the period of which one backup stays."""
    age, utc = now - time, time.astimezone(UTC)
    if age < _HOUR:
        return (*utc.timetuple()[:6], utc.microsecond)
    if age < _DAY:
        return tuple(utc.timetuple()[:4])
    return tuple(utc.timetuple()[: 3 if age < _MONTH else 2])
