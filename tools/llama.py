"""llama.cpp: a wheel that the student's own sources offer, else compiled here for this processor.

Only what the tutor loads is compiled: no multimodal models, no tools, and not llama.cpp's `common`
library (`llama.cmake`). That is half the work, and none of the speed.
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
    """The locked version of llama-cpp-python with its checksum, as `set_up` leaves it."""
    return place.venv / "engine.txt"


def build_environment(environ: Mapping[str, str], root: Path) -> dict[str, str]:
    """`environ` with what the build needs; what the student has set comes last, and so holds.

    CMake with make, where ninja is missing, uses one core unless it is told.
    """
    include = f"-DCMAKE_PROJECT_llama.cpp_INCLUDE={(root / 'tools/llama.cmake').as_posix()}"
    ours = " ".join((*CMAKE_ARGS, shlex.quote(include)))
    found = {
        "CMAKE_BUILD_PARALLEL_LEVEL": str(os.cpu_count() or 1),
        **environ,
        "CMAKE_ARGS": f"{ours} {environ.get('CMAKE_ARGS', '')}".strip(),
    }
    if "PIP_FIND_LINKS" in environ:  # uv has a name of its own for it
        found.setdefault("UV_FIND_LINKS", ",".join(environ["PIP_FIND_LINKS"].split()))
    return found


def get_llama(installer: Installer, runner: Runner, environ: Mapping[str, str]) -> None:
    """See that the locked llama.cpp is installed and loads. Raises SetupError."""
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
        text = "llama.cpp was compiled and cannot be loaded. Remove .venv and try again."
        raise SetupError(text)


def compiling(installer: Installer) -> Step:
    """The step that compiles it; `-v` has the compiler's own count of files in the log."""
    return installer.install(
        "Compiling llama.cpp for this processor, once, about 3 minutes on 2 cores",
        *("-v", "--require-hashes", "-r", lock_file(installer.place)),
        remedy="It needs a compiler of 2019 or later, and 3 GB of disk.",
    )


def has_own_sources(place: Place, environ: Mapping[str, str]) -> bool:
    """Whether a package index or a folder of wheels is set that the student trusts.

    Without one nothing is taken from the public index but the locked file with its checksum.
    """
    if any(name.startswith("UV_") and name.endswith(_UV_SOURCES) for name in environ):
        return True
    command = [str(place.python), "-m", "pip", "config", "list"]  # PIP_* variables as well
    try:
        done = subprocess.run(command, capture_output=True, check=False, env=dict(environ))
    except OSError:
        return False
    return b"index-url=" in done.stdout or b"find-links=" in done.stdout


def _take_wheel(installer: Installer, runner: Runner) -> bool:
    """Whether a ready-made wheel of the locked version was found, and loads here."""
    wanted = requirement(installer.place)
    title = "Looking for llama.cpp ready-made in your own package sources"
    try:
        runner.run(installer.install(title, "--only-binary", PACKAGE, wanted))
    except SetupError:
        return False
    if loads(installer.place):
        return True
    away = ("-m", "pip", "uninstall", "--yes", PACKAGE)
    runner.run(installer.python("Removing it again: it does not load here", *away, remedy=""))
    return False


def requirement(place: Place) -> str:
    """`llama-cpp-python==1.2.3`. Raises OSError where nothing was set up."""
    return lock_file(place).read_text(encoding="utf-8").split(maxsplit=1)[0]


def loads(place: Place) -> bool:
    """Whether the locked version is installed to its last file, and can be loaded."""
    name, version = requirement(place).split("==")
    record = f"{name.replace('-', '_')}-{version}.dist-info/RECORD"
    if not any(place.venv.glob(f"[Ll]ib/**/site-packages/{record}")):
        return False
    command = [str(place.python), "-P", "-c", "import llama_cpp"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
