"""Reads Anki's packages, .apkg and .colpkg: a zip with a SQLite database and media.

The database has one of three forms: `collection.anki21b` (compressed with Zstandard, schema 18,
note types in tables), `collection.anki21` or `collection.anki2` (schema 11, note types in JSON).
Next to a newer one, packages have an older one that only says that Anki must be updated. See
https://docs.ankiweb.net/exporting.html and rslib/src/import_export/package in Anki's source.

A package is untrusted. Only one member is read, whatever the others are called. Sizes are counted
while reading, since what a zip says of itself may be wrong. The database is opened from a copy,
read only, without functions and triggers that its schema could contain.
"""

import json
import re
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, NamedTuple

from tutor.authoring.notes import (
    MAX_NOTES,
    Collector,
    Note,
    NotesUnreadable,
    ReadNotes,
    cleaned,
    key_of_id,
)
from tutor.authoring.readers import protobuf
from tutor.authoring.readers.card_sides import MAX_SIDE, NoteType, Sides, Template
from tutor.authoring.readers.html_text import TooMuchHtml, to_text
from tutor.authoring.readers.source import require_file, unreadable
from tutor.formatting import printable

MAX_DATABASE = 512 * 1024 * 1024
"""Bytes of the database; 50,000 notes with years of reviews need about a quarter."""
MAX_DIRECTORY = 16 * 1024 * 1024
"""Bytes of a zip's list of members; 65,000 media files need less."""
MAX_VALUE = 32 * 1024 * 1024
"""Bytes of one value in the database; old versions have all note types in one."""
MAX_WINDOW = 128 * 1024 * 1024
"""Bytes that Zstandard may look back; Anki needs 8 MiB at most."""
MAX_MARKUP, MAX_HTML = 5_000_000, 256 * 1024 * 1024
"""Tags and characters in all cards together, about ten times what 50,000 notes have."""
MOST_SECTIONS = 200
"""If a package has more decks, they do not become sections."""
_STEPS = 1_000_000
_MAX_STEPS = 1_000
"""How many millions of steps SQLite's virtual machine may take, in about ten seconds; 50,000 notes
need ten."""

OUR_FIELDS = ("Prompt", "Rubric", "Model answer", "References", "Language", "Id")
"""The fields of notes that `tutor bank anki` writes; importing them would load its library."""
_DATABASES = ("collection.anki21b", "collection.anki21", "collection.anki2")
_TOO_MUCH = "it has too much HTML"
_FIELD_END, _LEVEL_END, _DECK_LEVELS = "\x1f", "\x1f", "::"
_PIECE = 1024 * 1024
_ZIP_END = b"PK\x05\x06"
_REMEDY = "Export the deck from Anki again, as a deck package (.apkg)."
_SMALLER = "Export and import one deck at a time."

_FAULTS = (sqlite3.Error, ValueError, TypeError, KeyError, OverflowError, RecursionError)
"""The errors that reading a damaged or forged collection can raise."""
_CARDS = """
SELECT n.id, n.guid, n.mid, n.flds, n.tags, c.ord, CASE c.odid WHEN 0 THEN c.did ELSE c.odid END
FROM cards c JOIN notes n ON n.id = c.nid ORDER BY n.id, c.ord LIMIT ?
"""


class _Card(NamedTuple):
    note: int
    guid: str
    type: int
    values: Sequence[str]
    tags: str
    number: int
    deck: int


def read_anki(file: Path) -> ReadNotes:
    """The notes in a package, one for each card. Raises NotesUnreadable."""
    require_file(file)
    with TemporaryDirectory(prefix="tutor-import-") as folder:
        database = Path(folder) / "collection.db"
        try:
            _unpack(file, database)
            with closing(_opened(database)) as connection:
                return _Reader(connection, file).read()
        except _FAULTS as error:
            raise _damaged(file, str(error) or type(error).__name__) from error


def _damaged(file: Path, what: str) -> NotesUnreadable:
    name = printable(file.name)
    return NotesUnreadable(f"{name} is damaged: {printable(what[:200])}.", remedy=_REMEDY)


def _unpack(file: Path, target: Path) -> None:
    """Write the package's newest database to `target`. Raises NotesUnreadable."""
    try:
        _check_directory(file)
        with zipfile.ZipFile(file) as archive:
            names = {member.filename for member in archive.infolist()}
            name = next((name for name in _DATABASES if name in names), None)
            if name is None:
                message = f"{printable(file.name)} has no Anki collection in it."
                raise NotesUnreadable(message, remedy=_REMEDY)
            with archive.open(name) as member, target.open("wb") as copy:
                if name.endswith("b"):
                    _decompress(member, copy, file)
                else:
                    _copy(member, copy, file)
    except OSError as error:
        raise unreadable(file, error) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
        raise _damaged(file, str(error) or "the zip ends early") from error


