"""The processor, and the CPU features that llama.cpp was built for.

llama.cpp is asked in a process of its own, which it may crash.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SECONDS = 60
CPUINFO = Path("/proc/cpuinfo")
_PRINT_SYSTEM_INFO = "import llama_cpp; print(llama_cpp.llama_print_system_info().decode())"
_LINUX_NAMES: Mapping[str, tuple[str, ...]] = {
    "AVX": ("avx",),
    "AVX2": ("avx2",),
    "F16C": ("f16c",),
    "FMA": ("fma",),
    "AVX512": ("avx512f",),
    "AVX512_VNNI": ("avx512_vnni",),
    "AMX_INT8": ("amx_int8",),
    "NEON": ("asimd", "neon"),
    "DOTPROD": ("asimddp",),
}
"""llama.cpp's names of instruction sets → Linux's."""
_WORTH_A_BUILD = frozenset({"AVX2", "FMA", "AVX512_VNNI", "DOTPROD"})
"""A build that does not use these on a processor that has them is far slower."""


@dataclass(frozen=True)
class Build:
    """A build of llama.cpp and the processor it runs on."""

    uses: tuple[str, ...] = ()
    """Instruction sets that it was compiled for, by llama.cpp's names."""
    has: frozenset[str] | None = None
    """Those that the processor has; None if the system does not say."""
    problem: str = ""
    """Why it cannot be loaded; empty if it can."""

    @property
    def unused(self) -> tuple[str, ...]:
        """What the processor has and the build does not use, if that makes it slow."""
        return tuple(sorted((self.has or frozenset()) & _WORTH_A_BUILD - set(self.uses)))

    @property
    def lacking(self) -> tuple[str, ...]:
        """What the build uses and the processor lacks; running it would crash."""
        if self.has is None:
            return ()
        return tuple(name for name in self.uses if name in _LINUX_NAMES and name not in self.has)


def inspect_build(cpuinfo: Path = CPUINFO) -> Build:
    """Load llama.cpp in a process of its own, which may crash, and read its build information."""
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-c", _PRINT_SYSTEM_INFO],
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Build(has=_flags(cpuinfo), problem=f"it did not load within {SECONDS} seconds")
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        problem = lines[-1] if lines else f"the process ended with {done.returncode}"
        return Build(has=_flags(cpuinfo), problem=problem[:200])
    return Build(parse(done.stdout.decode("utf-8", "replace")), _flags(cpuinfo))


def parse(system_info: str) -> tuple[str, ...]:
    """The names that `llama_print_system_info` lists as on: `CPU : AVX = 1 | AVX2 = 1 | …`."""
    pairs = (pair.rpartition(":")[2].partition("=") for pair in system_info.split("|"))
    return tuple(name.strip() for name, _, value in pairs if value.strip() == "1")


def processor_name() -> str:
    """The processor's own name if the system reports it, else its architecture."""
    reported = _first_line(CPUINFO, "model name")
    if reported is not None:
        return reported
    import platform  # late: on some systems asking it starts a process

    return platform.processor() or os.environ.get("PROCESSOR_IDENTIFIER") or platform.machine()


def library_version() -> str:
    """The installed version of llama-cpp-python, read without importing it."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("llama-cpp-python")
    except PackageNotFoundError:
        return "not installed"


def _flags(cpuinfo: Path) -> frozenset[str] | None:
    """The processor's instruction sets, on Linux; None elsewhere."""
    value = _first_line(cpuinfo, "flags", "features")
    if value is None:
        return None
    flags = set(value.split())
    return frozenset(name for name, linux in _LINUX_NAMES.items() if flags.intersection(linux))


def _first_line(cpuinfo: Path, *names: str) -> str | None:
    """The value of the first line with one of these names, on Linux; None elsewhere."""
    try:
        lines = cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    for line in lines:
        name, _, value = line.partition(":")
        if name.strip().lower() in names:
            return value.strip()
    return None
