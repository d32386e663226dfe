"""One process a profile."""

import os
import shlex
import sys
from datetime import datetime
from pathlib import Path
from typing import Self

from filelock import FileLock, Timeout
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from tutor.progress.errors import ProfileLocked
from tutor.progress.files import to_json, write_safely

_REMEDY = "Close it first, or set TUTOR_HOME to another folder to study with another profile."


class Owner(BaseModel):
    """The process that has the profile open, as it wrote of itself."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    pid: int
    since: AwareDatetime
    command: str


class ProfileLock:
    """The operating system's lock on one profile; it ends with the process, however that ends.

    Who holds it stands in a file beside it, since Windows lets nobody read a locked file. That
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
            write_safely(self._owner_path, to_json(_this_process(now).model_dump()))
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
            owner = Owner.model_validate_json(self._owner_path.read_bytes())
        except (OSError, ValidationError):
            return None
        return owner if _alive(owner.pid) else None


def _this_process(now: datetime) -> Owner:
    return Owner(pid=os.getpid(), since=now, command=_printable(shlex.join(sys.argv)))


def _alive(pid: int) -> bool:
    import psutil  # here, since it is wanted for this message only

    return psutil.pid_exists(pid)


def _message(owner: Owner | None) -> str:
    if owner is None:
        return "Another process has this profile open."
    since = f"{owner.since.astimezone():%Y-%m-%d %H:%M}"
    return f"Process {owner.pid} has this profile open since {since}: {_printable(owner.command)}"


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)[:200]
