"""A profile's lock, which one process at a time has, and finishing an interrupted restore."""

import json
import os
import shlex
import shutil
import sys
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Self

from filelock import FileLock, Timeout

from tutor.files import sync_folder, to_json, write_safely
from tutor.formatting import short_line
from tutor.paths import Paths, private_folder
from tutor.progress.documents import positive, read_document, to_document
from tutor.progress.errors import ProfileLocked

_REMEDY = "Close it first, or set TUTOR_HOME to another folder to study with another profile."

DRAFTS = "drafts.json"


def enter(paths: Paths, now: datetime) -> "ProfileLock":
    """Lock a profile, creating it if needed, and finish an interrupted replacement of its files.

    The caller releases the lock. Raises ProfileLocked, OSError.
    """
    private_folder(paths.home)
    with ExitStack() as undo:
        lock = ProfileLock(paths.lock).take(now)
        undo.callback(lock.release)
        finish_replacing(paths)
        undo.pop_all()
    return lock


def staged(paths: Paths) -> Path:
    """The folder of the files that replace the profile's; it exists only for a moment."""
    return paths.home / "restoring"


def finish_replacing(paths: Paths) -> None:
    """Move the staged files to their places in the profile, if there are any.

    Can be interrupted anywhere and repeated. The caller has the lock. Raises OSError.
    """
    folder = staged(paths)
    if not folder.is_dir():
        return
    for path in (paths.history, paths.home / DRAFTS, paths.state):
        with suppress(FileNotFoundError):
            (folder / path.name).replace(path)
    sync_folder(paths.home)
    shutil.rmtree(folder)


@dataclass(frozen=True, slots=True)
class Owner:
    """The process that has the profile open, as it describes itself."""

    pid: Annotated[int, positive]
    since: datetime
    command: str


class ProfileLock:
    """The operating system's lock on one profile; it ends with the process, even in a crash.

    A file next to it names the owner, since a locked file cannot be read on Windows. That file is
    only for the message, so a stale one does no harm.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = FileLock(path, mode=0o600, thread_local=False)

    def take(self, now: datetime) -> Self:
        """Take the lock without waiting. Raises ProfileLocked, naming the owner, and OSError."""
        try:
            self._lock.acquire(blocking=False)
        except Timeout:
            raise ProfileLocked(_message(self._owner()), remedy=_REMEDY) from None
        try:
            owner = Owner(pid=os.getpid(), since=now, command=short_line(shlex.join(sys.argv), 200))
            # not lasting: if the machine crashes, the lock is gone as well
            write_safely(self._owner_path, to_json(to_document(owner)), lasting=False)
        except OSError:
            self.release()
            raise
        return self

    def release(self) -> None:
        """Release the lock. Releasing twice does nothing."""
        self._lock.release()

    @property
    def _owner_path(self) -> Path:
        return self._path.with_name(self._path.name + ".json")

    def _owner(self) -> Owner | None:
        """The process that has the lock; None if it is not known."""
        try:
            document: object = json.loads(self._owner_path.read_bytes())
            owner = read_document(Owner, document) if isinstance(document, dict) else None
        except (OSError, ValueError, RecursionError):
            return None
        return owner if owner is not None and _alive(owner.pid) else None


def _alive(pid: int) -> bool:
    import psutil  # here, since only the message needs it

    try:
        return psutil.pid_exists(pid)
    except OverflowError:  # no process has so large a number
        return False


def _message(owner: Owner | None) -> str:
    if owner is None:
        return "Another process has this profile open."
    since = f"{owner.since.astimezone():%Y-%m-%d %H:%M}"
    command = short_line(owner.command, 200)
    return f"Process {owner.pid} has had this profile open since {since}: {command}"
