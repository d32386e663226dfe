"""A model that nobody chose grades only in languages in which it is known to be better."""

from dataclasses import replace

import pytest

from tests.support.calibrations import calibration
from tests.support.questions import INFO, EngineDouble, question
from tutor.bank import Language
from tutor.engine import EngineState, Status
from tutor.grading import Calibration, Calibrations, GradingService, PromptBook
from tutor.grading.calibration import Accuracy
from tutor.grading.model_grader import MODEL_VERSION
from tutor.grading.prompt_forms import form_hashes
from tutor.paths import find_paths

BOOK = PromptBook(find_paths({}).prompts)
ANSWER = "BERT picks 15 %. Then 80 % are masked."


class Known(Calibrations):
    """One calibration, of the engine double's model."""

    def __init__(self, *better_in: Language) -> None:
        super().__init__(())
        self.made = calibration(
            judge=MODEL_VERSION,
            model=INFO.fingerprint,
            prompt=form_hashes(BOOK)["listed"],
            form="listed",
            weights={"label": 1.0},
            found={"all together": {"accuracy": 0.9, "kappa": 0.8}},
            way="all together",
            better_in=better_in,
        )

    def of_model(self, *_: object) -> Calibration | None:
        return self.made


def test_the_model_grades_only_in_languages_it_is_better_in() -> None:
    engine = EngineDouble()
    grading = GradingService(BOOK, engine, calibrations=Known("en"), only_if_better=True)
    assert grading.grade(question(), ANSWER, "ru").grader.name == "terms"
    grading.prepare(question(), "ru", ANSWER)
    assert (engine.asked, engine.prefilled) == ([], [])
    grade = grading.grade(question(), ANSWER, "en")
    assert grade.grader.name == "model"
    assert grading.known_accuracy(grade, question().id, built_in=True) == Accuracy(0.9, seen=True)
    grading.prepare(question(), "en", ANSWER)
    assert len(engine.prefilled) == 1


def test_a_chosen_model_always_grades() -> None:
    grading = GradingService(BOOK, EngineDouble(), calibrations=Known(), only_if_better=True)
    assert grading.grade(question(), ANSWER, "en", grader="model").grader.name == "model"
    chosen = GradingService(BOOK, EngineDouble(), calibrations=Known())
    assert (grading.is_default, chosen.is_default) == (True, False)
    assert chosen.grade(question(), ANSWER, "ru").grader.name == "model"


@pytest.mark.parametrize("loaded", [True, False], ids=["never measured", "still loading"])
def test_key_terms_grade_until_the_model_is_loaded_and_measured(
    monkeypatch: pytest.MonkeyPatch, loaded: bool
) -> None:
    if not loaded:
        monkeypatch.setattr(EngineDouble, "info", None)
    kept = Calibrations(()) if loaded else Known("en")
    grading = GradingService(BOOK, EngineDouble(), calibrations=kept, only_if_better=True)
    assert grading.grade(question(), ANSWER, "en").grader.name == "terms"


def test_a_failed_model_that_nobody_chose_counts_as_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EngineDouble, "status", Status(EngineState.FAILED, "too little memory"))
    monkeypatch.setattr(EngineDouble, "info", None)
    kept = Known("en")
    engine = EngineDouble()
    unasked = GradingService(BOOK, engine, calibrations=kept, only_if_better=True)
    assert unasked.status.state is EngineState.OFF
    said: list[Status] = []
    unasked.subscribe(said.append)
    for listener in engine.listeners:
        listener(engine.status)
    assert said == [Status(EngineState.OFF)]
    assert unasked.grade(question(), ANSWER, "en").grader.name == "terms"
    assert (
        GradingService(BOOK, EngineDouble(), calibrations=kept).status.state is EngineState.FAILED
    )


def test_a_trained_model_that_was_measured_is_not_called_weak(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    small = replace(INFO, parameters=135_000_000, adapter="a" * 16)
    monkeypatch.setattr(EngineDouble, "wait_until_ready", lambda _self, _timeout: small)
    monkeypatch.setattr(EngineDouble, "info", small)
    known = GradingService(BOOK, EngineDouble(), calibrations=Known("en"))
    assert known.grade(question(), ANSWER, "en").remark == ""
    assert known.model_name == "built-in judge", "whatever its file calls itself"
    unknown = GradingService(BOOK, EngineDouble())
    assert "a weak grader" in unknown.grade(question(), ANSWER, "en").remark


def test_a_suggestion_follows_the_same_rules_as_a_grade() -> None:
    grading = GradingService(BOOK, EngineDouble(), calibrations=Known("en"))
    copied = question().prompt.to("en")
    suggested = grading.suggest(question(), copied, "en")
    assert suggested == grading.grade(question(), copied, "en")
    assert (suggested.grader.name, suggested.earned) == ("rule", 0)


def test_a_grade_by_key_terms_may_be_replaced_by_the_models(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine = EngineDouble()
    grading = GradingService(BOOK, engine, calibrations=Known("en"), only_if_better=True)
    by_terms = grading.suggest(question(), ANSWER, "en")
    assert grading.may_regrade(by_terms), "it was taken while the model was busy"
    assert not grading.may_regrade(grading.grade(question(), ANSWER, "en")), "the model's own"
    assert not grading.may_regrade(grading.suggest(question(), ANSWER, "ru")), "no better there"
    assert not GradingService(BOOK).may_regrade(by_terms), "there is no model"
    assert not grading.may_regrade(
        by_terms.model_copy(update={"remark": "Key terms graded this, since it failed."})
    )
    monkeypatch.setattr(EngineDouble, "info", None)
    assert not grading.may_regrade(by_terms), "ready, and not measured"
    monkeypatch.setattr(EngineDouble, "status", Status(EngineState.LOADING))
    assert grading.may_regrade(by_terms), "nobody knows yet"
    monkeypatch.setattr(EngineDouble, "status", Status(EngineState.FAILED, "too little memory"))
    assert not grading.may_regrade(by_terms)
