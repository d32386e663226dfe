"""Opening a TinyDB that may be damaged: set aside, restore the newest good backup, say so."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Generic, TypeVar

from tinydb import TinyDB

from tutor.paths import private_folder
from tutor.progress.files import set_aside, write_safely
from tutor.progress.storage import SafeStorage

KEPT = 3
"""How many backups of each file are kept."""

T = TypeVar("T")
Read = Callable[[TinyDB, Path], T]
"""Reads and checks the tables of the file at a path. Raises ValueError where they are damaged."""


@dataclass(frozen=True)
class Kept(Generic[T]):
    """An open database, what was read from it, and what had to be repaired, in words."""

    database: TinyDB
    storage: SafeStorage
    value: T
    notices: tuple[str, ...] = ()


def open_kept(path: Path, backups: Path, now: datetime, read: Read[T]) -> Kept[T]:
    """Open the database at `path`, repair it if need be, and back it up.

    Without a good backup a damaged file leaves an empty database. Raises OSError, and whatever
    else `read` raises.
    """
    try:
        kept = _open(path, read)
    except ValueError:
        return _repair(path, backups, now, read)
    return replace(kept, notices=_back_up_or_tell(path, backups))


def _open(path: Path, read: Read[T]) -> Kept[T]:
    storage = SafeStorage(path)
    database = TinyDB(storage=lambda: storage)
    return Kept(database, storage, read(database, path))


def _repair(path: Path, backups: Path, now: datetime, read: Read[T]) -> Kept[T]:
    aside = set_aside(path, now)
    told = f"{path.name} was damaged. It is kept as {aside.name};"
    for backup in _good_backups(path, backups, read):
        write_safely(path, backup.read_bytes())
        kept = _open(path, read)
        return replace(kept, notices=(f"{told} the backup {backup.name} was restored.",))
    kept = _open(path, read)
    return replace(kept, notices=(f"{told} there was no good backup of it.",))


def _good_backups(path: Path, backups: Path, read: Read[T]) -> Iterator[Path]:
    """The readable backups, newest first; they are not changed."""
    for backup in backup_names(path, backups):
        try:
            if backup.is_file():
                _open(backup, read)
                yield backup
        except ValueError:
            continue


def backup_names(path: Path, backups: Path) -> tuple[Path, ...]:
    """Where the backups of `path` lie, newest first: `backups/progress-1.json` and so on."""
    return tuple(backups / f"{path.stem}-{n}{path.suffix}" for n in range(1, KEPT + 1))


def _back_up_or_tell(path: Path, backups: Path) -> tuple[str, ...]:
    try:
        _back_up(path, backups)
    except OSError as error:
        return (f"{path.name} could not be backed up: {error.strerror}.",)
    return ()


def _back_up(path: Path, backups: Path) -> None:
    if not path.is_file():
        return
    data = path.read_bytes()
    names = backup_names(path, private_folder(backups))
    if names[0].is_file() and names[0].read_bytes() == data:
        return
    for older, newer in zip(reversed(names), reversed(names[:-1]), strict=False):
        if newer.is_file():
            newer.replace(older)
    write_safely(names[0], data)
