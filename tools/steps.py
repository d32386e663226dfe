"""Runs the steps of the set-up: their output goes to a log, and the elapsed time is shown."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TextIO

TAIL_LINES = 30
TICK_SECONDS = 1.0
LINE_SECONDS = 30.0
GRACE_SECONDS = 10.0
EXPLAINED = 90
"""The exit code of a step whose last line of output says why it failed and what to do.

No installer or compiler uses it."""


class SetupError(Exception):
    """The set-up cannot continue; the message says why and what to do."""

    def __init__(self, text: str, line: str = "") -> None:
        """`line` says the same in one line, where there is no space for more."""
        super().__init__(text)
        self.line = line or text


@dataclass(frozen=True)
class Step:
    """A command with its title and what to do if it fails."""

    title: str
    command: Sequence[str]
    remedy: str


class Watcher(Protocol):
    """Follows the progress of a step."""

    def tick(self) -> None:
        """Called every second while the step is running."""

    def end(self) -> None:
        """Called when the step has ended, successfully or not."""


class Progress:
    """Shows a step's elapsed time: every second on a terminal, else a line every 30 seconds."""

    def __init__(self, title: str, out: TextIO, clock: Callable[[], float]) -> None:
        self._title, self._out, self._clock = title, out, clock
        self._start = self._last_line = clock()
        self._is_terminal = out.isatty()
        self._show()

    def tick(self) -> None:
        """Show the elapsed time, if it is due."""
        if self._is_terminal or self._clock() - self._last_line >= LINE_SECONDS:
            self._show()

    def end(self) -> None:
        """Show the total time."""
        if self._is_terminal:
            self._show()
            self._out.write("\n")

    def _show(self) -> None:
        self._last_line = self._clock()
        seconds = int(self._last_line - self._start)
        start, end = ("\r\x1b[K", "") if self._is_terminal else ("", "\n")
        self._out.write(f"{start}  {self._title}  {seconds // 60}:{seconds % 60:02}{end}")
        self._out.flush()


def shown(step: Step) -> Watcher:
    """Show the progress on standard error."""
    return Progress(step.title, sys.stderr, time.monotonic)


class Runner:
    """Runs steps one by one; they inherit the descriptors `inherited`."""

    def __init__(
        self,
        log: Path,
        environ: Mapping[str, str],
        inherited: Sequence[int] = (),
        watch: Callable[[Step], Watcher] = shown,
        *,
        own_group: bool = True,
    ) -> None:
        """`own_group` gives each step a process group, so that interrupting it reaches compilers.

        Without it they stay in our group, and end with it.
        """
        self.log, self._environ, self._inherited = log, environ, tuple(inherited)
        self._watch, self._own_group = watch, own_group and os.name == "posix"

    def run(self, step: Step) -> None:
        """Run a step to its end. Raises SetupError, with the log's last lines, if it fails."""
        progress = self._watch(step)
        with self.log.open("ab") as log:
            log.write(f"\n$ {' '.join(step.command)}\n".encode())
            log.flush()
            try:
                with self._started(step, log.fileno()) as process:
                    code = _wait(process, progress)
            except OSError as error:
                raise SetupError(f"{step.command[0]} does not start: {error}") from error
        progress.end()
        if code:
            raise self._failure(step, code)

    @contextlib.contextmanager
    def _started(self, step: Step, output: int) -> Iterator[subprocess.Popen[bytes]]:
        process = subprocess.Popen(
            step.command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(self._environ),
            start_new_session=self._own_group,
            pass_fds=self._inherited,
        )
        try:
            yield process
        finally:
            self._end(process)

    def _failure(self, step: Step, code: int) -> SetupError:
        text = self.log.read_text(encoding="utf-8", errors="replace")
        lines = text.splitlines()
        tail = "\n".join(f"  | {line}" for line in lines[-TAIL_LINES:])
        head = f"“{step.title}” failed (exit code {code}). The last lines of {self.log}:"
        line = f"{step.title.partition(',')[0]} failed. {step.remedy}"
        return SetupError(
            f"{head}\n{tail}\n{step.remedy}\nThen run the same command again.",
            lines[-1] if code == EXPLAINED else line,
        )

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        """Stop what is still running after an interruption."""
        if process.poll() is not None:
            return
        if self._own_group:
            _end_group(process.pid)
        else:
            process.terminate()
        try:
            process.wait(timeout=GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], progress: Watcher) -> int:
    while True:
        try:
            return process.wait(timeout=TICK_SECONDS)
        except subprocess.TimeoutExpired:
            progress.tick()


def _end_group(leader: int) -> None:
    if sys.platform != "win32":
        with contextlib.suppress(ProcessLookupError):
            os.killpg(leader, signal.SIGTERM)
