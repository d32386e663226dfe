"""A child process and its three threads: one writes, one reads, one watches the clock."""

import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pydantic import ValidationError

from tutor.engine.protocol import FILE_CHANGED, MAX_LINE, Codec, Reply, Request
from tutor.paths import open_private

TICK = 0.2
"""Seconds between two checks of the clock."""
EXIT_SECONDS = 5.0
"""How long a child may take to end after it has closed its pipe."""


@dataclass(frozen=True)
class Deadlines:
    """Seconds without a sign of life after which the child counts as hung.

    Every 128 tokens evaluated, every token written and every two per cent of the file read are
    signs of life, so that the time allowed grows with the work.
    """

    loading: float = 180
    template: float = 5
    working: float = 90


class Silence:
    """How long a child has been silent, and how long it may be.

    Time is counted in our own ticks, which stop while we are suspended or the machine sleeps.
    """

    def __init__(self, allowed: float | None) -> None:
        self._ticks = 0
        self._heard = 0
        self._allowed = allowed

    def expect(self, allowed: float | None) -> None:
        """Start counting again; `allowed` in seconds, None for any silence."""
        self.end()  # before the limit, or an idle hour would count as silence
        self._allowed = allowed

    def end(self) -> None:
        """The child gave a sign of life."""
        self._heard = self._ticks

    def tick(self) -> float | None:
        """`TICK` has passed: the seconds that were allowed, if it was silent for longer."""
        self._ticks += 1
        allowed = self._allowed
        if allowed is not None and (self._ticks - self._heard) * TICK > allowed:
            return allowed
        return None


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
        self._silence = Silence(allowed)
        self.fault = ""
        """Why we killed it; empty if we did not."""
        self._over = threading.Event()
        for work in (self._write, self._read, self._watch):
            threading.Thread(target=work, name=f"engine{work.__name__}", daemon=True).start()

    def send(self, request: Request) -> None:
        """Queue a request; never blocks."""
        self._outgoing.put(request)

    def expect(self, allowed: float | None) -> None:
        """Set how many seconds of silence are allowed from now on; None for any."""
        self._silence.expect(allowed)

    def end(self) -> None:
        """Close the pipe, which ends an idle child at once, and kill one that does not react.

        Waits half a second at most, even if the system cannot end the child at once.
        """
        self._outgoing.put(None)
        try:
            self.process.wait(0.2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(0.3)

    def give_up(self, fault: str) -> None:
        """Kill the child because of `fault`, a phrase that follows "the model's process"."""
        self.fault = fault
        self.process.kill()

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
                    self.give_up("sent something that is not a reply")
                    break
                self._silence.end()
                self._on_reply(self, reply)
                if self.fault:
                    break  # do not trust anything it sends after a fault
        self._await_exit()
        self._over.set()
        self._outgoing.put(None)
        self._on_end(self)

    def _await_exit(self) -> None:
        """Wait for the child to end; kill it if it has only closed its pipe."""
        try:
            self.process.wait(EXIT_SECONDS)
        except subprocess.TimeoutExpired:
            self.give_up("closed its pipe")
            self.process.wait()

    def _watch(self) -> None:
        while not self._over.wait(TICK):
            if (allowed := self._silence.tick()) is not None:
                self.give_up(f"gave no sign of life for {allowed:.0f} s")
                return


def _lines(read: Callable[[int], bytes]) -> Iterator[bytes]:
    """Yield lines from a pipe. One that is too long is cut off, which makes it an invalid reply."""
    rest = b""
    while data := read(1 << 16):
        *complete, rest = (rest + data).split(b"\n")
        yield from complete
        if len(rest) > MAX_LINE:
            yield rest
            rest = b""


_POSIX_FAULTS = frozenset({-4, -6, -7, -8, -10, -11})
"""SIGILL, SIGABRT, SIGBUS (Linux, macOS), SIGFPE, SIGSEGV, as Popen reports them."""
_WINDOWS_FAULTS = frozenset({0xC0000005, 0xC000001D, 0xC0000374, 0xC0000409})
"""Access violation, illegal instruction, heap corruption, fail-fast."""


def is_fault(code: int) -> bool:
    """Whether native code crashed, rather than the process being killed from outside."""
    return code in _POSIX_FAULTS or code % (1 << 32) in _WINDOWS_FAULTS


def how_it_ended(code: int) -> str:
    """A phrase that follows "the model's process"."""
    if code == FILE_CHANGED:
        return "ended because the model file changed while in use"
    if code == -9:
        return "was killed by signal 9, probably because memory ran out"
    if code < 0:
        return f"was killed by signal {-code}"
    return f"ended with exit code {code}"


LOG_LIMIT = 1 << 20
"""Bytes; a longer log is started over."""


def child_command() -> tuple[str, ...]:
    """The command line of the child. `-P` keeps the current folder out of the import path."""
    return (sys.executable, "-P", "-m", "tutor.engine.worker")


def launch(command: Sequence[str], log: Path) -> subprocess.Popen[bytes]:
    """Start the child with two pipes; its standard error goes to `log`.

    It gets its own session, so that Ctrl-C in the terminal reaches only the parent. When the parent
    ends for whatever reason, the pipe closes and the child ends too.
    """
    with _open_log(log) as sink:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=sink,
            bufsize=0,
            env=child_environment(),
            start_new_session=os.name == "posix",
            creationflags=_window_flags(),
        )


def _open_log(log: Path) -> IO[bytes]:
    mode = "ab" if log.exists() and log.stat().st_size < LOG_LIMIT else "wb"
    return open(log, mode, opener=open_private)


def child_environment() -> dict[str, str]:
    """Our environment, changed so that the child imports the `tutor` that is running.

    Without GGML_NO_BACKTRACE a failed assertion in ggml would start gdb and wait for it.
    """
    root = str(Path(__file__).resolve().parents[2])
    path = os.environ.get("PYTHONPATH")
    return {
        "GGML_NO_BACKTRACE": "1",
        **os.environ,
        "PYTHONPATH": root if not path else os.pathsep.join((root, path)),
        "PYTHONIOENCODING": "utf-8",
    }


def _window_flags() -> int:
    if sys.platform == "win32":
        return subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
    return 0
