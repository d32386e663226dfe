"""A change in an editor: what is checked, what is kept, and what the bank reads when."""

import os
from pathlib import Path

import pytest

from tests.authoring.conftest import NOON, Reopen
from tests.support.banks import edit as rewrite
from tutor.authoring.editing import (
    CheckedEdit,
    DeckChanged,
    begin_edit,
    check_edit,
    drop_edit,
    save_edit,
)
from tutor.bank import Bank
from tutor.paths import Paths


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_built_in_deck_is_copied_with_the_change_in_it(
    bank: Bank, paths: Paths, reopen: Reopen
) -> None:
    before = files(bank.info("ours.1.1").file.parent)
    edit = begin_edit(bank, "ours.1.1", paths, NOON)
    assert edit.draft.read_text("utf-8").splitlines()[edit.line - 1] == "  - id: ours.1.1"
    rewrite(edit.draft, "What is 1 doubled", "What is one doubled")
    assert not (paths.own_questions / "ours").exists()
    assert check_edit(edit, bank) == CheckedEdit((), ())
    saved = save_edit(edit, paths, NOON)
    assert saved.copied
    now = reopen()
    assert now.question("ours.1.1").prompt.en == "What is one doubled, and why?"
    assert now.deck("ours").replaces == paths.resources / "questions" / "ours"
    assert len(now.samples("ours.1.1")) == 2
    assert files(paths.resources / "questions" / "ours") == before
    changed = files(paths.own_questions / "ours")
    assert [name for name in before if changed[name] != before[name]] == ["01-part.yaml"]
    assert not edit.draft.exists()
    if os.name == "posix":
        assert (paths.own_questions / "ours").stat().st_mode & 0o077 == 0
    assert [path.name for path in paths.own_questions.iterdir()] != []
    assert not [path for path in paths.own_questions.iterdir() if path.name.startswith(".")]


def test_a_deck_of_ones_own_changes_in_place(bank: Bank, paths: Paths, reopen: Reopen) -> None:
    file = bank.info("mine.1.1").file
    file.write_text("# kept\n" + file.read_text("utf-8"), "utf-8")
    edit = begin_edit(bank, "mine.1.2", paths, NOON)
    rewrite(edit.draft, "What is 2 doubled", "What is two doubled")
    assert check_edit(edit, bank).errors == ()
    assert not save_edit(edit, paths, NOON).copied
    assert reopen().question("mine.1.2").prompt.en == "What is two doubled, and why?"
    assert file.read_text("utf-8").startswith("# kept\n")


@pytest.mark.parametrize(
    ("old", "new", "line", "field", "message"),
    [
        ("level: explain", "levl: explain", 6, "questions[0].levl", "the key `levl` is not known"),
        ("id: ours.1.2", "id: ours.1.1", 34, "questions[1].id", "the id ours.1.1 is already used"),
        ("id: ours.1.2", "id: ours.2.1", 34, "questions[1].id", "the id ours.2.1 is already used"),
        ("id: ours.1.2", "id: mine.1.2", 34, "questions[1].id", "does not begin with the deck"),
        ("questions:", "questions: [", 3, "", "not valid YAML"),
    ],
)
def test_a_text_with_mistakes_is_reported_and_kept(
    bank: Bank, paths: Paths, old: str, new: str, line: int, field: str, message: str
) -> None:
    edit = begin_edit(bank, "ours.1.1", paths, NOON)
    rewrite(edit.draft, old, new)
    (problem,) = check_edit(edit, bank).errors
    assert problem.file == edit.draft
    assert (problem.line, problem.field) == (line, field)
    assert message in problem.message
    again = begin_edit(bank, "ours.1.1", paths, NOON)
    assert again.resumed
    assert new in again.draft.read_text("utf-8")
    assert not (paths.own_questions / "ours").exists()
    drop_edit(again)
    assert not begin_edit(bank, "ours.1.1", paths, NOON).resumed


def test_an_unfinished_text_that_was_overtaken_is_kept_by_another_name(
    bank: Bank, paths: Paths
) -> None:
    edit = begin_edit(bank, "mine.1.1", paths, NOON)
    rewrite(edit.draft, "What is 1 doubled", "What is one doubled")
    edit.file.write_text(edit.file.read_text("utf-8") + "# changed elsewhere\n", "utf-8")
    with pytest.raises(DeckChanged, match="was changed while you edited it"):
        save_edit(edit, paths, NOON)
    again = begin_edit(bank, "mine.1.1", paths, NOON)
    assert not again.resumed
    assert again.draft.read_bytes() == edit.file.read_bytes()
    (overtaken,) = edit.draft.parent.glob("*.overtaken-*.yaml")
    assert "What is one doubled" in overtaken.read_text("utf-8")


def test_what_the_key_terms_miss_is_a_remark(bank: Bank, paths: Paths) -> None:
    edit = begin_edit(bank, "mine.1.1", paths, NOON)
    rewrite(edit.draft, "hence it is even", "hence it is fine")
    found = check_edit(edit, bank)
    assert found.errors == ()
    (remark,) = found.remarks
    assert (remark.field, remark.line) == ("questions[0].answer.en", 29)
    assert "grade the point parity as missed" in remark.message


