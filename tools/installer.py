"""The commands that fill `.venv`, with uv if it is installed, else with venv and pip."""

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
    """Builds the steps that fill an environment."""

    place: Place
    uv: str | None

    @property
    def name(self) -> str:
        """The installer's name in messages."""
        return "uv" if self.uv else "pip"

    def create(self) -> list[Step]:
        """The steps that create an empty environment."""
        base: str = getattr(sys, "_base_executable", sys.executable)
        venv = str(self.place.venv)
        if self.uv:
            command = [self.uv, "venv", "--allow-existing", "--python", base, venv]
        else:
            command = [base, "-m", "venv", "--without-pip", venv]
        return [Step("Making the environment", command, "Is the folder writable?")]

    def ready(self) -> list[Step]:
        """The step that installs pip, unless uv is used."""
        if self.uv:
            return []
        return [self.python("Making pip ready", "-m", "ensurepip", remedy=_ENSUREPIP)]

    def install(self, title: str, *arguments: str | Path, remedy: str = NETWORK) -> Step:
        """A step that installs something, without its dependencies.

        pip does not compile bytecode: Python does that for the few modules that are imported.
        """
        if self.uv:
            start = [self.uv, "pip", "install", "--python", str(self.place.python)]
        else:
            start = [str(self.place.python), "-m", "pip", "install"]
            start += ["--no-input", "--no-compile"]
        return Step(title, [*start, "--no-deps", *map(str, arguments)], remedy)

    def judge(self, *options: str) -> Step:
        """The step that downloads the judge and cuts it to size; options as in `tools.judge`."""
        title = "Downloading the judge, 469 MiB, half of which is kept"
        return self.python(title, "-m", "tools.judge", *options, remedy=NETWORK)

    def python(self, title: str, *arguments: str, remedy: str) -> Step:
        """A step that the environment's own interpreter runs."""
        return Step(title, [str(self.place.python), *arguments], remedy)


def find_uv() -> str | None:
    """The uv on PATH, if it starts: it may be only a version manager's shim."""
    uv = shutil.which("uv")
    if uv is None:
        return None
    try:
        done = subprocess.run([uv, "--version"], capture_output=True, check=False)
    except OSError:
        return None
    return uv if done.returncode == 0 else None
