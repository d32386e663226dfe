"""A question and its answer as plain text for the clipboard, with formulas as LaTeX."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.formatting import mark_in_words
from tutor.tui.labels import clean, marks_of, verdict_mark, verdict_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tutor.bank import Language, Question
    from tutor.progress import Attempt

WHOLE = "Copied: the question, your answer, the verdicts and the model answer."
ASKED = "Copied: the question."


def asked_as_text(question: Question, language: Language) -> str:
    """The question alone, with the line on what to cover."""
    parts = (question.prompt, question.cover)
    return clean("\n\n".join(part.to(language) for part in parts if part is not None))


def verdict_as_text(question: Question, attempt: Attempt) -> str:
    """The question, the student's answer, every point with its verdict, and the model answer."""
    return clean("\n\n".join(_parts(question, attempt)))


def _parts(question: Question, attempt: Attempt) -> Iterator[str]:
    language, grade = attempt.language, attempt.grade
    yield f"{question.id}\n{asked_as_text(question, language)}"
    if answer := attempt.answer.strip():
        yield f"Answer\n{answer}"
    points = {point.id: point.point.to(language) for point in question.rubric}
    lines = [
        f"{verdict_mark(each)} {points[each.id]} ({verdict_words(each)})" for each in grade.points
    ]
    yield "\n".join((f"{marks_of(grade)}, {mark_in_words(grade.score)}", *lines))
    yield f"Model answer\n{question.answer.to(language)}"
