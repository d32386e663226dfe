"""The two ways to fill `.venv`, as commands: uv if it is there, else venv and pip."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tools.record import Place
from tools.steps import Step

NETWORK = "Check the network: packages come from the index that is set for pip or uv."
_ENSUREPIP = "On Debian and Ubuntu: sudo apt install python3-venv. Or install uv."


@dataclass(frozen=True)
class Installer:
    """Makes the steps that fill an environment."""

    place: Place
    uv: str | None

    @property
    def name(self) -> str:
        """What it is called in messages."""
        return "uv" if self.uv else "pip"

    def create(self) -> list[Step]:
        """The steps that make an empty environment."""
        base: str = getattr(sys, "_base_executable", sys.executable)
        venv = str(self.place.venv)
        if self.uv:
            command = [self.uv, "venv", "--allow-existing", "--python", base, venv]
        else:
            command = [base, "-m", "venv", "--without-pip", venv]
        return [Step("Making the environment", command, "Is the folder writable?")]

    def ready(self) -> list[Step]:
        """The step that sees to pip, which an environment made by uv has not."""
        if self.uv:
            return []
        return [self.python("Making pip ready", "-m", "ensurepip", remedy=_ENSUREPIP)]

    def install(self, title: str, *arguments: str | Path, remedy: str = NETWORK) -> Step:
        """A step that installs something, without looking for further dependencies.

        pip compiles no bytecode: Python does when it first imports a module, which is a few of all.
        """
        if self.uv:
            start = [self.uv, "pip", "install", "--python", str(self.place.python)]
        else:
            start = [str(self.place.python), "-m", "pip", "install"]
            start += ["--no-input", "--no-compile"]
        return Step(title, [*start, "--no-deps", *map(str, arguments)], remedy)

    def judge(self) -> Step:
        """The step that fetches the model which judges, and cuts it to size."""
        title = "Fetching the model that judges, 478 MB, half of which is kept"
        return self.python(title, "-m", "tools.judge", remedy=NETWORK)

    def python(self, title: str, *arguments: str, remedy: str) -> Step:
        """A step that the environment's own interpreter takes."""
        return Step(title, [str(self.place.python), *arguments], remedy)


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
