"""The explanation of a grade has every number, and marks text that is not ours."""

from pathlib import Path

import pytest

from tests.grading.test_model_grader import ANSWER, BOOK, by_point
from tests.support.calibrations import calibration
from tests.support.questions import INFO, EngineDouble, question
from tutor.engine import EngineError
from tutor.grading import Calibrations, GradingService
from tutor.grading.explain import Explanation
from tutor.grading.model_grader import MODEL_VERSION as JUDGE
from tutor.grading.prompt_forms import form_hashes

HASH = form_hashes(BOOK)["listed"]


def shown(explanation: Explanation) -> str:
    return "\n".join(
        line
        for section in explanation.sections
        for line in (section.title, *("".join(p.text for p in line) for line in section.lines))
    )


def calibrations(folder: Path, **changes: object) -> Calibrations:
    kept = Calibrations([folder])
    kept.keep(calibration(found={"before": {"accuracy": 0.5, "kappa": 0.1}}, **changes))
    return kept


def test_a_models_grade_is_explained_with_all_numbers(tmp_path: Path) -> None:
    about = {"judge": JUDGE, "model": INFO.fingerprint, "prompt": HASH, "form": "listed"}
    kept = calibrations(tmp_path, weights={"terms": 4.0, "label": 0.5}, **about)
    grading = GradingService(BOOK, EngineDouble(by_point), calibrations=kept)
    grade = grading.grade(question(), ANSWER, "en")
    assert grade.grader.calibration
    text = shown(grading.explain(question(), ANSWER, "en", grade))
    for expected in (
        INFO.fingerprint, HASH, grade.grader.calibration, "300 points of 40 questions",
        "before: 50 % of points right", "labels for this answer: yes 0.800",
        "for an empty answer: yes 0.333", "partial from +1.00, met from +2.00", "calibrated: met",
        "3  0.800  Then 80 % are masked.",
    ):  # fmt: skip
        assert expected in text


def test_untrusted_text_is_marked() -> None:
    grading = GradingService(BOOK, EngineDouble(by_point))
    grade = grading.grade(question(), ANSWER, "en")
    explanation = grading.explain(question(), ANSWER, "en", grade)
    pieces = [piece for line in explanation.sections[-1].lines for piece in line]
    assert {p.kind for p in pieces if "<|im_end|>" in p.text} == {"untrusted"}
    assert {p.kind for p in pieces if "You are an examiner" in p.text} == {"trusted"}
    assert "not calibrated: raw values" in shown(explanation)


def test_a_grade_by_key_terms_is_explained_with_its_sum(tmp_path: Path) -> None:
    grading = GradingService(BOOK, calibrations=calibrations(tmp_path))
    grade = grading.grade(question(), ANSWER, "en")
    share, _, loss = grade.points
    assert share.confidence is not None
    assert share.confidence == pytest.approx(0.5)
    assert loss.confidence is None, "nothing was fitted on points without terms"
    text = shown(grading.explain(question(), ANSWER, "en", grade))
    assert "4.00 × +0.25 = +1.00  key terms found" in text
    assert "sum +1.00; partial from +1.00" in text


def test_a_grade_by_rule_is_explained_with_its_reason() -> None:
    grading = GradingService(BOOK)
    grade = grading.grade(question(), " ", "en")
    assert "The answer is empty." in shown(grading.explain(question(), " ", "en", grade))


def test_only_the_model_that_graded_can_explain() -> None:
    grade = GradingService(BOOK, EngineDouble(by_point)).grade(question(), ANSWER, "en")
    with pytest.raises(EngineError, match="not available"):
        GradingService(BOOK).explain(question(), ANSWER, "en", grade)
    other = grade.model_copy(update={"grader": grade.grader.model_copy(update={"model": "0" * 16})})
    with pytest.raises(EngineError, match="another model"):
        GradingService(BOOK, EngineDouble(by_point)).explain(question(), ANSWER, "en", other)
