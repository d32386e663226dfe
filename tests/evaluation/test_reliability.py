"""The picture of how sure the judge is shows the figures of the shipped calibration."""

import pytest

from bench.reliability import PICTURE, drawn
from tutor.grading import Calibration
from tutor.paths import find_paths


@pytest.fixture
def shipped() -> Calibration:
    (file,) = find_paths({}).calibrations[-1].glob("*.json")
    return Calibration.model_validate_json(file.read_bytes())


def test_the_picture_is_of_the_shipped_judge(shipped: Calibration) -> None:
    assert shipped.calibration_error is not None
    picture = drawn(shipped.sure, shipped.calibration_error)
    assert PICTURE.read_text(encoding="utf-8") == picture, "run python -m bench.reliability"


def test_the_shipped_judge_is_as_often_right_as_it_says(shipped: Calibration) -> None:
    assert sum(band.points for band in shipped.sure) > 2000
    assert shipped.calibration_error is not None
    assert shipped.calibration_error <= 0.05
