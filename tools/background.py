"""What takes minutes, llama.cpp and the judge's model, made ready while the tutor already runs.

A process of its own at the lowest priority, which goes on when the tutor is left. `make run` starts
it until it came to its end once; a lock keeps a second one out. It says in `.venv/background.json`
how far it is; the tutor reads that file and knows nothing else of us.
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
"""As long as one that begins waits for one that is about to end."""
STOP_SECONDS = 30.0
TAIL = 1 << 14
_COUNT = re.compile(rb"\[ *(\d+)(?:/(\d+)|%)\]")
"""`[12/83]` of ninja and of `tools.judge`, `[ 14%]` of make."""


def start(place: Place) -> subprocess.Popen[bytes]:
    """Have it begin, or go on, in a process that outlives this one; returns at once."""
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
    """End it, so that `.venv` can be changed; one that is not there is no fault.

    Raises SetupError where it does not end.
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
                text = "llama.cpp is being compiled in the background, and that does not end."
                raise SetupError(f"{text} Try again in some minutes.")


class Report:
    """Keeps the state file, anew every second: one that is old tells that nobody is at it."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._told: Mapping[str, object] = {"log": str(place.background_log)}
        self.tell("waiting")

    def tell(self, stage: str, **more: object) -> None:
        """A new stage; `compiled` stays true once it is."""
        kept = {"compiled": False, **self._told, "stage": stage, "done": 0, "total": 0}
        self._write({**kept, "problem": "", **more})

    def count(self, done: int, total: int) -> None:
        """How far the stage is."""
        self._write({**self._told, "done": done, "total": total})

    def _write(self, told: Mapping[str, object]) -> None:
        self._told = told
        try:
            replace_json(self._place.state, told)
        except PermissionError:
            if os.name != "nt":  # there a reader keeps it for a moment; the next second will do
                raise

    def watch(self, _step: Step) -> Watcher:
        """Count with the log, from here on."""
        return _LogCount(self._place.background_log, self.count)


class _LogCount:
    """Reads off the log how far a step is."""

    def __init__(self, log: Path, tell: Callable[[int, int], None]) -> None:
        self._log, self._tell = log, tell
        self._start = log.stat().st_size if log.exists() else 0

    def tick(self) -> None:
        with self._log.open("rb") as log:
            end = log.seek(0, os.SEEK_END)
            log.seek(max(self._start, end - TAIL))
            self._tell(*counted(log.read()))

    def end(self) -> None:
        """The next stage tells."""


def counted(text: bytes) -> tuple[int, int]:
    """The last count in what a build said, as done and total; zeros without one."""
    found = _COUNT.findall(text)
    done, total = found[-1] if found else (b"0", b"0")
    return int(done), int(total or b"100")


def make_ready(
    installer: Installer, runner: Runner, report: Report, environ: Mapping[str, str]
) -> bool:
    """llama.cpp, then the judge's model; whether both are there, which the report tells as well."""
    try:
        if not llama.loads(installer.place):
            report.tell("compiling")
            llama.get_llama(installer, runner, environ)
        report.tell("fetching", compiled=True)
        runner.run(installer.judge())
    except SetupError as error:
        report.tell("failed", problem=error.line)
        return False
    report.tell("done")
    return True


def work(place: Place) -> int:
    """Do it, unless another process is at it."""
    with place.background_lock.open("a+b") as lock:
        if not lock_within(lock.fileno(), BEGIN_SECONDS):
            return 0
        lock.truncate(0)
        lock.write(str(os.getpid()).encode())
        lock.flush()
        place.background_log.write_bytes(b"")
        environ = llama.build_environment(os.environ, place.root)
        report = Report(place)
        kept = (lock.fileno(),) if os.name == "posix" else ()
        runner = Runner(place.background_log, environ, kept, report.watch, own_group=False)
        return int(not make_ready(Installer(place, find_uv()), runner, report, environ))


def main(arguments: Sequence[str]) -> int:
    """The process that `start` starts, leader of a group that holds the compilers; or `stop`."""
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
            os.killpg(os.getpgrp(), signal.SIGTERM)  # what a broken-off build leaves behind


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(1)


def _end(leader: int) -> None:
    """The lock is held by the group or nobody, so the number cannot be another's by now."""
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
