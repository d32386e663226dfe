"""The key-term grader: what a term finds, and what it must not find."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.questions import question
from tutor.bank import RubricPoint, Text, Verdict
from tutor.grading import KeyTermGrader
from tutor.grading.text import normalise, tokens
from tutor.paths import find_paths


def verdict(term: str, answer: str) -> Verdict:
    point = RubricPoint(id="p", point=Text(en="a point"), terms=((term,),))
    return KeyTermGrader().grade(question(rubric=(point,)), answer, "en").points[0].verdict


@pytest.mark.parametrize(
    ("term", "answer"),
    [
        ("select*", "They were SELECTED at random"),
        ("маскирование", "это маскированием токенов"),
        ("Funktion", "die Funktionen"),
        ("15 %", "rund 15% davon"),
        ("0.5", "0,5"),
        ("1000", "1,000 steps"),
        ("умножение", "умнажение векторов"),
        ("положительный", "положителный"),
        ("注意力", "自注意力机制"),
        ("自 注意", "自注意力机制"),
        ("exp(-s(x))", "y = (y' - t(x)) ⊙ exp( − s(x) )"),
        ("exp(s(x))", r"$\exp(s(x))$"),
        ("Σ s(x)", r"\sum s(x)"),
        ("x_i", "x_i"),
        ("x²", "x^2".replace("^", "")),
        ("[MASK]", "durch [MASK] ersetzt"),
        ("*kodier*", "Positionskodierung"),
        ("*netz", "Faltungsnetz"),
        ("language model", "language-models"),
        ("all tokens", "all, tokens"),
        ("все", "всё"),
        ("token", "to\u200bken"),
        ("модель", "МОДЕЛЬЮ"),
    ],
)
def test_a_term_is_found(term: str, answer: str) -> None:
    assert verdict(term, answer) is Verdict.MET


@pytest.mark.parametrize(
    ("term", "answer"),
    [
        ("select*", "elected"),
        ("met", "set"),
        ("15 %", "50 %"),
        ("15 %", "15 tokens"),
        ("autoregressive", "regressive"),
        ("внутренний", "внешний"),
        ("exp(-s(x))", "exp(s(x))"),
        ("all tokens", "tokens of all"),
        ("*netz", "netzwerk"),
        ("注意力", "注意"),
        ("2", "12"),
        ("mask", ""),
    ],
)
def test_a_term_is_not_found(term: str, answer: str) -> None:
    assert verdict(term, answer) is Verdict.MISSED


def test_every_group_has_to_be_met() -> None:
    grader = KeyTermGrader()
    grades = {
        answer: [point.verdict for point in grader.grade(question(), answer, "en").points]
        for answer in ("15 % are selected, 80 % masked", "15 % of them", "nothing")
    }
    assert list(grades.values()) == [
        [Verdict.MET, Verdict.MET, Verdict.MISSED],
        [Verdict.PARTIAL, Verdict.MISSED, Verdict.MISSED],
        [Verdict.MISSED] * 3,
    ]


def test_evidence_is_the_sentence_with_the_most_terms() -> None:
    answer = "Tokens are selected. Of them 15 % are selected. The rest stays."
    point = KeyTermGrader().grade(question(), answer, "en").points[0]
    assert point.evidence is not None
    assert (point.evidence.sentence, point.evidence.text) == (2, "Of them 15 % are selected.")


def test_a_point_without_terms_is_judged_by_its_own_words() -> None:
    grader = KeyTermGrader()
    for answer, wanted in (
        ("The loss covers the selected positions only", Verdict.MET),
        ("only selected ones", Verdict.PARTIAL),
        ("the weather", Verdict.MISSED),
    ):
        assert grader.grade(question(), answer, "en").points[2].verdict is wanted


def test_the_grade_says_who_judged_and_measures_no_confidence() -> None:
    grade = KeyTermGrader(clock=iter((1.0, 1.5)).__next__).grade(question(), "x", "ru")
    assert (grade.grader.name, grade.language, grade.ms) == ("terms", "ru", 500)
    assert {point.confidence for point in grade.points} == {None}


@given(st.text(max_size=300))
def test_any_answer_is_judged(answer: str) -> None:
    grade = KeyTermGrader().grade(question(), answer, "en")
    assert 0 <= grade.score <= 1
    assert all(p.evidence is None or p.evidence.text in answer for p in grade.points)


@given(st.text())
def test_normalising_twice_changes_no_token(text: str) -> None:
    once = tokens(text)
    assert tokens(" ".join(once)) == once


def test_normal_forms() -> None:
    assert normalise("ＢＥＲＴ²") == "bert2"
    assert tokens("Es sind 1,5 Mio.") == ["es", "sind", "1.5", "mio", "."]


def test_resources_are_where_the_project_says() -> None:
    assert (find_paths({}).resources / "questions" / "papers-ru").is_dir()
    assert isinstance(find_paths({"TUTOR_HOME": "x"}).home, Path)
