"""Packages made by Anki, genanki and the tutor, and broken or hostile ones."""

import sqlite3
import struct
import zipfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import genanki
import pytest
import zstandard

from tests.support.banks import make_deck
from tutor.authoring import notes
from tutor.authoring.notes import Note, NotesUnreadable, ReadNotes, key_of_id
from tutor.authoring.readers import anki, read_notes
from tutor.bank import open_bank
from tutor.bank.anki import FIELDS, guid, to_apkg

PACKAGES = Path(__file__).parent / "packages"
NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    "name", ["schema-11.apkg", "schema-18.apkg", "schema-11.colpkg", "schema-18.colpkg"]
)
def test_packages_of_anki_itself(name: str) -> None:
    read = read_notes(PACKAGES / name)
    assert [(note.prompt, note.answer, note.asked_for) for note in read.notes] == [
        ("What is DNA?", "A molecule of two strands.\nIt stores the genes.", ""),
        ("mitochondrion", "the organelle that makes ATP", ""),
        ("the organelle that makes ATP", "mitochondrion", ""),
        (
            "Water is [its formula] and boils at 100 °C.",
            "H₂O\n\nWater is H₂O and boils at 100 °C.\nAt \\(p = 1\\,\\mathrm{bar}\\).",
            "H₂O",
        ),
        (
            "Water is H₂O and boils at […].",
            "100 °C\n\nWater is H₂O and boils at 100 °C.\nAt \\(p = 1\\,\\mathrm{bar}\\).",
            "100 °C",
        ),
        ("How many chromosomes has a human cell?", "46", ""),
    ]
    assert (read.title, {note.section for note in read.notes}) == ("Biology", {"Cells"})
    assert read.media == ("dna.png", "dna.mp3", "cell.jpg")
    (unusable,) = read.unusable
    assert unusable.place.startswith("note 1")
    assert unusable.reason == "the answer has only pictures or sounds"
    assert read.notes[0].tags == ("Exam::2024", "genetics")


def test_every_version_has_the_same_keys() -> None:
    keys = {tuple(note.key for note in read_notes(file).notes) for file in PACKAGES.iterdir()}
    (only,) = keys
    assert len(set(only)) == 6
    assert only[2] == f"{only[1]}.2"
    assert only[4] == f"{only[3]}.2"


def genanki_package(tmp_path: Path, *made: genanki.Note) -> Path:
    deck = genanki.Deck(2_059_400_110, "Kurs::Zellen")
    for note in made:
        deck.add_note(note)
    file = tmp_path / "deck.apkg"
    genanki.Package(deck).write_to_file(file)
    return file


def test_a_package_of_genanki(tmp_path: Path) -> None:
    file = genanki_package(
        tmp_path,
        genanki.Note(genanki.BASIC_MODEL, ["Was ist <b>DNA</b>?", "Ein Molekül."], guid="one"),
        genanki.Note(genanki.BASIC_AND_REVERSED_CARD_MODEL, ["Zelle", "cell"], guid="two"),
        genanki.Note(genanki.CLOZE_MODEL, ["{{c1::Rom}} liegt in {{c2::Italien}}", ""], guid="x"),
    )
    read = read_notes(file)
    assert read.title == "Kurs"
    assert [(note.key, note.prompt) for note in read.notes] == [
        (key_of_id("one"), "Was ist DNA?"),
        (key_of_id("two"), "Zelle"),
        (f"{key_of_id('two')}.2", "cell"),
        (key_of_id("x"), "[…] liegt in Italien"),
        (f"{key_of_id('x')}.2", "Rom liegt in […]"),
    ]


def test_examples_are_shown_and_not_asked_for(tmp_path: Path) -> None:
    back = "{{FrontSide}}<hr id=answer>{{Русский}}<br><i>{{Пример}}</i>"
    vocabulary = genanki.Model(
        1_607_392_319,
        "Vocabulary",
        fields=[{"name": "Deutsch"}, {"name": "Русский"}, {"name": "Пример"}],
        templates=[{"name": "DE>RU", "qfmt": "{{Deutsch}}", "afmt": back}],
    )
    values = ["sich entschuldigen", "извиниться", "Он извинился за опоздание."]
    (note,) = read_notes(genanki_package(tmp_path, genanki.Note(vocabulary, values))).notes
    assert note.answer == "извиниться\nОн извинился за опоздание."
    assert note.asked_for == "извиниться"


