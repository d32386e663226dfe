"""The profile of a test, and a disk that does not wait."""

import os
from collections.abc import Iterator

import pytest

from tests.progress.builders import opened
from tutor.paths import Paths
from tutor.progress import Progress


@pytest.fixture
def progress(paths: Paths) -> Iterator[Progress]:
    """The profile, open until the end of the test."""
    with opened(paths) as progress:
        yield progress


@pytest.fixture
def quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Turn syncing off: on some machines thousands of syncs would dominate a test."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
