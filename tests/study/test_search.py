"""Questions are found by what is in them, in any language."""

from pathlib import Path

import pytest

from tutor.bank import Bank, open_bank
from tutor.study.search_index import SearchIndex, index_bank, search

from .builders import make_small_bank, make_unreadable_bank


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    folder = tmp_path_factory.mktemp("search")
    make_small_bank(folder, {"first": 3, "second": 12})
    section = folder / "second" / "1-one.yaml"
    text = section.read_text(encoding="utf-8")
    section.write_text(text.replace("Was ist 12 ", "注意力机制: Ｗas ist 12 "), encoding="utf-8")
    return open_bank([folder], None)


@pytest.fixture(scope="module")
def index(bank: Bank) -> SearchIndex:
    return index_bank(bank)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("注意力", ("second.12",)),
        ("机制 was", ("second.12",)),
        ("УДВОЕННОЕ 11", ("second.11",)),
        ("doubled 3", ("first.3", "second.3", "second.10")),
        ("second.1", ("second.1", "second.10", "second.11", "second.12")),
        ("first topic-2", ("first.2",)),
        ("nowhere", ()),
        ("", ()),
        (" \n", ()),
        ("[/bold] %s \\d+ .*", ()),
    ],
)
def test_every_word_has_to_be_there(index: SearchIndex, text: str, found: tuple[str, ...]) -> None:
    assert search(index, text).questions == found


def test_decks_and_topics_are_found_too(index: SearchIndex) -> None:
    assert search(index, "GROSSER stoff").decks == ("first", "second")
    assert search(index, "second").decks == ("second",)
    assert search(index, "topic-3").topics == ("topic-3",)
    assert len(search(index, "what", limit=4).questions) == 4


def test_a_question_that_cannot_be_read_is_found_by_its_place(tmp_path: Path) -> None:
    index = index_bank(make_unreadable_bank(tmp_path))
    assert search(index, "first.1").questions == ("first.1",)
    assert search(index, "doubled").questions == ()
