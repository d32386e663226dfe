"""A second question about one point that was not met, without giving the point away."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tutor.bank import Verdict
from tutor.formatting import one_line
from tutor.grading import KeyTermGrader

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tutor.bank import Language, Question
    from tutor.grading.keyterms.coverage import Coverage
    from tutor.progress import Attempt


MISSING: Mapping[Language, str] = {
    "de": "Was fehlt noch? Ein Punkt der Frage steht nicht vollständig in Ihrer Antwort.",
    "en": "What is still missing? One point of the question is not in your answer in full.",
    "ru": "Чего ещё не хватает? Один пункт вопроса раскрыт в ответе не полностью.",
    "zh": "还缺什么？题目的一个要点还没有完整地写在回答里。",
}
PARTIAL: Mapping[Language, str] = {
    "de": "Einen Punkt sagen Sie zum Teil: »{}« Was fehlt daran? Nennen Sie ihn ganz.",
    "en": "You say a part of one point: “{}” What is missing there? Say all of it.",
    "ru": "Один пункт назван частично: «{}» Чего здесь не хватает? Назовите его полностью.",
    "zh": "有一个要点只说了一部分：“{}”还缺什么？请把它完整地写出来。",
}
HINT: Mapping[Language, str] = {
    "de": "Ein Hinweis: {}",
    "en": "A hint: {}",
    "ru": "Подсказка: {}",
    "zh": "提示：{}",
}
_NEAR, _TELLING, _NEARER = 0.25, 0.45, 0.1
"""The overlap from which a hint is about a point, the overlap from which it gives the point away,
and how much more it must overlap with it than with every other point. So 37 of the 1,234 points of
our decks get a hint; a person read seventeen of these, and 14 were about the point."""
_LONGEST = 240
"""The most characters that a model's question may have."""
_SCRIPTS: Mapping[Language, tuple[str, float]] = {
    "de": ("LATIN", 0.5),
    "en": ("LATIN", 0.5),
    "ru": ("CYRILLIC", 0.35),
    "zh": ("CJK", 0.3),
}
"""The script of each language, and the least share of a text's letters in it: terms and formulas
may be in another one."""


@dataclass(frozen=True, slots=True)
class SecondQuestion:
    """A question about one point that does not give the point away."""

    attempt: Attempt
    whole: Question
    """The question as it was answered."""
    question: Question
    """The same question with this point only."""
    number: int
    """The point's number in the rubric, from 1."""
    of: int
    asked: str

    @property
    def point(self) -> str:
        """The point's id."""
        return self.question.rubric[0].id


def second_question(question: Question, attempt: Attempt, number: int) -> SecondQuestion:
    """Ask about the point with this number; takes a tenth of a second.

    For a point that is met in part, the question quotes the student's own sentence.
    """
    point, language = attempt.grade.points[number - 1], attempt.language
    if point.evidence is None:
        asked = MISSING[language]
    else:
        asked = PARTIAL[language].format(one_line(point.evidence.text))
    hint = hint_about(question, point.id, language)
    if hint:
        asked = f"{asked}\n{HINT[language].format(hint)}"
    about = about_point(question, point.id)
    return SecondQuestion(attempt, question, about, number, len(question.rubric), asked)


def worded(second: SecondQuestion, text: str) -> SecondQuestion:
    """Add a question that a model wrote below ours, if it gives no point away.

    It must be a short question in the answer's language and about no other unmet point. It may not
    contain a term of an unmet point, nor say one in other words.
    """
    language = second.attempt.language
    line = one_line(text)
    if not line.endswith(("?", "？")) or len(line) > _LONGEST or not _is_in(line, language):
        return second
    grader = KeyTermGrader()
    coverage = grader.coverage(second.whole, line, language)
    likeness = grader.likeness(second.whole, line)
    own = second.number - 1
    grades = second.attempt.grade.points
    unmet = [at for at, grade in enumerate(grades) if at == own or grade.final != Verdict.MET]
    if any(likeness[at] >= _TELLING or _names(second.whole, coverage, at) for at in unmet):
        return second
    nearer = max(_NEAR, likeness[own] + _NEARER)
    if any(likeness[at] >= nearer for at in unmet if at != own):
        return second
    return replace(second, asked=f"{second.asked}\n{line}")


def _names(question: Question, coverage: Sequence[Coverage], at: int) -> bool:
    """Whether a text with this coverage contains a term of the point at `at`."""
    point = question.rubric[at]
    share = coverage[at].touched if question.is_drafted(point.id) else coverage[at].share
    return bool(point.terms) and share > 0


def _is_in(text: str, language: Language) -> bool:
    """Whether a text can be in this language, judging by its letters."""
    script, least = _SCRIPTS[language]
    letters = [char for char in text if char.isalpha()]
    in_script = sum(unicodedata.name(char, "").startswith(script) for char in letters)
    return bool(letters) and in_script >= least * len(letters)


def hint_about(question: Question, point: str, language: Language) -> str:
    """The question's first hint that is about this point more than others and does not reveal it.

    Empty if there is none. This is decided by the words that the hint shares with each point; it
    may contain none of the point's terms.
    """
    grader = KeyTermGrader()
    own = [each.id for each in question.rubric].index(point)
    for hint in question.hints:
        text = hint.to(language)
        coverage = grader.coverage(question, text, language)
        likeness = grader.likeness(question, text)
        others = max((like for at, like in enumerate(likeness) if at != own), default=0.0)
        named = _names(question, coverage, own)
        if not named and max(_NEAR, others + _NEARER) <= likeness[own] < _TELLING:
            return one_line(text)
    return ""


def about_point(question: Question, point: str) -> Question:
    """The question with this rubric point only, so that nothing else is graded.

    The point becomes its model answer, and hints are removed. Raises KeyError for a point that the
    question does not have.
    """
    points = [each for each in question.rubric if each.id == point]
    if not points:
        raise KeyError(f"{question.id} has no point {point}")
    return question.model_copy(
        update={"rubric": tuple(points), "answer": points[0].point, "hints": ()}
    )
