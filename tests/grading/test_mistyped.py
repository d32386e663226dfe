"""Which words are mistyped, and which are other words."""

import pytest

from tests.grading.test_as_typed import finds
from tutor.bank import Language
from tutor.grading.keyterms.typos import KNOWN, is_another
from tutor.grading.text import tokens


@pytest.mark.parametrize(
    ("term", "answer", "language"),
    [
        ("überwachtes Lernen", "unüberwachtes Lernen", "de"),
        ("überwachtes Lernen", "selbstüberwachtes Lernen", "de"),
        ("überwachtes Lernen", "halbüberwachtes Lernen", "de"),
        ("unüberwachtes Lernen", "überwachtes Lernen", "de"),
        ("übersichtlich", "unübersichtlich", "de"),
        ("übersichtlich", "überwacht", "de"),
        ("unabhängig", "abhängig", "de"),
        ("minimiert", "maximiert", "de"),
        ("intern", "extern", "de"),
        ("überanpassung", "unteranpassung", "de"),
        ("projection", "protection", "en"),
        ("insertion", "injection", "en"),
        ("supervised", "unsupervised", "en"),
        ("micro", "macro", "en"),
        ("microaverage", "macroaverage", "en"),
        ("minimise", "maximise", "en"),
        ("minimi*", "maximise", "en"),
        ("encoder", "decoder", "en"),
        ("internal", "external", "en"),
        ("interactive", "intraactive", "en"),
        ("token", "taken", "en"),
        ("layer", "later", "en"),
        ("изменяемый", "неизменяемый", "ru"),
        ("минимизация", "максимизация", "ru"),
        ("микроусреднение", "макроусреднение", "ru"),
        ("кодировщик", "декодировщик", "ru"),
        ("вывод", "выход", "ru"),
        ("перемеш*", "переменная", "ru"),
        ("размен*", "размера", "ru"),
        ("context*", "content", "en"),
    ],
)
def test_a_known_word_is_not_another_mistyped(term: str, answer: str, language: Language) -> None:
    assert not finds(term, answer, language)


@pytest.mark.parametrize(
    ("term", "answer", "language"),
    [
        ("projection", "projektion", "en"),
        ("projection", "projcetion", "en"),
        ("analyse", "analyze", "en"),
        ("centre", "center", "en"),
        ("recurrence", "Rekurrenz", "de"),
        ("überwachtes", "überwahctes", "de"),
        ("Abstand", "Abstände", "de"),
        ("vorhersagt", "vorhergesagt", "de"),
        ("unabhängig", "unabhängg", "de"),
        ("умножение", "умнажение", "ru"),
        ("минимизация", "минемизация", "ru"),
        ("Aufmerksamkeit", "Selbstaufmerksamkeit", "de"),
    ],
)
def test_a_typing_error_is_forgiven(term: str, answer: str, language: Language) -> None:
    assert finds(term, answer, language)


def test_words_of_the_rubric_are_known() -> None:
    assert not is_another("glarking", "glorking", ())
    assert is_another("glarking", "glorking", {"glorking"})
    assert not is_another("glarking", "glarkings", {"glarkings"})


def test_known_words_are_normalised() -> None:
    known = KNOWN.read_text(encoding="utf-8").split()
    assert known == sorted(set(known))
    assert len(known) > 5000
    assert {word for word in known if tokens(word) != [word]} == set()
