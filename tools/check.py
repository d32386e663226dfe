"""Runs all checks one by one (`make test`); a failure does not stop the others.

pytest is last, so that the output ends with its summary; the other results are listed before it.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

IMPORT_LINTER = "import sys; from importlinter.cli import lint_imports_command as c; sys.exit(c())"


@dataclass(frozen=True)
class Check:
    """A check: its name, and the arguments with which this interpreter runs it."""

    name: str
    arguments: tuple[str, ...]


CHECKS = (
    Check("Lint", ("-m", "ruff", "check")),
    Check("Format", ("-m", "ruff", "format", "--check")),
    Check("Types", ("-m", "mypy")),
    Check("Imports", ("-c", IMPORT_LINTER)),
    Check("Assertions", ("-m", "tools.assertions", "tests")),
)
TESTS = Check("Tests", ("-m", "pytest", "-n", "3", "--dist", "worksteal", "--durations=30"))


def run(check: Check) -> int:
    """Run one check in a process of its own; return its exit code."""
    environ = {**os.environ, "PYTHONUTF8": "1"}
    return subprocess.run([sys.executable, *check.arguments], check=False, env=environ).returncode


def check_all(
    checks: Sequence[Check],
    last: Check,
    run_check: Callable[[Check], int],
    clock: Callable[[], float],
) -> int:
    """Run `checks`, print a summary, run `last`; return 0 if all returned 0, else 1."""
    results = [(check.name, *_timed(check, run_check, clock)) for check in checks]
    print(f"\n{summary(results)}", flush=True)
    code, _ = _timed(last, run_check, clock)
    return int(any([code, *(result for _, result, _ in results)]))


def summary(results: Sequence[tuple[str, int, float]]) -> str:
    """One line with the name, result and seconds of each."""
    words = [f"{name} {'ok' if code == 0 else 'FAILED'} ({t:.0f} s)" for name, code, t in results]
    return "So far: " + ", ".join(words)


def _timed(
    check: Check, run_check: Callable[[Check], int], clock: Callable[[], float]
) -> tuple[int, float]:
    print(f"\n--- {check.name} ---", flush=True)
    start = clock()
    return run_check(check), clock() - start


if __name__ == "__main__":
    sys.exit(check_all(CHECKS, TESTS, run, time.monotonic))
