"""Reads CSV and TSV files, with a note in each row.

The heading, or the student, says which column is what. Anki's text exports have this form too, with
lines like `#separator:tab` before the rows
(https://docs.ankiweb.net/importing/text-files.html#file-headers).
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, count
from pathlib import Path

from tutor.authoring.notes import (
    Collector,
    Note,
    NotesUnreadable,
    ReadNotes,
    cleaned,
    key_of_id,
    key_of_prompt,
)
from tutor.authoring.readers.html_text import Plain, TooMuchHtml, to_text
from tutor.authoring.readers.source import at_line, read_text
from tutor.formatting import count_of, printable
from tutor.grading.text import word_set

_NAMES: Mapping[str, Sequence[frozenset[str]]] = {
    "prompt": (
        word_set(
            "prompt question front term frage vorderseite begriff вопрос лицо термин 问题 問題 "
            "题目 正面 术语 術語 词条"
        ),
        word_set("questions fragen aufgabe вопросы concept konzept понятие word 概念"),
    ),
    "answer": (
        word_set(
            "answer back definition antwort rückseite lösung ответ оборот определение 答案 回答 "
            "反面 背面 定义 定義 解答 correct-answer model-answer musterantwort musterlösung "
            "参考答案 标准答案 правильный-ответ"
        ),
        word_set(
            "answers antworten ответы solution meaning explanation description erklärung bedeutung "
            "beschreibung erläuterung решение значение объяснение 解释 释义 意思"
        ),
    ),
    "id": (word_set("id guid key nummer"),),
    "tags": (word_set("tags tag schlagwörter stichwörter метки теги 标签 標籤"),),
}
"""Names of columns, by what they contain, the most certain names first; `-` is any space."""
_SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "space": " ", "pipe": "|", "colon": ":"}
_HEADER = re.compile(r"#([a-z ]+):(.*)")
_EXCEL = re.compile(r"sep=([^\"])[,;\t|]*", re.IGNORECASE)
"""The line that tells Excel which separator the file has."""


@dataclass
class _Head:
    """The settings in the lines before the rows."""

    lines: int = 0
    """The number of these lines."""
    is_export: bool = False
    """Whether the file is an export of Anki, so that the first row is a note."""
    separator: str = ""
    html: bool = False
    names: list[str] = field(default_factory=list)
    columns: dict[str, int] = field(default_factory=dict)
    """Columns that are not fields of a note (guid, tags, deck, notetype), counted from 0."""
    tags: tuple[str, ...] = ()


def read_table(
    file: Path, columns: Mapping[str, str] | None = None, encoding: str | None = None
) -> ReadNotes:
    """The notes in a file. Raises NotesUnreadable, which names the line."""
    text = read_text(file, encoding)
    head = _head(text)
    body = text.split("\n", head.lines)[-1]
    head.separator = head.separator or _separator(body, file)
    rows = _rows(body, head, file)
    first = next(rows, None)
    if first is None:
        raise NotesUnreadable(
            f"{printable(file.name)} has no rows.", remedy="Is it the right file?"
        )
    line, cells = first
    places, is_heading = _places(cells, head, columns, file, line)
    collector = Collector(file)
    width = max(len(cells), len(head.names))
    for line, cells in rows if is_heading else chain([first], rows):
        if any(map(str.strip, cells[width:])):
            reason = f"it has {len(cells)} columns, not {width}: does a text lack quotation marks?"
            collector.refuse(f"line {line}", reason)
        else:
            _add(collector, f"line {line}", cells, places, head)
    return collector.result()


def _head(text: str) -> _Head:
    head = _Head()
    lines = [line.rstrip("\r") for line in text.split("\n", 50)[:50]]
    if excel := _EXCEL.fullmatch(lines[0]):
        return _Head(lines=1, separator=excel[1])
    for line in lines:
        setting = _HEADER.fullmatch(line)
        if setting is None:
            break
        head.lines += 1
        head.is_export = True
        _set(head, setting[1], setting[2].strip(" "))
    return head


def _set(head: _Head, name: str, value: str) -> None:
    if name == "separator":
        sign = _SEPARATORS.get(value.strip().casefold(), value)
        head.separator = sign if sign in _SEPARATORS.values() else ""
    elif name == "html":
        head.html = value.casefold() == "true"
    elif name == "columns":
        head.names = value.split(head.separator or "\t")
    elif name == "tags":
        head.tags = _tags_in(value)
    elif name.endswith(" column") and (place := _place(value)) is not None:
        head.columns[name.removesuffix(" column")] = place


def _separator(body: str, file: Path) -> str:
    """The commonest separator in the first line; a tab if it has any, since texts have none."""
    line = body.lstrip().partition("\n")[0]
    if "\t" in line or file.suffix.casefold() in (".tsv", ".tab"):
        return "\t"
    outside = re.sub(r'"[^"]*"', "", line)
    return max(",;|", key=outside.count)


def _rows(body: str, head: _Head, file: Path) -> Iterator[tuple[int, Sequence[str]]]:
    """The rows that are not empty, each with the line in which it begins."""
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=head.separator, strict=True)
    while True:
        line = head.lines + reader.line_num + 1
        try:
            row = next(reader, None)
        except csv.Error as error:
            remedy = 'Does a text lack a closing quotation mark? Inside a text, write it twice: "".'
            raise at_line(file, line, f"cannot be read as a row: {error}", remedy) from error
        if row is None:
            return
        if any(cell.strip() for cell in row):
            yield line, row


def _normalised(name: str) -> str:
    """A column's name as in `_NAMES`."""
    text = unicodedata.normalize("NFKC", name).strip().casefold()
    return re.sub(r"[\s_-]+", "-", text)


