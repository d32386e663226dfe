"""Installs llama.cpp: a wheel from the student's own sources, else compiled for this processor.

Only what the tutor loads is compiled: no multimodal models, no tools, and not llama.cpp's `common`
library (`llama.cmake`). That takes 38 % of the time of everything, and models are just as fast.
"""

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tools import compiler
from tools.installer import Installer
from tools.record import Place
from tools.steps import Runner, SetupError, Step

PACKAGE = "llama-cpp-python"
CMAKE_ARGS = ("-DLLAVA_BUILD=OFF", "-DLLAMA_ALL_WARNINGS=OFF")
_UV_SOURCES = ("INDEX", "INDEX_URL", "FIND_LINKS")
NO_COMPILER = (
    "There is no working C++ compiler. The tutor compiles llama.cpp once, for this processor.\n"
    "Install one:\n{remedy}\nThen run the same command again."
)


def lock_file(place: Place) -> Path:
    """The locked version of llama-cpp-python with its checksum, written by `set_up`."""
    return place.venv / "engine.txt"


def build_environment(environ: Mapping[str, str], root: Path) -> dict[str, str]:
    """`environ` with what the build needs; the student's own values take precedence.

    With make instead of ninja, CMake uses only one core by default.
    """
    include = f"-DCMAKE_PROJECT_llama.cpp_INCLUDE={(root / 'tools/llama.cmake').as_posix()}"
    ours = " ".join((*CMAKE_ARGS, shlex.quote(include)))
    environment = {
        "CMAKE_BUILD_PARALLEL_LEVEL": str(os.cpu_count() or 1),
        **environ,
        "CMAKE_ARGS": f"{ours} {environ.get('CMAKE_ARGS', '')}".strip(),
    }
    if "PIP_FIND_LINKS" in environ:  # uv uses a different name
        environment.setdefault("UV_FIND_LINKS", ",".join(environ["PIP_FIND_LINKS"].split()))
    return environment


def get_llama(installer: Installer, runner: Runner, environ: Mapping[str, str]) -> None:
    """Install the locked llama.cpp, unless it is installed and loads. Raises SetupError."""
    place = installer.place
    if loads(place):
        return
    if has_own_sources(place, environ) and _take_wheel(installer, runner):
        return
    if not compiler.has_compiler(environ):
        raise SetupError(
            NO_COMPILER.format(remedy=compiler.remedy(sys.platform)),
            f"There is no C++ compiler for llama.cpp. {compiler.short_remedy(sys.platform)}",
        )
    runner.run(compiling(installer))
    if not loads(place):
        raise SetupError("llama.cpp was compiled but cannot be loaded. Remove .venv and try again.")


def compiling(installer: Installer) -> Step:
    """The step that compiles llama.cpp; with `-v` the log counts the compiled files."""
    return installer.install(
        "Compiling llama.cpp for this processor, once, about 3 minutes on 2 cores",
        *("-v", "--require-hashes", "-r", lock_file(installer.place)),
        remedy="It needs a compiler of 2019 or later, and 3 GB of disk.",
    )


def has_own_sources(place: Place, environ: Mapping[str, str]) -> bool:
    """Whether the student has set a package index or a folder of wheels.

    Without one, only the locked file with its checksum is used, from the public index.
    """
    if any(name.startswith("UV_") and name.endswith(_UV_SOURCES) for name in environ):
        return True
    command = [str(place.python), "-m", "pip", "config", "list"]  # includes PIP_* variables
    try:
        done = subprocess.run(command, capture_output=True, check=False, env=dict(environ))
    except OSError:
        return False
    return b"index-url=" in done.stdout or b"find-links=" in done.stdout


def _take_wheel(installer: Installer, runner: Runner) -> bool:
    """Install a wheel of the locked version; return whether there is one that loads."""
    title = "Looking for a wheel of llama.cpp in your own package sources"
    try:
        runner.run(installer.install(title, "--only-binary", PACKAGE, requirement(installer.place)))
    except SetupError:
        return False
    if loads(installer.place):
        return True
    uninstall = ("-m", "pip", "uninstall", "--yes", PACKAGE)
    runner.run(installer.python("Removing it again: it does not load here", *uninstall, remedy=""))
    return False


def requirement(place: Place) -> str:
    """`llama-cpp-python==1.2.3`. Raises OSError if nothing has been set up."""
    return lock_file(place).read_text(encoding="utf-8").split(maxsplit=1)[0]


def loads(place: Place) -> bool:
    """Whether the locked version is completely installed and can be loaded."""
    name, version = requirement(place).split("==")
    record = f"{name.replace('-', '_')}-{version}.dist-info/RECORD"
    if not any(place.venv.glob(f"[Ll]ib/**/site-packages/{record}")):
        return False
    command = [str(place.python), "-P", "-c", "import llama_cpp"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
