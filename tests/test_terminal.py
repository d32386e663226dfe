"""The program in a real pseudo-terminal: draws, keeps what is typed, dies cleanly."""

import os
import select
import signal
import struct
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tutor.compose import Profile, utc_now
from tutor.progress import open_progress

pytestmark = [
    pytest.mark.native,
    pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX"),
]
SECONDS = 30


class Terminal:
    """`tutor` on a pseudo-terminal of 80 by 24."""

    def __init__(self, home: Path, *arguments: str, **environment: str) -> None:
        import fcntl
        import pty
        import termios

        self.pid, self._file = pty.fork()
        if self.pid == 0:
            os.environ.update(TUTOR_HOME=str(home), TERM="xterm-256color", **environment)
            os.execv(sys.executable, [sys.executable, "-m", "tutor", *arguments])
        fcntl.ioctl(self._file, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.drawn = b""

    def wait_for(self, text: str) -> None:
        """Until `text` has been drawn since the last wait."""
        self._until(lambda: text.encode() in self.drawn, text)
        self.drawn = b""

    def press(self, keys: str) -> None:
        os.write(self._file, keys.encode())

    def ended(self) -> int:
        """Wait for the end; the exit code, or the signal as a negative number."""
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            self._read(0.05)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status)
        raise AssertionError("it does not end")

    def close(self) -> None:
        if psutil.pid_exists(self.pid):
            os.kill(self.pid, signal.SIGKILL)
        os.close(self._file)

    def _until(self, found: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + SECONDS
        while not found():
            assert time.monotonic() < deadline, f"{what!r} was never drawn: {self.drawn[-3000:]!r}"
            self._read(0.1)

    def _read(self, seconds: float) -> None:
        if select.select([self._file], [], [], seconds)[0]:
            try:
                self.drawn += os.read(self._file, 1 << 16)
            except OSError:
                time.sleep(0.01)


@pytest.fixture
def open_terminal(home: Path) -> Iterator[Callable[..., Terminal]]:
    opened: list[Terminal] = []

    def make(*arguments: str, **environment: str) -> Terminal:
        opened.append(Terminal(home, *arguments, **environment))
        return opened[-1]

    yield make
    for terminal in opened:
        terminal.close()


def test_it_draws_and_quits(open_terminal: Callable[..., Terminal]) -> None:
    terminal = open_terminal(NO_COLOR="1")
    terminal.wait_for("Enter starts")
    terminal.press("\x11")
    assert terminal.ended() == 0


def test_killed_in_the_middle_nothing_typed_is_lost_and_no_child_stays(
    open_terminal: Callable[..., Terminal], home: Path, dense_model: Path
) -> None:
    terminal = open_terminal("--model", str(dense_model))
    terminal.wait_for("Enter starts")
    terminal.press("\r")
    terminal.wait_for("your answer")
    terminal.press("полуготовый ответ")
    terminal.wait_for(" saved · ")
    children = psutil.Process(terminal.pid).children(recursive=True)
    assert children
    os.kill(terminal.pid, signal.SIGKILL)
    assert terminal.ended() == -signal.SIGKILL
    _, alive = psutil.wait_procs(children, timeout=SECONDS)
    assert alive == []
    with open_progress(Profile({"TUTOR_HOME": str(home)}, {}).paths, clock=utc_now) as progress:
        assert [draft.text for draft in progress.drafts().values()] == ["полуготовый ответ"]


def test_a_second_tutor_on_the_profile_is_told_of_the_first(
    open_terminal: Callable[..., Terminal],
) -> None:
    first = open_terminal()
    first.wait_for("Enter starts")
    second = open_terminal()
    second.wait_for(str(first.pid))
    assert second.ended() == 1
