"""The texts of the verdict screen, ready to be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.content import Content

from tutor.authoring import DRAFTED
from tutor.formatting import mark_in_words, number
from tutor.tui.formatted import formatted
from tutor.tui.labels import (
    STYLES,
    authored,
    bar,
    clean,
    graded_by,
    how_often_right,
    in_lines,
    one_line,
    plain,
    verdict_on,
)
from tutor.tui.model_words import model_as_subject

if TYPE_CHECKING:
    from tutor.bank import Language, Question
    from tutor.grading import Grade
    from tutor.tui.ports import Tutor

_BAR, _SHORT_BAR = 24, 12
"""Cells of the score's bar, in a wide and in a narrow window."""
ROOMY = 60
"""The columns from which the bar is long."""


def score_text(grade: Grade, graded_by: str, state: str, width: int, *, drafted: bool) -> Content:
    """The score as a bar, in marks and in a word, with the state on the right.

    Below it, muted, who graded; if room is short, the state is there too.
    """
    words = f"  {marks_of(grade)} · {mark_in_words(grade.score)}{' ★' if grade.score == 1 else ''}"
    is_roomy = width >= ROOMY
    drawn = bar(grade.score, _BAR if is_roomy else _SHORT_BAR)
    gap = " " * (width - cell_len(f"{drawn}{words}{state}")) if is_roomy else ""
    muted = in_lines([graded_by] if is_roomy else [graded_by, state], width, " · ")
    return Content.assemble(
        (drawn, STYLES[verdict_on(grade.score)]),
        (words, "bold"),
        (f"{gap}{state}" if is_roomy else "", "dim"),
        (f"\n{muted}", "dim"),
        (f"\n{DRAFTED} E edits it." if drafted else "", "dim"),
    )


def marks_of(grade: Grade) -> str:
    """`4 of 6 marks`."""
    return f"{number(grade.earned)} of {number(grade.full)} marks"


def grader_text(tutor: Tutor, question: Question, grade: Grade) -> str:
    """Who graded, and how often that grader was right, if it was measured."""
    built_in = tutor.paths.is_built_in(tutor.bank.info(question.id).file)
    known = tutor.grading.known_accuracy(grade, question.id, built_in=built_in)
    right = "" if known is None else how_often_right(known, question)
    return clean(graded_by(grade, tutor.grading.model_name) + right)


def replaced_text(before: Grade, after: Grade, model: str | None) -> str:
    """The notice that a model's grade has replaced the one that key terms suggested."""
    who = model_as_subject(clean(model or "The model"))
    marks = f"{who}: {marks_of(after)}"
    if any(point.overruled for point in after.points):
        return f"{marks}. Your own verdicts stay."
    return f"{marks}; key terms: {number(before.earned)}. Press u to undo that."


def prompt_text(question: Question, language: Language, *, folded: bool) -> Content:
    """The question, on one line if it is `folded`."""
    prompt = authored(question.prompt.to(language))
    return Content.assemble(("Q  ", "dim"), one_line(prompt) if folded else prompt)


def model_answer_text(question: Question, language: Language) -> Content:
    """The author's answer."""
    answer = formatted(question.answer.to(language))
    return Content.assemble(("Model answer\n", "bold"), answer)


def notes_text(question: Question, language: Language) -> Content:
    """The author's note and references."""
    parts: list[Content] = []
    if question.note is not None:
        parts.append(formatted(f"Note: {question.note.to(language)}"))
    parts += [plain(f"See: {reference}") for reference in question.references]
    return Content("\n").join([Content.styled("Notes", "bold"), *parts])