def package_of_decks(tmp_path: Path, decks: dict[str, list[str]]) -> Path:
    """A package whose decks have these prompts."""
    made = []
    for number, (name, prompts) in enumerate(decks.items(), 1):
        deck = genanki.Deck(number, name)
        for prompt in prompts:
            deck.add_note(genanki.Note(genanki.BASIC_MODEL, [prompt, "Yes."], guid=prompt))
        made.append(deck)
    file = tmp_path / "collection.apkg"
    genanki.Package(made).write_to_file(file)
    return file


@pytest.mark.parametrize(
    ("decks", "title", "sections"),
    [
        (
            {"Bio": ["a"], "Bio::Cells": ["b"], "Bio::Genes:: DNA": ["c"], "Empty": []},
            "Bio",
            ["", "Cells", "Genes:  DNA"],
        ),
        ({"Bio::Cells": ["a"], "History": ["b"]}, "collection", ["Bio: Cells", "History"]),
        ({f"A::{name}": [name] for name in "wxyz"}, "A", [""] * 4),
    ],
    ids=["in one deck", "several decks", "too many"],
)
def test_decks_are_sections(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    decks: dict[str, list[str]],
    title: str,
    sections: list[str],
) -> None:
    monkeypatch.setattr(anki, "MOST_SECTIONS", 3)
    read = read_notes(package_of_decks(tmp_path, decks))
    assert (read.title, [note.section for note in read.notes]) == (title, sections)


