"""Source files to a compiled bank: parse what has changed, join everything, write the cache."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from tutor.bank.index import Index, pack
from tutor.bank.join import join
from tutor.bank.layout import Layout, find_deck
from tutor.bank.model import from_json
from tutor.bank.store import Entry, Store, body_key, index_key
from tutor.bank.unit import Outline, Unit, outline, parse

_OUTLINE = "outline:"
_NO_FILE = ""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A bank's index, and the bodies by `body_key` that the store does not hold."""

    index: Index
    bodies: Mapping[str, str]


class _Kept(BaseModel):
    """An outline as the cache keeps it, with the marks of the file it was made from."""

    model_config = ConfigDict(frozen=True)
    program: str
    mtime_ns: int
    size: int
    outline: Outline


def compile_bank(layout: Layout, store: Store | None, program: str, stamp: str) -> Compiled:
    """Parse what has changed since `store` was written, and write it anew.

    `program` is a digest of this code, `stamp` one of the files as they are now.
    """
    there = (store.starting_with(_OUTLINE) if store else None) or {}
    kept = _kept_outlines(there, layout, program)
    fresh = {
        file.path: outline(parse(file), file.deck) for file in layout.files if file.path not in kept
    }
    outlines = {**kept, **{path: unit.outline for path, unit in fresh.items()}}
    index = join(layout, outlines)
    bodies = {
        body_key(path, id_): body
        for path, unit in fresh.items()
        for id_, body in unit.bodies.items()
    }
    if store is None:
        return Compiled(index, bodies)
    entries = _entries(layout, fresh, program)
    entries[index_key(stamp)] = Entry(_NO_FILE, pack(index))
    known = {_NO_FILE, *fresh, *(key.removeprefix(_OUTLINE) for key in there)}
    if store.write(entries, drop=known - kept.keys() if kept else None):
        return Compiled(index, {})
    store.discard()
    return Compiled(index, bodies)


def _kept_outlines(there: Mapping[str, bytes], layout: Layout, program: str) -> dict[str, Outline]:
    found: dict[str, Outline] = {}
    for file in layout.files:
        body = there.get(_OUTLINE + file.path)
        kept = from_json(_Kept, body) if body else None
        if kept and (kept.program, kept.mtime_ns, kept.size) == (program, file.mtime_ns, file.size):
            found[file.path] = kept.outline
    return found


def _entries(layout: Layout, fresh: Mapping[str, Unit], program: str) -> dict[str, Entry]:
    entries: dict[str, Entry] = {}
    for file in layout.files:
        unit = fresh.get(file.path)
        if unit is None:
            continue
        kept = _Kept(program=program, mtime_ns=file.mtime_ns, size=file.size, outline=unit.outline)
        entries[_OUTLINE + file.path] = Entry(file.path, kept.model_dump_json().encode())
        for id_, body in unit.bodies.items():
            entries[body_key(file.path, id_)] = Entry(file.path, body.encode())
    return entries


def read_body(file: Path, id_: str) -> str | None:
    """The question or the samples under `id_`, straight from the source file as it is now."""
    source = next((one for one in find_deck(file.parent).files if one.path == str(file)), None)
    return outline(parse(source), source.deck).bodies.get(id_) if source else None
