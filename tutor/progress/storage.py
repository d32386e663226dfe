"""Databases (TinyDB) whose files survive a crash, and are repaired and backed up."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

from tinydb import TinyDB
from tinydb.storages import MemoryStorage

from tutor.files import set_aside, to_json, write_safely
from tutor.paths import private_folder
from tutor.progress.documents import DamagedDocument, Document

Tables = dict[str, dict[str, Any]]
"""Documents by id, by the name of their table, as TinyDB has them."""


def parse_tables(data: bytes) -> Tables:
    """The tables in the bytes of a file. Raises DamagedDocument."""
    try:
        tables: object = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise DamagedDocument("not JSON") from error
    if not isinstance(tables, dict) or not all(map(_is_table, tables.values())):
        raise DamagedDocument("not tables of documents")
    return tables


def _is_table(table: object) -> bool:
    return isinstance(table, dict) and all(
        key.isascii() and key.isdigit() and len(key) < 19 and isinstance(document, dict)
        for key, document in table.items()
    )


BACKUPS = 3
"""How many backups of each file are kept."""

T = TypeVar("T")
Read = Callable[[TinyDB, Path], T]
"""Reads and checks the tables of the file at a path. Raises ValueError where they are damaged."""
Write = Callable[[T], Mapping[str, Iterable[Document]]]
"""The documents of every table for a value."""


class Database(Generic[T]):
    """A database with the value that was read from it, and messages about repairs."""

    def __init__(self, path: Path, value: T, notices: tuple[str, ...], write: Write[T]) -> None:
        self.value = value
        self.notices = notices
        self._path = path
        self._write = write

    def save(self, value: T) -> None:
        """Replace the value, unless it is the same. Raises OSError; nothing is changed then."""
        if value == self.value:
            return
        built = TinyDB(storage=MemoryStorage)
        for name, rows in self._write(value).items():
            built.table(name).insert_multiple(rows)
        write_safely(self._path, to_json(built.storage.read()))
        self.value = value


def open_database(path: Path, now: datetime, read: Read[T], write: Write[T]) -> Database[T]:
    """Open the database at `path`, repair it if needed, and back it up next to it, in `backups`.

    A damaged file without a good backup is replaced by an empty database. Raises OSError, and
    whatever else `read` raises.
    """
    notices: tuple[str, ...] = ()
    try:
        value = read_file(path, read)
    except ValueError:
        value, notice = _repair(path, now, read)
        return Database(path, value, (notice,), write)
    try:
        _back_up(path)
    except OSError as error:
        notices = (f"{path.name} could not be backed up: {error.strerror}.",)
    return Database(path, value, notices, write)


def read_file(path: Path, read: Read[T]) -> T:
    """What the file at `path` contains. Raises what `read` raises, DamagedDocument, OSError."""
    database = TinyDB(storage=MemoryStorage)
    with suppress(FileNotFoundError):
        database.storage.write(parse_tables(path.read_bytes()))
    return read(database, path)


def _repair(path: Path, now: datetime, read: Read[T]) -> tuple[T, str]:
    aside = set_aside(path, now)
    damaged = f"{path.name} was damaged and is kept as {aside.name}."
    for backup in _good_backups(path, read):
        write_safely(path, backup.read_bytes())
        return read_file(path, read), f"{damaged} The backup {backup.name} was restored."
    return read_file(path, read), f"{damaged} It has no usable backup."


def _good_backups(path: Path, read: Read[T]) -> Iterator[Path]:
    """The backups that can be read, newest first; they are not changed."""
    for backup in backup_names(path):
        try:
            if backup.is_file():
                read_file(backup, read)
                yield backup
        except ValueError:
            continue


def backup_names(path: Path) -> tuple[Path, ...]:
    """The paths of the backups of `path`, newest first: `backups/progress-1.json` and so on."""
    folder, numbers = path.parent / "backups", range(1, BACKUPS + 1)
    return tuple(folder / f"{path.stem}-{number}{path.suffix}" for number in numbers)


def _back_up(path: Path) -> None:
    if not path.is_file():
        return
    data, names = path.read_bytes(), backup_names(path)
    private_folder(names[0].parent)
    if names[0].is_file() and names[0].read_bytes() == data:
        return
    for older, newer in zip(reversed(names), reversed(names[:-1]), strict=False):
        if newer.is_file():
            newer.replace(older)
    write_safely(names[0], data)
