"""What is known about one question, and the words for it on the question's page."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from textual.content import Content

from tutor.bank import BankError
from tutor.formatting import VERDICT_MARKS, count_of, date_words, number, percent, when_words
from tutor.progress import Attempt
from tutor.study import planner_of
from tutor.tui.labels import authored, explain, fit, formatted, one_line, plain, score_words

if TYPE_CHECKING:
    from tutor.bank import Language, Question
    from tutor.progress import Standing
    from tutor.tui.ports import Tutor

SHOWN = 100
"""How many of the newest earlier answers are shown."""
_DATE, _DATE_WITH_YEAR = len("12 September"), len("12 September 2025")
LINES = 2
"""How many lines of each answer are shown."""
LOOKING = "Looking is not an answer: nothing is counted, and the question stays as new or as due."
GONE = (
    "This question is no longer among the questions, so it cannot be asked. Its answers are kept."
)


@dataclass(frozen=True, slots=True)
class QuestionDetails:
    """What is known about one question, except its history."""

    question: Question | None
    trouble: str
    """Why it cannot be asked; empty if it can."""
    standing: Standing | None
    due: date | None
    today: date
    skipped: bool
    flag: str | None


def earlier_answers(tutor: Tutor, id_: str) -> tuple[Attempt, ...]:
    """The newest `SHOWN` answers, newest first. Reads the whole history for this."""
    return tuple(reversed(deque(tutor.progress.attempts(id_), maxlen=SHOWN)))


def details_of(tutor: Tutor, id_: str) -> QuestionDetails:
    """Look up everything except the history. Reads settings and the question for this."""
    planner = planner_of(tutor)
    question, trouble = _question(tutor, id_)
    return QuestionDetails(
        question=question,
        trouble=trouble,
        standing=planner.standings.get(id_),
        due=planner.due_days.get(id_),
        today=planner.today,
        skipped=planner.skipped.get(id_) == planner.today,
        flag=tutor.progress.flags().get(id_),
    )


def _question(tutor: Tutor, id_: str) -> tuple[Question | None, str]:
    if id_ not in tutor.bank:
        return None, GONE
    try:
        return tutor.bank.question(id_), ""
    except BankError as error:
        return None, explain(error)


# --- in words


def standing_lines(details: QuestionDetails) -> Iterator[str]:
    """The question's state: last and best score, when it is due, and any report."""
    standing = details.standing
    if standing is None:
        yield "○ new: not answered yet"
    else:
        times = count_of(standing.attempts, "answer")
        yield f"Last {score_words(standing.last)} · best {percent(standing.best)} · {times}"
        yield _next_words(standing, details)
    if details.skipped:
        yield "– skipped until tomorrow"
    if details.flag is not None:
        yield f"Flagged: {one_line(details.flag)}"


def _next_words(standing: Standing, details: QuestionDetails) -> str:
    rated = f"Rated {standing.rating.name.lower()}"
    if details.due is None:
        return rated
    sign = "! " if details.due <= details.today else ""
    return f"{rated} · {sign}due {when_words(details.due, details.today)}"


def attempt_words(attempt: Attempt, today: date) -> str:
    """One earlier answer on one line: day, score, verdicts, and who graded."""
    grade = attempt.grade
    verdicts = "".join(VERDICT_MARKS[point.final] for point in grade.points)
    parts = [verdicts, "don't know" if attempt.gave_up else f"by {grade.grader.words}"]
    corrected = sum(point.overruled is not None for point in grade.points)
    if corrected:
        parts.append(f"{count_of(corrected, 'verdict')} yours")
    if attempt.hints:
        parts.append(count_of(attempt.hints, "hint"))
    if attempt.exam is not None:
        parts.append("in an exam")
    width = _DATE if attempt.on.year == today.year else _DATE_WITH_YEAR
    day = f"{date_words(attempt.on, today):<{width}}"
    return f"{day} {fit(score_words(grade.score), 18)} {' · '.join(parts)}"


def first_lines(text: str, width: int, most: int = LINES) -> list[str]:
    """The beginning of a text in at most `most` lines of `width` cells, `…` if more follows."""
    start = one_line(text[: (width + 1) * (most + 1)])
    lines = [line.plain.rstrip() for line in Content(start).wrap(max(2, width)) if start]
    if len(lines) > most:
        lines[most - 1 :] = [fit(f"{lines[most - 1]} {lines[most]}", width).rstrip()]
    return lines


def solution(question: Question, language: Language) -> Content:
    """The rubric, the model answer, and the author's note and references."""
    parts = [Content(LOOKING), Content.styled("\nRubric", "bold")]
    for at, point in enumerate(question.rubric, 1):
        worth = f"  ({number(point.weight)})"
        parts.append(
            Content.assemble(f"{at}  {authored(point.point.to(language))}", (worth, "dim"))
        )
    parts += [Content.styled("\nModel answer", "bold"), formatted(question.answer.to(language))]
    if question.note is not None:
        parts += [Content.styled("\nNote", "bold"), formatted(question.note.to(language))]
    if question.references:
        parts.append(Content.styled("\nReferences", "bold"))
    parts += [plain(reference) for reference in question.references]
    return Content("\n").join(parts)
