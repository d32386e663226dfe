"""CSV and TSV: a note each row, in columns by their names or as the student says.

Anki writes its text exports in this form, with lines like `#separator:tab` before the rows
(https://docs.ankiweb.net/importing/text-files.html#file-headers).
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from tutor.authoring.notes import (
    Collector,
    Note,
    NotesUnreadable,
    ReadNotes,
    cleaned,
    key_of_id,
    key_of_prompt,
    tags_in,
)
from tutor.authoring.readers.html_text import Plain, TooMuchHtml, to_text
from tutor.authoring.readers.source import at_line, read_text
from tutor.bank import printable
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
"""What columns are called, by what they hold, the surest names first; `-` is any space."""
_SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "space": " ", "pipe": "|", "colon": ":"}
_HEADER = re.compile(r"#([a-z ]+):(.*)")
_EXCEL = re.compile(r"sep=(.)[,;\t|]*", re.IGNORECASE)
"""The line that names the separator for Excel."""
_COLUMNS_REMEDY = "Say which columns to take: --columns prompt=1,answer=2."


@dataclass
class _Head:
    """What the lines before the rows of an Anki export say."""

    lines: int = 0
    is_export: bool = False
    """Whether Anki wrote them, so that the first row is a note."""
    separator: str = ""
    html: bool = False
    names: list[str] = field(default_factory=list)
    columns: dict[str, int] = field(default_factory=dict)
    """The columns that are no fields of a note, counted from 0: guid, tags, deck, notetype."""
    tags: tuple[str, ...] = ()


def read_table(
    file: Path, columns: Mapping[str, str] | None = None, encoding: str | None = None
) -> ReadNotes:
    """The notes of a file. Raises NotesUnreadable, with the line."""
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
    places, is_header = _places(first[1], head, columns, file, first[0])
    collector = Collector(file)
    width = max(len(first[1]), len(head.names))
    for row in rows if is_header else chain([first], rows):
        if any(map(str.strip, row[1][width:])):
            reason = f"it has {len(row[1])} columns, not {width}: does a text lack quotation marks?"
            collector.refuse(f"line {row[0]}", reason)
        else:
            _take(collector, row, places, head)
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
        head.tags = tags_in([value])
    elif name.endswith(" column") and value.isdecimal() and int(value) > 0:
        head.columns[name.removesuffix(" column")] = int(value) - 1


def _separator(body: str, file: Path) -> str:
    """The separator that is most often in the first line; tabs decide, since no text has them."""
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
            remedy = 'Does a text with quotation marks lack one? Inside, write each as "".'
            raise at_line(file, line, f"cannot be read as a row: {error}", remedy) from error
        if row is None:
            return
        if any(cell.strip() for cell in row):
            yield line, row


def _named(cell: str) -> str:
    text = unicodedata.normalize("NFKC", cell).strip().casefold()
    return re.sub(r"[\s_-]+", "-", text)


def _places(
    row: Sequence[str],
    head: _Head,
    columns: Mapping[str, str] | None,
    file: Path,
    line: int,
) -> tuple[dict[str, int], bool]:
    """The column of every part, from 0, and whether `row` has the columns' names."""
    names = [_named(name) for name in head.names or row]
    by_name: dict[str, int] = {}
    for part, called in _NAMES.items():
        places = (at for known in called for at, name in enumerate(names) if name in known)
        place = next(places, None)
        if place is not None:
            by_name[part] = place
    is_header = not head.names and "prompt" in by_name and "answer" in by_name
    if columns is not None:
        chosen = {part: _column(column, names, file, line) for part, column in columns.items()}
        by_number = all(column.isdecimal() for column in columns.values())
        return chosen, is_header or not (by_number or head.names)
    if "prompt" in by_name and "answer" in by_name:
        return by_name, is_header
    if head.is_export or (head.separator == "\t" and len(row) == 2):
        return _fields_in_order(len(row), head), False
    seen = ", ".join(f"`{printable(cell.strip()[:30])}`" for cell in row[:8])
    raise at_line(file, line, f"names no column for question and answer: {seen}", _COLUMNS_REMEDY)


def _column(column: str, names: Sequence[str], file: Path, line: int) -> int:
    if column.isdecimal() and int(column) > 0:
        return int(column) - 1
    if _named(column) in names:
        return names.index(_named(column))
    seen = ", ".join(f"`{printable(name[:30])}`" for name in names[:8])
    message = f"has no column {printable(column)}"
    raise at_line(file, line, message, f"The columns are: {seen}. Numbers count from 1.")


def _fields_in_order(width: int, head: _Head) -> dict[str, int]:
    """An export without names: the fields in their order, between Anki's own columns."""
    fields = [place for place in range(width) if place not in head.columns.values()]
    places = dict(zip(("prompt", "answer"), fields, strict=False))
    for part, name in (("id", "guid"), ("tags", "tags")):
        if name in head.columns:
            places[part] = head.columns[name]
    places.setdefault("answer", width)
    return places


def _take(
    collector: Collector, row: tuple[int, Sequence[str]], places: Mapping[str, int], head: _Head
) -> None:
    line, cells = row
    place = f"line {line}"
    needed = max(places["prompt"], places["answer"])
    if needed >= len(cells):
        many = "1 column" if len(cells) == 1 else f"{len(cells)} columns"
        collector.refuse(place, f"it has {many}, and column {needed + 1} is needed")
        return
    try:
        prompt, answer = (_plain(cells[places[part]], head) for part in ("prompt", "answer"))
    except TooMuchHtml:
        collector.refuse(place, "it has too much HTML")
        return
    tags = tags_in([_cell(cells, places.get("tags"))])
    id_ = _cell(cells, places.get("id")).strip()
    key = key_of_id(id_) if id_ else key_of_prompt(prompt.text)
    note = Note(key, prompt.text, answer.text, place, (*head.tags, *tags))
    collector.add(note, (*prompt.media, *answer.media))


def _plain(cell: str, head: _Head) -> Plain:
    return to_text(cell) if head.html else Plain(cleaned(cell), ())


def _cell(cells: Sequence[str], place: int | None) -> str:
    return cells[place] if place is not None and place < len(cells) else ""
