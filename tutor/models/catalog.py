"""The catalogue of suitable models, each pinned to one revision and checksum."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from tutor.bank import Language
from tutor.encodings import decode
from tutor.engine.gguf import Needs, Shape
from tutor.engine.judge_model import JudgeModel, load_judge
from tutor.errors import TutorError
from tutor.paths import Paths
from tutor.wrong_values import wrong_value

Count = Annotated[int, Field(ge=1, le=1 << 40)]
Word = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class CatalogInvalid(TutorError):
    """A catalogue cannot be read, or one of its entries is invalid."""


class Part(BaseModel):
    """A wheel that has a part of a model's file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    package: Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9.\-]*[a-z0-9])?$")]
    version: Annotated[str, Field(pattern=r"^[0-9][0-9a-z.]*$")]
    sha256: Sha256
    """The wheel's checksum."""
    data: Word
    """The wheel's member with the data."""
    bytes: Count
    """The length of the data."""


class CatalogEntry(BaseModel):
    """One model of the catalogue: its source, its properties and its needs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.\-]{1,40}$")]
    """Its name on the command line."""
    name: Word
    repository: Annotated[str, Field(pattern=r"^[\w.\-]+/[\w.\-]+$")]
    """Its repository on the Hugging Face hub, OWNER/NAME."""
    revision: Annotated[str, Field(pattern=r"^[0-9a-f]{40}$")]
    """The commit, 40 hexadecimal digits. A branch could change or lose its file."""
    file: Annotated[str, Field(pattern=r"^[\w\-][\w.\-]*\.gguf$")]
    bytes: Count
    sha256: Sha256
    parts: tuple[Part, ...] = ()
    """The parts that make up the file, in order; none if the package index does not have it."""
    licence: Word
    languages: Annotated[tuple[Language, ...], Field(min_length=1)]
    laptop: Annotated[int, Field(ge=1, le=1024)]
    """Memory, in GB, of the smallest machine it is meant for."""
    recommended: bool = False
    """Whether to recommend it for machines of this size."""
    kind: Literal["dense", "hybrid"]
    """A hybrid's state cannot be rolled back, so more is evaluated again after an edit."""
    layers: Count
    """Layers that keep keys and values."""
    kv_heads: Count
    head: Count
    """Numbers in one head's key, and in its value."""
    vocabulary: Count
    state: Annotated[int, Field(ge=0)] = 0
    """Bytes of all recurrent layers' state, per sequence."""
    remarks: tuple[Word, ...] = ()

    @model_validator(mode="after")
    def _parts_make_the_file(self) -> Self:
        if self.parts and sum(part.bytes for part in self.parts) != self.bytes:
            raise ValueError("the bytes of the parts do not add up to those of the file")
        return self

    def needs(self, context: int) -> Needs:
        """The memory that it needs with `context` tokens."""
        head = self.head
        shape = Shape(self.layers, self.kv_heads, head, head, self.vocabulary, self.state)
        return shape.needs(self.bytes, context)


@dataclass(frozen=True)
class Catalog:
    """All entries, ours first; a student's own entry replaces ours with the same id."""

    entries: tuple[CatalogEntry, ...]
    judge: JudgeModel | None = None
    """The model that grades if no other is chosen."""

    def get(self, name: str) -> CatalogEntry | None:
        """The entry with this id or this file name."""
        return next((entry for entry in self.entries if name in (entry.id, entry.file)), None)

    @property
    def original(self) -> CatalogEntry:
        """The model that the judge is cut from. Raises `CatalogInvalid` if it is missing."""
        name = "" if self.judge is None else self.judge.original
        entry = self.get(name)
        if entry is None:
            raise CatalogInvalid(
                f"The catalogue has no {name!r}, which the judge is made from.",
                remedy="Install the tutor again.",
            )
        return entry

    def of_bytes(self, number: int) -> CatalogEntry | None:
        """The entry whose file has exactly this many bytes; lengths are unique."""
        return next((entry for entry in self.entries if entry.bytes == number), None)


def load_catalog(paths: Paths) -> Catalog:
    """The catalogue that comes with the tutor, with the profile's `models.toml`.

    Raises `CatalogInvalid`, which names file, entry and field, and `ModelRefused`.
    """
    entries = {entry.id: entry for entry in _entries(paths.resources / "models" / "catalog.toml")}
    own = paths.home / "models.toml"
    if own.exists():
        entries |= {entry.id: entry for entry in _entries(own)}
    return Catalog(tuple(entries.values()), load_judge(paths.resources))


def _entries(file: Path) -> Iterator[CatalogEntry]:
    data = _read(file)
    unknown = sorted(data.keys() - {"model"})
    models = data.get("model", [])
    if unknown or not isinstance(models, list):
        raise CatalogInvalid(
            f"{file}: {unknown[0] if unknown else 'model'} is not valid here",
            remedy="Begin every entry with a line [[model]]; see docs/models.md.",
        )
    seen: set[str] = set()
    for number, fields in enumerate(models, start=1):
        entry = _entry(file, number, fields)
        if entry.id in seen:
            raise CatalogInvalid(
                f"{file}: entry {number} has the id {entry.id}, which another entry already has",
                remedy="Give every entry in the file its own id.",
            )
        seen.add(entry.id)
        yield entry


def _read(file: Path) -> dict[str, object]:
    try:
        return tomllib.loads(decode(file.read_bytes(), file))
    except tomllib.TOMLDecodeError as error:
        raise CatalogInvalid(
            f"{file} is not TOML: {error}", remedy="Fix that line; see docs/models.md."
        ) from error
    except OSError as error:
        raise CatalogInvalid(
            f"{file} cannot be read: {error.strerror or error}",
            remedy="If it is the tutor's own catalogue, install the tutor again.",
        ) from error


def _entry(file: Path, number: int, data: object) -> CatalogEntry:
    try:
        return CatalogEntry.model_validate(data)
    except ValidationError as error:
        name = data.get("id", "") if isinstance(data, dict) else ""
        problems = "; ".join(
            f"{'.'.join(map(str, each['loc'])) or 'the entry'}: {wrong_value(each)}"
            for each in error.errors()
        )
        raise CatalogInvalid(
            f"{file}: entry {number}{f' ({name!r:.60})' if name else ''}: {problems}",
            remedy="Fix these fields of the entry; docs/models.md explains each one.",
        ) from error
