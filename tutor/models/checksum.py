"""Checks a file against its SHA-256."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tutor.errors import TutorError

BLOCK = 1 << 20


class Unreadable(TutorError):
    """The file cannot be read."""


@dataclass(frozen=True)
class Checked:
    """The checksum of a file, and whether it is the expected one."""

    bytes: int
    sha256: str
    right: bool


def verify(file: Path, expected: str, on_read: Callable[[int, int], None] | None = None) -> Checked:
    """Compute a file's SHA-256 and compare it with `expected`.

    `on_read` is called with the bytes read and the total. Raises `Unreadable`.
    """
    digest = hashlib.sha256()
    done = 0
    try:
        total = file.stat().st_size
        with file.open("rb") as data:
            while block := data.read(BLOCK):
                digest.update(block)
                done += len(block)
                if on_read is not None:
                    on_read(done, total)
    except OSError as error:
        raise Unreadable(
            f"{file} cannot be read: {error.strerror or error}",
            remedy="Check that the file exists and that you may read it.",
        ) from error
    return Checked(done, digest.hexdigest(), digest.hexdigest() == expected)
