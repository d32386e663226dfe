"""What benchmarks and training share: our decks, a running model, times, and tables."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tutor.bank import Bank, open_bank
from tutor.engine import ProbeMemory
from tutor.engine.api import Engine
from tutor.engine.client import ModelEngine, ModelSpec
from tutor.grading import LABEL_SETS, PromptBook
from tutor.grading.prompt_forms import Form, FormName
from tutor.paths import find_paths

_PEAK_UNIT = 1024 if sys.platform == "linux" else 1
"""How many bytes a unit of `ru_maxrss` is."""


def our_bank() -> Bank:
    """Our own decks, without those of a student; reading them takes some seconds."""
    return open_bank([find_paths({}).resources / "questions"], None)


@contextmanager
def running(
    model: Path,
    labels: tuple[tuple[str, ...], ...] = LABEL_SETS,
    *,
    adapter: Path | None = None,
    threads: int = 2,
) -> Iterator[ModelEngine]:
    """A ready engine, whose log and probe cache are deleted afterwards."""
    with TemporaryDirectory() as folder:
        engine = ModelEngine(
            ModelSpec(path=model, label_sets=labels, adapter=adapter, threads=threads),
            log=Path(folder, "engine.log"),
            memory=ProbeMemory(Path(folder, "engine.json")),
        )
        engine.start()
        try:
            engine.wait_until_ready()
            yield engine
        finally:
            engine.close()


def our_prompts() -> PromptBook:
    """Our own prompts."""
    return PromptBook(find_paths({}).prompts)


def trained_form(engine: Engine) -> Form:
    """How a judge that was trained for our decks is asked."""
    return Form(FormName.TRAINED, our_prompts(), engine.wait_until_ready().label_set)


@dataclass(frozen=True)
class Spent:
    """What a process used."""

    seconds: float
    cpu: float
    """Seconds of a processor, which other work on the machine does not change."""
    memory: int
    """The peak, in bytes."""


def run_tutor(home: Path, *arguments: str) -> Spent:
    """Run a command of the tutor with the profile `home`, from its start to its end."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "tutor", *arguments],
        env={**os.environ, "TUTOR_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"tutor {' '.join(arguments)} ended with {process.returncode}")
    elapsed = time.perf_counter() - start
    return Spent(elapsed, used.ru_utime + used.ru_stime, used.ru_maxrss * _PEAK_UNIT)


def seconds(work: Callable[[], object]) -> float:
    """How long it takes to run `work` once."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def interleaved(works: Sequence[Callable[[], float]], rounds: int) -> list[list[float]]:
    """`rounds` results of each work; they take turns, so that a busy minute affects all equally."""
    results: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for index, work in enumerate(works):
            results[index].append(work())
    return results


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the values are."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a Markdown table, ready for docs/."""
    cells = ["| " + " | ".join(row) + " |" for row in (headings, *rows)]
    return [cells[0], "|" + "---|" * len(headings), *cells[1:]]


def print_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a Markdown table."""
    print("\n".join(table(headings, rows)))
