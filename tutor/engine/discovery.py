"""Which model to use: the one that is named, else one that lies in a models folder."""

from collections.abc import Sequence
from pathlib import Path

from tutor.engine.api import ModelRefused


def find_model(named: Path | None, folders: Sequence[Path]) -> Path | None:
    """The named file, else the first `*.gguf` by name in the first folder that has one.

    `named` comes from `--model`, `TUTOR_MODEL` or the settings file; when it is not there that is
    an error, and no other model is silently taken. None where there is no model at all, or where
    the empty path says that none is wanted. Later parts of a split model are passed over.
    """
    if named is not None:
        if not named.parts:
            return None
        path = named.expanduser()
        if path.is_dir():
            raise ModelRefused(
                f"{path} is a folder, not a model file", remedy="Name the file in it (GGUF)."
            )
        if not path.is_file():
            raise ModelRefused(
                f"there is no model file {path}",
                remedy="Check the path given by --model, TUTOR_MODEL or the settings file.",
            )
        return path
    return next((model for folder in folders for model in _models(folder)), None)


def find_adapter(model: Path, folders: Sequence[Path]) -> Path | None:
    """The adapter that was trained on `model`, and is used with no other.

    It is called by the model's fingerprint and lies in the folder `adapters` of a models folder.
    """
    from tutor.engine.gguf import fingerprint  # not needed without a model

    there = [adapters for folder in folders if (adapters := folder / "adapters").is_dir()]
    try:
        name = f"{fingerprint(model)}.gguf" if there else ""
    except OSError:
        return None  # a model that cannot be read is refused with the reason when it is loaded
    return next((file for folder in there if (file := folder / name).is_file()), None)


def _models(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    found = (path for path in folder.glob("*.gguf") if path.is_file())
    return sorted(path for path in found if not _is_later_part(path.stem))


def _is_later_part(stem: str) -> bool:
    """`model-00002-of-00003`: llama.cpp wants the first part."""
    head, _, count = stem.rpartition("-of-")
    part = head.rpartition("-")[2]
    return count.isdigit() and part.isdigit() and int(part) > 1
