"""A record of the finished set-up in `.venv`, so that the next start can trust it quickly.

It is read on every `make run`, so nothing slow is imported here.
"""

import hashlib
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

Level = Literal["run", "test"]
LOCKS = ("pyproject.toml", "requirements/run.txt", "requirements/test.txt")
MODEL_LOCK = "requirements/embedded.txt"


@dataclass(frozen=True)
class Place:
    """The folder of the project, with its environment."""

    root: Path

    @property
    def venv(self) -> Path:
        """The environment's folder."""
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        """The environment's interpreter."""
        return self.venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def record(self) -> Path:
        """The file that records what has been set up."""
        return self.venv / "setup.json"

    @property
    def log(self) -> Path:
        """The output of the installers, and of the compiler for the tests."""
        return self.venv / "setup.log"

    @property
    def state(self) -> Path:
        """The progress of `tools.background`; also read by the tutor."""
        return self.venv / "background.json"

    @property
    def background_log(self) -> Path:
        """The output of the compiler in the background."""
        return self.venv / "background.log"

    @property
    def background_lock(self) -> Path:
        """The lock of the process that works in the background, with its number."""
        return self.venv / "background.lock"


@dataclass(frozen=True)
class Record:
    """One set-up: `base` changes if `.venv` has to be recreated, `lock` if packages change."""

    base: str
    lock: str
    ready: str
    """`run`, `test` (which includes run and llama.cpp), or empty while packages are installed."""

    def serves(self, level: Level) -> bool:
        """Whether everything that `level` needs is installed."""
        return self.ready in (level, "test")

    def at(self, ready: str) -> "Record":
        """The same set-up in another state."""
        return replace(self, ready=ready)


def expected(place: Place) -> Record:
    """The record that this folder, interpreter and lock files should have."""
    version = ".".join(map(str, sys.version_info[:3]))
    lock = hashlib.sha256()
    for name in (*LOCKS, MODEL_LOCK):
        lock.update((place.root / name).read_bytes())
    return Record(base=f"{version} in {place.root}", lock=lock.hexdigest(), ready="")


def read(place: Place) -> Record | None:
    """The existing record; None if there is none or it cannot be read."""
    try:
        stored = json.loads(place.record.read_text(encoding="utf-8"))
        return Record(base=stored["base"], lock=stored["lock"], ready=stored["ready"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(place: Place, record: Record) -> None:
    """Save the record."""
    replace_json(place.record, asdict(record))


def replace_json(file: Path, value: Mapping[str, object]) -> None:
    """Replace the file atomically, so that a kill leaves the old one or the new one."""
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps(value), encoding="utf-8")
    fresh.replace(file)


def is_complete(place: Place) -> bool:
    """Whether the work in the background, llama.cpp and the judge's model, is finished."""
    try:
        state = json.loads(place.state.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(state, dict) and state.get("stage") == "done"


def is_ready(place: Place, level: Level) -> bool:
    """Whether `level` can start without any set-up."""
    present = read(place)
    if present is None or not present.serves(level):
        return False
    if present != expected(place).at(present.ready):
        return False
    return is_alive(place.python)


def is_alive(python: Path) -> bool:
    """Whether the interpreter starts; not checked if it is the one running this."""
    if python == Path(sys.executable):
        return True
    import subprocess  # late: rarely needed

    try:
        done = subprocess.run([python, "-S", "-c", ""], capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0
