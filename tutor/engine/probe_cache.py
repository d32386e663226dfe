"""Remembers which models crashed while probing, per processor and build of llama.cpp."""

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tutor.engine.cpu_features import library_version, processor_name
from tutor.files import write_safely
from tutor.paths import private_folder


def machine_key() -> str:
    """The processor and the version of the native library."""
    return f"{processor_name()} | llama-cpp-python {library_version()}"


class ProbeMemory:
    """A small JSON file that lists the combinations that need plain buffers.

    If it is damaged or cannot be written, the only cost is another probe.
    """

    def __init__(self, file: Path, machine: Callable[[], str] = machine_key) -> None:
        self._file = file
        self._machine = machine

    def needs_plain_buffers(self, model: Path) -> bool:
        """Whether this model crashed here while probing with repacked and AMX buffers."""
        return self._key(model) in self._known()

    def remember_plain_buffers(self, model: Path) -> None:
        """Use plain buffers for this model from now on."""
        known = sorted({*self._known(), self._key(model)})
        data = json.dumps({"plain_buffers": known}, indent=1).encode()
        with suppress(OSError):
            private_folder(self._file.parent)
            write_safely(self._file, data, lasting=False)

    def _known(self) -> list[str]:
        try:
            stored = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return []
        entries = stored.get("plain_buffers") if isinstance(stored, dict) else None
        if not isinstance(entries, list):
            return []
        return [entry for entry in entries if isinstance(entry, str)]

    def _key(self, model: Path) -> str:
        try:
            size = model.stat().st_size
        except OSError:
            size = 0
        return f"{self._machine()} | {model.name} {size}"
