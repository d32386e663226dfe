"""What llama.cpp was built for, and what the processor has, learnt without loading it here."""

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SECONDS = 60
_ASK = "import llama_cpp; print(llama_cpp.llama_print_system_info().decode())"
_SAME: Mapping[str, tuple[str, ...]] = {
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
"""llama.cpp's names of instruction sets, and Linux's."""
_WORTH_A_BUILD = frozenset({"AVX2", "FMA", "AVX512_VNNI", "DOTPROD"})
"""Without these, where the processor has them, a model is far slower."""


@dataclass(frozen=True)
class Build:
    """A build of llama.cpp beside the processor it runs on."""

    uses: tuple[str, ...] = ()
    """Instruction sets that it was compiled for."""
    has: frozenset[str] | None = None
    """Those that the processor has, by llama.cpp's names; None where the system does not tell."""
    problem: str = ""
    """Why it cannot be loaded; empty where it can."""

    @property
    def unused(self) -> tuple[str, ...]:
        """What the processor has and the build leaves out, where that makes it slow."""
        return tuple(sorted((self.has or frozenset()) & _WORTH_A_BUILD - set(self.uses)))

    @property
    def lacking(self) -> tuple[str, ...]:
        """What the build uses and the processor lacks: it would die of it."""
        if self.has is None:
            return ()
        return tuple(name for name in self.uses if name in _SAME and name not in self.has)


def look_at_build(cpuinfo: Path = Path("/proc/cpuinfo")) -> Build:
    """Load llama.cpp in a process of its own, which may die of it, and have it tell."""
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-c", _ASK],
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Build(has=_flags(cpuinfo), problem=f"it did not load within {SECONDS} seconds")
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        told = lines[-1] if lines else f"the process ended with {done.returncode}"
        return Build(has=_flags(cpuinfo), problem=told[:200])
    return Build(parse(done.stdout.decode("utf-8", "replace")), _flags(cpuinfo))


def parse(told: str) -> tuple[str, ...]:
    """The names that `llama_print_system_info` says are on: `CPU : AVX = 1 | AVX2 = 1 | …`."""
    pairs = (pair.rpartition(":")[2].partition("=") for pair in told.split("|"))
    return tuple(name.strip() for name, _, value in pairs if value.strip() == "1")


def _flags(cpuinfo: Path) -> frozenset[str] | None:
    """Linux tells; elsewhere nothing is known."""
    try:
        lines = cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    for line in lines:
        name, _, value = line.partition(":")
        if name.strip().lower() in ("flags", "features"):
            there = set(value.split())
            return frozenset(name for name, same in _SAME.items() if there.intersection(same))
    return None