def _places(
    row: Sequence[str], head: _Head, columns: Mapping[str, str] | None, file: Path, line: int
) -> tuple[dict[str, int], bool]:
    """The column of each part, from 0, and whether `row` is the heading."""
    names = [_normalised(name) for name in head.names or row]
    by_name: dict[str, int] = {}
    for part, name_sets in _NAMES.items():
        places = (at for known in name_sets for at, name in enumerate(names) if name in known)
        place = next(places, None)
        if place is not None:
            by_name[part] = place
    is_named = "prompt" in by_name and "answer" in by_name
    is_heading = is_named and not head.names
    if columns is not None:
        chosen = {part: _column(column, names, file, line) for part, column in columns.items()}
        by_number = all(column.isdecimal() for column in columns.values())
        return chosen, is_heading or not (by_number or head.names)
    if is_named:
        return by_name, is_heading
    if head.is_export or (head.separator == "\t" and len(row) == 2):
        return _fields_in_order(head), False
    cells = ", ".join(f"`{printable(cell.strip()[:30])}`" for cell in row[:8])
    message = f"names no column for question and answer: {cells}"
    raise at_line(file, line, message, "Say which columns to use: --columns prompt=1,answer=2.")


def _place(number: str) -> int | None:
    """The place, from 0, of the column with this number, from 1; None if it is no such number."""
    return int(number) - 1 if number.isdecimal() and len(number) < 5 and int(number) else None


def _column(column: str, names: Sequence[str], file: Path, line: int) -> int:
    """The place, from 0, of a column that a student gave by number, from 1, or by name."""
    if (place := _place(column)) is not None:
        return place
    if _normalised(column) in names:
        return names.index(_normalised(column))
    known = ", ".join(f"`{printable(name[:30])}`" for name in names[:8])
    message = f"has no column {printable(column[:30])}"
    raise at_line(file, line, message, f"The columns are: {known}. Numbers count from 1.")


def _fields_in_order(head: _Head) -> dict[str, int]:
    """The columns of an export without names: the fields in order, without Anki's own columns."""
    fields = (place for place in count() if place not in head.columns.values())
    places = dict(zip(("prompt", "answer"), fields, strict=False))
    for part, name in (("id", "guid"), ("tags", "tags")):
        if name in head.columns:
            places[part] = head.columns[name]
    return places


def _add(
    collector: Collector, place: str, cells: Sequence[str], places: Mapping[str, int], head: _Head
) -> None:
    needed = max(places["prompt"], places["answer"])
    if needed >= len(cells):
        has = count_of(len(cells), "column")
        collector.refuse(place, f"it has {has}, and column {needed + 1} is needed")
        return
    try:
        prompt, answer = (_plain(cells[places[part]], head) for part in ("prompt", "answer"))
    except TooMuchHtml:
        collector.refuse(place, "it has too much HTML")
        return
    tags = _tags_in(_cell(cells, places.get("tags")))
    id_ = _cell(cells, places.get("id")).strip()
    key = key_of_id(id_) if id_ else key_of_prompt(prompt.text)
    note = Note(key, prompt.text, answer.text, place, (*head.tags, *tags))
    collector.add(note, (*prompt.media, *answer.media))


def _plain(cell: str, head: _Head) -> Plain:
    return to_text(cell) if head.html else Plain(cleaned(cell), ())


def _tags_in(text: str) -> tuple[str, ...]:
    """The tags in a text that separates them by spaces or commas."""
    return tuple(filter(None, re.split(r"[\s,;]+", text)))


def _cell(cells: Sequence[str], place: int | None) -> str:
    return cells[place] if place is not None and place < len(cells) else ""
