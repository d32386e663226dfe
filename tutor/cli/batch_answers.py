"""Reads the answers of a class row by row, from a table or JSON lines."""

import csv
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Literal, TextIO, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from tutor.cli.options import MOST_CHARACTERS
from tutor.cli.output import FileUnreadable
from tutor.encodings import NotUtf8, foreign, looks_like, not_utf8
from tutor.errors import TutorError
from tutor.formatting import printable
from tutor.wrong_values import wrong_value

MOST_OF_A_LINE = 4 * MOST_CHARACTERS
_START = 65_536
"""The bytes at a file's beginning that show whether it is UTF-8."""
JSON_LINES = (".jsonl", ".ndjson")
_NEEDED = ("question", "answer")
_TOO_MANY = "has {} fields, but the heading has {}: does an answer lack quotation marks?"
Short = Annotated[str, Field(max_length=1000)]


class AnswersUnreadable(TutorError):
    """The file's first line does not name the columns."""


class RowUnreadable(TutorError):
    """One row cannot be graded; the message names file, line and field."""


class RowName(BaseModel):
    """What a row is called in the grades, also if the rest of it is wrong."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)

    id: Short = ""
    """Identifies the row; if it is empty, its number does."""
    student: Short = ""
    """Copied to the grade; no grader sees it."""


class AnswerRow(RowName):
    """One answer as it is in the file; unknown columns are ignored."""

    question: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)
    ]
    """The question's id."""
    answer: Annotated[str, Field(max_length=MOST_CHARACTERS)]
    """May be empty."""
    language: Literal["", "de", "en", "ru", "zh"] = ""
    """Empty if the file names none."""


_Kind = TypeVar("_Kind", bound=RowName)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the file: an answer, or what is wrong with it."""

    file: Path
    number: int
    """The row's number, from 1, without the heading."""
    line: int
    """The line of the file, from 1, in which the row begins."""
    answer: AnswerRow | None = None
    problem: str = ""
    name: RowName = field(default_factory=RowName)
    """Empty if it cannot be read either."""

    @property
    def id(self) -> str:
        """The row's id in the file, or else its number."""
        return self.name.id or str(self.number)

    def error(self, problem: str) -> RowUnreadable:
        """The error that names the row and its problem."""
        return RowUnreadable(f"{printable(self.file.name)}, line {self.line}, {problem}")


def read_answers(file: Path) -> Iterator[Row]:
    """The rows of `file`: JSON lines by its name, else a table with a heading.

    Raises FileUnreadable, NotUtf8, AnswersUnreadable.
    """
    try:
        with file.open("rb") as opened:
            start = opened.read(_START)
        if foreign(start) is not None:
            raise NotUtf8(file, start)
        with file.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as opened:
            yield from (_json if file.suffix in JSON_LINES else _table)(file, opened)
    except OSError as error:
        raise FileUnreadable(file, error) from error


def _json(file: Path, opened: TextIO) -> Iterator[Row]:
    number = 0
    for at, line in enumerate(_lines(opened), 1):
        if not line.strip():
            continue
        number += 1
        row = Row(file, number, at)
        if len(line) >= MOST_OF_A_LINE:
            while line and not line.endswith("\n"):  # skip the rest of it
                line = opened.readline(MOST_OF_A_LINE)
            yield replace(row, problem=f"is longer than {MOST_OF_A_LINE:,} characters")
        else:
            yield _read(row, (line,), line)


def _table(file: Path, opened: TextIO) -> Iterator[Row]:
    csv.field_size_limit(MOST_CHARACTERS)
    delimiter, names = _heading(file, opened)
    reader = csv.reader(_lines(opened), delimiter=delimiter, strict=True)
    number = 0
    while True:
        line = reader.line_num + 2
        try:
            cells = next(reader)
            problem = _TOO_MANY.format(len(cells), len(names)) if len(cells) > len(names) else ""
        except StopIteration:
            return
        except csv.Error as error:
            cells, problem = [], str(error)
        if problem or any(cells):
            number += 1
            row = Row(file, number, line, problem=problem)
            fields = dict(zip(names, cells, strict=False))
            yield row if problem else _read(row, cells, fields)


def _heading(file: Path, opened: TextIO) -> tuple[str, list[str]]:
    """The delimiter of the table and the names of its columns. Raises AnswersUnreadable."""
    heading = opened.readline(MOST_OF_A_LINE)
    delimiter = max(",;\t", key=heading.count)
    try:
        cells = next(csv.reader([heading], delimiter=delimiter), [])
    except csv.Error:  # a field longer than any answer
        cells = []
    names = [name.strip().lower() for name in cells]
    missing = [name for name in _NEEDED if name not in names]
    if missing:
        raise AnswersUnreadable(
            f"{file} has no column {' and no column '.join(missing)} in its first line",
            remedy="Name the columns in the first line: question, answer and, optionally, id, "
            "student and language.",
        )
    return delimiter, names


def _read(row: Row, texts: Iterable[str], source: str | dict[str, str]) -> Row:
    """The row with the answer in it, or with what is wrong with its texts."""
    raw = "\n".join(texts).encode("utf-8", "surrogateescape")
    if looks_like(raw) is not None:
        return replace(row, problem=not_utf8(raw))
    try:
        answer = _validated(AnswerRow, source)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(map(str, first["loc"]))
        problem = wrong_value(first)
        named = replace(row, problem=f"{field}: {problem}" if field else problem)
        with suppress(ValidationError):
            return replace(named, name=_validated(RowName, source))
        return named
    return replace(row, answer=answer, name=answer)


def _validated(kind: type[_Kind], source: str | dict[str, str]) -> _Kind:
    """A row of this kind from a line of JSON, or from the cells of a table by column."""
    if isinstance(source, str):
        return kind.model_validate_json(source)
    return kind.model_validate(source)


def _lines(opened: TextIO) -> Iterator[str]:
    """The lines of a file, cut at `MOST_OF_A_LINE` characters so that none fills the memory."""
    return iter(lambda: opened.readline(MOST_OF_A_LINE), "")
