"""The file of grades of a batch: one JSON line an answer, written as soon as it is graded.

What is in the file is not graded again, so an interrupted run can be continued.
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tutor.errors import TutorError
from tutor.files import exclusive

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

    Only their places and keys are held in memory, not the lines. One run at a time has the file:
    two would replace each other's when they put the lines in order.
    """

    def __init__(self, path: Path) -> None:
        """Removes a line whose writing was interrupted. Raises GradesUnusable."""
        self._path = path
        taken = self._unusable("another run is writing to it")
        try:
            with ExitStack() as undo:
                undo.enter_context(exclusive(path.with_name(f"{path.name}.lock"), taken))
                self._file = undo.enter_context(path.open("a+b"))
                self._graded = {line.key for _, line in self._lines() if line.error is None}
                self._earlier_end = self._file.seek(0, os.SEEK_END)
                """Where the lines of earlier runs end."""
                self._lock = undo.pop_all()
        except OSError as error:
            raise self._unusable(error.strerror or str(error)) from error

    def __contains__(self, key: str) -> bool:
        """Whether an earlier run graded the answer with this key."""
        return key in self._graded

    def write(self, line: Mapping[str, object]) -> None:
        """Append one line and hand it to the system. Raises GradesUnusable."""
        try:
            self._file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
            self._file.flush()
        except OSError as error:
            raise self._unusable(error.strerror or str(error)) from error

    def settle(self) -> None:
        """Put the lines in the order of the answers.

        Drops the errors of earlier runs, whose rows were tried again. Raises GradesUnusable.
        """
        try:
            found = [(line.row, start, line.error is not None) for start, line in self._lines()]
            kept = [
                (row, start)
                for row, start, is_error in found
                if not is_error or start >= self._earlier_end
            ]
            if len(kept) < len(found) or kept != sorted(kept):
                self._rewrite([start for _, start in sorted(kept)])
        except OSError as error:
            raise self._unusable(error.strerror or str(error)) from error

    def close(self) -> None:
        """Close the file, and let other runs write to it."""
        self._file.close()
        self._lock.close()

    def _rewrite(self, starts: list[int]) -> None:
        """Keep only the lines that start at these places, in this order."""
        temporary = self._path.with_name(f"{self._path.name}.partial")
        try:
            with temporary.open("wb") as target:
                for start in starts:
                    self._file.seek(start)
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
        """Each line after the place where it starts; a half line at the end is removed."""
        self._file.seek(0)
        start = 0
        for number, raw in enumerate(iter(self._file.readline, b""), 1):
            if not raw.endswith(b"\n") and _BEGINS.startswith(raw[: len(_BEGINS)]):
                self._file.truncate(start)
                return
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
