"""Writes files so that a crash leaves the old or the new contents, never a part."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from tutor.paths import open_private

_BINARY: int = getattr(os, "O_BINARY", 0)


def to_json(value: object) -> bytes:
    """`value` as one line of JSON in UTF-8.

    A lone surrogate, which UTF-8 cannot encode, becomes `?`: an answer with a broken character is
    better than none. Raises ValueError for NaN and infinity.
    """
    text = json.dumps(
        value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_as_text
    )
    return text.encode("utf-8", "replace")


def _as_text(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be stored in a profile")


def write_safely(path: Path, data: bytes, *, lasting: bool = True) -> None:
    """Replace the file at `path` by `data`; after a crash it has either the old or the new bytes.

    Without `lasting` it does not wait for the disk, and survives a crash of this process, but not
    of the machine. Only the owner can read the file (0600). Raises OSError; the old file is then
    unchanged.
    """
    temporary = path.with_name(path.name + ".tmp")
    try:
        _write_through(temporary, data, lasting)
        temporary.replace(path)
    except OSError:
        with suppress(OSError):
            temporary.unlink()
        raise
    if lasting:
        sync_folder(path.parent)


def _write_through(path: Path, data: bytes, lasting: bool) -> None:
    descriptor = open_private(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _BINARY)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        if lasting:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Flush the list of files in `folder` to the disk. Does nothing on Windows."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def exclusive(lock: Path, taken: Exception) -> Iterator[None]:
    """Hold the file `lock`, which is deleted at the end; raise `taken` if another process holds it.

    Also raises OSError.
    """
    from filelock import FileLock, Timeout  # late: the first screen needs none of these locks

    held = FileLock(lock, timeout=0)
    try:
        held.acquire()
    except Timeout as error:
        raise taken from error
    try:
        yield
    finally:
        with suppress(OSError):  # an open file cannot be deleted on Windows; it is empty
            lock.unlink()
        held.release()


def open_to_append(path: Path) -> int:
    """Open a descriptor that reads anywhere and writes at the end; a new file is 0600."""
    return open_private(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | _BINARY)


def aside_name(path: Path, now: datetime, why: str = "damaged") -> Path:
    """An unused name next to `path`, such as `progress.damaged-<UTC>.json`."""
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    name = path.with_name(f"{path.stem}.{why}-{stamp}{path.suffix}")
    number = 1
    while name.exists():
        number += 1
        name = path.with_name(f"{path.stem}.{why}-{stamp}-{number}{path.suffix}")
    return name


def set_aside(path: Path, now: datetime, why: str = "damaged") -> Path:
    """Rename the file at `path` to an unused name next to it; return that name."""
    name = aside_name(path, now, why)
    path.rename(name)
    sync_folder(path.parent)
    return name
