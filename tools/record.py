"""What a finished set-up leaves behind in `.venv`, so that the next start can trust it at a glance.

Read on every `make run`, so nothing slow is imported here.
"""

import hashlib
import json
import os
import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

Level = Literal["run", "test"]
LOCKS = ("pyproject.toml", "requirements/run.txt", "requirements/test.txt")
MODEL_LOCK = "requirements/embedded.txt"


@dataclass(frozen=True)
class Place:
    """Where the project and its environment lie."""

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
        """The file that says what has been set up."""
        return self.venv / "setup.json"

    @property
    def log(self) -> Path:
        """What the installers and the compiler said."""
        return self.venv / "setup.log"


@dataclass(frozen=True)
class Record:
    """One set-up: `base` changes when `.venv` has to be made anew, `lock` when packages change."""

    base: str
    lock: str
    ready: str
    """`run`, `test` (which holds run as well), or empty while packages are being installed."""

    def serves(self, level: Level) -> bool:
        """Whether everything that `level` needs is installed."""
        return self.ready in (level, "test")

    def at(self, ready: str) -> "Record":
        """The same set-up in another state."""
        return replace(self, ready=ready)


def wanted(place: Place) -> Record:
    """The record that would be right for this folder, this interpreter and these locks."""
    version = ".".join(map(str, sys.version_info[:3]))
    lock = hashlib.sha256()
    for name in (*LOCKS, MODEL_LOCK):
        lock.update((place.root / name).read_bytes())
    return Record(base=f"{version} in {place.root}", lock=lock.hexdigest(), ready="")


def read(place: Place) -> Record | None:
    """The record that is there; None without one, or with one that cannot be read."""
    try:
        found = json.loads(place.record.read_text(encoding="utf-8"))
        return Record(base=found["base"], lock=found["lock"], ready=found["ready"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(place: Place, record: Record) -> None:
    """Replace the record in one step, so that a kill leaves the old one or the new one."""
    fresh = place.record.with_suffix(".new")
    fresh.write_text(json.dumps(asdict(record)), encoding="utf-8")
    fresh.replace(place.record)


def is_ready(place: Place, level: Level) -> bool:
    """Whether nothing has to be done before `level` can start."""
    found = read(place)
    if found is None or not found.serves(level) or found != wanted(place).at(found.ready):
        return False
    return is_alive(place.python)


def is_alive(python: Path) -> bool:
    """Whether the interpreter starts; the one that runs this line need not be asked."""
    if python == Path(sys.executable):
        return True
    import subprocess  # here, since a ready environment seldom gets this far

    try:
        done = subprocess.run([python, "-S", "-c", ""], capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0
