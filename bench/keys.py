"""Key to echo: how long a typed letter takes to be drawn, with and without a model at work.

`python -m bench.keys [MODEL.gguf]`, by default with a random model of 1.5 billion parameters. The
real program runs in a pseudo-terminal, twice in turn: without a model, and with one that reads
ahead while the answer is typed. The time is from writing the key to the terminal until its letter
has come back. POSIX only.
"""

import itertools
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

from bench.big_model import write_big_model
from bench.table import percentile, print_table
from tests.support.terminal import Terminal, welcomed

ROUNDS, KEYS = 2, 150
PACE = 0.12
"""Seconds from key to key, of a quick typist."""
READY, LOADING = "● ready", 60
"""What the first screen says of a model that is loaded, and the seconds that it may take."""
BUSY = 0.3
"""Processor seconds in a second from which on the model counts as at work."""
LETTERS = [chr(code) for code in range(0x48A, 0x4FF) if chr(code).islower()]
"""Cyrillic letters that no question and no escape sequence has, so that each is seen at once."""


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        given = sys.argv[1:]
        model = Path(given[0]).absolute() if given else write_big_model(folder / "big.gguf")
        print(f"{model.name}, load {psutil.getloadavg()[0]:.1f}\n")
        idle: list[float] = []
        busy: list[float] = []
        shares: list[float] = []
        for number in range(ROUNDS):
            idle += typed_alone(folder / f"idle {number}")
            found, share = typed_beside(folder / f"busy {number}", model)
            busy += found
            shares.append(share)
    report(idle, busy, sum(shares) / len(shares))


def typed_alone(home: Path) -> list[float]:
    """Seconds a key without a model."""
    with question(home) as terminal:
        return typed(terminal)


def typed_beside(home: Path, model: Path) -> tuple[list[float], float]:
    """Seconds a key while the model works, and how many cores it kept busy."""
    with question(home, "--model", str(model)) as terminal:
        (child,) = psutil.Process(terminal.pid).children()
        start, before = time.perf_counter(), spent(child)
        found = typed(terminal)
        return found, (spent(child) - before) / (time.perf_counter() - start)


@contextmanager
def question(home: Path, *arguments: str) -> Iterator[Terminal]:
    """The program with a question on the screen and the cursor in its answer."""
    terminal = Terminal(welcomed(home), *arguments)
    try:
        terminal.wait_for("Enter starts")
        if arguments:
            terminal.wait_for(READY, LOADING)
        terminal.press("\r")
        terminal.wait_for("your answer")
        yield terminal
    finally:
        terminal.close()


def spent(process: psutil.Process) -> float:
    """Processor seconds so far."""
    times = process.cpu_times()
    return float(times.user + times.system)


def typed(terminal: Terminal) -> list[float]:
    """Seconds from key to echo, for words of six letters."""
    found: list[float] = []
    for number, letter in enumerate(itertools.islice(itertools.cycle(LETTERS), KEYS)):
        if number % 6 == 0:
            terminal.press(" ")
            terminal.settle(PACE)
        seconds = terminal.echo(letter)
        found.append(seconds)
        terminal.settle(max(0.0, PACE - seconds))
    return found


def report(idle: Sequence[float], busy: Sequence[float], share: float) -> None:
    """One row each, and what the model costs."""
    rows = [(name, percentile(values, 0.5), percentile(values, 0.95), max(values))
            for name, values in (("no model", idle), ("model at work", busy))]  # fmt: skip
    lines = [[name, *(f"{1000 * value:.0f}" for value in values)] for name, *values in rows]
    (_, *alone), (_, *beside) = rows
    lines.append(["ratio", *(f"{b / a:.2f}" for a, b in zip(alone, beside, strict=True))])
    print_table(["key to echo, ms", "median", "95th percentile", "longest"], lines)
    print(
        f"\n{len(idle)} keys each; the model kept {share:.1f} of {psutil.cpu_count()} cores busy."
    )
    if share < BUSY:
        print("That is not at work: the ratio says nothing.")


if __name__ == "__main__":
    main()
