"""Measures the time from a key press to its letter on the screen, with and without a model at work.

`python -m bench.keys [MODEL.gguf]`, by default with a random model of 1.5 billion parameters. The
real program runs in a pseudo-terminal, alternating between no model and a model that reads ahead
while the answer is typed. The time is from writing the key to the terminal until its letter comes
back. POSIX only.
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
from bench.shared import percentile, print_table
from tests.support.terminal import Terminal, welcomed

ROUNDS, KEYS = 2, 150
PACE = 0.12
"""Seconds between keys, for a fast typist."""
READY, LOADING = "● ready", 60
"""What the first screen shows once the model is loaded, and the seconds that may take."""
BUSY = 0.3
"""The CPU seconds per second from which the model counts as working."""
LETTERS = [chr(code) for code in range(0x48A, 0x4FF) if chr(code).islower()]
"""Cyrillic letters that occur in no question and no escape sequence, so that each is unique."""


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
            times, share = typed_with_model(folder / f"busy {number}", model)
            busy += times
            shares.append(share)
    report(idle, busy, sum(shares) / len(shares))


def typed_alone(home: Path) -> list[float]:
    """Seconds per key without a model."""
    with question(home) as terminal:
        return typed(terminal)


def typed_with_model(home: Path, model: Path) -> tuple[list[float], float]:
    """Seconds per key while the model works, and how many cores it kept busy."""
    with question(home, "--model", str(model)) as terminal:
        (child,) = psutil.Process(terminal.pid).children()
        start, before = time.perf_counter(), spent(child)
        times = typed(terminal)
        return times, (spent(child) - before) / (time.perf_counter() - start)


@contextmanager
def question(home: Path, *arguments: str) -> Iterator[Terminal]:
    """The program, showing a question with the cursor in the answer."""
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
    """The CPU seconds of a process so far."""
    times = process.cpu_times()
    return float(times.user + times.system)


def typed(terminal: Terminal) -> list[float]:
    """Seconds from key to echo, for words of six letters."""
    times: list[float] = []
    for number, letter in enumerate(itertools.islice(itertools.cycle(LETTERS), KEYS)):
        if number % 6 == 0:
            terminal.press(" ")
            terminal.settle(PACE)
        seconds = terminal.echo(letter)
        times.append(seconds)
        terminal.settle(max(0.0, PACE - seconds))
    return times


def report(idle: Sequence[float], busy: Sequence[float], share: float) -> None:
    """Print a row for each, and the ratio."""
    rows = [(name, percentile(values, 0.5), percentile(values, 0.95), max(values))
            for name, values in (("no model", idle), ("model at work", busy))]  # fmt: skip
    lines = [[name, *(f"{1000 * value:.0f}" for value in values)] for name, *values in rows]
    (_, *alone), (_, *with_model) = rows
    lines.append(["ratio", *(f"{b / a:.2f}" for a, b in zip(alone, with_model, strict=True))])
    print_table(["key to echo, ms", "median", "95th percentile", "longest"], lines)
    print(
        f"\n{len(idle)} keys each; the model kept {share:.1f} of {psutil.cpu_count()} cores busy."
    )
    if share < BUSY:
        print("The model was idle, so the ratio means nothing.")


if __name__ == "__main__":
    main()
