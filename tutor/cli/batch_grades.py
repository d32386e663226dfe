"""The file of grades of a batch: one JSON line an answer, written as soon as it is graded.

What is in the file is not graded again, so an interrupted run can be continued.
"""

import json
import os
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import IO, Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tutor.errors import TutorError

_CHUNK = 1 << 20
_BEGINS = b'{"row": '


class GradesUnusable(TutorError):
    """The file for the grades cannot be used."""


class _Line(BaseModel):
    model_config = ConfigDict(extra="ignore")

    row: Annotated[int, Field(ge=1, lt=2**63)]
    key: Annotated[str, Field(pattern="^[0-9a-f]{16}$")]
    error: object = None


class Grades:
    """The file, open for appending; `settle` puts its lines in the order of the answers.

    Each line takes a few bytes of memory, however long it is.
    """

    def __init__(self, path: Path) -> None:
        """Removes a line whose writing was interrupted. Raises GradesUnusable."""
        self._path = path
        try:
            self._file = path.open("a+b")
            if not _cut_half_line(self._file):
                raise self._unusable("its last line is not a grade of a batch")
            keys = (int(line.key, 16) for _, line in self._lines() if line.error is None)
            self._graded = array("Q", sorted(keys))
            self._earlier_end = self._file.seek(0, os.SEEK_END)
            """Where the lines of earlier runs end."""
        except OSError as error:
            raise self._unusable(error.strerror or type(error).__name__) from error

    def __contains__(self, key: str) -> bool:
        """Whether an earlier run graded the answer with this key."""
        number = int(key, 16)
        at = bisect_left(self._graded, number)
        return at < len(self._graded) and self._graded[at] == number

    def write(self, line: Mapping[str, object]) -> None:
        """Append one line and hand it to the system. Raises GradesUnusable."""
        try:
            self._file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
            self._file.flush()
        except OSError as error:
            raise self._unusable(error.strerror or type(error).__name__) from error

    def settle(self) -> None:
        """Put the lines in the order of the answers.

        Drops the errors of earlier runs, whose rows were tried again. Raises GradesUnusable.
        """
        try:
            order, starts = self._order()
            if order is not None:
                self._rewrite(order, starts)
        except OSError as error:
            raise self._unusable(error.strerror or type(error).__name__) from error

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _order(self) -> "tuple[list[int] | None, array[int]]":
        """The order in which to write the lines, and where in the file each of them starts.

        None for the order if nothing has to be rewritten.
        """
        rows, starts = array("Q"), array("Q")
        dropped = False
        for start, line in self._lines():
            if line.error is not None and start < self._earlier_end:
                dropped = True
                continue
            rows.append(line.row)
            starts.append(start)
        in_order = all(earlier <= later for earlier, later in pairwise(rows))
        if in_order and not dropped:
            return None, starts
        return sorted(range(len(rows)), key=rows.__getitem__), starts

    def _rewrite(self, order: list[int], starts: "array[int]") -> None:
        temporary = self._path.with_name(f"{self._path.name}.partial")
        try:
            with temporary.open("wb") as target:
                for number in order:
                    self._file.seek(starts[number])
                    target.write(self._file.readline())
                target.flush()
                os.fsync(target.fileno())
            self._file.close()
            temporary.replace(self._path)
        finally:
            with suppress(FileNotFoundError):
                temporary.unlink()
        self._file = self._path.open("a+b")

    def _lines(self) -> Iterator[tuple[int, _Line]]:
        """Each line after the place where it starts."""
        self._file.seek(0)
        start = 0
        for number, raw in enumerate(iter(self._file.readline, b""), 1):
            try:
                line = _Line.model_validate_json(raw)
            except ValidationError as error:
                raise self._unusable(f"line {number} is not a grade of a batch") from error
            yield start, line
            start += len(raw)

    def _unusable(self, why: str) -> GradesUnusable:
        return GradesUnusable(
            f"{self._path} cannot be used for the grades: {why}",
            remedy="Name another file with --out.",
        )


def _cut_half_line(file: IO[bytes]) -> bool:
    """Remove what follows the last line end: a line whose writing was interrupted.

    Returns false and removes nothing if it does not begin like one of our lines.
    """
    start = _last_start(file)
    file.seek(start)
    begun = file.read(len(_BEGINS))
    if begun:
        if not _BEGINS.startswith(begun):
            return False
        file.truncate(start)
    return True


def _last_start(file: IO[bytes]) -> int:
    """The place after the last line end."""
    at = file.seek(0, os.SEEK_END)
    while at > 0:
        start = max(0, at - _CHUNK)
        file.seek(start)
        line_end = file.read(at - start).rfind(b"\n")
        if line_end >= 0:
            return start + line_end + 1
        at = start
    return 0
