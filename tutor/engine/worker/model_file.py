"""The model's file: read ahead with progress, and checked for changes while it is in use."""

import os
from collections.abc import Callable
from pathlib import Path

from tutor.engine.errors import ModelRefused
from tutor.engine.gguf import Header, fingerprint, read_header
from tutor.engine.worker.llama import Log, Native

STEP = 1 << 23
"""Bytes read at a time."""


class FileChanged(Exception):
    """The weights in memory are no longer those that were loaded."""


class ModelFile:
    """A model's file, kept open while its weights are mapped into memory."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("rb", buffering=0)
        self._loaded = self._state()

    def read_ahead(self, progress: Callable[[float], None]) -> None:
        """Read the file into the system's cache, reporting progress from 0 to 1.

        llama.cpp maps it in one call (MAP_POPULATE). From a slow disk that takes minutes without
        a sign of life, so a healthy child would look hung.
        """
        size, done = self._loaded[0], 0
        buffer = bytearray(STEP)
        while count := self._file.readinto(buffer):
            done += count
            progress(min(1.0, done / size))

    def check_unchanged(self) -> None:
        """Raise `FileChanged` if the file was written to, which changes the mapped weights.

        Deleting or replacing the file does not matter: we still have the old one open.
        """
        if self._state() != self._loaded:
            raise FileChanged

    def check_current(self) -> None:
        """Raise `FileChanged` if the file changed or the path now leads to another file."""
        self.check_unchanged()
        try:
            current = os.path.samestat(self._path.stat(), os.fstat(self._file.fileno()))
        except OSError as error:
            raise FileChanged from error
        if not current:
            raise FileChanged

    def _state(self) -> tuple[int, int]:
        status = os.fstat(self._file.fileno())
        return status.st_size, status.st_mtime_ns


REMEDY = "Replace it with the adapter that was trained on this model, or remove it."


class Adapter:
    """An adapter's file, checked against its model before llama.cpp loads it."""

    def __init__(self, path: Path, base: Header) -> None:
        """Raise `ModelRefused` if the file is not an adapter for `base`."""
        self._path = path
        try:
            self._file = ModelFile(path)
            header = read_header(path)
            self.fingerprint = fingerprint(path)
        except OSError as error:
            raise _refused(path, f"cannot be read: {error.strerror or error}") from error
        except ModelRefused as error:
            raise _refused(path, f"cannot be used: {error.message}") from error
        kind = tuple(header.metadata.get(key) for key in ("general.type", "adapter.type"))
        scale = header.metadata.get("adapter.lora.alpha")
        # a scale of another type would kill the process
        if kind != ("adapter", "lora") or not isinstance(scale, float) or not header.tensors:
            raise _refused(path, "is not a LoRA adapter")
        if header.architecture != base.architecture:
            purpose = f"{header.architecture or 'no'} models"
            raise _refused(path, f"is for {purpose}, and {base.path.name} is {base.architecture}")

    def join(self, native: Native, log: Log) -> None:
        """Apply the adapter to every decode of its model. Raises `ModelRefused`."""
        if not native.adapt(self._path):
            raise _refused(self._path, f"cannot be used by llama.cpp: {log.reason()}")

    def check_current(self) -> None:
        """Raise `FileChanged` if the adapter is no longer what was loaded."""
        self._file.check_current()


def _refused(path: Path, why: str) -> ModelRefused:
    return ModelRefused(f"the adapter {path.name} {why}", remedy=REMEDY)
