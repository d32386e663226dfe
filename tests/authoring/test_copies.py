"""What a student changed in a copy of a built-in deck, and going back."""

import pytest

from tests.authoring.conftest import NOON, Reopen
from tests.support.banks import edit, question_yaml
from tutor.authoring.copies import (
    DeckRefused,
    changes_of,
    copy_deck,
    remove_deck,
    revert_deck,
    revert_question,
)
from tutor.bank import Bank
from tutor.paths import Paths
from tutor.progress import ProfileNotWritable


@pytest.fixture
def copied(bank: Bank, paths: Paths, reopen: Reopen) -> Bank:
    copy_deck(bank.deck("ours"), paths)
    return reopen()


def test_a_copy_has_the_files_of_the_deck_alone(bank: Bank, paths: Paths, reopen: Reopen) -> None:
    original = bank.info("ours.1.1").file.parent
    (original / "notes.txt").write_text("not of the deck")
    folder = copy_deck(bank.deck("ours"), paths)
    names = {path.name for path in original.iterdir()} - {"notes.txt"}
    assert {path.name for path in folder.iterdir()} == names | {".origin.json"}
    assert changes_of(reopen().deck("ours")) == ()


def test_a_copy_replaces_no_folder(bank: Bank, paths: Paths) -> None:
    existing = paths.own_questions / "ours" / "something.txt"
    existing.parent.mkdir()
    existing.write_text("mine")
    with pytest.raises(ProfileNotWritable):
        copy_deck(bank.deck("ours"), paths)
    assert existing.read_text() == "mine"
    assert [path.name for path in paths.own_questions.iterdir()] == ["mine", "ours"]


def test_changes_are_reported_by_question(copied: Bank, paths: Paths, reopen: Reopen) -> None:
    mine, ours = copied.info("ours.1.1").file, paths.resources / "questions" / "ours"
    edit(mine, "What is 1 doubled", "What is one doubled")
    with mine.open("a", encoding="utf-8") as file:
        file.write(question_yaml("ours.1.9", 9))
    edit(ours / "01-part.yaml", "What is 1 doubled", "What is 1 times 2")
    edit(ours / "02-part.yaml", "What is 1 doubled", "What is 1 times 2")
    with (ours / "02-part.yaml").open("a", encoding="utf-8") as file:
        file.write(question_yaml("ours.2.9", 9))
    changes = {each.question: each for each in changes_of(reopen().deck("ours"))}
    assert {id_: (each.kind, each.ours_changed) for id_, each in changes.items()} == {
        "ours.1.1": ("changed", True),
        "ours.1.9": ("added", False),
        "ours.2.1": ("outdated", True),
        "ours.2.9": ("removed", True),
    }
    lines = [line for line in changes["ours.1.1"].diff if line[:2] in ("+ ", "- ")]
    assert [line.strip("+- ") for line in lines] == [
        "en: 'What is 1 times 2, and why?'",
        "en: 'What is one doubled, and why?'",
    ]


def test_without_the_origin_it_is_not_known_whether_ours_changed(
    copied: Bank, reopen: Reopen
) -> None:
    file = copied.info("ours.1.1").file
    (file.parent / ".origin.json").write_text("{", "utf-8")
    edit(file, "What is 1 doubled", "What is one doubled")
    (change,) = changes_of(reopen().deck("ours"))
    assert (change.kind, change.ours_changed) == ("changed", None)


def test_a_copy_with_mistakes_is_not_compared(copied: Bank) -> None:
    edit(copied.info("ours.1.1").file, "prompt:", "promt:")
    with pytest.raises(DeckRefused, match=r"01-part\.yaml:\d+: .*prompt"):
        changes_of(copied.deck("ours"))


def test_only_a_deck_of_ones_own_is_removed(copied: Bank, paths: Paths, reopen: Reopen) -> None:
    with pytest.raises(DeckRefused, match="is your copy"):
        remove_deck(copied.deck("ours"), paths, NOON)
    hidden = remove_deck(copied.deck("mine"), paths, NOON)
    assert hidden.name.startswith(".mine.removed-")
    assert [deck.id for deck in reopen().decks] == ["ours"]
    revert_deck(copied.deck("ours"), NOON)
    with pytest.raises(DeckRefused, match="is a built-in deck"):
        remove_deck(reopen().deck("ours"), paths, NOON)


def test_a_question_is_put_back(copied: Bank, reopen: Reopen) -> None:
    file = copied.info("ours.1.1").file
    edit(file, "What is 1 doubled", "What is one doubled")
    edit(file, "What is 2 doubled", "What is two doubled")
    assert revert_question(reopen(), "ours.1.1") == file
    (change,) = changes_of(reopen().deck("ours"))
    assert change.question == "ours.1.2"


def test_a_question_of_ones_own_cannot_be_put_back(copied: Bank, reopen: Reopen) -> None:
    with copied.info("ours.1.1").file.open("a", encoding="utf-8") as file:
        file.write(question_yaml("ours.1.9", 9))
    with pytest.raises(DeckRefused, match="is not in the built-in deck"):
        revert_question(reopen(), "ours.1.9")
    with pytest.raises(DeckRefused, match="mine is not a copy"):
        revert_question(copied, "mine.1.1")
    with pytest.raises(DeckRefused, match="mine is not a copy"):
        changes_of(copied.deck("mine"))
    edit(copied.info("ours.1.1").file, "  - id: ours.1.1", "  -\n    id: ours.1.1")
    with pytest.raises(DeckRefused, match=r"the layout of .* does not allow it"):
        revert_question(reopen(), "ours.1.1")
