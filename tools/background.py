"""Compiles llama.cpp and downloads the judge's model while the tutor is already running.

That takes minutes, so it runs in a process of its own at the lowest priority, which continues after
the tutor is closed. `make run` starts it until it has finished once; a lock prevents a second one.
It writes its progress to `.venv/background.json`, the only thing the tutor knows about it.
"""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType

from tools import llama
from tools.installer import Installer, find_uv
from tools.lock import lock_within, try_lock
from tools.record import Place, replace_json
from tools.steps import Runner, SetupError, Step, Watcher

LOWEST = 19
BEGIN_SECONDS = 5.0
"""How long a new process waits for the lock, in case the old one is ending."""
STOP_SECONDS = 30.0
TAIL = 1 << 14
_COUNT = re.compile(rb"\[ *(\d+)(?:/(\d+)|%)\]")
"""`[12/83]` from ninja and `tools.judge`, `[ 14%]` from make."""


def start(place: Place) -> subprocess.Popen[bytes]:
    """Start or resume the work in a process that outlives this one; returns at once."""
    with place.background_log.open("ab") as log:
        return subprocess.Popen(
            [place.python, "-m", "tools.background"],
            cwd=place.root,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=os.name == "posix",
            creationflags=_window_flags(),
        )


def stop(place: Place) -> None:
    """Stop the work, so that `.venv` can be changed. Does nothing if it is not running.

    Raises SetupError if it does not end.
    """
    try:
        file = place.background_lock.open("rb")
    except FileNotFoundError:
        return
    with file:
        if not try_lock(file.fileno()):
            number = file.read().decode("ascii", "replace")
            if number.isdigit():
                _end(int(number))
            if not lock_within(file.fileno(), STOP_SECONDS):
                raise SetupError(
                    "llama.cpp is still being compiled in the background and could not be stopped. "
                    "Try again in a few minutes."
                )


class Report:
    """Writes the state file every second; an old file shows that the process has stopped."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._state: Mapping[str, object] = {"log": str(place.background_log)}
        self.begin("waiting")

    def begin(self, stage: str, **more: object) -> None:
        """Report a new stage; `compiled` stays true once it is true."""
        state = {"compiled": False, **self._state, "stage": stage, "done": 0, "total": 0}
        self._write({**state, "problem": "", **more})

    def count(self, done: int, total: int) -> None:
        """Report the progress of the stage."""
        self._write({**self._state, "done": done, "total": total})

    def _write(self, state: Mapping[str, object]) -> None:
        self._state = state
        try:
            replace_json(self._place.state, state)
        except PermissionError:
            if os.name != "nt":  # on Windows a reader may block it; it is retried in a second
                raise

    def watch(self, _step: Step) -> Watcher:
        """Follow the log from its current end."""
        return _LogCount(self._place.background_log, self.count)


class _LogCount:
    """Reads the progress of a step from the log."""

    def __init__(self, log: Path, report: Callable[[int, int], None]) -> None:
        self._log, self._report = log, report
        self._start = log.stat().st_size if log.exists() else 0

    def tick(self) -> None:
        with self._log.open("rb") as log:
            end = log.seek(0, os.SEEK_END)
            log.seek(max(self._start, end - TAIL))
            self._report(*counted(log.read()))

    def end(self) -> None:
        """Nothing to do: the next stage reports itself."""


def counted(text: bytes) -> tuple[int, int]:
    """The last count in the output of a build, as done and total; zeros without one."""
    counts = _COUNT.findall(text)
    done, total = counts[-1] if counts else (b"0", b"0")
    return int(done), int(total or b"100")


def make_ready(
    installer: Installer, runner: Runner, report: Report, environ: Mapping[str, str]
) -> bool:
    """Install llama.cpp, then the judge's model; report, and return whether both succeeded."""
    try:
        if not llama.loads(installer.place):
            report.begin("compiling")
            llama.get_llama(installer, runner, environ)
        report.begin("fetching", compiled=True)
        runner.run(installer.judge("--if-wanted"))
    except SetupError as error:
        report.begin("failed", problem=error.line)
        return False
    report.begin("done")
    return True


def work(place: Place) -> int:
    """Do the work, unless another process is doing it; return the exit code."""
    with place.background_lock.open("a+b") as lock:
        if not lock_within(lock.fileno(), BEGIN_SECONDS):
            return 0
        lock.truncate(0)
        lock.write(str(os.getpid()).encode())
        lock.flush()
        place.background_log.write_bytes(b"")
        environ = llama.build_environment(os.environ, place.root)
        report = Report(place)
        inherited = (lock.fileno(),) if os.name == "posix" else ()
        runner = Runner(place.background_log, environ, inherited, report.watch, own_group=False)
        return int(not make_ready(Installer(place, find_uv()), runner, report, environ))


def main(arguments: Sequence[str]) -> int:
    """Run as the process that `start` starts, leading a group with the compilers; or `stop`."""
    place = Place(Path(__file__).resolve().parents[1])
    if arguments:
        stop(place)
        return 0
    signal.signal(signal.SIGTERM, _leave)
    if sys.platform != "win32":
        os.nice(LOWEST)
    try:
        return work(place)
    finally:
        if sys.platform != "win32" and os.getpgrp() == os.getpid():
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            os.killpg(
                os.getpgrp(), signal.SIGTERM
            )  # compilers that an interrupted build left running


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(1)


def _end(leader: int) -> None:
    """End the process group that has the lock.

    Its number is valid, since it cannot be reused while the lock is held.
    """
    if sys.platform == "win32":
        command = ["taskkill", "/T", "/F", "/PID", str(leader)]
        subprocess.run(command, capture_output=True, check=False)
    else:
        try:
            os.killpg(leader, signal.SIGTERM)
        except ProcessLookupError:
            return


def _window_flags() -> int:
    if sys.platform == "win32":
        return (
            subprocess.IDLE_PRIORITY_CLASS
            | subprocess.CREATE_NEW_PROCESS_GROUP
            | subprocess.CREATE_NO_WINDOW
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