def _check_directory(file: Path) -> None:
    """Refuse a zip whose list of members is too large, before `zipfile` reads all of it."""
    with file.open("rb") as stream:
        stream.seek(max(file.stat().st_size - 65_557, 0))  # a comment may follow, of 65,535 bytes
        tail = stream.read(65_557)
    at = tail.rfind(_ZIP_END)
    if at < 0:
        message = f"{printable(file.name)} is not an Anki package: it is not a zip file."
        raise NotesUnreadable(message, remedy=_REMEDY)
    if int.from_bytes(tail[at + 12 : at + 16], "little") > MAX_DIRECTORY:
        message = f"{printable(file.name)} has too many files in it."
        raise NotesUnreadable(message, remedy="Export the deck from Anki without media.")


def _copy(source: IO[bytes], target: IO[bytes], file: Path) -> None:
    size = 0
    while piece := source.read(_PIECE):
        size += len(piece)
        if size > MAX_DATABASE:
            limit = MAX_DATABASE // 2**20
            message = f"The collection in {printable(file.name)} is larger than {limit} MiB."
            raise NotesUnreadable(message, remedy=_SMALLER)
        target.write(piece)


def _decompress(source: IO[bytes], target: IO[bytes], file: Path) -> None:
    import zstandard  # only newer packages need it

    decompressor = zstandard.ZstdDecompressor(max_window_size=MAX_WINDOW)
    try:
        with decompressor.stream_reader(source, read_across_frames=True) as reader:
            _copy(reader, target, file)
    except zstandard.ZstdError as error:
        raise _damaged(file, f"it cannot be unpacked, {error}") from error


def _opened(database: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{database.as_uri()}?mode=ro&immutable=1", uri=True)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_VALUE)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    for setting in ("trusted_schema = OFF", "cell_size_check = ON", "query_only = ON"):
        connection.execute(f"PRAGMA {setting}")
    connection.text_factory = lambda text: text.decode("utf-8", "replace")
    connection.create_collation("unicase", _compare)
    steps = iter(range(_MAX_STEPS))
    connection.set_progress_handler(lambda: next(steps, None) is None, _STEPS)
    return connection


def _compare(one: str, other: str) -> int:
    """A collation in place of Anki's; nothing here depends on its order."""
    return (one.casefold() > other.casefold()) - (one.casefold() < other.casefold())


class _Reader:
    """Reads one database."""

    def __init__(self, connection: sqlite3.Connection, file: Path) -> None:
        self._connection = connection
        self._file = file
        self._collector = Collector(file)
        self._markup = self._html = 0

    def read(self) -> ReadNotes:
        tables = {
            name.casefold()
            for name, sql in self._connection.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'table'"
            )
            if re.match(r"CREATE\s+TABLE\b", sql or "", re.IGNORECASE)
        }
        if not {"notes", "cards", "col"} <= tables:
            raise _damaged(self._file, "the collection has no notes and cards")
        if "notetypes" in tables:
            types, names = self._types_in_tables(), self._decks_in_table()
        else:
            types = {int(id_): _type(data) for id_, data in self._json("models").items()}
            names = {int(id_): str(data["name"]) for id_, data in self._json("decks").items()}
        types = {id_: _without_rubric(type_) for id_, type_ in types.items()}
        used: dict[int, str] = {}
        for card in self._cards():
            if card.deck not in used:
                used[card.deck] = cleaned(names.get(card.deck, "")).replace("\n", " ")
            self._take(card, types.get(card.type), used[card.deck])
        return _in_one_deck(self._collector, [*used.values()])

    def _cards(self) -> Iterator[_Card]:
        for row in self._connection.execute(_CARDS, (MAX_NOTES + 1,)):
            id_, guid, type_, values, tags, number, deck = row
            if not all(isinstance(value, int) for value in (id_, type_, number, deck)):
                raise _damaged(self._file, "a note has text instead of a number")
            fields = _decoded(values).split(_FIELD_END)
            yield _Card(id_, _decoded(guid), type_, fields, _decoded(tags), number, deck)

    def _take(self, card: _Card, type_: NoteType | None, deck: str) -> None:
        place = f"note {card.note}" + (f", card {card.number + 1}" if card.number else "")
        if sum(map(len, card.values)) > MAX_SIDE:
            self._collector.refuse(place, _TOO_MUCH)
            return
        sides = type_.sides(card.values, card.number) if type_ else None
        if sides is None:
            self._collector.refuse(place, "its card type is missing from the collection")
            return
        self._count_html(sides)
        try:
            front, back = to_text(sides.front), to_text(sides.back)
            hidden = [to_text(html).text for html in sides.hidden]
            asked = to_text(sides.asked).text
        except TooMuchHtml:
            self._collector.refuse(place, _TOO_MUCH)
            return
        key = key_of_id(card.guid or str(card.note)).partition(".")[0]
        if card.number:
            key = f"{key}.{card.number + 1}"
        answer, asked_for = _answer(back.text, hidden, asked)
        tags = tuple(card.tags.split())
        note = Note(key, front.text, answer, place, tags, asked_for, deck)
        self._collector.add(note, (*front.media, *back.media))

    def _count_html(self, sides: Sides) -> None:
        """Limit the HTML of all cards together, since a note may have hundreds of cards."""
        for html in (sides.front, sides.back, *sides.hidden, sides.asked):
            self._markup += html.count("<")
            self._html += len(html)
        if self._markup > MAX_MARKUP or self._html > MAX_HTML:
            message = f"The cards in {printable(self._file.name)} have too much text."
            raise NotesUnreadable(message, remedy=_SMALLER)

    def _json(self, column: str) -> dict[str, "dict[str, object]"]:
        """The objects in a JSON column of schema 11, by id."""
        (text,) = self._connection.execute(f"SELECT {column} FROM col").fetchone() or ("{}",)  # noqa: S608
        objects = json.loads(text)
        if not isinstance(objects, dict) or not all(
            isinstance(value, dict) for value in objects.values()
        ):
            raise _damaged(self._file, f"its {column} cannot be read")
        return objects

    def _types_in_tables(self) -> dict[int, NoteType]:
        names: dict[int, list[str]] = {}
        for type_, name in self._connection.execute(
            "SELECT ntid, name FROM fields ORDER BY ntid, ord LIMIT 100000"
        ):
            names.setdefault(type_, []).append(name)
        templates: dict[int, dict[int, Template]] = {}
        for type_, number, config in self._connection.execute(
            "SELECT ntid, ord, config FROM templates LIMIT 100000"
        ):
            templates.setdefault(type_, {})[number] = _template(config)
        return {
            type_: NoteType(names.get(type_, []), templates.get(type_, {}), _is_cloze(config))
            for type_, config in self._connection.execute(
                "SELECT id, config FROM notetypes LIMIT 100000"
            )
        }

    def _decks_in_table(self) -> dict[int, str]:
        rows = self._connection.execute("SELECT id, name FROM decks LIMIT 100000")
        return {id_: str(name).replace(_LEVEL_END, _DECK_LEVELS) for id_, name in rows}


