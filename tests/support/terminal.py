"""The program in a real pseudo-terminal."""

import os
import select
import signal
import struct
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.support.patience import SECONDS

TUTOR = (sys.executable, "-m", "tutor")


def welcomed(home: Path) -> Path:
    """A profile whose student is not asked how to begin."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    (home / "welcomed").touch()
    return home


class Terminal:
    """`tutor` or another command on a pseudo-terminal of 80 by 24."""

    def __init__(
        self, home: Path, *arguments: str, command: Sequence[str] = TUTOR, **environment: str
    ) -> None:
        import fcntl
        import pty
        import termios

        self.pid, self._file = pty.fork()
        if self.pid == 0:
            os.environ.update({"TUTOR_HOME": str(home), "TERM": "xterm-256color"} | environment)
            os.execv(command[0], [*command, *arguments])
        fcntl.ioctl(self._file, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.drawn = b""
        """What has been drawn since the last wait."""
        self.all = b""
        """What has been drawn since the beginning."""
        self._exit_code: int | None = None
        self.cpu = 0.0
        """Seconds of a processor, once it has ended."""

    def wait_for(self, text: str, seconds: float = SECONDS) -> None:
        """Until `text` has been drawn since the last wait."""
        self.wait_until(lambda: text.encode() in self.drawn, text, seconds)
        self.drawn = b""

    def wait_until(self, met: Callable[[], bool], what: str, seconds: float = SECONDS) -> None:
        """Until the condition is met, which a failure calls `what`."""
        deadline = time.monotonic() + seconds
        while not met():
            if time.monotonic() >= deadline or self._has_ended():
                self.settle(0.5)
                assert met(), f"no {what!r}, but {self.drawn[-3000:]!r}"
            self._read(0.1)

    def press(self, keys: str) -> None:
        """Type."""
        os.write(self._file, keys.encode())

    def ended(self) -> int:
        """Wait for the end; the exit code, or the signal as a negative number."""
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            self._read(0.05)
            if self._has_ended():
                assert self._exit_code is not None
                return self._exit_code
        raise AssertionError("it does not end")

    def _has_ended(self) -> bool:
        if self._exit_code is None:
            self._take_end(os.WNOHANG)
        return self._exit_code is not None

    def _take_end(self, options: int) -> None:
        pid, status, used = os.wait4(self.pid, options)
        if pid:
            self._exit_code = os.waitstatus_to_exitcode(status)
            self.cpu = used.ru_utime + used.ru_stime

    def echo(self, key: str) -> float:
        """Type one key that is not on the screen; seconds until it has been drawn."""
        self.drawn = b""
        start = time.perf_counter()
        self.press(key)
        self.wait_until(lambda: key.encode() in self.drawn, key)
        return time.perf_counter() - start

    def close(self) -> None:
        """Kill it if it still runs."""
        if not self._has_ended():
            os.kill(self.pid, signal.SIGKILL)
            self._take_end(0)
        os.close(self._file)

    def settle(self, seconds: float) -> None:
        """Take in what is drawn for so long."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self._read(left)

    def _read(self, seconds: float) -> None:
        if select.select([self._file], [], [], seconds)[0]:
            try:
                drawn = os.read(self._file, 1 << 16)
            except OSError:
                time.sleep(0.01)
            else:
                self.drawn += drawn
                self.all += drawn


Open = Callable[..., Terminal]
"""Starts `tutor` with these arguments on a terminal of its own."""
