"""The recipe's figures, and the card that tells of a run."""

from pathlib import Path

import pytest

from training.card import Licensed, Report, card, read_report, write_report
from training.recipe import Recipe

REPORT = Report(
    base="SmolLM2-135M",
    fingerprint="a" * 16,
    recipe=Recipe(seed=4),
    rows=(("all", "all", "10", "50", "40%", "3%", "57%"),),
    left_out=2,
    graded=(Licensed("saf-de", "MIT"),),
    steps=400,
    minutes=41.6,
    first_loss=0.69,
    last_loss=0.41,
    looks=((200, 0.31, 0.28), (400, 0.42, 0.37)),
    prompts=50,
    exact=0.005,
    quantised=0.31,
)


def test_the_rate_rises_and_falls_to_nothing() -> None:
    recipe = Recipe()
    rates = [recipe.rate_at(step, 200) for step in range(200)]
    assert max(rates) == rates[9] == recipe.rate
    assert rates[0] < rates[5] < rates[9]
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert 0 < rates[-1] < recipe.rate / 100


def test_the_card_tells_what_was_measured_and_where_the_data_is_from(tmp_path: Path) -> None:
    write_report(REPORT, tmp_path / "report.json")
    told = card(read_report(tmp_path / "report.json"), "| a table |")
    for said in (
        "--seed 4", "saf-de (MIT)", "400 steps, 42 minutes", "| 400 | 0.42 | 0.37 |", "| a table |",
        "loss from 0.690 to 0.410", "50 prompts differ by 0.005", "2 answers were too long",
        "| all | all | 10 | 50 | 40% | 3% | 57% |", "a" * 16, "## Limits",
    ):  # fmt: skip
        assert said in told
    assert "Not yet" not in told
    assert "Not yet" in card(REPORT)


def test_a_report_that_is_none_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text("{}")
    with pytest.raises(ValueError, match="base"):
        read_report(tmp_path / "report.json")
