"""Requests to one server and their errors. The only module of the engine that uses the network.

The server is not trusted: responses are bounded in size and time, redirects are not followed, and
its messages are shortened, cleaned and stripped of the key before they are shown.
"""

import asyncio
import ipaddress
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx2 as httpx
from pydantic import BaseModel, ValidationError

from tutor.engine.errors import EngineCrashed, EngineError, ModelRefused, PromptTooLong
from tutor.formatting import short_line

CONNECT_SECONDS, SILENT_SECONDS = 5.0, 120.0
MOST_BYTES = 16 * 1024 * 1024
"""A longer response is refused."""
MOST_SHOWN = 200
"""Characters of a server's message that are shown."""
LONGEST_WAIT = 30.0
"""Seconds; a busy server may ask for more but does not get it."""
_BUSY = frozenset({429, 503})
_TOO_LONG = ("context_length_exceeded", "exceed_context_size_error", "maximum context length")


class ServerRefused(ModelRefused):
    """The server cannot be used; the message says why."""


class _Detail(BaseModel):
    message: str = ""
    type: str | int | None = None
    code: str | int | None = None


class _Trouble(BaseModel):
    """An error as servers report it: in OpenAI's form or one of two simpler ones."""

    error: _Detail | str = ""
    message: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Access:
    """How to reach one server."""

    base: httpx.URL
    key: str | None = field(default=None, repr=False)
    at_once: int = 8
    """The most requests in progress at the same time."""
    waits: Sequence[float] = (0.5, 2.0, 5.0)
    """Seconds between retries while the server says that it is busy."""
    silence: float = SILENT_SECONDS
    """Seconds without a byte after which a request times out."""

    @property
    def local(self) -> bool:
        """Whether requests stay on this machine."""
        return _is_loopback(self.base.host)


def access(url: str, *, anywhere: bool, key: str | None, at_once: int = 8) -> Access:
    """Check the address `url`. Raises `ServerRefused` if it is invalid or not allowed."""
    try:
        base = httpx.URL(url.strip())
    except httpx.InvalidURL as error:
        raise _no_address(url) from error
    if base.userinfo:
        raise ServerRefused(
            "the server's address contains a user name or password",
            remedy="Put the key into the environment variable TUTOR_SERVER_KEY.",
        )
    if base.scheme not in ("http", "https") or not base.host or base.query or base.fragment:
        raise _no_address(url)
    path = base.path.rstrip("/").removesuffix("/v1")
    server = Access(base.copy_with(path=path or "/"), key, at_once)
    if not server.local and not anywhere:
        raise ServerRefused(
            f"{short_line(base.host)} is another machine, so answers would leave this one",
            remedy="To allow that, set server_anywhere = true in the settings, "
            "or TUTOR_SERVER_ANYWHERE=true.",
        )
    if key and not (key.isascii() and key.isprintable()):
        raise ServerRefused(
            "the key has characters that no key has, such as a line break",
            remedy="Copy the key again into the environment variable TUTOR_SERVER_KEY.",
        )
    if key and not server.local and base.scheme == "http":
        raise ServerRefused(
            "the key would be sent to another machine unencrypted",
            remedy="Use the server's https address.",
        )
    return server


