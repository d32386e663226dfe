"""Checks that there is a working C++ compiler, before minutes of compiling."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

PROBE = b"#include <vector>\nint main() { return std::vector<int>{0}[0]; }\n"
PROBE_SECONDS = 60.0
VSWHERE = "Microsoft Visual Studio/Installer/vswhere.exe"
BUILD_TOOLS = ("Microsoft.VisualStudio.Component.VC.Tools.x86.x64",
               "Microsoft.VisualStudio.Component.VC.Tools.ARM64")  # fmt: skip
LINUX = (
    ("Debian, Ubuntu", "apt", "sudo apt install g++"),
    ("Fedora", "dnf", "sudo dnf install gcc-c++"),
    ("Arch", "pacman", "sudo pacman -S gcc"),
    ("Alpine", "apk", "sudo apk add build-base linux-headers"),
)
"""The system, its package manager, and the command that installs a compiler."""
MACOS = "xcode-select --install"
WINDOWS = (
    'winget install Microsoft.VisualStudio.2022.BuildTools --override "--passive --wait '
    '--add Microsoft.VisualStudio.Workload.VCTools --includeRecommended"'
)


def has_compiler(environ: Mapping[str, str]) -> bool:
    """Whether `CXX`, or else a compiler that CMake looks for, compiles C++17."""
    if sys.platform == "win32" and (environ.get("CXX") or _has_build_tools(environ)):
        return True
    return any(_compiles(command) for command in candidates(environ))


def candidates(environ: Mapping[str, str]) -> list[list[str]]:
    """The compilers to try, as argument lists; only `CXX` if it is set."""
    chosen = shlex.split(environ.get("CXX", ""))
    return [chosen] if chosen else [["c++"], ["g++"], ["clang++"]]


def remedy(platform: str) -> str:
    """The commands that install a compiler on this platform (`sys.platform`), one per line."""
    if platform in ("darwin", "win32"):
        return f"  {MACOS if platform == 'darwin' else WINDOWS}"
    return "\n".join(f"  {system:<16} {command}" for system, _, command in LINUX)


def short_remedy(platform: str) -> str:
    """The remedy as one sentence, with the command for the installed package manager."""
    if platform in ("darwin", "win32"):
        return f"Install one: “{MACOS if platform == 'darwin' else WINDOWS}”."
    for _, manager, command in LINUX:
        if shutil.which(manager):
            return f"Install one: “{command}”."
    return "Install g++ or clang++."


def _compiles(command: Sequence[str]) -> bool:
    """Whether the compiler works; the `c++` of macOS may only offer to install one."""
    if shutil.which(command[0]) is None:
        return False
    probe = [*command, "-std=c++17", "-x", "c++", "-fsyntax-only", "-"]
    try:
        done = subprocess.run(
            probe, input=PROBE, capture_output=True, check=False, timeout=PROBE_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _has_build_tools(environ: Mapping[str, str]) -> bool:
    if shutil.which("cl"):
        return True
    vswhere = Path(environ.get("ProgramFiles(x86)", os.sep)) / VSWHERE
    if not vswhere.is_file():
        return False
    query = (vswhere, "-latest", "-products", "*", "-requiresAny", "-requires", *BUILD_TOOLS)
    wanted = ("-property", "installationPath")
    done = subprocess.run([*query, *wanted], capture_output=True, check=False, text=True)
    return bool(done.stdout.strip())
