"""Key terms with a calibration: what it may change, and what it may not."""

from pathlib import Path

import pytest

from tests.support.calibrations import calibration
from tests.support.questions import question
from tutor.bank import RubricPoint, Text, Verdict
from tutor.grading import Calibrations, Grade, KeyTermGrader

POINT = "The input is limited to 512 tokens."


def judged(folder: Path, answer: str, *, terms: tuple[tuple[str, ...], ...] = (("512",),)) -> Grade:
    """Grade with a calibration by which nearly everything is met."""
    calibrations = Calibrations([folder])
    weights = {"terms": 1.0, "overlap": 7.0}
    calibrations.keep(calibration(weights=weights, partial=-3.0, met=-2.0))
    rubric = (RubricPoint(id="p", point=Text(en=POINT), terms=terms),)
    return KeyTermGrader(calibrations).grade(question(rubric=rubric), answer, "en")


@pytest.mark.parametrize(
    "answer",
    [
        "The input is limited to 4096 tokens.",
        "The input isn't limited to 512 tokens.",
        "The input is limited to -512 tokens.",
        "It is not 512.",
    ],
)
def test_no_point_is_met_without_its_terms(tmp_path: Path, answer: str) -> None:
    (point,) = judged(tmp_path, answer).points
    assert point.verdict is not Verdict.MET


def test_every_group_counts(tmp_path: Path) -> None:
    groups = (("512",), ("limit*",))
    assert judged(tmp_path, "limited to 4096", terms=groups).points[0].verdict is not Verdict.MET
    assert judged(tmp_path, "limited to 512", terms=groups).points[0].verdict is Verdict.MET


def test_a_capped_verdict_has_its_own_probability(tmp_path: Path) -> None:
    (point,) = judged(tmp_path, "The input is limited to 4096 tokens.").points
    assert point.unsure
