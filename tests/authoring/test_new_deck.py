"""A new deck passes the checks from the first minute."""

import pytest

from tutor.authoring.deck_id import DeckNameUnusable
from tutor.authoring.new_deck import new_deck
from tutor.bank import LANGUAGES, Bank, Language, check, open_bank
from tutor.grading.author_checks import author_checks
from tutor.paths import Paths


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_example_has_no_flaw(bank: Bank, paths: Paths, language: Language) -> None:
    folder = new_deck("my-deck", "It's: a #1 [title] {x}", language, bank, paths)
    assert check([folder], more=author_checks) == ()
    deck = open_bank(paths.questions, None).deck("my-deck")
    assert (deck.language, deck.title.to(language)) == (language, "It's: a #1 [title] {x}")
    assert (len(deck.questions), deck.questions[0].samples) == (1, 2)


@pytest.mark.parametrize("id_", ["../x", "ours", "mine"])
def test_a_bad_or_taken_id_is_refused(bank: Bank, paths: Paths, id_: str) -> None:
    before = sorted(paths.home.rglob("*"))
    with pytest.raises(DeckNameUnusable):
        new_deck(id_, "Title", "en", bank, paths)
    assert sorted(paths.home.rglob("*")) == before


def test_a_deck_has_a_title(bank: Bank, paths: Paths) -> None:
    with pytest.raises(DeckNameUnusable, match="no title"):
        new_deck("my-deck", " \n ", "en", bank, paths)
