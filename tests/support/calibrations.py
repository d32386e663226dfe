"""A calibration of the key terms, or with other fields of whatever a test needs."""

from tutor.grading import Calibration
from tutor.grading.key_term_grader import TERMS_VERSION


def calibration(**changes: object) -> Calibration:
    values: dict[str, object] = {
        "terms": TERMS_VERSION, "weights": {"terms": 4.0}, "partial": 1.0, "met": 2.0,
        "points": 300, "questions": 40,
    }  # fmt: skip
    return Calibration.model_validate(values | changes)
