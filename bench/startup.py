"""Measures the time to the first screen, compared with an empty Textual app. POSIX only.

Each program is started in a pseudo-terminal of 80 by 24; the clock stops when a certain word of its
first screen has been drawn. All are started in turn, and each ratio is the median over the rounds
of the ratio to the empty app of the same round. The ratio of CPU times is nearly the same on a busy
machine as on an idle one.
"""

import os
import pty
import select
import shutil
import signal
import struct
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.history import make_profile
from bench.table import print_table
from tests.support.banks import make_bank
from tutor.bank import open_bank
from tutor.profile import Profile

ROUNDS = 15
ATTEMPTS = 100_000
TODAY = b"Due and new"
"""The word on Today for which to wait."""
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
        new, home, large = Path(folder, "new"), Path(folder, "home"), Path(folder, "large")
        long, large_long = Path(folder, "long"), Path(folder, "large and long")
        make_bank(large / "questions", 5000)
        for each in (home, large):
            welcome(each)
        make_profile(long, open_bank([Path("questions")], None), ATTEMPTS)
        make_profile(large_long, open_bank([large / "questions"], None), ATTEMPTS)
        shutil.copytree(large / "questions", large_long / "questions")
        empty = [sys.executable, "-c", EMPTY]
        tutor = [sys.executable, "-m", "tutor"]
        programs = (
            (empty, home, b"first frame"),
            *((tutor, each, TODAY) for each in (home, large, long, large_long)),
            (tutor, new, b"1 of 3"),
        )
        for program in programs:
            first_screen(*program)
        rounds = [[first_screen(*program) for program in programs] for _ in range(ROUNDS)]
    base, *starts = zip(*rounds, strict=True)
    names = (
        ("its own bank, nothing answered", "1.5"),
        ("5,000 questions more, nothing answered", "1.7"),
        ("its own bank, 100,000 attempts", ""),
        ("5,000 questions more, 100,000 attempts at them", ""),
        ("its own bank, the welcome of the very first start", ""),
    )
    print_table(
        ["start to first screen", "ms", "to an empty app", "CPU time to an empty app", "at most"],
        [
            [
                "empty Textual app",
                f"{median([each.wall for each in base]) * 1000:.0f}",
                "1",
                "1",
                "",
            ],
            *(
                row(name, most, took, base)
                for (name, most), took in zip(names, starts, strict=True)
            ),
        ],
    )


@dataclass(frozen=True)
class Start:
    """The times of one start, in seconds."""

    wall: float
    cpu: float


def row(name: str, most: str, took: Sequence[Start], base: Sequence[Start]) -> list[str]:
    """One row, with the median ratios to the start of the empty app in the same round."""
    pairs = list(zip(took, base, strict=True))
    wall = median([one.wall / other.wall for one, other in pairs])
    cpu = median([one.cpu / other.cpu for one, other in pairs])
    took_ms = median([each.wall for each in took]) * 1000
    return [name, f"{took_ms:.0f}", f"{wall:.2f}", f"{cpu:.2f}", most]


def welcome(home: Path) -> None:
    """Make a profile that skips the welcome of a first start."""
    paths = Profile({"TUTOR_HOME": str(home)}, {}).paths
    paths.home.mkdir(exist_ok=True)
    paths.welcomed.touch()


def first_screen(command: list[str], home: Path, word: bytes) -> Start:
    """The times from starting `command` to seeing `word` on its screen."""
    start = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TUTOR_HOME=str(home), TERM="xterm-256color", COLORTERM="truecolor")
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed tutor is compiled
        os.execv(command[0], command)
    _resize(terminal)
    try:
        wall = _wait_for(terminal, word, start)
    finally:
        os.kill(pid, signal.SIGKILL)
        _, _, used = os.wait4(pid, 0)
        os.close(terminal)
    return Start(wall, used.ru_utime + used.ru_stime)


def _resize(terminal: int) -> None:
    import fcntl
    import termios

    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))


def _wait_for(terminal: int, word: bytes, start: float) -> float:
    seen = b""
    while word not in seen:
        if time.perf_counter() - start > 20 or not select.select([terminal], [], [], 20)[0]:
            raise SystemExit(f"{word!r} did not appear, but {seen[-2000:]!r}")
        seen += os.read(terminal, 1 << 16)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
