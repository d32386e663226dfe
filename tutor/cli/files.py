"""Files that a command writes or reads where its user says so."""

from pathlib import Path

import typer

from tutor.errors import TutorError

STANDARD = Path("-")
"""Standard input or standard output, in the place of a file."""


class FileThere(TutorError):
    """A file would be overwritten."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} is there already.", remedy="Name another file, or replace it with --force."
        )


class FileUnreadable(TutorError):
    """A file that was named cannot be read."""

    def __init__(self, path: Path, cause: OSError) -> None:
        super().__init__(
            f"{path} cannot be read: {cause.strerror or type(cause).__name__}.",
            remedy="Name a file that is there and that you may read.",
        )


def read_file(file: Path) -> bytes:
    """All of `file`. Raises FileUnreadable."""
    if file == STANDARD:
        return typer.get_binary_stream("stdin").read()
    try:
        return file.read_bytes()
    except OSError as error:
        raise FileUnreadable(file, error) from error


def write_file(file: Path, data: bytes, *, force: bool) -> None:
    """Write `file`, whole or not at all. Raises FileThere, ProfileNotWritable."""
    from tutor.progress import ProfileNotWritable
    from tutor.progress.files import write_safely

    if file == STANDARD:
        typer.get_binary_stream("stdout").write(data)
        return
    must_be_free(file, force=force)
    try:
        write_safely(file, data)
    except OSError as error:
        raise ProfileNotWritable(file, error) from error


def must_be_free(file: Path, *, force: bool) -> None:
    """Refuse to replace a file without `force`. Raises FileThere."""
    if file.exists() and not force:
        raise FileThere(file)
