"""A small bank with samples for calibrating."""

from pathlib import Path

import pytest

from tests.support.banks import make_deck
from tutor.bank import Bank, open_bank


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    """Six questions with three points and, for calibrating, a full answer each."""
    folder = make_deck(tmp_path / "questions" / "numbers", questions=6)
    for file in folder.glob("*.samples.yaml"):
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("    kind: full", "    split: calibrate\n    kind: full"))
    return open_bank([tmp_path / "questions"], None)
