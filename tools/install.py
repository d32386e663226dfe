"""Creates `.venv` and installs everything that is needed to start the tutor.

An unfinished set-up is discarded and started over, since a half-copied package looks installed to
an installer. llama.cpp and the judge's model take minutes and are left to `tools.background`,
except for the tests, which need them.
"""

import contextlib
import os
import shutil
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType

from tools import background, llama
from tools.installer import Installer, find_uv
from tools.lock import lock_within, try_lock
from tools.record import MODEL_LOCK, Level, Place, Record, expected, is_alive, is_ready, read, write
from tools.steps import Runner, SetupError, Step

__all__ = ["SetupError", "set_up"]

WAIT_SECONDS = 900.0
LOCKED = "tools/setup.py"  # any file that always exists


def set_up(place: Place, level: Level) -> None:
    """Bring `.venv` to `level`. Raises SetupError, or KeyboardInterrupt if interrupted."""
    signal.signal(signal.SIGTERM, _interrupt)
    with _locked(place) as inherited:
        if is_ready(place, level):  # another process has just finished it
            return
        background.stop(place)
        place.venv.mkdir(exist_ok=True)
        _fill(place, level, inherited)


def _fill(place: Place, level: Level, inherited: Sequence[int]) -> None:
    present, goal = read(place), expected(place)
    usable = is_usable(present, goal) and is_alive(place.python)
    lock = (place.root / f"requirements/{level}.txt").read_text(encoding="utf-8")
    installer = Installer(place, find_uv())
    _say(f"Setting up {place.venv} (Python {goal.base.split()[0]}, {installer.name}).")
    if not usable:
        _empty(place)
    environ = llama.build_environment(os.environ, place.root)
    runner = Runner(place.log, environ, inherited)
    for step in [] if usable else installer.create():
        runner.run(step)
    write(place, goal.at(""))
    place.state.unlink(missing_ok=True)  # it may be about another version
    engine, others = split(lock, llama.PACKAGE)
    llama.lock_file(place).write_text(engine, encoding="utf-8")
    packages(place).write_text(others, encoding="utf-8")
    for step in steps(installer, level):
        runner.run(step)
    write(place, goal.at(reached(present, goal, "run")))
    if level == "test":
        llama.get_llama(installer, runner, environ)
        _fetch_judge(runner, installer)
        write(place, goal.at("test"))
    _say("Ready.")


def is_usable(present: Record | None, goal: Record) -> bool:
    """Whether packages can be added: same folder, same Python, and a finished set-up."""
    return present is not None and present.base == goal.base and bool(present.ready)


def reached(present: Record | None, goal: Record, level: Level) -> str:
    """The level to record: `test` includes `run`, so it stays while the locks are the same."""
    return "test" if present == goal.at("test") else level


def packages(place: Place) -> Path:
    """The lock file without llama-cpp-python."""
    return place.venv / "packages.txt"


def steps(installer: Installer, level: Level) -> list[Step]:
    """The steps that fill the environment, except for llama.cpp."""
    root = installer.place.root
    hashed = ("--require-hashes", "-r")
    plan = installer.ready()
    plan.append(installer.install("Installing packages", *hashed, packages(installer.place)))
    if level == "test":
        title = "Downloading the small model that the tests load, 98 MB"
        plan.append(installer.install(title, *hashed, root / MODEL_LOCK))
    plan.append(installer.install("Installing the tutor itself", "--editable", root))
    return plan


def split(lock: str, name: str) -> tuple[str, str]:
    """Split a lock file's text into the requirement `name` with its hashes, and all others."""
    ours: list[str] = []
    others: list[str] = []
    inside = False
    for line in lock.splitlines(keepends=True):
        if not line.startswith((" ", "\t")):
            inside = line.split("==")[0].strip() == name
        (ours if inside else others).append(line)
    if not ours:
        raise SetupError(f"{name} is missing from the lock file. Run: make lock")
    return "".join(ours), "".join(others)


def _fetch_judge(runner: Runner, installer: Installer) -> None:
    """Download the judge. The tutor works without it, so a failure does not end the set-up."""
    try:
        runner.run(installer.judge())
    except SetupError:
        _say("\nThe judge's model could not be downloaded, so key terms alone grade for now.")
        _say("Download it later with: make run ARGS='model pull judge'")


def _empty(place: Place) -> None:
    try:
        shutil.rmtree(place.venv)
        place.venv.mkdir()
    except OSError as error:
        message = f"{place.venv} cannot be recreated: {error}\nIs a tutor still running from it?"
        raise SetupError(message) from error


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@contextlib.contextmanager
def _locked(place: Place) -> Iterator[tuple[int, ...]]:
    """Make a second set-up of this folder wait; yields the descriptor with the lock.

    The installer inherits it, so that it keeps the lock if this process is killed.
    """
    if sys.platform == "win32":
        yield ()
    else:
        with (place.root / LOCKED).open("rb") as file:
            if not try_lock(file.fileno()):
                _say("Another set-up of this folder is running. Waiting for it …")
                if not lock_within(file.fileno(), WAIT_SECONDS):
                    raise SetupError(f"Another set-up of {place.root} does not end. Stop it first.")
            yield (file.fileno(),)
