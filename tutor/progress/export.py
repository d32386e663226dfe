"""The history for other programs: its lines as they are, and a table for a spreadsheet."""

import csv
import io
import re
from collections.abc import Iterable
from pathlib import Path

from tutor.progress.attempt import Attempt
from tutor.progress.lines import parse
from tutor.progress.reading import HistoryUnreadable

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