def test_more_notes_than_anybody_learns(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (anki, notes):
        monkeypatch.setattr(module, "MAX_NOTES", 6)
    assert_refused(PACKAGES / "schema-11.apkg", "schema-11.apkg has more than 6 notes")


def test_our_own_export_comes_back(tmp_path: Path) -> None:
    make_deck(tmp_path / "questions" / "my-deck")
    bank = open_bank([tmp_path / "questions"], None)
    deck = bank.deck("my-deck")
    questions = [bank.question(info.id) for info in deck.questions]
    file = tmp_path / "my-deck.apkg"
    file.write_bytes(to_apkg(deck, questions, "en", NOW))
    read = read_notes(file)
    assert [(note.key, note.prompt) for note in read.notes] == [
        (key_of_id(guid(question.id)), question.prompt.en) for question in questions
    ]
    assert [note.answer for note in read.notes] == [
        question.answer.to("en") for question in questions
    ]
    assert anki.OUR_FIELDS == FIELDS


# ---- what is broken, and what was made to break something


def zipped(
    tmp_path: Path, members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED
) -> Path:
    file = tmp_path / "deck.apkg"
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file


def members(name: str) -> dict[str, bytes]:
    with zipfile.ZipFile(PACKAGES / name) as archive:
        return {member: archive.read(member) for member in archive.namelist()}


def database(change: Callable[[sqlite3.Connection], object]) -> bytes:
    """The database of a package in schema 11 with something changed."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(members("schema-11.apkg")["collection.anki21"])
        change(connection)
        connection.commit()
        return connection.serialize()


def assert_refused(file: Path, message: str) -> None:
    with pytest.raises(NotesUnreadable, match=message) as error:
        read_notes(file)
    assert error.value.remedy
    assert file.name in error.value.message


def test_what_is_no_package(tmp_path: Path) -> None:
    file = tmp_path / "deck.apkg"
    file.write_bytes(b"not a zip")
    assert_refused(file, "is not an Anki package: it is not a zip file")
    file.write_bytes(b"")
    assert_refused(file, "is not an Anki package")
    assert_refused(zipped(tmp_path, {"word/document.xml": b""}), "has no Anki collection in it")


@pytest.mark.parametrize("name", ["schema-11.apkg", "schema-18.apkg"])
def test_a_download_that_was_interrupted(tmp_path: Path, name: str) -> None:
    file = tmp_path / "deck.apkg"
    data = (PACKAGES / name).read_bytes()
    for part in range(10):
        file.write_bytes(data[: len(data) * part // 10])
        assert_refused(file, "deck.apkg is")


@pytest.mark.parametrize("name", ["schema-11.apkg", "schema-18.apkg"])
def test_a_package_with_flipped_bytes(tmp_path: Path, name: str) -> None:
    """Whatever byte is wrong: there are notes, or a named error."""
    data = bytearray((PACKAGES / name).read_bytes())
    file = tmp_path / "deck.apkg"
    outcomes = {True: 0, False: 0}
    for at in range(0, len(data), 397):
        data[at] ^= 0x55
        file.write_bytes(data)
        data[at] ^= 0x55
        try:
            outcomes[isinstance(read_notes(file), ReadNotes)] += 1
        except NotesUnreadable:
            outcomes[False] += 1
    assert outcomes[False] > 0


@pytest.mark.parametrize("member", ["collection.anki21", "collection.anki21b"])
def test_a_database_that_is_none(tmp_path: Path, member: str) -> None:
    assert_refused(zipped(tmp_path, {member: b"SQLite format 3\0" + b"x" * 9_000}), "is damaged")
    assert_refused(zipped(tmp_path, {member: b""}), "is damaged")


def test_a_database_with_flipped_bytes(tmp_path: Path) -> None:
    whole = bytearray(members("schema-11.apkg")["collection.anki21"])
    failed = 0
    for at in range(0, len(whole), 3_499):
        changed = whole.copy()
        changed[at : at + 60] = bytes(byte ^ 0xFF for byte in changed[at : at + 60])
        try:
            read_notes(zipped(tmp_path, {"collection.anki21": bytes(changed)}, zipfile.ZIP_STORED))
        except NotesUnreadable:
            failed += 1
    assert failed


def test_a_bomb_of_zeros(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anki, "MAX_DATABASE", 4 * 2**20)
    zeros = bytes(5 * 2**20)
    assert_refused(zipped(tmp_path, {"collection.anki2": zeros}), "is larger than 4 MiB")
    packed = zstandard.compress(zeros)
    assert_refused(zipped(tmp_path, {"collection.anki21b": packed}), "is larger than 4 MiB")
    assert_refused(zipped(tmp_path, {"collection.anki21b": packed * 3}), "is larger than 4 MiB")


def test_a_bomb_that_lies_about_its_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anki, "MAX_DATABASE", 4 * 2**20)
    file = zipped(tmp_path, {"collection.anki2": bytes(5 * 2**20)})
    data = file.read_bytes()
    for size in (10, 2**32 - 2):
        false = struct.pack("<I", size)
        file.write_bytes(data.replace(struct.pack("<I", 5 * 2**20), false))
        assert_refused(file, "deck.apkg is")


def test_a_window_larger_than_memory(tmp_path: Path) -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=28, enable_ldm=True)
    packed = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    data = packed.compress(bytes(1000)) + packed.flush()
    assert_refused(zipped(tmp_path, {"collection.anki21b": data}), "cannot be unpacked")


def test_a_directory_larger_than_memory(tmp_path: Path) -> None:
    file = zipped(tmp_path, members("schema-11.apkg"))
    data = bytearray(file.read_bytes())
    at = data.rfind(b"PK\x05\x06")
    data[at + 12 : at + 16] = struct.pack("<I", 2**31)
    file.write_bytes(data)
    assert_refused(file, "has too many files in it")


def test_names_in_a_zip_lead_nowhere(tmp_path: Path) -> None:
    """Links, paths and devices are members like others, and none of them is looked at."""
    file = tmp_path / "in" / "deck.apkg"
    file.parent.mkdir()
    with zipfile.ZipFile(file, "w") as archive:
        link = zipfile.ZipInfo("collection.anki21b")
        link.external_attr = 0o120777 << 16
        for name in ("../out", "/etc/passwd", "C:\\x", "a/../../out", "media", "con"):
            archive.writestr(name, b"x")
        archive.writestr(link, b"/etc/passwd")
    before = sorted(tmp_path.rglob("*"))
    assert_refused(file, "is damaged")
    assert sorted(tmp_path.rglob("*")) == before


def test_a_schema_that_runs_something(tmp_path: Path) -> None:
    """A view in the place of the notes is not asked."""

    def change(connection: sqlite3.Connection) -> None:
        connection.execute("ALTER TABLE notes RENAME TO others")
        connection.execute(
            "CREATE VIEW notes AS WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n)"
            " SELECT id, '' guid, 0 mid, '' flds, '' tags FROM n"
        )

    assert_refused(
        zipped(tmp_path, {"collection.anki21": database(change)}), "has no notes and cards"
    )


def test_a_query_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Millions of cards for a note are stopped, however few of them are real."""
    monkeypatch.setattr(anki, "_STEPS", 1_000)
    monkeypatch.setattr(anki, "_MAX_STEPS", 20)

    def change(connection: sqlite3.Connection) -> None:
        connection.execute("UPDATE cards SET nid = 0")
        connection.execute(
            "INSERT INTO cards SELECT abs(random()), 0, did, 0, mod, usn, type, queue, due, ivl,"
            " factor, reps, lapses, left, odue, odid, flags, data FROM cards, (WITH RECURSIVE"
            " n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 3000) SELECT i FROM n)"
        )

    assert_refused(zipped(tmp_path, {"collection.anki21": database(change)}), "interrupted")


WRONG_MODELS = [
    "", "[]", '{"1": 2}', '{"x": {}}', '{"1": {"flds": 1, "tmpls": []}}', "[" * 100_000,
    '{"1": {"flds": [1], "tmpls": []}}', '{"1": {"flds": [], "tmpls": [{"ord": "x"}]}}',
]  # fmt: skip


@pytest.mark.parametrize("models", WRONG_MODELS, ids=range(len(WRONG_MODELS)))
def test_note_types_that_cannot_be_read(tmp_path: Path, models: str) -> None:
    file = changed_notes(tmp_path, "UPDATE col SET models = ?", models)
    assert_refused(file, "is damaged")


def test_notes_whose_type_is_missing(tmp_path: Path) -> None:
    read = read_notes(changed_notes(tmp_path, "UPDATE col SET models = '{}'"))
    assert read.notes == ()
    assert {each.reason for each in read.unusable} == {
        "its card type is missing from the collection"
    }


def changed_notes(tmp_path: Path, statement: str, *values: str | bytes) -> Path:
    data = database(lambda connection: connection.execute(statement, values))
    return zipped(tmp_path, {"collection.anki21": data})


def test_values_of_another_kind(tmp_path: Path) -> None:
    assert_refused(
        changed_notes(tmp_path, "UPDATE notes SET mid = 'x'"), "text instead of a number"
    )
    assert_refused(changed_notes(tmp_path, "UPDATE cards SET ord = 'x'"), "is damaged")
    file = changed_notes(tmp_path, "UPDATE notes SET flds = ?, guid = ''", b"a\xff\x1fb\xfe")
    first = read_notes(file).notes[0]
    assert (first.prompt, first.answer) == ("a\ufffd", "b\ufffd")
    assert first.place == f"note {first.key}"
    assert not read_notes(changed_notes(tmp_path, "UPDATE notes SET flds = ''")).notes


def test_text_of_a_note_that_is_hostile(tmp_path: Path) -> None:
    text = "\x1b[31m<script>x</script>\u202e What?{{FrontSide}} [sound:../../etc/passwd]"
    read = read_notes(changed_notes(tmp_path, "UPDATE notes SET flds = ?", f"{text}\x1f{text}"))
    assert read.notes[0].prompt == "[31m What?{{FrontSide}}"
    assert "../../etc/passwd" in read.media


def test_a_note_with_hundreds_of_large_cards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(anki, "MAX_HTML", 100_000)
    text = "".join(f"{{{{c{number}::x{'y' * 100}}}}}" for number in range(1, 400))
    note = genanki.Note(genanki.CLOZE_MODEL, [text, ""])
    assert_refused(genanki_package(tmp_path, note), "have too much text")


def test_the_first_of_two_notes_with_the_same_id(tmp_path: Path) -> None:
    file = changed_notes(tmp_path, "UPDATE notes SET guid = 'same'")
    read = read_notes(file)
    assert isinstance(read.notes[0], Note)
    assert any("has the same id as note" in each.reason for each in read.unusable)
