"""Taking lines of another history into this one: each once, in the order of time, or none."""

import csv
import heapq
import io
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

from pydantic import BaseModel, ValidationError

from tutor.bank import printable
from tutor.encodings import looks_like, not_utf8
from tutor.files import to_json
from tutor.paths import Paths
from tutor.progress.archive.backup import Backup, back_up
from tutor.progress.archive.contents import Contents
from tutor.progress.archive.restore import Clock, Remade, locked, replace_contents
from tutor.progress.documents import moment
from tutor.progress.errors import HistoryUnreadable, ProgressError
from tutor.progress.event_lines import Event, parse, to_line
from tutor.progress.events import Attempt
from tutor.progress.history import History
from tutor.progress.records import SCHEMA, UnknownLine

_TOLD = 20
_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a line of a file cannot be taken in."""

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
    """Not every line of a file can be taken in, so none was."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        more = len(faults) - _TOLD
        told = [str(fault) for fault in faults[:_TOLD]] + [f"… and {more} more"] * (more > 0)
        count = f"{len(faults)} line{'' if len(faults) == 1 else 's'}"
        super().__init__(
            "\n".join((f"{count} cannot be imported; nothing was changed.", *told)),
            remedy="Fix them, or import all others with --keep-going.",
        )


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a history and what is said in it."""

    number: int
    """From 1."""
    raw: bytes
    """Without its end."""
    at: datetime
    """When it was written; of a line that does not tell, the time of the line before it."""
    said: bytes
    """What it says, alike however it is spaced; empty where it cannot be read."""
    key: bytes
    """Its id; where it has none, all that it says."""


@dataclass(frozen=True)
class Imported:
    """What an import has done."""

    lines: int
    """How many are new."""
    known: int
    """How many were there already."""
    faults: tuple[Fault, ...]
    """Those left out."""
    remade: Remade | None
    """The whole profile now; None where nothing was new."""
    kept: Backup | None
    """The profile as it was before; None where nothing was new, or nothing was there."""
    notices: tuple[str, ...]


def import_lines(
    paths: Paths, data: bytes, file: Path, *, clock: Clock, keep_going: bool = False
) -> Imported:
    """Take the lines `data` of a history, which come from `file`, into that of the profile.

    A line that is there already is passed over; one that says something else under an id that is
    there is a fault, as is one that cannot be read. `keep_going` leaves faulty lines out. What is
    there is backed up first. Raises ImportRefused, ProfileLocked, ProfileNotWritable and
    ProfileTooNew; nothing is changed then.
    """
    offered = read_lines(data.removeprefix(_BOM), file)
    with locked(paths, clock()):
        history = History(paths.history)
        notices = history.open(clock())
        present = read_lines(_read(paths.history), paths.history)
        new, faults = _compare(offered, present, file, paths.history)
        if faults and not keep_going:
            raise ImportRefused(faults)
        kept, remade = None, None
        if new:
            kept = back_up(paths, clock(), "import")
            remade = replace_contents(paths, Contents(_merge(present, new)), clock)
    known = sum(bool(line.raw) for line in offered) - len(new) - len(faults)
    return Imported(len(new), known, tuple(faults), remade, kept, notices)


def read_lines(data: bytes, file: Path) -> list[Line]:
    """The lines of a history, those that cannot be read among them.

    Raises ProfileTooNew, naming `file`.
    """
    lines: list[Line] = []
    at = _BEFORE_ALL
    texts = data.removesuffix(b"\n").split(b"\n") if data else []
    for number, text in enumerate(texts, start=1):
        raw = text.removesuffix(b"\r")
        event = parse(raw, file)
        at = _at(event, raw) or at
        said = _said(event, raw)
        if said and not isinstance(event, UnknownLine):
            raw = to_json(json.loads(raw))  # spaced as the history is searched
        lines.append(Line(number, raw, at, said, _id(event) or said))
    return lines


def _at(event: Event | UnknownLine | None, raw: bytes) -> datetime | None:
    if not isinstance(event, UnknownLine):
        return None if event is None else event.at
    body = json.loads(raw).get(event.kind)
    try:
        return moment(body.get("at")) if isinstance(body, dict) else None
    except ValueError:
        return None


def _said(event: Event | UnknownLine | None, raw: bytes) -> bytes:
    """What a line says; empty for one that says nothing, or a number that cannot be written."""
    try:
        if event is None:
            return b""
        return raw if isinstance(event, UnknownLine) else to_line(event)
    except ValueError:
        return b""


def _id(event: object) -> bytes:
    id_: str | None = getattr(event, "id", None)
    return (id_ or "").encode()


def _read(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def _compare(
    offered: Iterable[Line], present: Iterable[Line], file: Path, history: Path
) -> tuple[list[Line], list[Fault]]:
    """The offered lines that are new, and why others cannot be taken in."""
    there = {line.key: (line, history) for line in present if line.said}
    new: list[Line] = []
    faults: list[Fault] = []
    for line in offered:
        if not line.said:
            faults += [Fault(file, line.number, *_why(line.raw))] if line.raw else []
            continue
        known, where = there.setdefault(line.key, (line, file))
        if known is line:
            new.append(line)
        elif known.said != line.said:
            told = f"{line.key.decode()} is also in line {known.number} of {where}, but differs"
            faults.append(Fault(file, line.number, "id", told))
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
        return ".".join(map(str, (kind, *first["loc"]))), first["msg"]
    return "", f"only v, type and {kind} are allowed, and v is a whole number up to {SCHEMA}"


def _merge(present: Iterable[Line], new: Iterable[Line]) -> bytes:
    """Both in the order of time; those that were there keep their order, and so do the new."""
    merged = heapq.merge(present, new, key=lambda line: line.at)
    return b"".join(line.raw + b"\n" for line in merged)


COLUMNS = (
    "time",
    "deck",
    "question",
    "language",
    "score",
    "marks",
    "full",
    "verdicts",
    "grader",
    "seconds",
    "hints",
    "gave_up",
    "answer",
    "id",
)

_BEGINNING = r"((?:\A|[;\t\r\n])[;\t\r\n \"]*)"
_RUN = re.compile(_BEGINNING + r"(?=[=+\-@＝＋－＠'])")
_DISARMED = re.compile(_BEGINNING + "'")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_BLANK_FIRST = re.compile(r"\A(?=[\t\r\n])")


def history_lines(path: Path) -> tuple[bytes, tuple[int, ...]]:
    """The history at `path` as it is, and the numbers, from 1, of lines that cannot be read.

    A last line without its end is given one if it is whole, else left out: it is being written,
    or was torn. A tutor that is running does not mind. Raises ProfileTooNew, HistoryUnreadable.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return b"", ()
    except OSError as error:
        raise HistoryUnreadable(path, error) from error
    whole, end, tail = data.rpartition(b"\n")
    data = whole + end
    if tail and parse(tail, path) is not None:
        data += tail + b"\n"
    lines = enumerate(data.split(b"\n")[:-1], start=1)
    return data, tuple(number for number, line in lines if parse(line, path) is None)


