"""Downloads a model from the Hugging Face hub: resumable, verified, then moved into place.

The hub library's own download (huggingface_hub 2.4) writes to a file with a random name and deletes
it on every failure, so an interrupted download starts again from zero; it compares the length and
never the checksum. So we use only its URLs and its client, which honour HF_ENDPOINT, HF_HUB_OFFLINE
and the usual proxy variables, and read the bytes here. Nothing about this machine is sent, and no
token unless HF_TOKEN is set. Files come over plain HTTP ranges: XET needs a service of its own,
which mirrors do not have.
"""

import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from pathlib import Path
from typing import IO, TYPE_CHECKING, Self

from tutor import __version__
from tutor.formatting import printable, size
from tutor.models.catalog import CatalogEntry
from tutor.models.checksum import verify
from tutor.models.download_lock import exclusive
from tutor.models.failures import (
    BadAnswer,
    Busy,
    Forbidden,
    NoNetwork,
    NoRoom,
    NotThere,
    PullCancelled,
    PullFailed,
    Stalled,
    WrongBytes,
    WrongLength,
)
from tutor.paths import open_private, private_folder

if TYPE_CHECKING:
    import httpx2

MARGIN = 64 << 20
"""Bytes of disk space to leave free."""
WINDOW = 5.0
"""Seconds over which the rate is averaged."""
OWN_FILE = "If you have the file, add it: tutor model add FILE."


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
    """How far a download is."""

    stage: DownloadStage
    done: int
    """Bytes."""
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
    """Without a byte."""
    pause: float = 1
    """Before the second attempt; doubled for each further one."""
    longest: float = 60
    """The longest pause, even if the server asks for a longer one."""
    attempts: int = 5
    """Attempts in a row without a byte."""
    tell: float = 0.2
    """Between two progress reports."""


