"""What a finished set-up leaves behind in `.venv`, so that the next start can trust it at a glance.

Read on every `make run`, so nothing slow is imported here.
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
        """What the installers said, and the compiler where it was waited for."""
        return self.venv / "setup.log"

    @property
    def state(self) -> Path:
        """How far the work in the background is (`tools.background`); read by the tutor as well."""
        return self.venv / "background.json"

    @property
    def background_log(self) -> Path:
        """What the compiler said in the background."""
        return self.venv / "background.log"

    @property
    def background_lock(self) -> Path:
        """Held by the one process that works in the background; holds its number."""
        return self.venv / "background.lock"


@dataclass(frozen=True)
class Record:
    """One set-up: `base` changes when `.venv` has to be made anew, `lock` when packages change."""

    base: str
    lock: str
    ready: str
    """`run`, `test` (which holds run and llama.cpp), or empty while packages are installed."""

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
    """Keep the record."""
    replace_json(place.record, asdict(record))


def replace_json(file: Path, value: Mapping[str, object]) -> None:
    """Replace the file in one step, so that a kill leaves the old one or the new one."""
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps(value), encoding="utf-8")
    fresh.replace(file)


def is_whole(place: Place) -> bool:
    """Whether the work in the background, llama.cpp and the judge's model, came to its end."""
    try:
        found = json.loads(place.state.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(found, dict) and found.get("stage") == "done"


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
