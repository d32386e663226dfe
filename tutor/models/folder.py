"""Adds files to the student's models folder, and removes them from it."""

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tutor.engine.gguf import read_header
from tutor.errors import TutorError
from tutor.formatting import short_line
from tutor.models.local import UnsuitableModel, parts, why_unsuitable
from tutor.paths import Paths, expanded, is_file, is_folder, private_folder


class How(StrEnum):
    """How a file was put into the models folder."""

    LINK = "link"
    """A hard link, which takes no space."""
    SYMLINK = "symlink"
    """A symbolic link, which takes no space and breaks if the file is moved."""
    COPY = "copy"


class NotInModelsFolder(TutorError):
    """The file is outside the student's models folder, where nothing is deleted."""


@dataclass(frozen=True)
class Removed:
    """A file that was deleted."""

    path: Path
    freed: int
    """Bytes; 0 if the file has another name elsewhere."""


def add_file(file: Path, paths: Paths, *, copy: bool = False) -> tuple[Path, How]:
    """Put a student's model file into the models folder, under its own name.

    As a hard link if the file system allows it, else a symbolic link; with `copy`, as a copy.
    Raises `UnsuitableModel`, `ModelRefused`.
    """
    source = expanded(file).absolute()
    if not is_file(source):
        problem = "is a folder" if is_folder(source) else "does not exist"
        raise UnsuitableModel(f"{short_line(str(source))} {problem}.", remedy="Check the path.")
    reason = why_unsuitable(read_header(source))
    if not reason and len(parts(source)) > 1:
        reason = "it is one of several parts"
    if reason:
        raise UnsuitableModel(
            f"{short_line(source.name)} cannot be added: {reason}.",
            remedy="Use a model in several parts from where it is: tutor model use FILE."
            if "part" in reason
            else "Use an instruct model in GGUF format; `tutor model list` shows some.",
        )
    name = source.name if source.suffix == ".gguf" else f"{source.name}.gguf"
    target = private_folder(paths.models[0]) / name
    if target.exists() or target.is_symlink():
        raise UnsuitableModel(
            f"{short_line(str(target))} already exists.",
            remedy="Remove it first (tutor model remove), or rename your file.",
        )
    try:
        return target, _put(source.resolve(), target, copy=copy)
    except OSError as error:
        target.with_name(target.name + ".partial").unlink(missing_ok=True)
        raise UnsuitableModel(
            f"{short_line(source.name)} could not be added to {target.parent}: "
            f"{error.strerror or error}.",
            remedy="Check free space and permissions there, or use the file from where it is: "
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
    """Delete a file in the student's models folder; if it is a symbolic link, only the link.

    Raises `NotInModelsFolder` for any other file, and `UnsuitableModel` if the system refuses to
    delete it.
    """
    folder = paths.models[0]
    if file.parent.resolve() != folder.resolve() or not (file.is_file() or file.is_symlink()):
        raise NotInModelsFolder(
            f"{short_line(str(file), 200)} is not a file in {folder}.",
            remedy="This command removes only files in that folder; delete others yourself.",
        )
    status = file.lstat()
    freed = status.st_size if status.st_nlink == 1 and not file.is_symlink() else 0
    try:
        file.unlink()
    except OSError as error:
        raise UnsuitableModel(
            f"{short_line(file.name)} cannot be deleted: {error.strerror or error}.",
            remedy="Close the tutor if it uses the model, and try again.",
        ) from error
    return Removed(file, freed)