def _without_rubric(type_: NoteType) -> NoteType:
    """The note type; if it is the tutor's own, with only the model answer on the back."""
    if tuple(type_.fields) != OUR_FIELDS:
        return type_
    return replace(type_, templates={0: Template("{{Prompt}}", "{{Model answer}}")})


def _in_one_deck(collector: Collector, decks: Sequence[str]) -> ReadNotes:
    """The notes, by their sections: the decks inside the one deck that contains all of them.

    If there is no such deck, all decks become sections. They are in the order of their names, as in
    Anki.
    """
    outer = {deck.partition(_DECK_LEVELS)[0] for deck in decks}
    title = outer.pop() if len(outer) == 1 else ""
    read = collector.result(title)
    sections = {
        note.section: note.section.removeprefix(title).removeprefix(_DECK_LEVELS)
        for note in read.notes
    }
    if len(sections) > MOST_SECTIONS:
        sections = dict.fromkeys(sections, "")
    notes = (
        replace(note, section=sections[note.section].replace(_DECK_LEVELS, ": "))
        for note in read.notes
    )
    return replace(read, notes=tuple(sorted(notes, key=lambda note: note.section.casefold())))


_CLOZE = 1


def _is_cloze(config: bytes) -> bool:
    """Whether the kind in Anki's message `Notetype.Config`, field 1, is cloze."""
    return (1, _CLOZE) in protobuf.fields(config)


def _template(config: bytes) -> Template:
    """Fields 1 and 2 of Anki's message `Notetype.Template.Config`."""
    texts = {n: v for n, v in protobuf.fields(config) if n in (1, 2) and isinstance(v, bytes)}
    front, back = (texts.get(number, b"").decode("utf-8", "replace") for number in (1, 2))
    return Template.of(front, back)


def _type(data: "dict[str, object]") -> NoteType:
    """A note type from the JSON of schema 11. Raises ValueError, KeyError."""
    fields, templates = _objects(data["flds"]), _objects(data["tmpls"])
    names = [str(one["name"]) for one in sorted(fields, key=lambda one: int(one["ord"]))]
    by_number = {
        int(one["ord"]): Template.of(str(one["qfmt"]), str(one["afmt"])) for one in templates
    }
    return NoteType(names, by_number, data.get("type") == _CLOZE)


def _decoded(value: object) -> str:
    """The text of a value that Anki writes as text, but another program may not."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value or "")


def _objects(value: object) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise ValueError("a note type has no list of fields and templates")
    return value


def _answer(back: str, hidden: Sequence[str], asked: str) -> tuple[str, str]:
    """A card's answer, and the part of it that is asked for.

    The answer to a card with gaps is what they hide, followed by the whole text.
    """
    if not hidden:
        return back, asked
    asked_for = "\n".join(dict.fromkeys(filter(None, hidden)))
    return (f"{asked_for}\n\n{back}".strip() if asked_for else ""), asked_for
