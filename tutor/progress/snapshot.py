"""The state as TinyDB stores it: a checkpoint of the history."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from tinydb import TinyDB

from tutor.progress.documents import Document, day, positive, read_document, text, to_document
from tutor.progress.errors import ProfileTooNew
from tutor.progress.records import SCHEMA, Day, OpenExam, Standing
from tutor.progress.state import ProgressState
from tutor.progress.storage import read_file


@dataclass(frozen=True, slots=True)
class SnapshotMeta:
    """The part of the history from which the state was built."""

    version: Annotated[int, positive] = SCHEMA
    offset: int = 0
    """How many bytes of the history the state includes."""
    fingerprint: str = ""
    """The history's fingerprint up to `offset`; empty if there is no checkpoint."""
    damaged: int = 0
    """The lines before `offset` that cannot be read."""


@dataclass(frozen=True)
class Checkpoint:
    """The state after the first `meta.offset` bytes of the history."""

    meta: SnapshotMeta = field(default_factory=SnapshotMeta)
    state: ProgressState = field(default_factory=ProgressState)


def stored_checkpoint(path: Path) -> Checkpoint:
    """The checkpoint in the file at `path`; the empty one if none can be read.

    Raises ProfileTooNew, OSError.
    """
    try:
        return read_file(path, read_checkpoint)
    except ValueError:
        return Checkpoint()


def read_checkpoint(database: TinyDB, path: Path) -> Checkpoint:
    """The checkpoint in `database`, the empty one if it is empty. Raises ValueError, ProfileTooNew.

    The state of an older version is not read, but has to be rebuilt from the history.
    """
    if not database.tables():
        return Checkpoint()
    meta = read_document(SnapshotMeta, find_meta(database, path))
    if meta.version != SCHEMA:
        return Checkpoint(meta)
    standings = (read_document(Standing, row) for row in database.table("standings"))
    days = (read_document(Day, row) for row in database.table("days"))
    exams = (read_document(OpenExam, row) for row in database.table("exams"))
    state = ProgressState(
        standings={standing.question: standing for standing in standings},
        days={each.day: each for each in days},
        flags={text(row.get("question")): text(row.get("note")) for row in database.table("flags")},
        skipped={
            text(row.get("question")): day(row.get("day")) for row in database.table("skipped")
        },
        exams={exam.exam: exam for exam in exams},
    )
    return Checkpoint(meta, state)


def find_meta(database: TinyDB, path: Path) -> Document:
    """The one document of the table `meta`. Raises ValueError, ProfileTooNew naming `path`."""
    rows = database.table("meta").all()
    if len(rows) != 1:
        raise ValueError(f"the table meta has {len(rows)} documents, not one")
    version = positive(rows[0].get("version"))
    if version > SCHEMA:
        raise ProfileTooNew(path, version, SCHEMA)
    return rows[0]


def checkpoint_tables(checkpoint: Checkpoint) -> dict[str, Iterable[Document]]:
    """A checkpoint as it is stored."""
    state = checkpoint.state
    return {
        "meta": [to_document(checkpoint.meta)],
        "standings": map(standing_row, state.standings.values()),
        "days": map(to_document, state.days.values()),
        "flags": ({"question": id_, "note": note} for id_, note in state.flags.items()),
        "skipped": ({"question": id_, "day": on.isoformat()} for id_, on in state.skipped.items()),
        "exams": map(to_document, state.exams.values()),
    }


def standing_row(standing: Standing) -> dict[str, object]:
    """A standing as it is stored: with its points by id, which is quicker to read."""
    return to_document(standing) | {"points": dict(standing.points)}
