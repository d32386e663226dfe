"""Exports the history, and imports the lines of another one in the order of time."""

import csv
import heapq
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

from pydantic import BaseModel, ValidationError

from tutor.encodings import looks_like, not_utf8
from tutor.files import to_json
from tutor.formatting import count_of, printable
from tutor.paths import Paths
from tutor.progress.archive.backup import Backup, back_up
from tutor.progress.archive.restore import Contents, HistorySummary, locked, replace_contents
from tutor.progress.documents import moment
from tutor.progress.errors import ProgressError, reading
from tutor.progress.events import Attempt, Event, parse, to_line
from tutor.progress.history import History
from tutor.progress.records import SCHEMA, UnknownLine
from tutor.progress.store import Clock
from tutor.wrong_values import wrong_value

_FAULTS_SHOWN = 20
_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a line of a file cannot be imported."""

    file: Path
    line: int
    """From 1."""
    field: str
    """Such as `attempt.grade.points.0.verdict`; empty for the line as a whole."""
    message: str

    def __str__(self) -> str:
        parts = (f"{self.file}:{self.line}", self.field, self.message)
        return printable(": ".join(part for part in parts if part))


class ImportRefused(ProgressError):
    """Not every line of a file can be imported, so none was."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        shown = [str(fault) for fault in faults[:_FAULTS_SHOWN]]
        if len(faults) > _FAULTS_SHOWN:
            shown.append(f"… and {len(faults) - _FAULTS_SHOWN} more")
        lines = count_of(len(faults), "line")
        super().__init__(
            "\n".join((f"{lines} cannot be imported; nothing was changed.", *shown)),
            remedy="Fix them, or import all others with --keep-going.",
        )


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a history and what it says."""

    number: int
    """From 1."""
    raw: bytes
    """Without its line break."""
    at: datetime
    """Its time, or that of a line before it, if that is later or if it has none: what follows a
    line, such as an undo, stays after it even if the clock was set back."""
    normalised: bytes
    """Its event as we write it; empty if it cannot be read."""
    key: bytes
    """Its id; if it has none, the normalised line."""


@dataclass(frozen=True)
class Imported:
    """What an import has done."""

    lines: int
    """How many were new."""
    known: int
    """How many lines the history already had."""
    faults: tuple[Fault, ...]
    """The lines that were skipped."""
    summary: HistorySummary | None
    """The profile now; None if nothing was new."""
    backup: Backup | None
    """The profile before; None if nothing was new, or if it was empty."""
    notices: tuple[str, ...]


def import_lines(
    paths: Paths, data: bytes, file: Path, *, clock: Clock, keep_going: bool = False
) -> Imported:
    """Import the lines in `data`, the contents of `file`, into the profile's history.

    A line that already exists is skipped. One that cannot be read, or that differs from a line with
    the same id, is a fault; `keep_going` skips these. The profile is backed up first. Raises
    ImportRefused, ProfileLocked, ProfileNotWritable and ProfileTooNew; nothing is changed then.
    """
    offered = read_lines(data.removeprefix(_BOM), file)
    with locked(paths, clock()):
        history = History(paths.history)
        notices = history.open(clock())
        existing = paths.history.read_bytes() if paths.history.exists() else b""
        present = read_lines(existing, paths.history)
        new, faults = _compare(offered, present, file, paths.history)
        if faults and not keep_going:
            raise ImportRefused(faults)
        backup, summary = None, None
        if new:
            backup = back_up(paths, clock(), "import")
            summary = replace_contents(paths, Contents(_merge(present, new)), file, clock)
    known = sum(bool(line.raw) for line in offered) - len(new) - len(faults)
    return Imported(len(new), known, tuple(faults), summary, backup, notices)


def read_lines(data: bytes, file: Path) -> list[Line]:
    """All lines of a history, including those that cannot be read.

    Raises ProfileTooNew, naming `file`.
    """
    lines: list[Line] = []
    at = _BEFORE_ALL
    texts = data.removesuffix(b"\n").split(b"\n") if data else []
    for number, text in enumerate(texts, start=1):
        raw = text.removesuffix(b"\r")
        event = parse(raw, file)
        at = max(at, _time(event, raw) or at)
        normalised = _normalised(event, raw)
        if normalised and not isinstance(event, UnknownLine):
            raw = to_json(json.loads(raw))  # spaced as the history is searched
        lines.append(Line(number, raw, at, normalised, _id(event) or normalised))
    return lines


def _time(event: Event | UnknownLine | None, raw: bytes) -> datetime | None:
    if not isinstance(event, UnknownLine):
        return None if event is None else event.at
    body = json.loads(raw).get(event.kind)
    try:
        return moment(body.get("at")) if isinstance(body, dict) else None
    except ValueError:
        return None


def _normalised(event: Event | UnknownLine | None, raw: bytes) -> bytes:
    """The line as we write it; empty if it cannot be read or written."""
    try:
        if event is None:
            return b""
        return raw if isinstance(event, UnknownLine) else to_line(event)
    except ValueError:
        return b""


def _id(event: object) -> bytes:
    id_: str | None = getattr(event, "id", None)
    return (id_ or "").encode()


def _compare(
    offered: Iterable[Line], present: Iterable[Line], file: Path, history: Path
) -> tuple[list[Line], list[Fault]]:
    """The offered lines that are new, and why others cannot be imported."""
    present_lines = {line.key: (line, history) for line in present if line.normalised}
    new: list[Line] = []
    faults: list[Fault] = []
    for line in offered:
        if not line.normalised:
            faults += [Fault(file, line.number, *_why(line.raw))] if line.raw else []
            continue
        known, where = present_lines.setdefault(line.key, (line, file))
        if known is line:
            new.append(line)
        elif known.normalised != line.normalised:
            problem = f"{line.key.decode()} is also in line {known.number} of {where}, but differs"
            faults.append(Fault(file, line.number, "id", problem))
    return new, faults


def _why(raw: bytes) -> tuple[str, str]:
    """The first field of an unreadable line that is wrong, and what is wrong with it."""
    if looks_like(raw) is not None:
        return "", not_utf8(raw)
    try:
        value: object = json.loads(raw)
    except (ValueError, RecursionError) as error:
        return "", f"not valid JSON: {error}"
    if not isinstance(value, dict):
        return "", "not a JSON object"
    kind = value.get("type")
    for event in get_args(Event):
        if event.kind == kind:
            return _why_not(event, kind, value.get(kind))
    return "type", f"{kind!r} is not a known type of line"


def _why_not(event: type[BaseModel], kind: str, value: object) -> tuple[str, str]:
    try:
        event.model_validate_json(json.dumps(value))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        return ".".join(map(str, (kind, *first["loc"]))), wrong_value(first)
    return "", f"only v, type and {kind} are allowed, and v is a whole number up to {SCHEMA}"


def _merge(present: Iterable[Line], new: Iterable[Line]) -> bytes:
    """Both in the order of time; the lines of each keep their order."""
    merged = heapq.merge(present, new, key=lambda line: line.at)
    return b"".join(line.raw + b"\n" for line in merged)


_BEGINNING = r"((?:\A|[;\t\r\n])[;\t\r\n \"]*)"
_RUN = re.compile(_BEGINNING + r"(?=[=+\-@＝＋－＠'])")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_BLANK_FIRST = re.compile(r"\A(?=[\t\r\n])")


def history_lines(path: Path) -> tuple[bytes, tuple[int, ...]]:
    """The history at `path` as it is, and the numbers, from 1, of lines that cannot be read.

    A last line without a line break gets one if it is complete, else it is skipped: it is being
    written, or a crash cut it off. The tutor may be running. Raises ProfileTooNew,
    HistoryUnreadable.
    """
    with reading(path):
        data = path.read_bytes() if path.exists() else b""
    complete, end, tail = data.rpartition(b"\n")
    data = complete + end
    if tail and parse(tail, path) is not None:
        data += tail + b"\n"
    lines = enumerate(data.split(b"\n")[:-1], start=1)
    return data, tuple(number for number, line in lines if parse(line, path) is None)


def to_csv(attempts: Iterable[Attempt], *, bom: bool = False) -> bytes:
    """A table with a row for each attempt, in UTF-8, with line breaks as in RFC 4180.

    Every cell of text is disarmed, and characters that could control a terminal are replaced by
    U+FFFD. `bom` adds the mark by which Excel recognises UTF-8.
    """
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(COLUMNS)
    writer.writerows([cell(each) for cell in COLUMNS.values()] for each in attempts)
    return table.getvalue().encode("utf-8-sig" if bom else "utf-8", "replace")


def disarm(text: str) -> str:
    r"""`text` as a cell that no spreadsheet runs; see CWE-1236 and OWASP, "CSV Injection".

    An apostrophe is put before a leading `= + - @` (also full width) or `'`, and before a leading
    TAB, CR or LF. Leading means at the beginning, or after `;`, TAB, CR or LF, where blanks and
    quotation marks are skipped: a spreadsheet that separates cells by `;`, as German ones do,
    begins a cell there. Removing the apostrophes restores the text.
    """
    return _BLANK_FIRST.sub("'", _RUN.sub(r"\1'", text))


def _verdicts(attempt: Attempt) -> str:
    """`what=met why=missed>partial`: the grader's verdict, and the student's where it differs."""
    return " ".join(
        f"{point.id}={point.verdict}" + (f">{point.overruled}" if point.overruled else "")
        for point in attempt.grade.points
    )


COLUMNS: Mapping[str, Callable[[Attempt], str]] = {
    "time": lambda it: it.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    "deck": lambda it: it.question.partition(".")[0],
    "question": lambda it: it.question,
    "language": lambda it: it.language,
    "score": lambda it: f"{it.grade.score:.4g}",
    "marks": lambda it: f"{it.grade.earned:g}",
    "full": lambda it: f"{it.grade.full:g}",
    "verdicts": lambda it: disarm(_verdicts(it)),
    "grader": lambda it: it.grade.grader.name,
    "seconds": lambda it: f"{it.seconds:g}",
    "hints": lambda it: str(it.hints),
    "gave_up": lambda it: "yes" if it.gave_up else "no",
    "answer": lambda it: disarm(_CONTROL.sub("\ufffd", it.answer)),
    "id": lambda it: disarm(it.id),
}
"""The columns of the table, and what an attempt has in each."""
