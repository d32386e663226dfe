"""Where decks may be, and what is reported about misplaced files."""

import os
from pathlib import Path
from typing import IO, Any

import pytest

from tests.support.banks import make_deck
from tutor.bank import Bank, open_bank

links = pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    make_deck(tmp_path / "ours" / "alpha")
    return tmp_path / "ours"


def summaries(bank: Bank) -> list[tuple[str, str]]:
    return [(problem.file.name, problem.message) for problem in bank.problems]


def test_missing_and_empty_folders_are_no_problem(tmp_path: Path) -> None:
    bank = open_bank([tmp_path, tmp_path / "missing"], None)
    assert (bank.decks, bank.problems) == ((), ())


def test_a_later_folders_deck_replaces_one_of_the_same_id(root: Path, tmp_path: Path) -> None:
    make_deck(root / "beta")
    mine = make_deck(tmp_path / "mine" / "alpha", questions=5)
    make_deck(tmp_path / "mine" / "gamma")
    bank = open_bank([root, tmp_path / "mine"], tmp_path / "bank.sqlite")
    assert bank.problems == ()
    assert [deck.id for deck in bank.decks] == ["alpha", "beta", "gamma"]
    assert bank.deck("alpha").replaces == root / "alpha"
    assert len(bank.deck("alpha").questions) == 5
    assert bank.info("alpha.1.1").file == mine / "01-part.yaml"
    again = open_bank([root, tmp_path / "mine"], tmp_path / "bank.sqlite")
    assert [deck.replaces for deck in again.decks] == [root / "alpha", None, None]


def test_a_folder_without_a_head_hides_no_deck(root: Path, tmp_path: Path) -> None:
    mine = make_deck(tmp_path / "mine" / "alpha", questions=5)
    (mine / "deck.yaml").unlink()
    bank = open_bank([root, tmp_path / "mine"], None)
    assert summaries(bank) == [("deck.yaml", "the folder has no deck.yaml")]
    assert len(bank.deck("alpha").questions) == 2


def test_an_original_that_comes_later_is_seen_by_the_cache(root: Path, tmp_path: Path) -> None:
    make_deck(tmp_path / "mine" / "beta")
    folders, cache = [root, tmp_path / "mine"], tmp_path / "bank.sqlite"
    assert open_bank(folders, cache).deck("beta").replaces is None
    make_deck(root / "beta")
    assert open_bank(folders, cache).deck("beta").replaces == root / "beta"


def test_sections_are_ordered_by_number(root: Path) -> None:
    deck = root / "alpha"
    for name in ("10-late", "9-early"):
        text = (deck / "01-part.yaml").read_text(encoding="utf-8")
        number = name.partition("-")[0]
        moved = text.replace("alpha.1.", f"alpha.{number}.")
        (deck / f"{name}.yaml").write_text(moved, encoding="utf-8")
    info = open_bank([root], None).deck("alpha")
    assert [section.key for section in info.sections] == ["01-part", "9-early", "10-late"]
    assert [question.id for question in info.questions][::2] == [
        "alpha.1.1",
        "alpha.9.1",
        "alpha.10.1",
    ]


@pytest.mark.parametrize(
    ("path", "name", "message"),
    [
        ("stray.yaml", "stray.yaml", "this file is not in a deck"),
        ("Beta/01-a.yaml", "Beta", "the folder's name cannot be a deck's id"),
        ("alpha/intro.yaml", "intro.yaml", "not the name of a section"),
        ("alpha/02-a.yml", "02-a.yml", "the file is ignored"),
        (
            "alpha/02-a.samples.yaml",
            "02-a.samples.yaml",
            "there is no section 02-a.yaml next to these samples",
        ),
    ],
)
def test_misplaced_files_are_reported(root: Path, path: str, name: str, message: str) -> None:
    (root / path).parent.mkdir(exist_ok=True)
    (root / path).write_text((root / "alpha" / "01-part.samples.yaml").read_text("utf-8"), "utf-8")
    bank = open_bank([root], None)
    assert summaries(bank)[0] == (name, message)
    assert bank.problems[0].remedy
    assert len(bank) == 2


def test_decks_without_a_head_or_a_section_are_reported(root: Path) -> None:
    (make_deck(root / "beta") / "deck.yaml").unlink()
    make_deck(root / "gamma", sections=0)
    bank = open_bank([root], None)
    assert summaries(bank) == [
        ("deck.yaml", "the folder has no deck.yaml"),
        ("gamma", "the deck has no section"),
    ]
    assert [deck.id for deck in bank.decks] == ["alpha"]


def test_hidden_and_other_files_are_ignored(root: Path) -> None:
    (root / ".git").mkdir()
    (root / "README.md").write_text("x", encoding="utf-8")
    (root / "alpha" / ".01-part.yaml.swp").write_text("x", encoding="utf-8")
    (root / "alpha" / "notes.txt").write_text("x", encoding="utf-8")
    assert open_bank([root], None).problems == ()


@pytest.mark.parametrize("make", ["mkdir", pytest.param("mkfifo", marks=links)])
def test_what_is_no_file_is_not_opened(root: Path, make: str) -> None:
    getattr(os, make)(root / "alpha" / "02-a.yaml")
    assert summaries(open_bank([root], None)) == [("02-a.yaml", "not a plain file")]


@links
def test_links_that_lead_out_are_not_followed(root: Path, tmp_path: Path) -> None:
    outside = make_deck(tmp_path / "outside" / "beta")
    (root / "beta").symlink_to(outside)
    (root / "alpha" / "02-a.yaml").symlink_to(outside / "01-part.yaml")
    (root / "alpha" / "03-a.yaml").symlink_to("03-a.yaml")
    assert summaries(open_bank([root], None)) == [
        ("02-a.yaml", "the link leads out of the bank"),
        ("03-a.yaml", "the link leads nowhere"),
        ("beta", "the link leads out of the bank"),
    ]


@links
def test_links_inside_and_a_linked_root_are_followed(root: Path, tmp_path: Path) -> None:
    (root / "alpha" / "02-more.yaml").symlink_to("01-part.yaml")
    (tmp_path / "link").symlink_to(root)
    bank = open_bank([tmp_path / "link"], None)
    assert [section.key for section in bank.deck("alpha").sections] == ["01-part", "02-more"]
    assert "is already used" in bank.problems[0].message


def test_a_file_that_cannot_be_opened_is_reported(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.open

    def refuse(self: Path, mode: str = "r") -> IO[Any]:
        if self.name == "01-part.yaml":
            raise PermissionError(13, "Permission denied")
        return real(self, mode)

    monkeypatch.setattr(Path, "open", refuse)
    assert summaries(open_bank([root], None)) == [
        ("01-part.yaml", "the file cannot be read: Permission denied")
    ]


def test_a_questions_folder_that_is_a_file_is_reported(tmp_path: Path) -> None:
    (tmp_path / "questions").write_text("x", encoding="utf-8")
    (problem,) = open_bank([tmp_path / "questions"], None).problems
    assert "the folder cannot be read" in problem.message
