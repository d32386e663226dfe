"""The state as it lies in TinyDB: a checkpoint of the history."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from tinydb import TinyDB

from tutor.progress.documents import (
    Document,
    check_names,
    count,
    day,
    read_day,
    read_open_exam,
    read_standing,
    text,
    to_document,
)
from tutor.progress.errors import ProfileTooNew
from tutor.progress.records import SCHEMA, Standing
from tutor.progress.state import ProgressState
from tutor.progress.storage import OpenDatabase


@dataclass(frozen=True, slots=True)
class SnapshotMeta:
    """What part of which history the standings were made from."""

    version: int = SCHEMA
    offset: int = 0
    """The bytes of the history that the standings include."""
    fingerprint: str = ""
    """The history's fingerprint up to `offset`."""
    damaged: int = 0
    """The lines before `offset` that cannot be read."""


@dataclass(frozen=True)
class Checkpoint:
    """The state after the first `meta.offset` bytes of the history."""

    meta: SnapshotMeta = field(default_factory=SnapshotMeta)
    state: ProgressState = field(default_factory=ProgressState)

    @property
    def standings(self) -> Mapping[str, Standing]:
        """Where every answered question stands."""
        return self.state.standings


def read_checkpoint(database: TinyDB, path: Path) -> Checkpoint | None:
    """The checkpoint in `database`, None where it is empty. Raises ValueError, ProfileTooNew.

    One of an older version comes without its state, which is to be made from the history again.
    """
    if not database.tables():
        return None
    meta = read_meta(find_meta(database, path))
    return Checkpoint(meta, _read_state(database) if meta.version == SCHEMA else ProgressState())


def _read_state(database: TinyDB) -> ProgressState:
    standings = map(read_standing, database.table("standings"))
    days = map(read_day, database.table("days"))
    exams = map(read_open_exam, database.table("exams"))
    return ProgressState(
        standings={standing.question: standing for standing in standings},
        days={each.day: each for each in days},
        flags=dict(_flag(row) for row in database.table("flags")),
        skipped=dict(_skip(row) for row in database.table("skipped")),
        exams={exam.exam: exam for exam in exams},
    )


def _flag(row: Document) -> tuple[str, str]:
    return text(row.get("question")), text(row.get("note"))


def _skip(row: Document) -> tuple[str, date]:
    return text(row.get("question")), day(row.get("day"))


def find_meta(database: TinyDB, path: Path) -> Document:
    """The one document of the table `meta`. Raises ValueError, ProfileTooNew naming `path`."""
    rows = database.table("meta").all()
    if len(rows) != 1:
        raise ValueError(f"the table meta has {len(rows)} documents, not one")
    version = count(rows[0].get("version"), 1)
    if version > SCHEMA:
        raise ProfileTooNew(path, version, SCHEMA)
    return rows[0]


def read_meta(document: Document) -> SnapshotMeta:
    """What a document of the table `meta` says. Raises ValueError."""
    check_names(document, SnapshotMeta)
    return SnapshotMeta(
        version=count(document["version"], 1),
        offset=count(document["offset"]),
        fingerprint=text(document["fingerprint"]),
        damaged=count(document["damaged"]),
    )


def write_checkpoint(kept: OpenDatabase[Checkpoint | None], checkpoint: Checkpoint) -> None:
    """Put `checkpoint` in the place of the one before, in one step. Raises OSError."""
    with kept.storage.batch():
        kept.database.drop_tables()
        kept.database.table("meta").insert(to_document(checkpoint.meta))
        for name, rows in _tables(checkpoint.state).items():
            kept.database.table(name).insert_multiple(rows)


def standing_row(standing: Standing) -> dict[str, object]:
    """A standing as its table holds it: its points by id, which is quicker to read back."""
    return to_document(standing) | {"points": dict(standing.points)}


def _tables(state: ProgressState) -> Mapping[str, Iterable[dict[str, object]]]:
    return {
        "standings": map(standing_row, state.standings.values()),
        "days": map(to_document, state.days.values()),
        "flags": ({"question": id_, "note": note} for id_, note in state.flags.items()),
        "skipped": ({"question": id_, "day": on.isoformat()} for id_, on in state.skipped.items()),
        "exams": map(to_document, state.exams.values()),
    }
