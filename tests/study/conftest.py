"""A small bank, and a profile in which the clock stands still."""

from collections.abc import Iterator

import pytest

from tests.study.builders import make_small_bank
from tests.support.services import NOW
from tutor.bank import Bank
from tutor.paths import Paths
from tutor.progress import Progress, open_progress


@pytest.fixture(scope="module")
def bank(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Bank:
    """A module says in `DECKS` how many questions each deck has."""
    return make_small_bank(tmp_path_factory.mktemp("bank"), request.module.DECKS)


@pytest.fixture
def progress(paths: Paths) -> Iterator[Progress]:
    with open_progress(paths, clock=lambda: NOW) as opened:
        yield opened
