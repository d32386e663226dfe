"""A file from the Hugging Face hub, in ranges: resumed where it stopped, retried after a failure.

The hub library's own download (huggingface_hub 2.4) writes to a file with a random name and deletes
it on every failure, so an interrupted download starts again from zero; it compares the length and
never the checksum. So we use only its URLs and its client, which honour HF_ENDPOINT, HF_HUB_OFFLINE
and the usual proxy variables, and read the bytes here. Nothing about this machine is sent, and no
token unless HF_TOKEN is set. Files come over plain HTTP ranges: XET needs a service of its own,
which mirrors do not have.
"""

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import IO, TYPE_CHECKING

from tutor import __version__
from tutor.formatting import short_line
from tutor.models.transfer import KEPT, OWN_FILE, DownloadStage, PullFailed, Transfer, cut_to

if TYPE_CHECKING:
    import httpx2


class HubFetch:
    """Downloads what is missing of one file."""

    def __init__(self, transfer: Transfer, environ: Mapping[str, str]) -> None:
        """HF_ENDPOINT replaces the hub's address; HF_TOKEN is sent only there."""
        self._transfer = transfer
        self._entry, self._meter = transfer.entry, transfer.meter
        self._patience = transfer.patience
        self._endpoint = environ.get("HF_ENDPOINT", "").rstrip("/") or None
        self._token = environ.get("HF_TOKEN")
        self._socket: socket.socket | None = None

    def interrupt(self) -> None:
        """Interrupt a blocked read, so that it notices the cancellation."""
        with suppress(OSError):
            if self._socket is not None:
                self._socket.shutdown(socket.SHUT_RDWR)

    def run(self, file: IO[bytes]) -> None:
        """Attempt until the file is complete. An attempt that brings bytes is not a failure.

        Raises a `PullFailed`.
        """
        failed = 0
        while file.tell() < self._entry.bytes:
            before = file.tell()
            try:
                self._attempt(file)
            except _Again as again:
                failed = failed + 1 if file.tell() <= before else 1
                if failed >= self._patience.attempts:
                    raise again.error from again
                self._wait(again, failed, file.tell())

    def _wait(self, again: "_Again", failed: int, done: int) -> None:
        pause = self._patience.pause * 2 ** (failed - 1) if again.wait is None else again.wait
        if again.wait is not None and again.wait > self._patience.longest:
            raise again.error
        self._meter.report(DownloadStage.WAITING, done, note=again.error.message, now=True)
        if self._transfer.cancelled.wait(min(pause, self._patience.longest)):
            raise self._transfer.stopped()

    def _attempt(self, file: IO[bytes]) -> None:
        """Request the missing bytes once. Raises `_Again` if another attempt may succeed."""
        import httpx2

        self._meter.report(DownloadStage.CONNECTING, file.tell(), now=True)
        try:
            with self._opened(file.tell()) as response:
                self._check_response(response, file)
                self._take(response.iter_raw(), file)
        except httpx2.ConnectError as error:
            raise self._again(f"{self._host} cannot be reached", error) from error
        except httpx2.TimeoutException as error:
            raise self._again(f"{self._host} sent nothing for a while", error) from error
        except (httpx2.TransportError, httpx2.TooManyRedirects) as error:
            raise self._again(f"the connection to {self._host} was lost", error) from error
        except httpx2.InvalidURL as error:
            raise PullFailed(
                f"{short_line(str(self._endpoint))} is not an address",
                remedy="Set HF_ENDPOINT to an address such as https://hf-mirror.com, or unset it.",
            ) from error

    @property
    def _host(self) -> str:
        return short_line(self._endpoint or "the Hugging Face hub")

    def _again(
        self, reason: str, cause: object = "", wait: float | None = None
    ) -> "PullFailed | _Again":
        if self._transfer.cancelled.is_set():
            return self._transfer.stopped()
        because = f" ({short_line(str(cause))})" if str(cause) else ""
        return _Again(
            PullFailed(
                f"{self._entry.file}: {reason}{because}.",
                remedy="Check the network. Behind a proxy, set HTTPS_PROXY; if the hub is blocked, "
                f"set HF_ENDPOINT to a mirror. {KEPT} {OWN_FILE}",
            ),
            wait,
        )

    @contextmanager
    def _opened(self, start: int) -> Iterator["httpx2.Response"]:
        """The response to a request for the bytes from `start` on."""
        import httpx2
        from huggingface_hub import get_session, hf_hub_url
        from huggingface_hub.errors import OfflineModeIsEnabled

        entry, patience = self._entry, self._patience
        try:
            session = get_session()
        except (ImportError, ValueError, httpx2.InvalidURL) as error:  # SOCKS, another kind, no URL
            raise PullFailed(
                f"The proxy in the environment cannot be used: {short_line(str(error))}",
                remedy="Set HTTPS_PROXY or ALL_PROXY to an address such as http://HOST:PORT. "
                f"{OWN_FILE}",
            ) from error
        try:
            with session.stream(
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
            raise PullFailed(
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
            self._transfer.stop_if_cancelled()

    def _check_response(self, response: "httpx2.Response", file: IO[bytes]) -> None:
        """Check that the response has the missing bytes; a server may start from the beginning."""
        status = response.status_code
        if status in _REFUSALS:
            reason, remedy = _REFUSALS[status]
            answer = f"{self._host} answered {status}: {reason}"
            raise PullFailed(f"{self._entry.file}: {answer}.", remedy=remedy)
        if status == 416:
            cut_to(file, 0)
            raise self._again("the partial download does not match the server's file", status)
        if status in (408, 429) or status >= 500:
            wait = _retry_after(response)
            request = "" if wait is None else f" and asks to wait {wait:.0f} s"
            raise self._again(f"the server is busy{request}", status, wait)
        if status not in (200, 206):
            raise PullFailed(f"{self._entry.file}: the server answered {status}.", remedy=OWN_FILE)
        if status == 200:
            cut_to(file, 0)
        self._compare(_announced(response, file.tell()))

    def _compare(self, announced: int | None) -> None:
        if announced not in (None, self._entry.bytes):
            raise PullFailed(
                f"{self._host} sends {announced} bytes for {self._entry.file}, which has "
                f"{self._entry.bytes}.",
                remedy="It may be the login page of a proxy or hotel network: open the address in "
                f"a browser once. {OWN_FILE}",
            )

    def _take(self, chunks: Iterator[bytes], file: IO[bytes]) -> None:
        for chunk in chunks:
            self._transfer.stop_if_cancelled()
            if file.tell() + len(chunk) > self._entry.bytes:
                cut_to(file, 0)
                self._compare(self._entry.bytes + 1)
            file.write(chunk)
            self._meter.report(DownloadStage.LOADING, file.tell())
        if file.tell() < self._entry.bytes:
            raise self._again("the server stopped before the end of the file")


class _Again(Exception):
    """An attempt failed, but another may succeed."""

    def __init__(self, error: PullFailed, wait: float | None) -> None:
        super().__init__(error.message)
        self.error = error
        self.wait = wait


_REFUSALS: Mapping[int, tuple[str, str]] = {
    **dict.fromkeys(
        (401, 403, 451),
        (
            "it refuses this file",
            "Try another network or a mirror (HF_ENDPOINT). If HF_TOKEN is set, unset it; these "
            f"models need none. {OWN_FILE}",
        ),
    ),
    407: (
        "the proxy requires a user name and password",
        "Set HTTPS_PROXY to http://NAME:PASSWORD@HOST:PORT.",
    ),
    **dict.fromkeys(
        (404, 410),
        (
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
        date = parsedate_to_datetime(value)
        date = date if date.tzinfo else date.replace(tzinfo=UTC)
        return max(0.0, (date - datetime.now(UTC)).total_seconds())
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
