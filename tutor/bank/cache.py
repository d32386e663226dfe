"""The compiled bank on disk: a SQLite file that may be deleted at any time.

It is written to a temporary file and moved into place, so a reader never sees half of it and needs
no lock. Every row has a checksum, so a damaged row is noticed and never shown to a student. No
method here raises because of the state of the file or the disk.
"""

import os
import shutil
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from zlib import crc32

from tutor.paths import private_folder

if TYPE_CHECKING:
    import sqlite3

_TABLE = """CREATE TABLE entry (
    key TEXT PRIMARY KEY, file TEXT NOT NULL, crc INTEGER NOT NULL, body BLOB NOT NULL
)"""
_MOST_STEPS = 50_000_000
"""SQLite gives up after this many, far more than any bank needs."""
_PARTIAL = ".partial"


Rows = Mapping[str, Mapping[str, bytes]]
"""Bodies by key, by the source file that they come from; that of the index is empty."""


def index_key(stamp: str) -> str:
    """The key of the index for one state of the program and of all files."""
    return f"index:{stamp}"


def body_key(path: str, id_: str) -> str:
    """The key of a question, or of its samples, in the file at `path`."""
    return f"body:{path}#{id_}"


class Store:
    """The rows of one compiled bank."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def get(self, key: str) -> bytes | None:
        """The body under `key`; None if it is missing or damaged."""
        bodies = self._select("key = ?", (key,))
        return None if bodies is None else bodies.get(key)

    def starting_with(self, prefix: str) -> Mapping[str, bytes] | None:
        """The bodies of all undamaged keys that start with `prefix`; None without a usable file."""
        after = prefix[:-1] + chr(ord(prefix[-1]) + 1)
        return self._select("key >= ? AND key < ?", (prefix, after))

    def write(self, rows: Rows, *, drop: Collection[str] | None) -> bool:
        """Replace the file; return False if that fails.

        `drop` names the source files whose old rows are removed; None starts with an empty file.
        """
        import sqlite3

        partial: Path | None = None
        try:
            partial = self._partial(copy=drop is not None)
            _fill(partial, rows, drop)
            partial.replace(self.path)
        except (OSError, sqlite3.Error, UnicodeDecodeError, MemoryError):
            if partial is not None:
                _remove(partial)
            return False
        return True

    def discard(self) -> None:
        """Delete the file, so that the next start builds a new one."""
        _remove(self.path)

    def _select(self, condition: str, values: tuple[str, ...]) -> dict[str, bytes] | None:
        import sqlite3

        query = f"SELECT key, crc, body FROM entry WHERE {condition}"  # noqa: S608 - ours
        try:
            with _opened(self.path, "mode=ro&immutable=1") as connection:
                rows = connection.execute(query, values).fetchall()
        except (OSError, sqlite3.Error, UnicodeDecodeError, MemoryError):
            return None  # the last two are caused by damaged names and lengths
        return {key: body for key, crc, body in rows if _is_intact(key, crc, body)}

    def _partial(self, *, copy: bool) -> Path:
        folder = private_folder(self.path.parent)
        for left_over in folder.glob(f"{self.path.name}.*{_PARTIAL}"):
            _remove(left_over)
        handle, name = tempfile.mkstemp(_PARTIAL, f"{self.path.name}.", folder)
        with os.fdopen(handle, "wb") as target:
            if copy:
                with self.path.open("rb") as source:
                    shutil.copyfileobj(source, target, 1024 * 1024)
        return Path(name)


def _fill(path: Path, rows: Rows, drop: Collection[str] | None) -> None:
    with _opened(path, "mode=rw") as connection:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        if drop is None:
            connection.execute(_TABLE)
        else:
            connection.executemany("DELETE FROM entry WHERE file = ?", [(file,) for file in drop])
        connection.executemany(
            "INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?)",
            (
                (key, file, _checksum(key, body), body)
                for file, bodies in rows.items()
                for key, body in bodies.items()
            ),
        )
        connection.commit()


@contextmanager
def _opened(path: Path, mode: str) -> "Iterator[sqlite3.Connection]":
    import sqlite3  # late: only needed once a bank is opened

    uri = f"{path.absolute().as_uri()}?{mode}"
    with closing(sqlite3.connect(uri, uri=True)) as connection:
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")
        connection.set_progress_handler(lambda: True, _MOST_STEPS)
        yield connection


def _checksum(key: str, body: bytes) -> int:
    return crc32(body, crc32(key.encode()))


def _is_intact(key: object, crc: object, body: object) -> bool:
    return isinstance(key, str) and isinstance(body, bytes) and crc == _checksum(key, body)


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
