"""What downloads share: errors, progress, patience, cancellation, and a lock on the file."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import IO

from tutor import files
from tutor.errors import TutorError
from tutor.models.catalog import CatalogEntry

WINDOW = 5.0
"""Seconds over which the rate is averaged."""
OWN_FILE = "If you have the file, add it: tutor model add FILE."
KEPT = "The download so far is kept."


class PullFailed(TutorError):
    """The model could not be downloaded. The partial download is kept unless it is wrong."""


class DiskFull(PullFailed):
    """The disk is full or cannot be written, so no other source helps."""


class PullCancelled(PullFailed):
    """The download was stopped; the partial download is kept."""


class DownloadStage(StrEnum):
    """What a download is doing."""

    CONNECTING = "connecting"
    LOADING = "downloading"
    WAITING = "waiting"
    """Before another attempt."""
    CHECKING = "checking"
    """Computing the checksum."""


@dataclass(frozen=True)
class DownloadProgress:
    """How far a download is, in bytes."""

    stage: DownloadStage
    done: int
    total: int
    rate: float | None = None
    """Bytes per second, recently; None if not yet known."""
    note: str = ""
    """Why it waits."""

    @property
    def left(self) -> float | None:
        """Seconds left at this rate."""
        return (self.total - self.done) / self.rate if self.rate else None


@dataclass(frozen=True)
class Patience:
    """How long to wait, in seconds."""

    connect: float = 15
    stall: float = 30
    """The longest wait for the next byte."""
    pause: float = 1
    """The pause before the second attempt; doubled for each further one."""
    longest: float = 60
    """The longest pause, even if the server asks for a longer one."""
    attempts: int = 5
    """Attempts in a row without a byte."""
    report: float = 0.2
    """The time between two progress reports."""


@dataclass
class Meter:
    """Reports progress, not too often, with the rate of the last seconds."""

    total: int
    listener: Callable[[DownloadProgress], None]
    clock: Callable[[], float]
    every: float
    _reported: float = float("-inf")
    _stage: DownloadStage | None = None
    _marks: list[tuple[float, int]] = field(default_factory=list)

    def report(self, stage: DownloadStage, done: int, *, note: str = "", now: bool = False) -> None:
        """Report how far it is; with `now` even if the last report was only just before."""
        at = self.clock()
        if stage is not self._stage:
            self._stage, self._marks, now = stage, [(at, done)], True
        if now or done >= self.total or at - self._reported >= self.every:
            self._reported = at
            self.listener(DownloadProgress(stage, done, self.total, self._rate(at, done), note))

    def _rate(self, at: float, done: int) -> float | None:
        self._marks = [mark for mark in self._marks if at - mark[0] <= WINDOW] + [(at, done)]
        since, before = self._marks[0]
        return (done - before) / (at - since) if at > since else None


@dataclass(frozen=True)
class Transfer:
    """What a source of a file shares with the download that uses it."""

    entry: CatalogEntry
    meter: Meter
    patience: Patience
    cancelled: threading.Event = field(default_factory=threading.Event)

    def stop_if_cancelled(self) -> None:
        """Raise `PullCancelled` if the download was cancelled."""
        if self.cancelled.is_set():
            raise self.stopped()

    def stopped(self) -> PullCancelled:
        """The error for a cancelled download."""
        return PullCancelled(
            f"The download of {self.entry.file} was stopped. {KEPT}",
            remedy=f"To resume it: tutor model pull {self.entry.id}",
        )


def cut_to(file: IO[bytes], length: int) -> None:
    """Cut a file to its first `length` bytes, and continue there."""
    file.seek(length)
    file.truncate()


@contextmanager
def writing_models(folder: Path) -> Iterator[None]:
    """Raise DiskFull, naming `folder`, for an OSError inside."""
    try:
        yield
    except OSError as error:
        raise DiskFull(
            f"{folder} cannot be written: {error.strerror or error}.",
            remedy="Free space on that disk, or set TUTOR_HOME to another; then try again.",
        ) from error


def exclusive(lock: Path, what: str) -> AbstractContextManager[None]:
    """Hold `lock` while `what` is downloaded. Raises `PullFailed` if another process holds it."""
    taken = PullFailed(
        f"Another process is downloading {what}.", remedy=f"Wait for it, or end it. {KEPT}"
    )
    return files.exclusive(lock, taken)
