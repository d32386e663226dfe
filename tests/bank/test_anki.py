"""Exported packages, opened as Anki does: a zip file with an SQLite database."""

import json
import sqlite3
import zipfile
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from tests.support.banks import make_deck
from tests.support.questions import question
from tutor.bank import Bank, DeckInfo, Question, RubricPoint, Text, open_bank
from tutor.bank.anki import FIELDS, escaped, guid, to_apkg
from tutor.cli.bank import app

NOW = datetime(2026, 11, 21, 13, 30, tzinfo=UTC)
NASTY = '<script>alert("1")</script> & \\(a<b_{[MASK]}\\) [sound:x.mp3] [latex]\\x[/latex] {{Id}}'


@pytest.fixture
def bank(cached: Path) -> Bank:
    make_deck(cached / "questions" / "my-deck", sections=2)
    return open_bank([cached / "questions"], None)


def questions(bank: Bank) -> tuple[DeckInfo, list[Question]]:
    deck = bank.deck("my-deck")
    return deck, [bank.question(info.id) for info in deck.questions]


def rows(package: bytes, query: str) -> list[tuple[object, ...]]:
    """The result of a query on the database in a package."""
    with zipfile.ZipFile(BytesIO(package)) as archive:
        assert archive.testzip() is None
        assert sorted(archive.namelist()) == ["collection.anki2", "media"]
        assert json.loads(archive.read("media")) == {}
        data = archive.read("collection.anki2")
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(data)
        assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
        return list(connection.execute(query))


def notes(package: bytes) -> dict[str, dict[str, str]]:
    """The fields of every note, by its guid."""
    return {
        str(guid): dict(zip(FIELDS, str(fields).split("\x1f"), strict=True))
        for guid, fields in rows(package, "select guid, flds from notes order by id")
    }


def package(*asked: Question) -> bytes:
    deck = DeckInfo("deck", Text(en="A::deck"), "en", (), (), Text(en="about <it>"))
    return to_apkg(deck, asked, "en", NOW)


def test_each_question_becomes_a_note(bank: Bank) -> None:
    deck, asked = questions(bank)
    exported = to_apkg(deck, asked, "de", NOW)
    assert list(notes(exported)) == [guid(one.id) for one in asked]
    assert notes(exported)[guid("my-deck.1.1")] == {
        "Prompt": "Was ist 1 verdoppelt, und warum?",
        "Rubric": "<ul><li>Das Ergebnis ist 2. (2)</li>"
        "<li>Verdoppeln heißt mit sich addieren. (1)</li>"
        "<li>Das Ergebnis ist gerade. (0.5)</li></ul>",
        "Model answer": "2, denn Verdoppeln heißt 1 mit sich addieren; es ist also gerade.",
        "References": "<ul><li>Euclid, Elements VII, definition 6</li></ul>",
        "Language": "de",
        "Id": "my-deck.1.1",
    }
    assert rows(exported, "select count(*) from cards") == [(len(asked),)]
    assert rows(exported, "select distinct tags from notes where tags like '% explain %'")


def test_a_second_export_has_the_same_ids_and_is_newer(bank: Bank) -> None:
    deck, asked = questions(bank)
    first = to_apkg(deck, asked, "de", NOW)
    edited = [one.model_copy(update={"prompt": Text(en="Edited")}) for one in reversed(asked)]
    renamed = replace(deck, title=Text(en="Another title"))
    second = to_apkg(renamed, edited, "en", NOW + timedelta(seconds=1))
    ids = "select guid, mid, did from notes join cards on nid = notes.id order by guid"
    assert rows(first, ids) == rows(second, ids)
    assert {one["Prompt"] for one in notes(second).values()} == {"Edited"}
    mod = "select distinct mod from notes"
    assert rows(second, mod) > rows(first, mod)


def test_the_ids_never_change() -> None:
    exported = package(question())
    assert rows(exported, "select guid, mid, did from notes join cards on nid = notes.id") == [
        ("meHd1<c:dr", 1_684_209_153, 1_767_065_044)
    ]


def test_equal_decks_give_equal_packages(bank: Bank) -> None:
    deck, asked = questions(bank)
    assert to_apkg(deck, asked, "ru", NOW) == to_apkg(deck, asked, "ru", NOW)


def test_a_missing_language_is_replaced_and_the_real_one_named(bank: Bank) -> None:
    deck, asked = questions(bank)
    (note, *_) = notes(to_apkg(deck, asked, "ru", NOW)).values()
    assert (note["Language"], note["Model answer"][:9]) == ("ru", "2, as dou")
    (note, *_) = notes(to_apkg(deck, asked, "zh", NOW)).values()
    assert (note["Language"], note["Prompt"][:4]) == ("en", "What")


def test_all_text_is_escaped() -> None:
    asked = question(
        prompt={"en": NASTY},
        answer={"en": NASTY + "\nnext"},
        rubric=(RubricPoint(id="x", point=Text(en=NASTY)),),
        references=(NASTY,),
    )
    (note,) = notes(package(asked)).values()
    safe = (
        "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; \\(a&lt;b_{[MASK]}\\) "
        "&#91;sound:x.mp3] &#91;latex]\\x&#91;/latex] {{Id}}"
    )
    assert note["Prompt"] == safe
    assert note["Model answer"] == f"{safe}<br>next"
    assert note["Rubric"] == f"<ul><li>{safe} (1)</li></ul>"
    assert note["References"] == f"<ul><li>{safe}</li></ul>"
    ((decks,),) = rows(package(asked), "select decks from col")
    (ours,) = (one for one in json.loads(str(decks)).values() if one["id"] != 1)
    assert (ours["name"], ours["desc"]) == ("A:deck", "about &lt;it&gt;")


@given(st.text())
def test_no_text_becomes_markup_or_another_field(text: str) -> None:
    safe = escaped(text)
    assert not set("\x00\x1b\x1f\"'") & set(safe)
    assert "<" not in safe.replace("<br>", "")
    for tag in ("[sound:", "[latex]", "[$]", "[$$]", "[anki:"):
        assert tag not in escaped(f"{text}{tag}{text}").lower()


@pytest.mark.usefixtures("bank")
def test_the_command_writes_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def export(*options: str) -> Result:
        return CliRunner().invoke(app, ["anki", "my-deck", *options])

    monkeypatch.chdir(tmp_path)
    written = export()
    assert (written.stdout, written.stderr) == ("my-deck.apkg\n", "4 notes\n")
    assert "my-deck.apkg already exists" in str(export().exception)
    export("--force", "--language", "ru")
    assert "Сколько" in next(iter(notes(Path("my-deck.apkg").read_bytes()).values()))["Prompt"]
    assert export("--out", "other.apkg").stdout == "other.apkg\n"


def test_the_package_can_go_to_standard_output(cached: Path) -> None:
    make_deck(cached / "questions" / "my-deck", questions=1)
    result = CliRunner().invoke(app, ["anki", "my-deck", "--out", "-"])
    assert len(notes(result.stdout_bytes)) == 1
    assert result.stderr == "1 note\n"


def test_our_own_decks_can_be_exported(our_bank: Bank) -> None:
    assert len({guid(id_) for id_ in our_bank.question_ids}) == len(our_bank)
    for deck in our_bank.decks:
        asked = [our_bank.question(info.id) for info in deck.questions]
        assert len(notes(to_apkg(deck, asked, deck.language, NOW))) == len(asked)
