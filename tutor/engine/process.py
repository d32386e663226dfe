"""One child process: a thread that writes to it, one that reads, and one that watches the clock."""

import queue
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from pydantic import ValidationError

from tutor.engine.protocol import MAX_LINE, Codec, Reply, Request


@dataclass(frozen=True)
class Deadlines:
    """Seconds without a sign of life after which the child counts as hung.

    Every 128 tokens evaluated and every per cent loaded is a sign of life, so that the time allowed
    grows with the work.
    """

    loading: float = 180
    template: float = 5
    working: float = 90


class ChildProcess:
    """One child process and the three threads that serve it."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        allowed: float,
        on_reply: Callable[["ChildProcess", Reply], None],
        on_end: Callable[["ChildProcess"], None],
    ) -> None:
        self.process = process
        self._on_reply = on_reply
        self._on_end = on_end
        self._codec = Codec()
        self._outgoing: queue.SimpleQueue[Request | None] = queue.SimpleQueue()
        self._heard = time.monotonic()
        self._allowed: float | None = allowed
        self.fault = ""
        """Why we killed it ourselves; empty where it ended without us."""
        self._over = threading.Event()
        for work in (self._write, self._read, self._watch):
            threading.Thread(target=work, name=f"engine{work.__name__}", daemon=True).start()

    def send(self, request: Request) -> None:
        """Queue a request; never blocks."""
        self._outgoing.put(request)

    def expect(self, allowed: float | None) -> None:
        """Set how many seconds of silence are allowed from now on; None for any."""
        self._allowed = allowed
        self._heard = time.monotonic()

    def end(self) -> None:
        """Close the pipe, which ends an idle child at once, and kill one that does not listen."""
        self._outgoing.put(None)
        try:
            self.process.wait(0.2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _write(self) -> None:
        pipe = self.process.stdin
        assert pipe is not None
        with suppress(OSError):
            while (request := self._outgoing.get()) is not None:
                view = memoryview(self._codec.line(request))
                while view:
                    view = view[pipe.write(view) or 0 :]
        with suppress(OSError):
            pipe.close()

    def _read(self) -> None:
        pipe = self.process.stdout
        assert pipe is not None
        with pipe:
            for line in _lines(pipe.read):
                try:
                    reply = self._codec.reply(line)
                except ValidationError:
                    self._kill("said something that is no reply")
                    break
                self._heard = time.monotonic()
                self._on_reply(self, reply)
        self.process.wait()
        self._over.set()
        self._outgoing.put(None)
        self._on_end(self)

    def _watch(self) -> None:
        while not self._over.wait(0.2):
            allowed = self._allowed
            if allowed is not None and time.monotonic() - self._heard > allowed:
                self._kill(f"gave no sign of life for {allowed:.0f} s")
                return

    def _kill(self, fault: str) -> None:
        self.fault = fault
        self.process.kill()


def _lines(read: Callable[[int], bytes]) -> Iterator[bytes]:
    """Lines from a pipe; one that is too long comes cut, which no reply survives."""
    rest = b""
    while data := read(1 << 16):
        *whole, rest = (rest + data).split(b"\n")
        yield from whole
        if len(rest) > MAX_LINE:
            yield rest
            rest = b""


_POSIX_FAULTS = frozenset({-4, -6, -7, -8, -10, -11})
"""SIGILL, SIGABRT, SIGBUS (Linux, macOS), SIGFPE, SIGSEGV, as Popen reports them."""
_WINDOWS_FAULTS = frozenset({0xC0000005, 0xC000001D, 0xC0000374, 0xC0000409})
"""Access violation, illegal instruction, heap corruption, fail-fast."""


def is_fault(code: int) -> bool:
    """Whether native code failed, rather than somebody ending the process from outside."""
    return code in _POSIX_FAULTS or code % (1 << 32) in _WINDOWS_FAULTS


def how_it_ended(code: int) -> str:
    """In words, to go on after "the model's process"."""
    if code < 0:
        return f"was ended by signal {-code}"
    return f"ended by itself with code {code}"