def _no_address(url: str) -> ServerRefused:
    return ServerRefused(
        f"{short_line(url)} is not a server address", remedy="For example: http://127.0.0.1:8080"
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Wire:
    """The connection to one server, for use in one event loop.

    Every failure is an `EngineError` that says what to do.
    """

    def __init__(self, access: Access) -> None:
        """Raises `ServerRefused` if the environment names a proxy that cannot be used."""
        self._access = access
        self.address = str(access.base)
        self._slots = asyncio.Semaphore(access.at_once)
        headers = {"Accept-Encoding": "identity", "User-Agent": "tutor"}
        if access.key:
            headers["Authorization"] = f"Bearer {access.key}"
        try:
            self._client = httpx.AsyncClient(
                base_url=access.base,
                headers=headers,
                timeout=httpx.Timeout(access.silence, connect=CONNECT_SECONDS, pool=None),
                verify=access.base.scheme == "https",  # loading certificates takes time
                trust_env=not access.local,  # no proxies for this machine
            )
        except (ImportError, ValueError, httpx.InvalidURL) as error:  # SOCKS, another kind, no URL
            raise ServerRefused(
                "the proxy in the environment cannot be used: "
                f"{short_line(str(error), MOST_SHOWN)}",
                remedy="Set HTTPS_PROXY or ALL_PROXY to an address such as http://HOST:PORT.",
            ) from error

    async def get(self, path: str) -> bytes:
        """The body of the response. Raises `EngineError`."""
        return await self._request("GET", path, None)

    async def post(self, path: str, payload: Mapping[str, object]) -> bytes:
        """The body of the response. Raises `EngineError`."""
        return await self._request("POST", path, payload)

    async def events(self, path: str, payload: Mapping[str, object]) -> AsyncIterator[bytes]:
        """The data of each server-sent event, up to the last. Raises `EngineError`."""
        async with self._slots, self._opened("POST", path, payload) as response:
            if not response.is_success:
                raise self._refusal(path, response.status_code, await _whole(response))
            async for line in _lines(response):
                data = line.removeprefix(b"data:").strip()
                if data == b"[DONE]":
                    return
                if line.startswith(b"data:"):
                    yield data

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def _request(self, method: str, path: str, payload: Mapping[str, object] | None) -> bytes:
        waits = [*self._access.waits, None]
        for wait in waits:
            async with self._slots, self._opened(method, path, payload) as response:
                status, body = response.status_code, await _whole(response)
                seconds = response.headers.get("retry-after", "")
            if response.is_success:
                return body
            if status not in _BUSY or wait is None:
                raise self._refusal(path, status, body)
            await asyncio.sleep(min(LONGEST_WAIT, float(seconds)) if seconds.isdecimal() else wait)
        raise AssertionError

    @asynccontextmanager
    async def _opened(
        self, method: str, path: str, payload: Mapping[str, object] | None
    ) -> AsyncIterator[httpx.Response]:
        try:
            async with self._client.stream(method, path, json=payload) as response:
                yield response
        except httpx.TimeoutException as error:
            raise self._crash("did not answer in time") from error
        except httpx.ConnectError as error:
            raise self._crash("cannot be reached") from error
        except httpx.HTTPError as error:
            raise self._crash("cut its answer short") from error

    def _crash(self, how: str) -> EngineCrashed:
        return EngineCrashed(
            f"the server at {self._access.base} {how}",
            remedy="Check that it runs at this address. The next answer tries it again.",
        )

    def _refusal(self, path: str, status: int, body: bytes) -> EngineError:
        message, kind = _error_in(body)
        if self._access.key:
            message = message.replace(self._access.key, "…")
        because = f": {short_line(message, MOST_SHOWN)}" if message else ""
        if status in (401, 403):
            return ServerRefused(
                f"the server at {self._access.base} refuses access (HTTP {status}){because}",
                remedy="Put its key into the environment variable TUTOR_SERVER_KEY.",
            )
        if status in _BUSY:
            return EngineCrashed(
                f"the server at {self._access.base} is too busy (HTTP {status}){because}",
                remedy="Try again later, or send fewer requests at once (server_jobs).",
            )
        if any(mark in kind or mark in message for mark in _TOO_LONG):
            return PromptTooLong(
                f"the answer is too long for this model{because}",
                remedy="Shorten the answer, or give the server a larger context.",
            )
        return EngineError(
            f"the server at {self._access.base} answered {path} with HTTP {status}{because}",
            remedy="Check that this is a model server's address; see docs/servers.md.",
        )


def _error_in(body: bytes) -> tuple[str, str]:
    """The message and the kind of an error, as the server reports them."""
    try:
        trouble = _Trouble.model_validate_json(body)
    except ValidationError:
        return "", ""
    if isinstance(trouble.error, _Detail):
        return trouble.error.message, f"{trouble.error.type} {trouble.error.code}"
    return trouble.error or trouble.message or trouble.detail, ""


async def _whole(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > MOST_BYTES:
            raise EngineError(f"the server sent more than {MOST_BYTES:,} bytes")
    return bytes(body)


async def _lines(response: httpx.Response) -> AsyncIterator[bytes]:
    rest, seen = b"", 0
    async for chunk in response.aiter_raw():
        seen += len(chunk)
        if seen > MOST_BYTES:
            raise EngineError(f"the server sent more than {MOST_BYTES:,} bytes")
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line
    if rest:
        yield rest
