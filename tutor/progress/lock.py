"""One process a profile."""

import json
import os
import shlex
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Self

from filelock import FileLock, Timeout

from tutor.files import to_json, write_safely
from tutor.progress.documents import DamagedDocument, positive, read_document, to_document
from tutor.progress.errors import ProfileLocked

_REMEDY = "Close it first, or set TUTOR_HOME to another folder to study with another profile."


@dataclass(frozen=True, slots=True)
class Owner:
    """The process that has the profile open, by its own account."""

    pid: Annotated[int, positive]
    since: datetime
    command: str


class ProfileLock:
    """The operating system's lock on one profile; it ends with the process, however that ends.

    Its holder is named in a file next to it, since Windows lets nobody read a locked file. That
    file is for the message only; a stale one does no harm.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = FileLock(path, mode=0o600, thread_local=False)

    def take(self, now: datetime) -> Self:
        """Take the lock at once. Raises ProfileLocked, naming the holder, and OSError."""
        try:
            self._lock.acquire(blocking=False)
        except Timeout:
            raise ProfileLocked(_message(self._owner()), remedy=_REMEDY) from None
        try:
            owner = Owner(pid=os.getpid(), since=now, command=_printable(shlex.join(sys.argv)))
            # For the message only: a machine that crashes holds no lock either.
            write_safely(self._owner_path, to_json(to_document(owner)), lasting=False)
        except OSError:
            self.release()
            raise
        return self

    def release(self) -> None:
        """Let others in. Releasing twice does nothing."""
        self._lock.release()

    @property
    def _owner_path(self) -> Path:
        return self._path.with_name(self._path.name + ".json")

    def _owner(self) -> Owner | None:
        try:
            owner = read_owner(self._owner_path.read_bytes())
        except (OSError, ValueError, RecursionError):
            return None
        return owner if _alive(owner.pid) else None


def read_owner(data: bytes) -> Owner:
    """What a process wrote about itself. Raises ValueError, RecursionError."""
    document: object = json.loads(data)
    if not isinstance(document, dict):
        raise DamagedDocument("the owner is no document")
    return read_document(Owner, document)


def _alive(pid: int) -> bool:
    import psutil  # here, since only this message needs it

    try:
        return psutil.pid_exists(pid)
    except OverflowError:  # no process has so large a number
        return False


def _message(owner: Owner | None) -> str:
    if owner is None:
        return "Another process has this profile open."
    since = f"{owner.since.astimezone():%Y-%m-%d %H:%M}"
    command = _printable(owner.command)
    return f"Process {owner.pid} has had this profile open since {since}: {command}"


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)[:200]
