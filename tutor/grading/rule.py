"""Answers that no grader needs to see: nothing, or only the question again."""

from collections.abc import Mapping

from tutor.bank import Language, Question, Verdict
from tutor.grading.grade import Grade, GraderId, PointGrade
from tutor.grading.text import Stemming, is_word, tokens

VERSION = "1"
_COPIED = 0.6
"""Share of the question's words from which an answer without a word of its own is a copy.

A short answer made of the question's words ('the autoregressive ones') is an answer."""


def worthless(question: Question, answer: str) -> str:
    """Why `answer` earns nothing whatever the rubric says; empty where it has to be judged."""
    words = {word for word in tokens(answer) if is_word(word)}
    if not words:
        return "The answer is empty."
    stemming = Stemming()
    given = _stems(stemming, words)
    for language in question.prompt.languages:
        asked = _stems(
            stemming, {word for word in tokens(question.prompt.to(language)) if is_word(word)}
        )
        if given <= asked and len(given) >= _COPIED * len(asked):
            return "The answer only repeats the question."
    return ""


def nothing_earned(question: Question, language: Language, remark: str) -> Grade:
    """A grade with every point missed, decided by a rule."""
    return _grade(question, {}, language, GraderId(name="rule", version=VERSION), remark)


def self_grade(
    question: Question, verdicts: Mapping[str, Verdict], language: Language, remark: str = ""
) -> Grade:
    """The student's own verdicts as a grade; points that are not named are missed."""
    grader = GraderId(name="self", version=VERSION)
    return _grade(question, verdicts, language, grader, remark)


def _stems(stemming: Stemming, words: set[str]) -> frozenset[str]:
    return frozenset(min(stemming.stems(word)) for word in words)


def _grade(
    question: Question,
    verdicts: Mapping[str, Verdict],
    language: Language,
    grader: GraderId,
    remark: str,
) -> Grade:
    return Grade(
        question=question.id,
        grader=grader,
        language=language,
        points=tuple(
            PointGrade(
                id=point.id,
                weight=point.weight,
                verdict=verdicts.get(point.id, Verdict.MISSED),
            )
            for point in question.rubric
        ),
        remark=remark,
    )