def to_csv(attempts: Iterable[Attempt], *, bom: bool = False) -> bytes:
    """A table with a row for each attempt, in UTF-8, the lines ended as RFC 4180 wants it.

    Every cell that holds text is disarmed, and a character in it that could steer a terminal is
    replaced by U+FFFD. `bom` puts a mark in front by which Excel knows UTF-8.
    """
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(COLUMNS)
    writer.writerows(map(_row, attempts))
    return table.getvalue().encode("utf-8-sig" if bom else "utf-8", "replace")


def disarm(text: str) -> str:
    r"""`text` as a cell that no spreadsheet runs; see CWE-1236 and OWASP, "CSV Injection".

    An apostrophe is put before `= + - @` (also full width) and `'` where they stand first, and in
    front of a TAB, CR or LF that stands first. "First" is at the beginning, and after `;`, TAB, CR
    or LF, blanks and quotation marks passed over: a spreadsheet that takes `;` to part the cells,
    as German ones do, begins a cell there. `rearm` takes the apostrophes away again.
    """
    return _BLANK_FIRST.sub("'", _RUN.sub(r"\1'", text))


def rearm(cell: str) -> str:
    """The text that was disarmed to `cell`."""
    return _DISARMED.sub(r"\1", re.sub(r"\A'(?=[\t\r\n])", "", cell))


def _row(attempt: Attempt) -> tuple[str, ...]:
    grade = attempt.grade
    return (
        attempt.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        attempt.question.partition(".")[0],
        attempt.question,
        attempt.language,
        f"{grade.score:.4g}",
        f"{grade.earned:g}",
        f"{grade.full:g}",
        disarm(_verdicts(attempt)),
        grade.grader.name,
        f"{attempt.seconds:g}",
        str(attempt.hints),
        "yes" if attempt.gave_up else "no",
        disarm(_CONTROL.sub("\ufffd", attempt.answer)),
        disarm(attempt.id),
    )


def _verdicts(attempt: Attempt) -> str:
    """`what=met why=missed>partial`: the grader's verdict, and the student's where it differs."""
    return " ".join(
        f"{point.id}={point.verdict}" + (f">{point.overruled}" if point.overruled else "")
        for point in attempt.grade.points
    )
