"""The history: an append-only file with one JSON object per line.

It is the source of truth; where every question stands can be rebuilt from it.
"""

import errno
import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.files import aside_name, open_to_append, sync_folder, write_safely
from tutor.progress.errors import writing
from tutor.progress.records import UnknownLine

if TYPE_CHECKING:
    from tutor.progress.events import Event


_CHUNK = 65_536
_SAMPLE = 4_096


class History:
    """The file `attempts.jsonl`.

    `append` costs the same however long the file is. One process at a time, one thread at a time;
    reading from other threads is safe.
    """

    def __init__(self, path: Path) -> None:
        """Ready to be read as it is now; `open` it before writing. Raises OSError."""
        self._path = path
        self._size = self._length()

    @property
    def size(self) -> int:
        """The file's length in bytes when it was last opened or written; no more is read."""
        return self._size

    def open(self, now: datetime) -> tuple[str, ...]:
        """Check the file's end, and cut off a last line that a crash has left incomplete.

        Returns messages about what was repaired. Raises ProfileTooNew, OSError.
        """
        self._size = self._length()
        tail = self._unfinished()
        if not tail:
            return ()
        from tutor.progress.events import parse  # here, since grades need pydantic

        if parse(tail, self._path) is not None:
            self._finish()
            return ()
        return (self._cut(tail, now),)

    @property
    def changed(self) -> bool:
        """Whether the file is not as long as this object left it. Raises OSError."""
        return self._length() != self._size

    def append(self, event: "Event") -> None:
        """Add one line; it is on the disk when this returns.

        Raises ProfileNotWritable; the file is then unchanged.
        """
        from tutor.progress.events import to_line  # here, since grades need pydantic

        line = to_line(event)
        created = not self._path.exists()
        with writing(self._path):
            with self._changing() as descriptor:
                if os.write(descriptor, line) != len(line):  # a full disk may take only a part
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            if created:
                sync_folder(self._path.parent)
        self._size += len(line)

    def events(
        self, start: int = 0, end: int | None = None, *, having: Sequence[bytes] = ()
    ) -> Iterator["Event | UnknownLine | None"]:
        """The events in the lines from byte `start` to byte `end`, oldest first; None if damaged.

        With `having`, lines that contain none of its strings are skipped unparsed. Raises
        ProfileTooNew, OSError.
        """
        end = self._size if end is None else end
        if start >= end:
            return
        from tutor.progress.events import parse  # here, since grades need pydantic

        for block in self._blocks(start, end):
            if _contains_any(block, having):
                for line in BytesIO(block):
                    if _contains_any(line, having):
                        yield parse(line, self._path)

    def _blocks(self, start: int, end: int) -> Iterator[bytes]:
        """Blocks of whole lines, so that rare lines are found by searching block by block."""
        with self._path.open("rb") as file:
            file.seek(start)
            while start < end and (block := file.read(min(_CHUNK, end - start))):
                if not block.endswith(b"\n"):
                    block += file.readline()
                yield block
                start += len(block)

    def line_after(self, position: int) -> int:
        """Where the first line at or after byte `position` begins. Raises OSError."""
        if position <= 0:
            return 0
        with self._path.open("rb") as file:
            file.seek(position - 1)
            file.readline()
            return min(file.tell(), self._size)

    def fingerprint(self, end: int) -> str | None:
        """A digest of the first bytes of the file and of the last ones before `end`.

        None if the file is shorter, or if no line ends there. It costs the same however long the
        file is, and does not notice a change in the middle. Raises OSError.
        """
        if end == 0:
            return hashlib.sha256().hexdigest()
        if end > self._length():
            return None
        head = self._read(0, min(_SAMPLE, end))
        tail = self._read(max(0, end - _SAMPLE), end)
        return hashlib.sha256(head + tail).hexdigest() if tail.endswith(b"\n") else None

    def _length(self) -> int:
        try:
            return self._path.stat().st_size
        except FileNotFoundError:
            return 0

    @contextmanager
    def _changing(self) -> Iterator[int]:
        """The file's descriptor for one change, which is on the disk afterwards or reverted."""
        descriptor = open_to_append(self._path)
        try:
            yield descriptor
            os.fsync(descriptor)
        except OSError:
            os.ftruncate(descriptor, self._size)
            raise
        finally:
            os.close(descriptor)

    def _unfinished(self) -> bytes:
        """The bytes after the last line break."""
        chunks: list[bytes] = []
        position = self._size
        while position:
            start = max(0, position - _CHUNK)
            _, end_of_line, after = self._read(start, position).rpartition(b"\n")
            chunks.append(after)
            if end_of_line:
                break
            position = start
        return b"".join(reversed(chunks))

    def _read(self, start: int, end: int) -> bytes:
        with self._path.open("rb") as file:
            file.seek(start)
            return file.read(end - start)

    def _finish(self) -> None:
        """Add the line break that a complete last line lacks."""
        with self._changing() as descriptor:
            os.write(descriptor, b"\n")
        self._size += 1

    def _cut(self, tail: bytes, now: datetime) -> str:
        aside = aside_name(self._path, now)
        write_safely(aside, tail)
        self._size -= len(tail)
        with self._changing() as descriptor:
            os.ftruncate(descriptor, self._size)
        return (
            f"The last line of {self._path.name} is incomplete, perhaps after a crash. "
            f"It is kept as {aside.name}; all lines before it are complete."
        )


def _contains_any(text: bytes, marks: Sequence[bytes]) -> bool:
    """Whether `text` contains any of `marks`; always true without marks."""
    return not marks or any(mark in text for mark in marks)
