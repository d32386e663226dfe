"""Remembers which models crashed while probing, per processor and build of llama.cpp."""

import json
import os
from collections.abc import Callable
from pathlib import Path

from tutor.paths import open_private, private_folder


class ProbeMemory:
    """A small JSON file that lists the combinations that need plain buffers.

    If it is damaged or cannot be written, the only cost is another probe.
    """

    def __init__(self, file: Path, machine: Callable[[], str] | None = None) -> None:
        self._file = file
        self._machine = machine or machine_key

    def needs_plain_buffers(self, model: Path) -> bool:
        """Whether this model crashed here while probing with repacked and AMX buffers."""
        return self._key(model) in self._known()

    def remember_plain_buffers(self, model: Path) -> None:
        """Use plain buffers for this model from now on."""
        known = sorted({*self._known(), self._key(model)})
        try:
            private_folder(self._file.parent)
            part = self._file.with_suffix(".part")
            with open(part, "w", encoding="utf-8", opener=open_private) as file:
                json.dump({"plain_buffers": known}, file, ensure_ascii=False, indent=1)
            part.replace(self._file)
        except OSError:
            return

    def _known(self) -> list[str]:
        try:
            stored = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return []
        entries = stored.get("plain_buffers") if isinstance(stored, dict) else None
        return [entry for entry in entries if isinstance(entry, str)] if entries else []

    def _key(self, model: Path) -> str:
        try:
            size = model.stat().st_size
        except OSError:
            size = 0
        return f"{self._machine()} | {model.name} {size}"


def machine_key() -> str:
    """The processor and the version of the native library."""
    return f"{processor_name()} | llama-cpp-python {library_version()}"


def processor_name() -> str:
    """The processor's own name if the system reports it, else its architecture."""
    try:
        for line in (
            Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
        ):
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    import platform

    return platform.processor() or os.environ.get("PROCESSOR_IDENTIFIER") or platform.machine()


def library_version() -> str:
    """The installed version of llama-cpp-python, read without importing it."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("llama-cpp-python")
    except PackageNotFoundError:
        return "not installed"
