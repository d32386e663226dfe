"""Reads the text of a file that a student names: its size is limited, and errors name the line."""

import codecs
from pathlib import Path
from stat import S_ISREG

from tutor.authoring.notes import NotesUnreadable
from tutor.encodings import looks_like, not_utf8, remedy_for
from tutor.formatting import printable

MAX_TEXT = 64 * 1024 * 1024
"""Bytes of a text file; 50,000 notes need a tenth of it."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_OPTIONS = {
    "Windows-1252": "cp1252",
    "Windows-1251": "cp1251",
    "KOI8-R": "koi8-r",
    "GB18030": "gb18030",
}
"""The values of --encoding, by the names that `looks_like` returns."""
_SAVE_AS_UTF8 = "Save the file with UTF-8 encoding, and import it again."


def require_file(file: Path) -> None:
    """Raise NotesUnreadable if `file` is not a plain file."""
    try:
        is_file = S_ISREG(file.stat().st_mode)
    except (OSError, ValueError) as error:
        raise unreadable(file, error) from error
    if not is_file:
        message = f"{printable(str(file))} is not a file."
        raise NotesUnreadable(message, remedy="Name a single file with notes.")


def unreadable(file: Path, error: OSError | ValueError) -> NotesUnreadable:
    """The error for a file that cannot be opened or read."""
    cause = error.strerror if isinstance(error, OSError) else None
    return NotesUnreadable(
        f"{printable(str(file))} cannot be read: {cause or type(error).__name__}.",
        remedy="Check the path, and that you may read the file.",
    )


def read_text(file: Path, encoding: str | None = None) -> str:
    """The text of a file. Raises NotesUnreadable.

    It is read as UTF-16 or UTF-8 if its byte order mark says so, else as `encoding`, by default
    UTF-8.
    """
    require_file(file)
    try:
        with file.open("rb") as stream:
            data = stream.read(MAX_TEXT + 1)
    except OSError as error:
        raise unreadable(file, error) from error
    if len(data) > MAX_TEXT:
        message = f"{printable(file.name)} is larger than {MAX_TEXT // 2**20} MiB."
        raise NotesUnreadable(message, remedy="Split it, and import one part after the other.")
    return _decode(data, file, encoding or "utf-8")


def _decode(data: bytes, file: Path, unmarked: str) -> str:
    mark, encoding = next(((m, e) for m, e in _MARKS if data.startswith(m)), (b"", unmarked))
    body = data[len(mark) :]
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        line = body[: error.start].decode(encoding, "replace").count("\n") + 1
        if encoding == "utf-8":
            option = _OPTIONS.get(looks_like(data) or "")
            alternative = f" Or import it with --encoding {option}." if option else ""
            remedy = remedy_for(data) + alternative
            raise at_line(file, line, not_utf8(data), remedy) from error
        name = encoding.upper().removesuffix("-LE").removesuffix("-BE")
        raise at_line(file, line, f"is not {name} text", _SAVE_AS_UTF8) from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise at_line(file, line, "has a zero byte, so this is not plain text", _SAVE_AS_UTF8)
    return text


def at_line(file: Path, line: int, what: str, remedy: str) -> NotesUnreadable:
    """The error for a file that cannot be read beyond `line`."""
    return NotesUnreadable(f"{printable(file.name)}, line {line}, {what}.", remedy=remedy)
