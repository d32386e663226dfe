"""The student's own models folder and the one setting that says which model is used."""

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tutor.engine import ModelRefused, find_model
from tutor.engine.gguf import read_header
from tutor.errors import TutorError
from tutor.hub.disk import no_judge, parts
from tutor.hub.words import printable
from tutor.paths import Paths, open_private, private_folder


class How(StrEnum):
    """How a file comes into the models folder."""

    LINK = "link"
    """A second name for the same bytes: costs no room."""
    SYMLINK = "symlink"
    """A pointer: costs no room, and breaks when the file is moved."""
    COPY = "copy"


class Unfit(TutorError):
    """A file cannot serve as a model, or cannot be added."""


class NotOurs(TutorError):
    """A file lies outside our own models folder, where nothing is deleted."""


@dataclass(frozen=True)
class Removed:
    """What was deleted."""

    path: Path
    freed: int
    """Bytes; none where the file has another name elsewhere."""


def used_model(named: Path | None, paths: Paths) -> Path | None:
    """The model that would be used now; None for none, or where the named one is not there."""
    with suppress(ModelRefused):
        return find_model(named, paths.models)
    return None


def add_file(file: Path, paths: Paths, *, copy: bool = False) -> tuple[Path, How]:
    """Put a model file that the student has into the models folder, under its own name.

    A second name for the same bytes where the file system has that, else a pointer; with `copy`
    a copy. Raises `Unfit`, `ModelRefused`.
    """
    source = file.expanduser().absolute()
    reason = no_judge(read_header(source))
    if not reason and len(parts(source)) > 1:
        reason = "it is one of several parts"
    if reason:
        raise Unfit(
            f"{printable(source.name)} cannot be added: {reason}.",
            remedy="A model in several parts is used from where it lies: tutor model use FILE."
            if "part" in reason
            else "Use an instruct model in GGUF; `tutor model list` names some.",
        )
    name = source.name if source.suffix == ".gguf" else f"{source.name}.gguf"
    target = private_folder(paths.models[0]) / name
    if target.exists() or target.is_symlink():
        raise Unfit(
            f"{printable(str(target))} is there already.",
            remedy="Remove that one first (tutor model remove), or rename yours.",
        )
    try:
        return target, _put(source.resolve(), target, copy=copy)
    except OSError as error:
        target.with_name(target.name + ".partial").unlink(missing_ok=True)
        raise Unfit(
            f"{printable(source.name)} could not be put into {target.parent}: "
            f"{error.strerror or error}.",
            remedy="Look for room and rights there, or use the file from where it lies: "
            "tutor model use FILE.",
        ) from error


def _put(source: Path, target: Path, *, copy: bool) -> How:
    if copy:
        partial = target.with_name(target.name + ".partial")
        shutil.copyfile(source, partial)
        partial.replace(target)
        return How.COPY
    with suppress(OSError):
        os.link(source, target)
        return How.LINK
    target.symlink_to(source)
    return How.SYMLINK


def remove_file(file: Path, paths: Paths) -> Removed:
    """Delete a file of the own models folder; a pointer, not what it points to.

    Raises `NotOurs` for any other, and `Unfit` where the system does not let it be deleted.
    """
    folder = paths.models[0]
    if file.parent.resolve() != folder.resolve() or not (file.is_file() or file.is_symlink()):
        raise NotOurs(
            f"{printable(str(file), 200)} is no file of {folder}.",
            remedy="Only files of that folder are removed here; delete others yourself.",
        )
    told = file.lstat()
    freed = told.st_size if told.st_nlink == 1 and not file.is_symlink() else 0
    try:
        file.unlink()
    except OSError as error:
        raise Unfit(
            f"{printable(file.name)} cannot be deleted: {error.strerror or error}.",
            remedy="Close the tutor if it uses the model, and try again.",
        ) from error
    return Removed(file, freed)


def use_model(file: Path | None, paths: Paths) -> None:
    """Write `model = …` into the settings file; None for no model, whatever lies in the folders.

    Raises `Unfit` where the file cannot be read as TOML or written.
    """
    _set_model("" if file is None else str(file), paths)


def forget_model(paths: Paths) -> None:
    """Take `model = …` out of the settings file. Raises `Unfit` as `use_model` does."""
    _set_model(None, paths)


def _set_model(value: str | None, paths: Paths) -> None:
    """The rest of the file stays as it is."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        there = paths.settings.read_bytes().decode() if paths.settings.exists() else ""
        document = tomlkit.parse(there)
        if value is not None:
            document["model"] = value
        else:
            document.pop("model", None)
        _write(paths, tomlkit.dumps(document))
    except (OSError, UnicodeDecodeError, TOMLKitError) as error:
        raise Unfit(
            f"{paths.settings} cannot be changed: {error}",
            remedy="Mend that file, or name the model with --model or TUTOR_MODEL.",
        ) from error


def _write(paths: Paths, text: str) -> None:
    """Whole or not at all."""
    private_folder(paths.home)
    partial = paths.settings.with_name(paths.settings.name + ".partial")
    with open(partial, "wb", opener=open_private) as file:
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())
    partial.replace(paths.settings)