class Download:
    """One download; `cancel` may be called from any thread and stops it at once."""

    def __init__(
        self,
        entry: CatalogEntry,
        folder: Path,
        *,
        endpoint: str | None = None,
        token: str | None = None,
        on_progress: Callable[[DownloadProgress], None] = lambda _progress: None,
        patience: Patience | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`endpoint` replaces the hub's address; `token` is sent only there."""
        self.entry = entry
        self.target = folder / entry.file
        self.partial = partial_of(entry, folder)
        self._endpoint, self._token = endpoint or None, token
        self._patience = patience or Patience()
        self._cancelled = threading.Event()
        self._socket: socket.socket | None = None
        self._meter = _Meter(entry.bytes, on_progress, clock, self._patience.tell)

    @classmethod
    def by_environment(
        cls,
        entry: CatalogEntry,
        folder: Path,
        environ: Mapping[str, str],
        on_progress: Callable[[DownloadProgress], None],
    ) -> Self:
        """A download with the hub's address from HF_ENDPOINT and the token from HF_TOKEN."""
        endpoint = (environ.get("HF_ENDPOINT") or "").rstrip("/")
        token = environ.get("HF_TOKEN")
        return cls(entry, folder, endpoint=endpoint, token=token, on_progress=on_progress)

    def cancel(self) -> None:
        """Stop; `run` raises `PullCancelled` and keeps what has been downloaded."""
        self._cancelled.set()
        with suppress(OSError):
            if self._socket is not None:
                self._socket.shutdown(socket.SHUT_RDWR)

    def run(self) -> Path:
        """Download the file, unless it exists, and return its path.

        Raises a `PullFailed`.
        """
        try:
            private_folder(self.target.parent)
            with exclusive(self.partial.with_suffix(".lock"), self.entry.file):
                if self._is_right(self.target):
                    return self.target
                self._fetch()
                self._check()
                self.partial.replace(self.target)
                return self.target
        except OSError as error:
            raise NoRoom(
                f"{self.target.parent} cannot be written: {error.strerror or error}.",
                remedy="Free space on that disk, or set TUTOR_HOME to another; then try again.",
            ) from error

    def _is_right(self, file: Path) -> bool:
        if not file.is_file() or file.stat().st_size != self.entry.bytes:
            return False
        return verify(file, self.entry.sha256, self._read).right

    def _check(self) -> None:
        """Verify the download; delete it if it is wrong, so that the next attempt starts over."""
        if not verify(self.partial, self.entry.sha256, self._read).right:
            self.partial.unlink()
            raise WrongBytes(
                f"{self.entry.file} is complete but has the wrong checksum; it was deleted.",
                remedy=f"Try again. If it happens again, a mirror or proxy alters it. {OWN_FILE}",
            )

    def _read(self, done: int, _total: int) -> None:
        self._meter.report(DownloadStage.CHECKING, done)
        if self._cancelled.is_set():
            raise self._stopped()

    def _fetch(self) -> None:
        """Attempt until the file is complete. An attempt that brings bytes is not a failure."""
        with open(self.partial, "ab", opener=open_private) as file:
            if file.tell() > self.entry.bytes:
                _empty(file)
            self._check_free_space(file.tell())
            failed = 0
            while file.tell() < self.entry.bytes:
                before = file.tell()
                try:
                    self._attempt(file)
                except _Again as again:
                    failed = failed + 1 if file.tell() <= before else 1
                    if failed >= self._patience.attempts:
                        raise again.error from again
                    self._wait(again, failed, file.tell())
            file.flush()
            os.fsync(file.fileno())

    def _check_free_space(self, downloaded: int) -> None:
        free = shutil.disk_usage(self.target.parent).free
        needed = self.entry.bytes - downloaded + MARGIN
        if needed > free:
            raise NoRoom(
                f"{self.entry.file} needs {size(needed)} more on the disk of "
                f"{self.target.parent}; {size(free)} are free.",
                remedy="Free some space, set TUTOR_HOME to another disk, or choose a smaller "
                "model.",
            )

    def _wait(self, again: "_Again", failed: int, done: int) -> None:
        pause = self._patience.pause * 2 ** (failed - 1) if again.wait is None else again.wait
        if again.wait is not None and again.wait > self._patience.longest:
            raise again.error
        self._meter.report(DownloadStage.WAITING, done, note=again.error.message, now=True)
        if self._cancelled.wait(min(pause, self._patience.longest)):
            raise self._stopped()

    def _stopped(self) -> PullCancelled:
        return PullCancelled(
            f"The download of {self.entry.file} was stopped; what came so far is kept.",
            remedy=f"To resume it: tutor model pull {self.entry.id}",
        )

    def _attempt(self, file: IO[bytes]) -> None:
        """Request the missing bytes once. Raises `_Again` if another attempt may succeed."""
        import httpx2

        self._meter.report(DownloadStage.CONNECTING, file.tell(), now=True)
        try:
            with self._opened(file.tell()) as response:
                self._check_response(response, file)
                self._take(response.iter_raw(), file)
        except httpx2.ConnectError as error:
            raise self._again(NoNetwork, f"{self._host} cannot be reached", error) from error
        except httpx2.TimeoutException as error:
            reason = f"{self._host} sent nothing for a while"
            raise self._again(Stalled, reason, error) from error
        except (httpx2.TransportError, httpx2.TooManyRedirects) as error:
            reason = f"the connection to {self._host} was lost"
            raise self._again(NoNetwork, reason, error) from error
        except httpx2.InvalidURL as error:
            raise NoNetwork(
                f"{printable(str(self._endpoint))} is not an address",
                remedy="Set HF_ENDPOINT to an address such as https://hf-mirror.com, or unset it.",
            ) from error

    @property
    def _host(self) -> str:
        return printable(self._endpoint or "the Hugging Face hub")

    def _again(
        self, kind: type[PullFailed], reason: str, error: Exception, wait: float | None = None
    ) -> "PullFailed | _Again":
        if self._cancelled.is_set():
            return self._stopped()
        cause = f" ({printable(str(error))})" if str(error) else ""
        return _Again(
            kind(
                f"{self.entry.file}: {reason}{cause}.",
                remedy="Check the network. Behind a proxy, set HTTPS_PROXY; if the hub is blocked, "
                f"set HF_ENDPOINT to a mirror. The download so far is kept. {OWN_FILE}",
            ),
            wait,
        )

    @contextmanager
    def _opened(self, start: int) -> Iterator["httpx2.Response"]:
        """The response to a request for the bytes from `start` on."""
        import httpx2
        from huggingface_hub import get_session, hf_hub_url
        from huggingface_hub.errors import OfflineModeIsEnabled

        entry, patience = self.entry, self._patience
        try:
            with get_session().stream(
                "GET",
                hf_hub_url(
                    entry.repository, entry.file, revision=entry.revision, endpoint=self._endpoint
                ),
                headers=self._headers(start),
                timeout=httpx2.Timeout(patience.stall, connect=patience.connect),
                extensions={"trace": self._trace},
            ) as response:
                yield response
        except OfflineModeIsEnabled as error:
            raise NoNetwork(
                "HF_HUB_OFFLINE is set, so nothing is downloaded.",
                remedy=f"Unset it to download. {OWN_FILE}",
            ) from error

    def _headers(self, start: int) -> dict[str, str]:
        """Headers that close the connection afterwards and turn off compression, for ranges."""
        headers = {
            "user-agent": f"offline-tutor/{__version__}",
            "accept-encoding": "identity",
            "connection": "close",
        }
        if start:
            headers["range"] = f"bytes={start}-"
        if self._token:
            headers["authorization"] = f"Bearer {self._token}"
        return headers

    def _trace(self, event: str, info: Mapping[str, object]) -> None:
        """Remember the socket, so that `cancel` can interrupt a blocked read."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            stream = info["return_value"]
            assert hasattr(stream, "get_extra_info")
            self._socket = stream.get_extra_info("socket")
            if self._cancelled.is_set():
                raise self._stopped()

    def _check_response(self, response: "httpx2.Response", file: IO[bytes]) -> None:
        """Check that the response has the missing bytes; a server may start from the beginning."""
        status = response.status_code
        if status in _REFUSALS:
            raise self._refused(status)
        if status == 416:
            _empty(file)
            raise self._again(
                BadAnswer, "the partial download does not match the server's file", _Status(416)
            )
        if status in (408, 429) or status >= 500:
            kind, wait = Busy if status == 429 else BadAnswer, _retry_after(response)
            request = "" if wait is None else f" and asks to wait {wait:.0f} s"
            raise self._again(kind, f"the server is busy{request}", _Status(status), wait)
        if status not in (200, 206):
            raise BadAnswer(f"{self.entry.file}: the server answered {status}.", remedy=OWN_FILE)
        if status == 200:
            _empty(file)
        self._compare(_announced(response, file.tell()))

    def _refused(self, status: int) -> PullFailed:
        kind, reason, remedy = _REFUSALS[status]
        return kind(f"{self.entry.file}: {self._host} answered {status}: {reason}.", remedy=remedy)

    def _compare(self, announced: int | None) -> None:
        if announced not in (None, self.entry.bytes):
            raise WrongLength(
                f"{self._host} sends {announced} bytes for {self.entry.file}, which has "
                f"{self.entry.bytes}.",
                remedy="It may be the login page of a proxy or hotel network: open the address in "
                f"a browser once. {OWN_FILE}",
            )

    def _take(self, chunks: Iterator[bytes], file: IO[bytes]) -> None:
        for chunk in chunks:
            if self._cancelled.is_set():
                raise self._stopped()
            if file.tell() + len(chunk) > self.entry.bytes:
                _empty(file)
                self._compare(self.entry.bytes + 1)
            file.write(chunk)
            self._meter.report(DownloadStage.LOADING, file.tell())
        if file.tell() < self.entry.bytes:
            raise self._again(
                NoNetwork, "the server stopped before the end of the file", _Status(0)
            )


def _empty(file: IO[bytes]) -> None:
    """Empty the file. Truncating alone would leave the position where it was."""
    file.seek(0)
    file.truncate()


def partial_of(entry: CatalogEntry, folder: Path) -> Path:
    """The file of an incomplete download; its name contains the checksum it is meant to have."""
    return folder / f"{entry.file}.{entry.sha256[:8]}.partial"


class _Again(Exception):
    """An attempt failed, but another may succeed."""

    def __init__(self, error: PullFailed, wait: float | None) -> None:
        super().__init__(error.message)
        self.error = error
        self.wait = wait


class _Status(Exception):
    """The status that a server answered, as the cause of an error."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status) if status else "")


_REFUSALS: Mapping[int, tuple[type[PullFailed], str, str]] = {
    **dict.fromkeys(
        (401, 403, 451),
        (
            Forbidden,
            "it refuses this file",
            "Try another network or a mirror (HF_ENDPOINT). If HF_TOKEN is set, unset it; these "
            f"models need none. {OWN_FILE}",
        ),
    ),
    407: (
        Forbidden,
        "the proxy requires a user name and password",
        "Set HTTPS_PROXY to http://NAME:PASSWORD@HOST:PORT.",
    ),
    **dict.fromkeys(
        (404, 410),
        (
            NotThere,
            "it does not have this file",
            "A mirror may not have it: unset HF_ENDPOINT or use another one. If the hub itself "
            "lacks it, the publisher removed it: choose another model (tutor model list). "
            f"{OWN_FILE}",
        ),
    ),
}


def _retry_after(response: "httpx2.Response") -> float | None:
    """Seconds that the server asks to wait, as a number or until a date (RFC 9110, 10.2.3)."""
    value = response.headers.get("retry-after", "").strip()
    if value.isdecimal():
        return float(value)
    with suppress(ValueError):
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    return None


def _announced(response: "httpx2.Response", start: int) -> int | None:
    """The length of the whole file, from the headers; -1 if the range is not the requested one."""
    if response.status_code == 206:
        span, _, total = response.headers.get("content-range", "").rpartition("/")
        if span.removeprefix("bytes ").partition("-")[0] != str(start):
            return -1
        return int(total) if total.isdecimal() else None
    length = response.headers.get("content-length", "")
    return int(length) if length.isdecimal() else None


@dataclass
class _Meter:
    """Reports progress, not too often, with the rate of the last seconds."""

    total: int
    listener: Callable[[DownloadProgress], None]
    clock: Callable[[], float]
    every: float
    _reported: float = float("-inf")
    _stage: DownloadStage | None = None
    _marks: list[tuple[float, int]] = field(default_factory=list)

    def report(self, stage: DownloadStage, done: int, *, note: str = "", now: bool = False) -> None:
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
