"""A local hub that misbehaves as a test requires, with one behaviour per request."""

import re
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer, ThreadingMixIn

Behaviour = Callable[["Handler"], None]


class Hub(ThreadingMixIn, TCPServer):
    """Serves `content` at every path; the next requests get the behaviours in `plan` instead."""

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
        """The range of each request; empty for the whole file."""
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
    """Answers a request according to the plan."""

    server: Hub

    def do_GET(self) -> None:
        hub = self.server
        hub.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
        with suppress(ConnectionError):
            (hub.plan.pop(0) if hub.plan else serve)(self)

    def log_message(self, *_: object) -> None:
        """Log nothing."""

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
    """Send the requested range as a hub does, but at most `most` bytes of it."""
    content, start = handler.server.content, handler.start
    length = len(content) - start
    if start:
        span = f"bytes {start}-{len(content) - 1}/{len(content)}"
        handler.head(206, content_length=length, content_range=span)
    else:
        handler.head(200, content_length=length)
    handler.wfile.write(content[start:][:most])


def cut(after: int) -> Behaviour:
    """Lose the connection after this many bytes."""
    return lambda handler: serve(handler, after)


def stall(after: int) -> Behaviour:
    """Send nothing more after this many bytes, with the connection open."""

    def behave(handler: Handler) -> None:
        serve(handler, after)
        handler.wfile.flush()
        handler.server.stopped.wait(60)

    return behave


def mute(handler: Handler) -> None:
    """Send nothing at all."""
    handler.server.stopped.wait(60)


def status(code: int, **headers: object) -> Behaviour:
    """Answer with a status instead of the file."""
    return lambda handler: handler.head(code, content_length=0, **headers)


def other(content: bytes) -> Behaviour:
    """Send other content instead of the file."""

    def behave(handler: Handler) -> None:
        handler.head(200, content_length=len(content))
        handler.wfile.write(content)

    return behave


def endless(handler: Handler) -> None:
    """Send more than the file has, without a length."""
    handler.head(200)
    handler.wfile.write(handler.server.content + b"more")


def from_the_start(handler: Handler) -> None:
    """Ignore the range."""
    other(handler.server.content)(handler)


def shifted(handler: Handler) -> None:
    """Send another range than was requested."""
    content = handler.server.content
    span = f"bytes 0-{len(content) - 1}/{len(content)}"
    handler.head(206, content_length=len(content), content_range=span)
    handler.wfile.write(content)


def endless_range(handler: Handler) -> None:
    """Send the requested range of a file whose length has too many digits for an int."""
    handler.head(206, content_length=1, content_range=f"bytes {handler.start}-/{'9' * 5000}")
    handler.wfile.write(handler.server.content[:1])


def elsewhere(url: str) -> Behaviour:
    """Redirect to another server, as the hub does to its storage."""
    return lambda handler: handler.head(302, content_length=0, location=f"{url}/stored")
