"""Start to first screen, against the first frame of an empty Textual app. POSIX only.

Each program is started in a pseudo-terminal of 80 by 24; the clock stops when a word of its first
screen has been drawn.
"""

import os
import pty
import select
import signal
import struct
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.table import interleaved, median, print_table
from tests.support.banks import make_bank

ROUNDS = 15
EMPTY = """
from textual.app import App
from textual.widgets import Static
class Empty(App):
    def compose(self):
        yield Static("first frame")
Empty().run()
"""


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        home, large = Path(folder, "home"), Path(folder, "large")
        make_bank(large / "questions", 5000)
        empty = [sys.executable, "-c", EMPTY]
        tutor = [sys.executable, "-m", "tutor"]
        works: tuple[Callable[[], float], ...] = (
            lambda: first_screen(empty, home, b"first frame"),
            lambda: first_screen(tutor, home, b"questions"),
            lambda: first_screen(tutor, large, b"questions"),
        )
        for work in works:
            work()
        base, small, many = map(median, interleaved(works, ROUNDS))
    print_table(
        ["start to first screen", "ms", "ratio"],
        [
            ["empty Textual app", f"{base * 1000:.0f}", "1"],
            ["tutor, its own bank", f"{small * 1000:.0f}", f"{small / base:.2f}"],
            ["tutor, 5,000 questions more", f"{many * 1000:.0f}", f"{many / base:.2f}"],
        ],
    )


def first_screen(command: list[str], home: Path, word: bytes) -> float:
    """Seconds from starting `command` to seeing `word` on its screen."""
    start = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TUTOR_HOME=str(home), TERM="xterm-256color", COLORTERM="truecolor")
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed tutor is compiled
        os.execv(command[0], command)
    _resize(terminal)
    try:
        return _wait_for(terminal, word, start)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(terminal)


def _resize(terminal: int) -> None:
    import fcntl
    import termios

    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))


def _wait_for(terminal: int, word: bytes, start: float) -> float:
    seen = b""
    while word not in seen:
        if time.perf_counter() - start > 20 or not select.select([terminal], [], [], 20)[0]:
            raise SystemExit(f"{word!r} did not come; seen: {seen[-2000:]!r}")
        seen += os.read(terminal, 1 << 16)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
