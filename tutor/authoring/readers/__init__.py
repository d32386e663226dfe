"""Reads notes from files of other programs. There is one module for each format."""

from collections.abc import Mapping
from pathlib import Path

from tutor.authoring.notes import NotesUnreadable, ReadNotes
from tutor.authoring.readers.source import require_file
from tutor.formatting import printable

PARTS = ("prompt", "answer", "id", "tags")
"""What a column of a table can contain."""
FORMATS = ".apkg, .colpkg (Anki), .csv, .tsv, .txt (tables), .md (Markdown), .jsonl (JSON lines)"


def read_notes(
    file: Path, columns: Mapping[str, str] | None = None, encoding: str | None = None
) -> ReadNotes:
    """The notes in a file; its extension says the format. Raises NotesUnreadable.

    `columns` names a table's columns by what they contain (`PARTS`). `encoding` is Python's name
    for the encoding of a text file that is neither UTF-8 nor marked as UTF-16.
    """
    ending = file.suffix.casefold()
    if ending in (".csv", ".tsv", ".tab", ".txt"):
        from tutor.authoring.readers.table import read_table

        return read_table(file, columns, encoding)
    if columns is not None:
        message = f"{printable(file.name)} is not a table, so it has no columns."
        raise NotesUnreadable(message, remedy="Omit --columns.")
    if ending in (".apkg", ".colpkg"):
        from tutor.authoring.readers.anki import read_anki

        return read_anki(file)
    if ending in (".md", ".markdown"):
        from tutor.authoring.readers.markdown import read_markdown

        return read_markdown(file, encoding)
    if ending in (".jsonl", ".ndjson"):
        from tutor.authoring.readers.jsonl import read_jsonl

        return read_jsonl(file, encoding)
    require_file(file)
    message = f"The format of {printable(file.name)} is not known."
    raise NotesUnreadable(message, remedy=f"The file's name must end in one of {FORMATS}.")


def parse_columns(option: str) -> dict[str, str]:
    """`prompt=2,answer=Back` as a mapping. Raises NotesUnreadable."""
    shown, columns = printable(option), {}
    for part in option.split(","):
        name, equals, column = (piece.strip() for piece in part.partition("="))
        if name not in PARTS or not equals or not column or name in columns:
            raise NotesUnreadable(
                f"--columns {shown} cannot be read.",
                remedy=f"Write it like prompt=1,answer=2. The parts are {', '.join(PARTS)}.",
            )
        columns[name] = column
    missing = [name for name in ("prompt", "answer") if name not in columns]
    if missing:
        raise NotesUnreadable(
            f"--columns {shown} does not say which column has the {missing[0]}.",
            remedy="Write it like prompt=1,answer=2.",
        )
    return columns
