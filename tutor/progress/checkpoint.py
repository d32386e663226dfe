"""The standings as they lie in TinyDB: a checkpoint of the history."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from tinydb import TinyDB

from tutor.progress.errors import ProfileTooNew
from tutor.progress.keep import Kept
from tutor.progress.model import SCHEMA, Standing

_STANDINGS: TypeAdapter[list[Standing]] = TypeAdapter(list[Standing])


class Meta(BaseModel):
    """What part of which history the standings were made from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = SCHEMA
    offset: Annotated[int, Field(ge=0)] = 0
    """The bytes of the history that the standings include."""
    fingerprint: str = ""
    """The history's fingerprint up to `offset`."""
    damaged: Annotated[int, Field(ge=0)] = 0
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
    meta = Meta.model_validate(read_meta(database, path))
    standings = _STANDINGS.validate_python(database.table("standings").all())
    return Checkpoint(meta, {standing.question: standing for standing in standings})


def read_meta(database: TinyDB, path: Path) -> dict[str, object]:
    """The one document of the table `meta`. Raises ValueError, ProfileTooNew naming `path`."""
    rows = database.table("meta").all()
    if len(rows) != 1:
        raise ValueError(f"the table meta has {len(rows)} documents, not one")
    version = rows[0].get("version")
    if isinstance(version, int) and version > SCHEMA:
        raise ProfileTooNew(path, version, SCHEMA)
    return dict(rows[0])


def write_checkpoint(kept: Kept[Checkpoint | None], checkpoint: Checkpoint) -> None:
    """Put `checkpoint` in the place of the one before, in one step. Raises OSError."""
    with kept.storage.batch():
        kept.database.drop_tables()
        kept.database.table("meta").insert(checkpoint.meta.model_dump())
        kept.database.table("standings").insert_multiple(
            _document(standing) for standing in checkpoint.standings.values()
        )


def _document(standing: Standing) -> dict[str, object]:
    return {field.name: getattr(standing, field.name) for field in fields(standing)}
