"""Counts of sample answers, and of those that can teach a judge something."""

from pathlib import Path

import pytest

from tests.support.banks import make_deck
from tutor.bank import Bank, open_bank
from tutor.evaluation import count_samples


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    folder = make_deck(tmp_path / "questions" / "my-deck", questions=2)
    file = folder / "01-part.samples.yaml"
    text = file.read_text(encoding="utf-8")
    wrong = 'answer: "Ungefähr hundert."'
    assert wrong in text
    touching = 'answer: "It is not even, it adds nothing."'
    file.write_text(text.replace(wrong, touching, 1), encoding="utf-8")
    return open_bank([tmp_path / "questions"], None)


def test_samples_are_counted_by_what_they_are(bank: Bank) -> None:
    found = count_samples(bank, ["my-deck"])
    assert found.keys() == {"all", "deck", "language", "kind", "split"}
    whole = found["all"]["all"]
    assert (whole.answers, whole.points) == (4, 12)
    assert (whole.met, whole.partial, whole.missed) == (6, 0, 6)
    assert found["kind"].keys() == {"full", "wrong"}
    assert found["split"].keys() == {"train"}
    for part in ("deck", "language", "kind", "split"):
        assert sum(counts.answers for counts in found[part].values()) == 4


def test_what_missed_points_touch_counts_even_where_it_is_denied(bank: Bank) -> None:
    """Of three missed points one answer has `even`, and one of the two groups of `reason`."""
    row = count_samples(bank, ["my-deck"])["kind"]["wrong"].as_row()
    assert row["touched"] == pytest.approx((1 + 0.5) / 6, abs=1e-3)
    assert row["teaching"] == pytest.approx(2 / 6, abs=1e-3)
