"""A hub on the loopback that does wrong whatever a test wants, one behaviour a request."""

import re
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer, ThreadingMixIn

Behaviour = Callable[["Handler"], None]


class Hub(ThreadingMixIn, TCPServer):
    """Serves `content` at every path; `plan` holds what the next requests get in its place."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, content: bytes) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.content = content
        self.plan: list[Behaviour] = []
        self.asked: list[tuple[str, Mapping[str, str]]] = []
        """Path and headers of every request."""
        self.stopped = threading.Event()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def ranges(self) -> list[str]:
        """What each request asked for; empty for everything."""
        return [headers.get("range", "") for _, headers in self.asked]

    def __enter__(self) -> "Hub":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        self.shutdown()
        self._thread.join()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    """Asks the plan."""

    server: Hub

    def do_GET(self) -> None:
        hub = self.server
        hub.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
        with suppress(ConnectionError):
            (hub.plan.pop(0) if hub.plan else serve)(self)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    @property
    def start(self) -> int:
        match = re.fullmatch(r"bytes=(\d+)-", self.headers.get("range", ""))
        return int(match[1]) if match else 0

    def head(self, status: int, **headers: object) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()


def serve(handler: Handler, most: int | None = None) -> None:
    """As a hub does: the rest of the file from where it is asked for; `most` bytes of it."""
    content, start = handler.server.content, handler.start
    length = len(content) - start
    if start:
        span = f"bytes {start}-{len(content) - 1}/{len(content)}"
        handler.head(206, content_length=length, content_range=span)
    else:
        handler.head(200, content_length=length)
    handler.wfile.write(content[start:][:most])


def cut(after: int) -> Behaviour:
    """The connection is lost after so many bytes."""
    return lambda handler: serve(handler, after)


def stall(after: int) -> Behaviour:
    """Nothing more comes after so many bytes, and the connection stays."""

    def behave(handler: Handler) -> None:
        serve(handler, after)
        handler.wfile.flush()
        handler.server.stopped.wait(60)

    return behave


def mute(handler: Handler) -> None:
    """Not even a first line comes."""
    handler.server.stopped.wait(60)


def status(code: int, **headers: object) -> Behaviour:
    """Another answer than the file."""
    return lambda handler: handler.head(code, content_length=0, **headers)


def other(content: bytes) -> Behaviour:
    """Something else in the place of the file, from its start."""

    def behave(handler: Handler) -> None:
        handler.head(200, content_length=len(content))
        handler.wfile.write(content)

    return behave


def endless(handler: Handler) -> None:
    """No length is told, and more comes than the file has."""
    handler.head(200)
    handler.wfile.write(handler.server.content + b"more")


def from_the_start(handler: Handler) -> None:
    """The range is ignored."""
    other(handler.server.content)(handler)


def shifted(handler: Handler) -> None:
    """Another range than was asked for."""
    content = handler.server.content
    span = f"bytes 0-{len(content) - 1}/{len(content)}"
    handler.head(206, content_length=len(content), content_range=span)
    handler.wfile.write(content)


def elsewhere(url: str) -> Behaviour:
    """To another server, as the hub sends to its storage."""
    return lambda handler: handler.head(302, content_length=0, location=f"{url}/stored")
