"""`tutor bank` with `check`, `list`, `show` and `stats`, which only read decks."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.support.banks import edit, make_deck
from tutor.cli.output import FileUnreadable


@pytest.fixture
def deck(cached: Path) -> Path:
    return make_deck(cached / "questions" / "my-own-deck")


def test_check_lists_the_problems_of_a_deck(deck: Path, run: Run) -> None:
    path = deck / "01-part.yaml"
    edit(path, "level: explain", '"[b]x": y')
    checked = run("bank", "check", str(deck))
    assert checked.code == 1
    assert checked.out.startswith(f"error: {path}:6: questions[0].[b]x: the key `[b]x` is not")
    assert "    The keys here are: id, source, topics, level, prompt" in checked.out
    assert checked.err == "1 error, 0 warnings\n"


def test_warnings_are_errors_only_if_check_is_strict(deck: Path, run: Run) -> None:
    (deck / "01-part.samples.yaml").unlink()
    checked = run("bank", "check", str(deck), "--json")
    assert (checked.code, checked.json["errors"], checked.json["warnings"]) == (0, 0, 2)
    assert checked.json["problems"][0] == {
        "severity": "warning",
        "file": str(deck / "01-part.yaml"),
        "line": 3,
        "field": "questions[0]",
        "message": "0 of 2 sample answers",
        "remedy": "Add them to the .samples.yaml next to the section.",
    }
    assert run("bank", "check", str(deck), "--strict").code == 1


def test_check_without_a_path_checks_the_profile(
    deck: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutor.paths.program_folder", lambda: tmp_path)  # ours take long
    (deck / "deck.yaml").unlink()
    checked = run("bank", "check")
    assert checked.code == 1
    assert f"{deck / 'deck.yaml'}:1: the folder has no deck.yaml" in checked.out


def test_a_missing_document_to_check_against_is_an_error(tmp_path: Path, run: Run) -> None:
    error = run("bank", "check", "--against", str(tmp_path / "none")).error
    assert isinstance(error, FileUnreadable)
    assert "cannot be read" in error.message


def test_list_shows_the_decks(deck: Path, run: Run) -> None:
    listed = run("bank", "list", "--language", "de")
    assert "my-own-deck\t2 questions\tde en ru\tGroßer Stoff\n" in listed.out
    (ours,) = [
        each for each in run("bank", "list", "--json").json["decks"] if each["id"] == deck.name
    ]
    assert ours == {
        "id": "my-own-deck",
        "title": {"de": "Großer Stoff", "en": "A large subject"},
        "language": "en",
        "languages": ["de", "en", "ru"],
        "questions": 2,
        "copy": False,
    }


def test_list_shows_the_questions_of_a_deck(deck: Path, run: Run) -> None:
    assert run("bank", "list", "--deck", deck.name).out.splitlines() == [
        "my-own-deck.1.1\texplain\tde en ru\tPart 1\tWhat is 1 doubled, and why?",
        "my-own-deck.1.2\tderive\tde en ru\tPart 1\tWhat is 2 doubled, and why?",
    ]
    listed = run("bank", "list", "--deck", deck.name, "--json").json["questions"]
    assert [(each["line"], each["samples"]) for each in listed] == [(3, 2), (34, 2)]


def test_titles_and_questions_are_in_a_language_that_the_student_reads(
    deck: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUTOR_LANGUAGES", '["de"]')
    assert "\tGroßer Stoff\n" in run("bank", "list").out
    assert "Was ist 2 verdoppelt" in run("bank", "show", "my-own-deck.1.2").out
    assert "\tA large subject\n" in run("bank", "list", "--language", "en").out
    monkeypatch.setenv("TUTOR_LANGUAGES", '["zh"]')  # which this deck does not have
    assert "\tA large subject\n" in run("bank", "list").out
    assert "What is 2 doubled" in run("bank", "show", "my-own-deck.1.2").out


def test_show_prints_a_whole_question(deck: Path, run: Run) -> None:
    path = deck / "01-part.yaml"
    text = path.read_text("utf-8").replace("Do it in your head.", '"[red]Not[/] markup"')
    path.write_text(text + "    note: {en: Mind the gap.}\n", encoding="utf-8")
    assert run("bank", "show", "my-own-deck.1.2").out.splitlines() == [
        "my-own-deck.1.2 (derive)",
        "",
        "What is 2 doubled, and why?",
        "",
        "Rubric",
        "- value (2): The result is 4.",
        "- reason (1): Doubling is adding to itself.",
        "- parity (0.5): The result is even.",
        "",
        "Hints",
        "- [red]Not[/] markup",
        "- 2 + 2",
        "",
        "Model answer",
        "4, as doubling adds 2 to itself; hence it is even.",
        "",
        "References",
        "- Euclid, Elements VII, definition 6",
        "",
        "Source: generated, question 2",
        "",
        "Note",
        "Mind the gap.",
    ]
    assert "Was ist 2 verdoppelt" in run("bank", "show", "my-own-deck.1.2", "--language", "de").out


def test_problems_in_other_decks_are_mentioned(deck: Path, run: Run) -> None:
    make_deck(deck.parent / "other").joinpath("deck.yaml").write_text("x", encoding="utf-8")
    listed = run("bank", "list", "--json")
    assert deck.name in {each["id"] for each in listed.json["decks"]}
    assert "1 problem in the decks; `tutor bank check` lists them." in listed.err


def test_stats_count_everything(deck: Path, run: Run) -> None:
    (row,) = run("bank", "stats", "--deck", deck.name, "--json").json["decks"]
    assert row == {"deck": "my-own-deck", "questions": 2, "points": 6, "samples": 4}
    assert "my-own-deck" in run("bank", "stats", "--deck", deck.name).out