def test_a_point_that_is_no_draft_any_more_is_checked_like_any_other(
    drafted: Bank, paths: Paths
) -> None:
    edit = begin_edit(drafted, "mine.1.1", paths, NOON)
    rewrite(edit.draft, "- [even, ", "- [half]\n          - [even, ")
    remarks = [remark.message for remark in check_edit(edit, drafted).remarks]
    assert remarks == ["the key terms grade the point parity as partial"] * 2


def test_a_comment_alone_is_a_change_of_no_question(bank: Bank, paths: Paths) -> None:
    edit = begin_edit(bank, "mine.1.1", paths, NOON)
    assert edit.is_unchanged()
    rewrite(edit.draft, "questions:", "# a remark\nquestions:")
    assert not edit.is_unchanged()
    assert check_edit(edit, bank) == CheckedEdit((), ())
    assert "# a remark" in save_edit(edit, paths, NOON).file.read_text("utf-8")


def test_samples_that_fit_no_longer_are_kept_elsewhere(
    bank: Bank, paths: Paths, reopen: Reopen
) -> None:
    edit = begin_edit(bank, "ours.1.1", paths, NOON)
    rewrite(edit.draft, "- id: parity", "- id: evenness")
    found = check_edit(edit, bank)
    assert found.errors == ()
    saved = save_edit(edit, paths, NOON)
    assert saved.samples_kept is not None
    assert "ours.1.1" in saved.samples_kept.read_text("utf-8")
    now = reopen()
    assert [now.info(id_).samples for id_ in ("ours.1.1", "ours.1.2")] == [0, 2]


def test_samples_of_which_none_fits_are_removed_in_any_layout(
    bank: Bank, paths: Paths, reopen: Reopen
) -> None:
    edit = begin_edit(bank, "mine.1.1", paths, NOON)
    samples = edit.file.with_name("01-part.samples.yaml")
    samples.write_text(
        "samples: [{question: mine.1.1, language: en, kind: full, answer: It is 2., verdicts: "
        "{value: met, reason: met, parity: met}}]\n",
        "utf-8",
    )
    rewrite(edit.draft, "- id: parity", "- id: evenness")
    assert save_edit(edit, paths, NOON).samples_kept is not None
    assert not samples.exists()
    assert reopen().info("mine.1.1").samples == 0


def test_a_question_and_its_samples_can_be_removed(
    bank: Bank, paths: Paths, reopen: Reopen
) -> None:
    edit = begin_edit(bank, "mine.1.1", paths, NOON)
    text = edit.draft.read_text("utf-8")
    start, end = text.index("  - id: mine.1.1"), text.index("  - id: mine.1.2")
    edit.draft.write_text(text[:start] + text[end:], "utf-8")
    assert check_edit(edit, bank).errors == ()
    save_edit(edit, paths, NOON)
    now = reopen()
    assert "mine.1.1" not in now
    assert now.info("mine.1.2").samples == 2


@pytest.fixture
def drafted(bank: Bank, reopen: Reopen) -> Bank:
    """The bank in which the student's questions are imported and drafted."""
    file = bank.info("mine.1.1").file
    text = file.read_text("utf-8").replace("    level:", "    drafted: true\n    level:")
    file.write_text(text, "utf-8")
    return reopen()


def test_an_imported_question_whose_texts_were_edited_is_kept_by_the_next_import(
    drafted: Bank, paths: Paths, reopen: Reopen
) -> None:
    edit = begin_edit(drafted, "mine.1.1", paths, NOON)
    rewrite(edit.draft, "What is 2 doubled", "What is two doubled")
    assert save_edit(edit, paths, NOON).unmarked == ()
    now = reopen()
    assert now.question("mine.1.1").source is not None
    assert now.question("mine.1.1").drafted is True
    assert now.question("mine.1.2").drafted == ("value", "reason", "parity")


def test_a_changed_point_is_no_draft_any_more(drafted: Bank, paths: Paths, reopen: Reopen) -> None:
    edit = begin_edit(drafted, "mine.1.1", paths, NOON)
    rewrite(edit.draft, "The result is 2.", "The outcome is 2.")
    rewrite(edit.draft, "What is 2 doubled", "What is two doubled")
    assert save_edit(edit, paths, NOON).unmarked == ("mine.1.1",)
    now = reopen()
    assert now.question("mine.1.1").drafted == ("reason", "parity")
    assert now.question("mine.1.2").drafted == ("value", "reason", "parity")
    edit = begin_edit(now, "mine.1.1", paths, NOON)
    for old, new in (("Doubling is", "To double is"), ("is even", "is an even number")):
        rewrite(edit.draft, old, new)
    assert save_edit(edit, paths, NOON).unmarked == ("mine.1.1",)
    assert reopen().question("mine.1.1").drafted is False
