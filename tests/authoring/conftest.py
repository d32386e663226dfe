"""A built-in deck, a profile, and the bank of both."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.banks import make_deck
from tutor.bank import Bank, open_bank
from tutor.paths import Paths

Reopen = Callable[[], Bank]
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    found = Paths(home=tmp_path / "home", resources=tmp_path / "program")
    make_deck(found.resources / "questions" / "ours", sections=2)
    make_deck(found.own_questions / "mine")
    return found


@pytest.fixture
def reopen(paths: Paths) -> Reopen:
    """The bank as it is on disk now."""

    def reopen() -> Bank:
        bank = open_bank(paths.questions, None)
        assert bank.problems == ()
        return bank

    return reopen


@pytest.fixture
def bank(reopen: Reopen) -> Bank:
    return reopen()
