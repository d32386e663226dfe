"""Notes become a deck, and a second import changes what has changed."""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import genanki
import pytest
from typer.testing import CliRunner, Result

from tests.support.banks import edit, make_deck
from tutor.authoring import deck_writer
from tutor.authoring.deck_id import DeckNameUnusable
from tutor.authoring.deck_writer import DeckNotWritable
from tutor.authoring.importing import Import, carry_out, plan_import
from tutor.authoring.notes import NotesUnreadable
from tutor.authoring.readers import read_notes
from tutor.bank import Bank, Question, open_bank
from tutor.cli.app import app
from tutor.progress import ProfileNotWritable

PACKAGES = Path(__file__).parent / "packages"


@pytest.fixture(autouse=True)
def resources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small built-in bank instead of ours."""
    folder = tmp_path / "resources"
    make_deck(folder / "questions" / "built-in")
    monkeypatch.setattr("tutor.paths.program_folder", lambda: folder)


def run(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(app, ["bank", "import", *map(str, arguments)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def data(*arguments: str | Path) -> dict[str, object]:
    report = json.loads(run(*arguments, "--json").stdout)
    assert isinstance(report, dict)
    return report


def table(tmp_path: Path, rows: Mapping[str, str], name: str = "cells.csv") -> Path:
    file = tmp_path / name
    pairs = enumerate(rows.items(), 1)
    lines = [f"{number};{prompt};{answer}" for number, (prompt, answer) in pairs]
    file.write_text("\n".join(["id;front;back", *lines]), encoding="utf-8")
    return file


def bank(home: Path) -> Bank:
    opened = open_bank([home / "questions"], None)
    assert opened.problems == ()
    return opened


def questions(home: Path, deck: str) -> dict[str, Question]:
    opened = bank(home)
    return {info.id: opened.question(info.id) for info in opened.deck(deck).questions}


ROWS = {
    "What is ATP?": "The molecule that carries energy in a cell.",
    "What is DNA?": "A molecule of two strands that stores the genes.",
    "What is a ribosome?": "It builds proteins out of amino acids.",
}


@pytest.fixture
def section(tmp_path: Path, home: Path) -> Path:
    """The one section of the deck `cells`, which was imported from `ROWS`."""
    run(table(tmp_path, ROWS))
    return home / "questions" / "cells" / "1-part.yaml"


def test_a_new_deck(tmp_path: Path, home: Path) -> None:
    result = run(table(tmp_path, ROWS))
    assert result.stdout == "cells (new deck, en)\n      3  new\n"
    assert result.stderr == "Study it with: tutor ask --deck cells\n"
    deck = bank(home).deck("cells")
    assert (deck.title.en, deck.language, len(deck.questions)) == ("cells", "en", 3)
    question = questions(home, "cells")["cells.2"]
    assert question.drafted
    assert question.prompt.en == "What is DNA?"
    assert question.answer.en == ROWS["What is DNA?"]
    assert question.source is not None
    assert (question.source.seed, question.source.at) == ("cells.csv", "line 3")
    assert question.rubric[0].terms


def test_a_dry_run_shows_points_and_writes_nothing(tmp_path: Path, home: Path) -> None:
    result = run(table(tmp_path, ROWS), "--dry-run")
    assert "3  new" in result.stdout
    assert "cells.1  line 2\nWhat is ATP?\n- The molecule that carries energy" in result.stdout
    assert result.stderr == "Nothing was written.\n"
    assert not (home / "questions").exists()


def test_importing_again_changes_nothing(tmp_path: Path, section: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in section.parent.iterdir()}
    report = data(table(tmp_path, ROWS))
    unchanged = ["cells.1", "cells.2", "cells.3"]
    assert (report["new"], report["changed"], report["unchanged"]) == ([], [], unchanged)
    assert before == {path: path.stat().st_mtime_ns for path in section.parent.iterdir()}


def test_what_changed_is_drafted_again_and_what_is_gone_stays(tmp_path: Path, home: Path) -> None:
    run(table(tmp_path, ROWS))
    first = questions(home, "cells")
    rows = {"What is ATP?": "Adenosine triphosphate.", "What is DNA?": ROWS["What is DNA?"]}
    report = data(table(tmp_path, rows))
    outcome = [report[key] for key in ("changed", "unchanged", "gone")]
    assert outcome == [["cells.1"], ["cells.2"], ["cells.3"]]
    now = questions(home, "cells")
    assert [*now] == [*first]
    assert now["cells.1"].answer.en == "Adenosine triphosphate."
    assert now["cells.1"].rubric[0].point.en == "Adenosine triphosphate."
    assert (now["cells.2"], now["cells.3"]) == (first["cells.2"], first["cells.3"])


def test_a_question_that_was_edited_stays_to_the_byte(
    tmp_path: Path, home: Path, section: Path
) -> None:
    text = section.read_text("utf-8")
    start, middle, end = text.split("    drafted: true\n")[:3]
    edited = middle.replace("- id: cells.2", "- id:   cells.2   # mine")
    section.write_text(f"{start}    drafted: true\n{edited}{end}    drafted: true\n", "utf-8")
    rows = dict.fromkeys(ROWS, "Something else.") | {"And a new one?": "Yes."}
    report = data(table(tmp_path, rows))
    assert (report["changed"], report["kept"]) == (["cells.1", "cells.3"], ["cells.2"])
    assert report["new"] == ["cells.4"]
    assert edited in section.read_text("utf-8")
    now = questions(home, "cells")
    assert now["cells.2"].answer.en == ROWS["What is DNA?"]
    assert now["cells.3"].answer.en == "Something else."
    assert [*now] == ["cells.1", "cells.2", "cells.3", "cells.4"]


def test_hints_and_comments_that_were_added_to_a_draft_stay(
    tmp_path: Path, home: Path, section: Path
) -> None:
    edit(section, "    drafted: true\n", "    drafted: true\n    hints: [{en: Think of energy.}]\n")
    edit(section, "  - id: cells.2\n", "  # the genes\n  - id: cells.2\n")
    data(table(tmp_path, {"What is ATP?": "The energy carrier."}))
    question = questions(home, "cells")["cells.1"]
    assert question.answer.en == "The energy carrier."
    assert question.hints[0].en == "Think of energy."
    assert "  # the genes\n" in section.read_text("utf-8")


def test_other_ids_for_the_same_prompts(tmp_path: Path, home: Path) -> None:
    """Some programs renumber their notes with each export."""
    file = table(tmp_path, ROWS)
    run(file)
    lines = file.read_text("utf-8").splitlines()
    file.write_text("\n".join(f"9{line}" if line[0].isdigit() else line for line in lines))
    report = data(file)
    assert (report["new"], report["gone"], len(report["unchanged"])) == ([], [], 3)  # type: ignore[arg-type]


def test_sections_are_filled_and_stay(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deck_writer, "SECTION_QUESTIONS", 5)
    rows = {f"What is {number}?": f"Number {number}." for number in range(7)}
    run(table(tmp_path, rows))
    sections = {info.id: info.section.key for info in bank(home).deck("cells").questions}
    assert sorted({*sections.values()}) == ["1-part", "2-part"]
    more = {prompt: f"{answer} Really." for prompt, answer in rows.items()} | {"More?": "Yes."}
    run(table(tmp_path, more))
    now = {info.id: info.section.key for info in bank(home).deck("cells").questions}
    assert now == sections | {f"cells.{len(more)}": "2-part"}


def test_a_section_of_the_students_own_gets_nothing_new(tmp_path: Path, home: Path) -> None:
    own = make_deck(home / "questions" / "cells") / "1-mine.yaml"
    own.with_name("01-part.samples.yaml").rename(own.with_name("1-mine.samples.yaml"))
    before = own.with_name("01-part.yaml").rename(own).read_bytes()
    run(table(tmp_path, ROWS), "--deck", "cells")
    assert own.read_bytes() == before
    assert len(bank(home).deck("cells").questions) == 5
    assert own.with_name("2-part.yaml").exists()


def test_sections_of_a_file_are_sections_of_the_deck(tmp_path: Path, home: Path) -> None:
    def imported(*decks: str) -> dict[str, list[str]]:
        file = tmp_path / "deck.apkg"
        genanki.Package([deck_of(name) for name in decks]).write_to_file(file)
        run(file)
        found: dict[str, list[str]] = {}
        for info in bank(home).deck("biology").questions:
            prompt = bank(home).question(info.id).prompt.to("en")
            found.setdefault(info.section.title.to("en"), []).append(prompt)
        return found

    def deck_of(name: str) -> genanki.Deck:
        full, _, last = name.partition("=")
        deck = genanki.Deck(sum(map(ord, full)), full)
        for number in range(int(last)):
            front = f"What is {full.rpartition(':')[2]} {number}?"
            deck.add_note(genanki.Note(genanki.BASIC_MODEL, [front, "It is a part."], guid=front))
        return deck

    assert imported("Biology::Cells=1", "Biology=1") == {
        "Questions": ["What is Biology 0?"],
        "Cells": ["What is Cells 0?"],
    }
    assert imported("Biology::Cells=2", "Biology::Genes=1", "Biology=2") == {
        "Questions": ["What is Biology 0?", "What is Biology 1?"],
        "Cells": ["What is Cells 0?", "What is Cells 1?"],
        "Genes": ["What is Genes 0?"],
    }


def test_the_other_card_of_a_renumbered_note_is_the_same(tmp_path: Path, home: Path) -> None:
    def package(back: str) -> Path:
        deck = genanki.Deck(1, "Cells")
        note = genanki.Note(genanki.BASIC_AND_REVERSED_CARD_MODEL, ["codon", back])
        deck.add_note(note)  # genanki makes its id from its texts
        file = tmp_path / "cells.apkg"
        genanki.Package(deck).write_to_file(file)
        return file

    run(package("three bases for an amino acid"))
    before = questions(home, "cells")
    report = data(package("a triplet of bases"))
    assert (report["new"], report["gone"]) == ([], [])
    assert report["changed"] == [*before]
    prompts = [one.prompt.en for one in questions(home, "cells").values()]
    assert prompts == ["codon", "a triplet of bases"]


def test_a_reworded_question_is_recognised_by_its_answer(tmp_path: Path, home: Path) -> None:
    def notes(pairs: Mapping[str, str]) -> Path:
        file = table(tmp_path, pairs)
        rows = [line.partition(";")[2] for line in file.read_text("utf-8").splitlines()]
        file.write_text("\n".join(rows), encoding="utf-8")  # without ids
        return file

    run(notes({**ROWS, "Has it a nucleus?": "Yes."}))
    first, *others = questions(home, "cells")
    answer, *_ = ROWS.values()
    rows = {"What is ATP for?": answer, **dict([*ROWS.items()][1:]), "Is it a plant?": "Yes."}
    assert (data(notes(rows))["changed"], len(others)) == ([first], 3)
    now = questions(home, "cells")
    assert now.pop(first).prompt.en == "What is ATP for?"
    new = [one.prompt.en for id_, one in now.items() if id_ not in others]
    assert new == ["Is it a plant?"]  # `Yes.` is not distinctive
    again = data(notes(rows))
    assert (again["new"], again["changed"]) == ([], [])


def test_a_question_that_a_student_added_stays(tmp_path: Path, home: Path, section: Path) -> None:
    text = section.read_text("utf-8")
    added = text[text.index("  - id: cells.3") :].replace("cells.3", "cells.4")
    source = added[added.index("    source:") : added.index("    prompt:")]
    section.write_text(text + added.replace(source, ""), "utf-8")
    report = data(table(tmp_path, {**ROWS, "What is RNA?": "A copy of a gene."}))
    assert (report["new"], report["changed"], report["kept"]) == ([], [], ["cells.4"])


def test_points_that_a_student_changed_stay(tmp_path: Path, home: Path, section: Path) -> None:
    edit(section, "drafted: true", "drafted: [p1]")
    report = data(table(tmp_path, dict.fromkeys(ROWS, "Something else.")))
    assert (report["changed"], report["kept"]) == (["cells.2", "cells.3"], ["cells.1"])


def test_a_deck_with_mistakes_is_not_touched(tmp_path: Path, home: Path, section: Path) -> None:
    edit(section, "drafted", "draftd")
    before = section.read_bytes()
    with pytest.raises(DeckNotWritable, match=r"1-part\.yaml:\d+: .*draftd"):
        run(table(tmp_path, dict.fromkeys(ROWS, "Other.")))
    assert section.read_bytes() == before


def test_a_section_that_was_just_removed_is_reported(tmp_path: Path, home: Path) -> None:
    file, folder = table(tmp_path, ROWS), home / "questions"

    def plan(rows: Mapping[str, str]) -> Import:
        table(tmp_path, rows)
        return plan_import(read_notes(file), file, folder, taken=(), bank_texts=())

    carry_out(plan(ROWS))
    again = plan(dict.fromkeys(ROWS, "Other."))
    (folder / "cells" / "1-part.yaml").unlink()
    with pytest.raises(ProfileNotWritable, match=r"1-part\.yaml"):
        carry_out(again)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux allows any bytes as a name")
@pytest.mark.parametrize("name", [b"Pr\xfcfung.csv", b"a\x1b[31m\x07.csv", b"a\nb.csv"])
def test_a_file_may_have_any_name(tmp_path: Path, home: Path, name: bytes) -> None:
    file = table(tmp_path, ROWS, os.fsdecode(name))
    for _ in range(2):
        plan = plan_import(read_notes(file), file, home / "questions", taken=(), bank_texts=())
        carry_out(plan)
    assert len(plan.unchanged) == 3
    (deck,) = bank(home).decks
    assert deck.title.to(deck.language).isprintable()


def test_a_layout_that_cannot_be_added_to_is_named(tmp_path: Path, home: Path) -> None:
    text = (
        "section: {en: S}\nquestions: [{id: cells.1, prompt: {en: P}, answer: {en: A}, "
        "source: {seed: f, at: l}, drafted: true, rubric: [{id: p, point: {en: A}}]}]\n"
    )
    folder = home / "questions" / "cells"
    folder.mkdir(parents=True)
    (folder / "deck.yaml").write_text("title: {en: T}\nlanguage: en\n", "utf-8")
    section = folder / "1-part.yaml"
    section.write_text(text, "utf-8")
    with pytest.raises(DeckNotWritable, match="does not allow the import to change it") as error:
        run(table(tmp_path, ROWS))
    assert "- id:" in error.value.remedy
    assert section.read_text("utf-8") == text


def test_a_package_with_gaps_and_media(home: Path) -> None:
    result = run(PACKAGES / "schema-11.apkg")
    gap = next(one for one in questions(home, "biology").values() if "[its" in one.prompt.to("en"))
    assert [point.point.en for point in gap.rubric] == ["H₂O"]
    assert "      1  skipped\n" in result.stdout
    assert "the answer has only pictures or sounds" in result.stderr
    assert "3 pictures and sounds skipped: dna.png, dna.mp3, cell.jpg\n" in result.stderr


def test_tags_become_topics_where_they_can(tmp_path: Path, home: Path) -> None:
    file = tmp_path / "cells.csv"
    file.write_text("front,back,tags\nWhat?,So.,cell-biology Big exam::1 energy\n", "utf-8")
    run(file)
    (question,) = questions(home, "cells").values()
    assert question.topics == ("cell-biology", "energy")
    (home / "questions" / "topics.yaml").write_text("topics: {energy: {en: Energy}}\n", "utf-8")
    run(file, "--deck", "other")
    (question,) = questions(home, "other").values()
    assert question.topics == ("energy",)


def test_another_file_of_the_same_name_is_not_mixed_in(tmp_path: Path, home: Path) -> None:
    run(table(tmp_path, ROWS))
    other = tmp_path / "law" / "cells.csv"
    other.parent.mkdir()
    other.write_text("front;back\nWhat is a cell?;A room in a prison.\n")
    with pytest.raises(DeckNameUnusable, match="already have a deck cells") as error:
        run(other)
    assert "--deck cells-2" in error.value.remedy
    assert len(questions(home, "cells")) == 3
    run(other, "--deck", "cells")
    assert len(questions(home, "cells")) == 4


def test_the_heading_of_the_file_and_those_below_it(tmp_path: Path, home: Path) -> None:
    (tmp_path / "notes.md").write_text(
        "# Cell biology\n## Transport\n**What is osmosis?**\nDiffusion of water.\n"
        "**What is a pump?**\nA protein that needs ATP.\n## Division\n"
        "**What is mitosis?**\nOne division.\n**What is meiosis?**\nTwo divisions.\n"
    )
    run(tmp_path / "notes.md")
    deck = bank(home).deck("notes")
    assert deck.title.en == "Cell biology"
    assert [section.title.en for section in deck.sections] == ["Transport", "Division"]


def test_an_id_has_to_be_given_where_none_follows(tmp_path: Path, home: Path) -> None:
    file = table(tmp_path, ROWS, "🎉.csv")
    with pytest.raises(DeckNameUnusable, match="No deck id can be made") as error:
        run(file)
    assert "--deck" in error.value.remedy
    run(file, "--deck", "cells")
    assert bank(home).deck("cells").title.en == "🎉"


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("cells.csv", ("--deck", ""), "No deck id can be made"),
        ("cells.csv", ("--deck", "../x"), "cannot be a deck's id"),
        ("cells.csv", ("--deck", "built-in"), "A built-in deck has the id"),
        ("Built in.csv", (), "A built-in deck has the id"),
    ],
)
def test_ids_that_cannot_be(
    tmp_path: Path, home: Path, name: str, options: tuple[str, ...], message: str
) -> None:
    with pytest.raises(DeckNameUnusable, match=message):
        run(table(tmp_path, ROWS, name), *options)
    assert not (home / "questions").exists()


def test_nothing_to_import(tmp_path: Path) -> None:
    with pytest.raises(NotesUnreadable, match=r"cells\.csv has 1 note, and it cannot") as error:
        run(table(tmp_path, {"What?": ""}))
    assert error.value.remedy == "The first is line 2: it has no answer."
    empty = tmp_path / "x.md"
    empty.write_text("Nothing to ask.\n")
    with pytest.raises(NotesUnreadable, match=r"x\.md has no questions"):
        run(empty)


def test_the_language_can_be_given_and_stays(tmp_path: Path, home: Path) -> None:
    file = table(tmp_path, ROWS)
    run(file, "--language", "de")
    assert bank(home).deck("cells").language == "de"
    assert run(file).stdout.startswith("cells (deck, de)\n")
    with pytest.raises(DeckNameUnusable, match="asked in another language"):
        run(file, "--language", "en")


def test_a_deck_that_cannot_be_written(tmp_path: Path, home: Path) -> None:
    home.mkdir(mode=0o700)
    (home / "questions").write_text("in the way")
    with pytest.raises((ProfileNotWritable, DeckNotWritable)):
        run(table(tmp_path, ROWS))
    assert (home / "questions").read_text() == "in the way"
