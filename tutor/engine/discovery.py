"""Finds the model to use: the one that is named, else the first in a models folder."""

from collections.abc import Sequence
from pathlib import Path

from tutor.engine.errors import ModelRefused
from tutor.paths import expanded, is_file, is_folder


def find_model(named: Path | None, folders: Sequence[Path]) -> Path | None:
    """The named file, else the first `*.gguf` by name in the first folder that has one.

    `named` comes from `--model`, `TUTOR_MODEL` or the settings file. If that file does not exist,
    `ModelRefused` is raised: no other model is used silently. An empty path turns models off.
    Returns None if there is no model. Later parts of a split model are skipped.
    """
    if named is not None:
        if not named.parts:
            return None
        path = expanded(named)
        if is_folder(path):
            raise ModelRefused(
                f"{path} is a folder, not a model file", remedy="Name the file in it (GGUF)."
            )
        if not is_file(path):
            raise ModelRefused(
                f"there is no model file {path}",
                remedy="Check the path given by --model, TUTOR_MODEL or the settings file.",
            )
        return path
    return next((model for folder in folders for model in _models(folder)), None)


def find_adapter(model: Path, folders: Sequence[Path]) -> Path | None:
    """The adapter that was trained on `model`; it is used with no other model.

    It is named after the model's fingerprint, in the folder `adapters` of a models folder.
    """
    from tutor.engine.gguf import fingerprint  # not needed without a model

    existing = [adapters for folder in folders if (adapters := folder / "adapters").is_dir()]
    try:
        name = f"{fingerprint(model)}.gguf" if existing else ""
    except OSError:
        return None  # a model that cannot be read is refused with the reason when it is loaded
    return next((file for folder in existing if (file := folder / name).is_file()), None)


def _models(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    files = (path for path in folder.glob("*.gguf") if path.is_file())
    return sorted(path for path in files if not _is_later_part(path.stem))


def _is_later_part(stem: str) -> bool:
    """Whether it is named like `model-00002-of-00003`; llama.cpp is given only the first part."""
    head, _, count = stem.rpartition("-of-")
    part = head.rpartition("-")[2]
    return count.isdecimal() and part.isdecimal() and int(part) > 1
