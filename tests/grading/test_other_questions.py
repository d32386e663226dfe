"""A good answer to another question earns nothing, and the grade names that question."""

import pytest

from tests.support.questions import EngineDouble
from tutor.bank import Bank, Language, Sample
from tutor.grading import GradingService, KeyTermGrader, PromptBook
from tutor.grading.other_questions import OtherQuestions
from tutor.paths import find_paths

ASKED = "lectures-de.7.12"
"""What the update gate of a GRU does."""


@pytest.fixture(scope="module")
def others(our_bank: Bank) -> OtherQuestions:
    return OtherQuestions(lambda: our_bank, KeyTermGrader())


@pytest.mark.parametrize(
    ("other", "language"),
    [("lectures-de.1.3", "de"), ("lectures-de.9.3", "en"), ("papers-ru.5.3", "ru"),
     ("transfer-21-zh.9", "zh")],
)  # fmt: skip
def test_the_model_answer_to_another_question_is_recognised(
    others: OtherQuestions, our_bank: Bank, other: str, language: Language
) -> None:
    answer = our_bank.question(other).answer.to(language)
    assert others.answered(our_bank.question(ASKED), answer, language) == other


def test_no_answer_to_its_own_question_is_taken_for_another(
    others: OtherQuestions, our_bank: Bank
) -> None:
    good = [
        sample
        for id_ in our_bank.question_ids[::16]
        for sample in our_bank.samples(id_)
        if sample.kind in ("full", "paraphrase", "partial", "reversed")
    ]
    assert len(good) > 100
    taken = [each for each in good if _answered(others, our_bank, each)]
    assert taken == []


def _answered(others: OtherQuestions, bank: Bank, sample: Sample) -> str:
    return others.answered(bank.question(sample.question), sample.answer, sample.language)


def test_whoever_grades_it_earns_nothing(our_bank: Bank) -> None:
    asked = our_bank.question(ASKED)
    answer = our_bank.question("lectures-de.1.3").answer.to("de")
    book = PromptBook(find_paths({}).prompts)
    alone = GradingService(book, EngineDouble()).grade(asked, answer, "de")
    assert alone.score > 0, "the model takes it for a good answer"
    engine = EngineDouble()
    grading = GradingService(book, engine, bank=lambda: our_bank)
    grade = grading.grade(asked, answer, "de")
    assert engine.asked == [], "it is shown to no grader"
    assert (grade.score, grade.grader.name) == (0, "rule")
    assert "lectures-de.1.3" in grade.remark
    right = asked.answer.to("de")
    assert grading.grade(asked, right, "de").grader.name == "model"
