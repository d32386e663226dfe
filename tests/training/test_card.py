"""The learning rate, and the card of a run."""

from pathlib import Path

import pytest

from training.card import Report, card, write_card, write_report
from training.recipe import Recipe

REPORT = Report(
    base="Qwen2.5 Coder 0.5B",
    fingerprint="a" * 16,
    recipe=Recipe(seed=4),
    rows=(("all", "all", "10", "50", "40%", "3%", "57%"),),
    steps=400,
    minutes=41.6,
    first_loss=0.69,
    last_loss=0.41,
    looks=((200, 0.71, 0.38), (400, 0.82, 0.67)),
    prompts=50,
    exact=0.005,
    quantised=0.31,
)


def test_the_learning_rate_rises_and_then_falls() -> None:
    recipe = Recipe(rise=10)
    rates = [recipe.rate_at(step, 200) for step in range(200)]
    assert max(rates) == pytest.approx(recipe.rate, rel=0.02)
    assert rates[0] < rates[5] < rates[9]
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert rates[-1] == pytest.approx(recipe.rate / 20, rel=0.01)


def test_the_card_states_the_measurements_and_the_training_data(tmp_path: Path) -> None:
    write_report(REPORT, tmp_path)
    (tmp_path / "figures.md").write_text("| a table |")
    file = write_card(tmp_path, tmp_path)
    assert file.stem == REPORT.fingerprint
    text = file.read_text(encoding="utf-8")
    for words in (
        "--seed 4", "400 steps, 42 minutes", "| 400 | 0.820 | 0.67 |", "| a table |",
        "loss fell from 0.690 to 0.410", "differ by at most 0.005",
        "| all | all | 10 | 50 | 40% | 3% | 57% |", "a" * 16, "## Limits",
    ):  # fmt: skip
        assert words in text
    assert "Not yet" not in text
    assert "Not yet" in card(REPORT)
    (tmp_path / "report.json").write_text("{}")
    with pytest.raises(ValueError, match="base"):
        write_card(tmp_path, tmp_path)
