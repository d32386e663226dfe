"""A second question about one point: in the answer's language, without giving the point away."""

from pathlib import Path

import pytest

from tests.support.attempts import attempt_with
from tests.support.services import NOW
from tests.support.soak import SOAK
from tutor.bank import Bank, Language, Question, Text, Verdict
from tutor.grading import Evidence, Grade, GraderId, KeyTermGrader, PointGrade
from tutor.progress import Attempt
from tutor.study.follow_up import (
    MISSING,
    PARTIAL,
    SecondQuestion,
    about_point,
    hint_about,
    second_question,
    worded,
)

from .builders import make_small_bank


@pytest.fixture
def question(tmp_path: Path) -> Question:
    """A question that asks for parity, among other things, and has no hints."""
    asked = make_small_bank(tmp_path / "bank", {"first": 1}).question("first.1")
    return asked.model_copy(update={"hints": ()})


def attempt_at(question: Question, evidence: str | None, language: Language) -> Attempt:
    points = tuple(
        PointGrade(
            id=point.id,
            weight=point.weight,
            verdict=Verdict.PARTIAL if evidence else Verdict.MISSED,
            evidence=Evidence(sentence=1, text=evidence) if evidence else None,
        )
        for point in question.rubric
    )
    grader = GraderId(name="terms", version="1")
    grade = Grade(question=question.id, grader=grader, language=language, points=points)
    return attempt_with(grade, NOW)


@pytest.mark.parametrize("language", ["de", "en", "ru", "zh"])
def test_the_wording_is_in_the_answers_language(question: Question, language: Language) -> None:
    missed = second_question(question, attempt_at(question, None, language), 2)
    assert missed.asked == MISSING[language]
    partly = second_question(question, attempt_at(question, "a\n {b} [/c]", language), 2)
    assert partly.asked == PARTIAL[language].format("a {b} [/c]")
    assert (partly.number, partly.of) == (2, len(question.rubric))
    assert [point.id for point in partly.question.rubric] == [partly.point]
    assert partly.point == question.rubric[1].id


def test_a_hint_about_the_point_is_used_unless_it_tells_the_point(our_bank: Bank) -> None:
    question, point, about = next(
        (question, point, hint)
        for question in map(our_bank.question, our_bank.question_ids)
        for point in question.rubric
        if (hint := hint_about(question, point.id, "en"))
    )
    assert about in [" ".join(hint.to("en").split()) for hint in question.hints]
    others = [each.id for each in question.rubric if each is not point]
    assert all(hint_about(question, other, "en") != about for other in others)
    telling = question.model_copy(update={"hints": (Text(en=point.point.to("en")),)})
    assert hint_about(telling, point.id, "en") == ""


@pytest.mark.no_cover
def test_a_second_question_never_meets_its_point(our_bank: Bank) -> None:
    grader, hinted = KeyTermGrader(), 0
    for id_ in our_bank.question_ids[:: 3 if SOAK else 30]:
        question = our_bank.question(id_)
        language = question.languages[0]
        attempt = attempt_at(question, None, language)
        for number in range(1, len(question.rubric) + 1):
            second = second_question(question, attempt, number)
            (judged,) = grader.grade(second.question, second.asked, language).points
            assert judged.verdict is Verdict.MISSED, (id_, second.point, second.asked)
            hinted += second.asked != MISSING[language]
    assert hinted > 0


GOOD = "Kann ein Mensch sagen, wie das Ergebnis zustande kam?"


def black_box(our_bank: Bank, *met: str) -> SecondQuestion:
    """About the first point of a German question whose answer met only the points `met`.

    The point: it is hard to interpret what goes on inside a model, and why it decides as it does.
    """
    question = our_bank.question("lectures-de.1.1")
    attempt = attempt_at(question, None, "de")
    grade = attempt.grade.overrule(dict.fromkeys(met, Verdict.MET))
    return second_question(question, attempt.model_copy(update={"grade": grade}), 1)


def test_a_models_question_stands_below_ours(our_bank: Bank) -> None:
    second = black_box(our_bank)
    assert worded(second, f" {GOOD}\n").asked == f"{second.asked}\n{GOOD}"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "nothing"),
        ("Nennen Sie den Punkt.", "no question"),
        ("Ist ein Modell eine Black Box?", "tells the point by its term"),
        ("Ist schwer zu sagen, was im Modell vorgeht und warum es so entscheidet?", "and says it"),
        ("Braucht man dafür viele Daten?", "tells another point"),
        ("Kann ein Mensch das? " * 20, "too long"),
        ("Почему модель решила именно так?", "in another language"),
        ("1 + 1 = ?", "in none"),
    ],
)
def test_a_models_question_that_would_spoil_it_is_omitted(
    our_bank: Bank, text: str, why: str
) -> None:
    second = black_box(our_bank)
    assert worded(second, text) is second, why


def test_a_point_that_was_met_may_be_named(our_bank: Bank) -> None:
    text = "Sie nennen viele Daten; kann ein Mensch sagen, wie das Ergebnis zustande kam?"
    assert text not in worded(black_box(our_bank), text).asked
    assert text in worded(black_box(our_bank, "much-data"), text).asked


@pytest.mark.parametrize(
    ("language", "text", "fits"),
    [
        ("zh", "为什么 Transformer 训练更快？", True),
        ("zh", "Why is it fast?", False),
        ("ru", "Что делает decoder в BERT?", True),
        ("ru", "What does the декодер do in BERT?", False),
    ],
)
def test_the_letters_have_to_be_the_answers(
    question: Question, language: Language, text: str, fits: bool
) -> None:
    second = second_question(question, attempt_at(question, None, language), 2)
    assert (text in worded(second, text).asked) is fits


def test_only_the_point_asked_about_is_graded(question: Question) -> None:
    question = question.model_copy(update={"hints": (Text(en="Halve it."),)})
    about = about_point(question, "parity")
    grade = KeyTermGrader().grade(about, "It is even.", "en")
    assert [(point.id, point.verdict) for point in grade.points] == [("parity", Verdict.MET)]
    assert (about.id, about.hints) == (question.id, ())
    assert about.answer == question.rubric[2].point
    with pytest.raises(KeyError, match="nowhere"):
        about_point(question, "nowhere")
