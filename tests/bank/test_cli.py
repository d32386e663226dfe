"""`tutor bank`: data on stdout, messages on stderr, exit codes."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.support.banks import make_deck
from tutor.bank.problems import UnknownDeckError, UnknownQuestionError
from tutor.cli.bank import app
from tutor.cli.output import FileUnreadable


@pytest.fixture
def deck(cached: Path) -> Path:
    return make_deck(cached / "questions" / "my-own-deck")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_check_finds_nothing_in_a_good_deck(deck: Path) -> None:
    result = run("check", str(deck))
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "0 errors, 0 warnings\n"


def test_check_lists_the_problems_of_a_bad_deck(deck: Path) -> None:
    path = deck / "01-part.yaml"
    path.write_text(path.read_text("utf-8").replace("level: explain", '"[b]x": y'), "utf-8")
    result = run("check", str(deck))
    assert result.exit_code == 1
    assert result.stdout.startswith(f"error: {path}:6: questions[0].[b]x: the key `[b]x` is not")
    assert "    The keys here are: id, source, topics, level, prompt" in result.stdout
    assert result.stderr == "1 error, 0 warnings\n"


def test_check_can_print_json(deck: Path) -> None:
    (deck / "01-part.samples.yaml").unlink()
    result = run("check", str(deck), "--json")
    assert result.exit_code == 0
    data = json.loads(result.stdout)
    assert (data["errors"], data["warnings"]) == (0, 2)
    assert data["problems"][0] == {
        "severity": "warning",
        "file": str(deck / "01-part.yaml"),
        "line": 3,
        "field": "questions[0]",
        "message": "0 of 2 sample answers",
        "remedy": "Add them to the .samples.yaml next to the section.",
    }
    assert run("check", str(deck), "--strict").exit_code == 1


def test_check_without_a_path_checks_the_profile(
    deck: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutor.paths.program_folder", lambda: tmp_path)  # ours take long
    (deck / "deck.yaml").unlink()
    result = run("check")
    assert result.exit_code == 1
    assert f"{deck / 'deck.yaml'}:1: the folder has no deck.yaml" in result.stdout


def test_list_shows_the_decks(deck: Path) -> None:
    result = run("list", "--language", "de")
    assert result.exit_code == 0
    assert "my-own-deck\t2 questions\tde en ru\tGroßer Stoff\n" in result.stdout
    (ours,) = [d for d in json.loads(run("list", "--json").stdout)["decks"] if d["id"] == deck.name]
    assert ours == {
        "id": "my-own-deck",
        "title": {"de": "Großer Stoff", "en": "A large subject"},
        "language": "en",
        "languages": ["de", "en", "ru"],
        "questions": 2,
        "copy": False,
    }


def test_list_shows_the_questions_of_a_deck(deck: Path) -> None:
    result = run("list", "--deck", deck.name)
    assert result.stdout.splitlines() == [
        "my-own-deck.1.1\texplain\tde en ru\tPart 1\tWhat is 1 doubled, and why?",
        "my-own-deck.1.2\tderive\tde en ru\tPart 1\tWhat is 2 doubled, and why?",
    ]
    data = json.loads(run("list", "--deck", deck.name, "--json").stdout)
    assert [(q["id"], q["line"], q["samples"]) for q in data["questions"]] == [
        ("my-own-deck.1.1", 3, 2),
        ("my-own-deck.1.2", 34, 2),
    ]


def test_titles_and_questions_are_in_a_language_that_the_student_reads(
    deck: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUTOR_LANGUAGES", '["de"]')
    assert "\tGroßer Stoff\n" in run("list").stdout
    assert "Was ist 2 verdoppelt" in run("show", "my-own-deck.1.2").stdout
    assert "\tA large subject\n" in run("list", "--language", "en").stdout
    monkeypatch.setenv("TUTOR_LANGUAGES", '["zh"]')  # which this deck does not have
    assert "\tA large subject\n" in run("list").stdout
    assert "What is 2 doubled" in run("show", "my-own-deck.1.2").stdout


def test_show_prints_a_whole_question(deck: Path) -> None:
    path = deck / "01-part.yaml"
    text = path.read_text("utf-8").replace("Do it in your head.", '"[red]Not[/] markup"')
    path.write_text(text + "    note: {en: Mind the gap.}\n", encoding="utf-8")
    assert run("show", "my-own-deck.1.2").stdout.splitlines() == [
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
    assert "Was ist 2 verdoppelt" in run("show", "my-own-deck.1.2", "--language", "de").stdout


def test_show_can_print_json(deck: Path) -> None:
    data = json.loads(run("show", "my-own-deck.1.1", "--json").stdout)
    assert data["id"] == "my-own-deck.1.1"
    assert [point["weight"] for point in data["rubric"]] == [2, 1, 0.5]


def test_unknown_ids_are_errors(deck: Path) -> None:
    assert isinstance(run("show", "my-own-deck.1.9").exception, UnknownQuestionError)
    assert isinstance(run("list", "--deck", "nothing").exception, UnknownDeckError)


def test_wrong_usage_exits_with_2(deck: Path) -> None:
    assert run("show").exit_code == 2
    assert run("show", "x", "--language", "fr").exit_code == 2


def test_problems_in_other_decks_are_mentioned(deck: Path) -> None:
    make_deck(deck.parent / "other").joinpath("deck.yaml").write_text("x", encoding="utf-8")
    result = run("list", "--json")
    assert result.exit_code == 0
    assert "my-own-deck" in {one["id"] for one in json.loads(result.stdout)["decks"]}
    assert "1 problem in the decks; `tutor bank check` lists them." in result.stderr


def test_stats_count_everything(deck: Path) -> None:
    (row,) = json.loads(run("stats", "--deck", deck.name, "--json").stdout)["decks"]
    assert row == {"deck": "my-own-deck", "questions": 2, "points": 6, "samples": 4}
    assert "my-own-deck" in run("stats", "--deck", deck.name).stdout
    assert isinstance(run("stats", "--deck", "none").exception, UnknownDeckError)


def test_a_missing_document_to_check_against_is_an_error(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["check", "--against", str(tmp_path / "none")])
    assert isinstance(result.exception, FileUnreadable)
    assert "cannot be read" in str(result.exception)
