"""TinyDB's storage, made to survive a crash."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tinydb.storages import Storage

from tutor.progress.files import to_json, write_safely

Tables = dict[str, dict[str, Any]]
"""TinyDB's own shape: table name, document id, document."""


class DamagedFile(ValueError):
    """The file is there, and is not what TinyDB writes."""


class SafeStorage(Storage):
    """One JSON file, read once, and replaced as a whole on every write.

    The tables stay in memory, so that reading costs no disk. After a write that failed they are
    read again, since TinyDB changes what it was given.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._tables: Tables | None = None
        self._batching = False

    def read(self) -> Tables | None:
        """The tables, or None where no file is. Raises DamagedFile, OSError."""
        if self._tables is None:
            self._tables = _read(self._path)
        return None if self._tables is None else dict(self._tables)

    def write(self, data: Tables) -> None:
        """Keep `data`; on the disk when this returns, except inside a `batch`. Raises OSError."""
        self._tables = data
        if not self._batching:
            self._save(data)

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Join all writes inside to one, so that the file never shows a part of them."""
        self._batching = True
        try:
            yield
        except BaseException:
            self._tables = None
            raise
        finally:
            self._batching = False
        if self._tables is not None:
            self._save(self._tables)

    def _save(self, data: Tables) -> None:
        try:
            write_safely(self._path, to_json(data))
        except (OSError, ValueError, TypeError):
            self._tables = None
            raise


def _read(path: Path) -> Tables | None:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    return parse_tables(data)


def parse_tables(data: bytes) -> Tables:
    """The tables in the bytes of a file. Raises DamagedFile."""
    try:
        tables: object = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise DamagedFile("not JSON") from error
    if not isinstance(tables, dict) or not all(map(_is_table, tables.values())):
        raise DamagedFile("not tables of documents")
    return tables


def _is_table(table: object) -> bool:
    return isinstance(table, dict) and all(
        key.isascii() and key.isdigit() and len(key) < 19 and isinstance(document, dict)
        for key, document in table.items()
    )
