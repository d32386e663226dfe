"""Measures the time to the first screen, compared with an empty Textual app. POSIX only.

Each program is started in a pseudo-terminal of 80 by 24; the clock stops when a certain word of its
first screen has been drawn. All are started in turn, and each ratio is the median over the rounds
of the ratio to the empty app of the same round. The ratio of CPU times is nearly the same on a busy
machine as on an idle one.
"""

import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.history import make_profile
from bench.shared import print_table
from tests.support.banks import make_bank
from tests.support.terminal import TUTOR, Terminal, welcomed
from tutor.bank import open_bank

ROUNDS = 15
ATTEMPTS = 100_000
TODAY = "Due and new"
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
            welcomed(each)
        make_profile(long, open_bank([Path("questions")], None), ATTEMPTS)
        make_profile(large_long, open_bank([large / "questions"], None), ATTEMPTS)
        shutil.copytree(large / "questions", large_long / "questions")
        programs = (
            ((sys.executable, "-c", EMPTY), home, "first frame"),
            *((TUTOR, each, TODAY) for each in (home, large, long, large_long)),
            (TUTOR, new, "1 of 3"),
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
            row("empty Textual app", "", base, base),
            *(row(*name, took, base) for name, took in zip(names, starts, strict=True)),
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


def first_screen(command: Sequence[str], home: Path, word: str) -> Start:
    """The times from starting `command` to seeing `word` on its screen."""
    start = time.perf_counter()
    terminal = Terminal(
        home,
        command=command,
        COLORTERM="truecolor",
        PYTHONDONTWRITEBYTECODE="",  # an installed tutor is compiled
    )
    try:
        terminal.wait_for(word, 20)
        wall = time.perf_counter() - start
    finally:
        terminal.close()
    return Start(wall, terminal.cpu)


if __name__ == "__main__":
    main()
