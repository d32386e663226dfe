"""The standings as they lie in TinyDB: a checkpoint of the history."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tinydb import TinyDB

from tutor.progress.document import Document, check_names, count, read_standing, text, to_document
from tutor.progress.errors import ProfileTooNew
from tutor.progress.keep import Kept
from tutor.progress.model import SCHEMA, Standing


@dataclass(frozen=True, slots=True)
class Meta:
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
    """The standings after the first `meta.offset` bytes of the history."""

    meta: Meta = field(default_factory=Meta)
    standings: Mapping[str, Standing] = field(default_factory=dict)


def read_checkpoint(database: TinyDB, path: Path) -> Checkpoint | None:
    """The checkpoint in `database`, None where it is empty. Raises ValueError, ProfileTooNew."""
    if not database.tables():
        return None
    meta = read_meta(find_meta(database, path))
    standings = map(read_standing, database.table("standings"))
    return Checkpoint(meta, {standing.question: standing for standing in standings})


def find_meta(database: TinyDB, path: Path) -> Document:
    """The one document of the table `meta`. Raises ValueError, ProfileTooNew naming `path`."""
    rows = database.table("meta").all()
    if len(rows) != 1:
        raise ValueError(f"the table meta has {len(rows)} documents, not one")
    version = count(rows[0].get("version"), SCHEMA)
    if version > SCHEMA:
        raise ProfileTooNew(path, version, SCHEMA)
    return rows[0]


def read_meta(document: Document) -> Meta:
    """What a document of the table `meta` says. Raises ValueError."""
    check_names(document, Meta)
    return Meta(
        version=count(document["version"], SCHEMA),
        offset=count(document["offset"]),
        fingerprint=text(document["fingerprint"]),
        damaged=count(document["damaged"]),
    )


def write_checkpoint(kept: Kept[Checkpoint | None], checkpoint: Checkpoint) -> None:
    """Put `checkpoint` in the place of the one before, in one step. Raises OSError."""
    with kept.storage.batch():
        kept.database.drop_tables()
        kept.database.table("meta").insert(to_document(checkpoint.meta))
        kept.database.table("standings").insert_multiple(
            map(to_document, checkpoint.standings.values())
        )
