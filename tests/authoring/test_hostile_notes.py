"""Notes that were made to break something, in every format."""

import json
from collections.abc import Callable
from pathlib import Path

import genanki
import pytest
from typer.testing import CliRunner

from tests.support.banks import make_deck
from tutor.authoring.importing import carry_out, plan_import
from tutor.authoring.notes import MAX_CHARACTERS
from tutor.authoring.readers import read_notes
from tutor.bank import open_bank
from tutor.cli.app import app

HOSTILE = "[red]Which[/red] [/nope] is\x1b[31m \u202eit\u202c \u2066x\u2069\u200b\x07?"
SEEN = "[red]Which[/red] [/nope] is[31m it x?"
"""The same without what controls a terminal or the direction of text."""


def csv(folder: Path, prompt: str, answer: str) -> Path:
    file = folder / "notes.csv"
    file.write_text(f"front,back\n{prompt},{answer}\n", encoding="utf-8")
    return file


def markdown(folder: Path, prompt: str, answer: str) -> Path:
    file = folder / "notes.md"
    file.write_text(f"Q: {prompt}\nA: {answer}\n", encoding="utf-8")
    return file


def json_lines(folder: Path, prompt: str, answer: str) -> Path:
    file = folder / "notes.jsonl"
    file.write_text(json.dumps({"prompt": prompt, "answer": answer}), encoding="utf-8")
    return file


def package(folder: Path, prompt: str, answer: str) -> Path:
    deck = genanki.Deck(1, f"../{HOSTILE}::../../{HOSTILE}")
    deck.add_note(genanki.Note(genanki.BASIC_MODEL, [prompt, answer]))
    file = folder / "notes.apkg"
    genanki.Package(deck).write_to_file(file)
    return file


Write = Callable[[Path, str, str], Path]


@pytest.mark.parametrize("write", [markdown, json_lines, package])
def test_a_line_of_megabytes_is_skipped(write: Write, tmp_path: Path) -> None:
    read = read_notes(write(tmp_path, "What is it?", "word " * 300_000))
    assert read.notes == ()
    assert f"longer than {MAX_CHARACTERS:,}" in read.unusable[0].reason


@pytest.mark.parametrize("write", [csv, markdown, json_lines, package])
def test_signs_that_nobody_sees_are_omitted(write: Write, tmp_path: Path, home: Path) -> None:
    file = write(tmp_path, HOSTILE, f"It is {HOSTILE}")
    plan = plan_import(
        read_notes(file), file, home / "questions", taken=(), bank_texts=(), deck="hostile"
    )
    written = carry_out(plan)
    assert {each.parent for each in written} == {home / "questions" / "hostile"}
    bank = open_bank([home / "questions"], None)
    (info,) = bank.deck("hostile").questions
    question = bank.question(info.id)
    assert question.prompt.to("en") == SEEN
    assert question.answer.to("en") == f"It is {SEEN}"
    titles = bank.deck("hostile").title.to("en") + info.section.title.to("en")
    assert titles.isprintable()


def test_texts_control_no_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_deck(tmp_path / "program" / "questions" / "built-in")
    monkeypatch.setattr("tutor.paths.program_folder", lambda: tmp_path / "program")
    file = package(tmp_path, HOSTILE, f"It is {HOSTILE}")
    for arguments in (
        ["bank", "import", str(file), "--deck", "hostile", "--dry-run"],
        ["bank", "import", str(file), "--deck", "hostile"],
        ["bank", "list", "--deck", "hostile"],
        ["ask", "--deck", "hostile", "--grader", "terms"],
        ["bank", "check"],
    ):
        result = CliRunner().invoke(app, arguments, input="It is x.\n.\n")
        assert result.exception is None or isinstance(result.exception, SystemExit)
        shown = result.stdout + result.stderr
        assert all(sign.isprintable() or sign in "\n\t" for sign in shown)
