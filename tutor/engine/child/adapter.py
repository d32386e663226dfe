"""A LoRA adapter beside a model: small matrices that change it into a better judge.

Hu et al. 2021, arXiv:2106.09685. llama.cpp reads it whole into memory, so what happens to the file
afterwards changes nothing until it is loaded again.
"""

from pathlib import Path

from tutor.engine.child.disk import ModelFile
from tutor.engine.child.native import Log, Native
from tutor.engine.front import ModelRefused
from tutor.engine.gguf import Header, fingerprint, read_header

REMEDY = "Put the adapter that was trained on this very model in its place, or take it away."


class Adapter:
    """An adapter's file, checked against its model before llama.cpp sees it."""

    def __init__(self, path: Path, base: Header) -> None:
        """Raises `ModelRefused`."""
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
        # a scale of another type would end the process
        if kind != ("adapter", "lora") or not isinstance(scale, float) or not header.tensors:
            raise _refused(path, "is not a LoRA adapter")
        if header.architecture != base.architecture:
            made_for = f"{header.architecture or 'no'} models"
            raise _refused(path, f"is for {made_for}, and {base.path.name} is {base.architecture}")

    def join(self, native: Native, log: Log) -> None:
        """Have it take part in every decode of its model. Raises `ModelRefused`."""
        if not native.adapt(self._path):
            raise _refused(self._path, f"cannot be used by llama.cpp: {log.reason()}")

    def check_current(self) -> None:
        """Raise `FileChanged` if it is no longer what was loaded."""
        self._file.check_current()


def _refused(path: Path, why: str) -> ModelRefused:
    return ModelRefused(f"the adapter {path.name} {why}", remedy=REMEDY)
