"""What commands share: reading and writing files, JSON, tables, and reports of progress."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import typer

from tutor.cli.terminal import marked, standard_output
from tutor.errors import TutorError
from tutor.formatting import format_duration, printable

STANDARD = Path("-")
"""Standard input or standard output instead of a file."""


class FileExists(TutorError):
    """The file to write already exists."""


class NotAFile(TutorError):
    """A folder, a device or a pipe was named where a file is meant."""


class FileUnreadable(TutorError):
    """A file that was named cannot be read."""

    def __init__(self, path: Path, cause: OSError) -> None:
        super().__init__(
            f"{path} cannot be read: {cause.strerror or type(cause).__name__}.",
            remedy="Check the path, and that you may read the file.",
        )


def read_file(file: Path) -> bytes:
    """Read all of `file`. Raises FileUnreadable."""
    if file == STANDARD:
        return typer.get_binary_stream("stdin").read()
    try:
        return file.read_bytes()
    except OSError as error:
        raise FileUnreadable(file, error) from error


def write_file(file: Path, data: bytes, *, force: bool) -> None:
    """Write `file`, completely or not at all.

    Raises FileExists, NotAFile, ProfileNotWritable.
    """
    from tutor.files import write_safely
    from tutor.progress.errors import writing

    if file == STANDARD:
        typer.get_binary_stream("stdout").write(data)
        return
    must_be_free(file, force=force)
    with writing(file):
        write_safely(file, data)


def must_be_free(file: Path, *, force: bool) -> None:
    """Raise FileExists unless `file` is new or `force` is set.

    Raises NotAFile for a folder, and for a device or a pipe, which would be replaced.
    """
    if file.is_dir():
        raise NotAFile(f"{file} is a folder.", remedy="Name a file in it.")
    if file.exists() and not file.is_file():
        raise NotAFile(f"{file} is not a file.", remedy="Name a file.")
    if file.exists() and not force:
        remedy = "Name another file, or replace it with --force."
        raise FileExists(f"{file} already exists.", remedy=remedy)


def print_json(data: Mapping[str, object], *, indent: int | None = 1) -> None:
    """Print one JSON object, with everything that could control a terminal as an escape."""
    text = json.dumps(data, ensure_ascii=False, indent=indent)
    typer.echo("".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text))


def print_table(table: Sequence[Sequence[object]], *, cut_at: int | None = None) -> None:
    """Print rows of the same length with their columns aligned.

    `cut_at` is the width in terminal cells at which a row ends with `…`.
    """
    from rich.cells import cell_len, set_cell_size  # a Chinese character takes two cells

    rows = [[printable(str(cell)) for cell in row] for row in table]
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    terminal = replace(standard_output(), width=None)  # a row stays on its line
    for row in rows:
        padded = zip(row, widths, strict=True)
        line = "  ".join(cell + " " * (width - cell_len(cell)) for cell, width in padded).rstrip()
        if cut_at is not None and cell_len(line) > cut_at:
            line = set_cell_size(line, cut_at - 1).rstrip() + "…"
        typer.echo(terminal.text(tuple(marked(line))), color=True)


INTERVAL = 10.0
"""Seconds between two reports, so that nobody thinks a slow model hangs."""


class Narration:
    """Counts what is done, and now and then reports it with the time left at this rate."""

    def __init__(self, total: int, what: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._total = total
        self._what = what
        self._clock = clock
        self._began = self._printed = clock()
        self._done = 0

    def one_more(self) -> None:
        """Count one more, and report if the last report is `INTERVAL` ago."""
        self._done += 1
        now = self._clock()
        if now - self._printed >= INTERVAL and self._done < self._total:
            self._printed = now
            rate = self._done / (now - self._began)
            left = format_duration((self._total - self._done) / rate)
            speed = f"{rate:.3g} a second"
            line = f"{self._done} of {self._total} {self._what}, {speed}, about {left} left"
            typer.echo(line, err=True)
