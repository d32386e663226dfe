"""What a large model writes: feedback, and a question about one point."""

from dataclasses import replace

import pytest

from tests.support.questions import INFO, EngineDouble, question
from tutor.bank import Verdict
from tutor.engine import Cancelled, EngineCrashed
from tutor.grading import GradingService

from .test_model_grader import ANSWER, BOOK, by_point, grading

SMALL = replace(INFO, parameters=135_000_000)


def test_a_small_model_writes_no_feedback(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = EngineDouble(by_point)
    service = grading(engine)
    grade = service.grade(question(), ANSWER, "en")
    monkeypatch.setattr(EngineDouble, "info", SMALL)
    assert list(service.feedback(question(), ANSWER, grade)) == []
    assert engine.tails == []


def test_feedback_gets_the_verdicts_and_the_language() -> None:
    engine = EngineDouble(by_point, written=("Es \x1b[31m", "\u202efehlt."))
    service = grading(engine)
    grade = service.grade(question(), ANSWER, "ru").overrule({"split": Verdict.MET})
    assert (
        "".join(service.feedback(question(), ANSWER, grade))
        == "До полного балла не хватает:Es [31mfehlt."
    )
    said = engine.tails[0]
    assert "Russian" in said
    assert "Stated: 1, 2. In part: none. Missing: 3. Feedback in Russian:" in said


def test_no_feedback_on_full_marks_or_on_a_grade_by_key_terms() -> None:
    engine = EngineDouble(lambda _said, _labels: 0)
    service = grading(engine)
    assert not list(service.feedback(question(), ANSWER, service.grade(question(), ANSWER, "en")))
    terms = service.grade(question(), ANSWER, "en", grader="terms")
    assert not list(service.feedback(question(), ANSWER, terms))


def test_feedback_ends_if_the_model_fails() -> None:
    engine = EngineDouble(by_point)
    service = grading(engine)
    grade = service.grade(question(), ANSWER, "en")
    engine.faults = [EngineCrashed("gone")]
    assert list(service.feedback(question(), ANSWER, grade)) == ["Missing for the full mark:"]
    engine.faults = [Cancelled("cancelled")]
    with pytest.raises(Cancelled):
        list(service.feedback(question(), ANSWER, grade))


def test_a_question_about_a_point_ends_with_a_question_mark() -> None:
    written = ("\x1b Womit ", "wird\n", "maskiert", "? Und: 80 %", " sind es.")
    engine = EngineDouble(by_point, written=written)
    asked = grading(engine).ask_about(question(), ANSWER, 2, "de")
    assert asked == "Womit wird maskiert?"
    (said,) = engine.tails
    assert "about point 2 alone" in said
    assert said.endswith("Question in German:Frage:")


@pytest.mark.parametrize("written", [(), ("No mark at all.",)])
def test_without_a_question_mark_there_is_no_question(written: tuple[str, ...]) -> None:
    assert grading(EngineDouble(written=written)).ask_about(question(), ANSWER, 1, "zh") == ""


def test_only_a_large_model_that_may_write_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = EngineDouble(written=("Why?",))
    assert grading(engine).writes
    silent = GradingService(BOOK, engine, feedback=False)
    assert (silent.writes, silent.ask_about(question(), ANSWER, 1, "en")) == (False, "")
    silent.may_write = True
    assert silent.writes
    monkeypatch.setattr(EngineDouble, "info", SMALL)
    for service in (GradingService(BOOK), grading(engine)):
        assert (service.writes, service.ask_about(question(), ANSWER, 1, "en")) == (False, "")
    assert engine.tails == []


def test_a_failed_model_asks_nothing_and_a_cancelled_one_raises() -> None:
    engine = EngineDouble(faults=[EngineCrashed("gone")])
    assert grading(engine).ask_about(question(), ANSWER, 1, "en") == ""
    engine.faults = [Cancelled("cancelled")]
    with pytest.raises(Cancelled):
        grading(engine).ask_about(question(), ANSWER, 1, "en")
