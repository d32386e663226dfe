"""A disk that does not wait, for tests of what is written and not of when."""

import os

import pytest


@pytest.fixture
def quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sync nothing: on some machines one test would spend its time on thousands of syncs."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
