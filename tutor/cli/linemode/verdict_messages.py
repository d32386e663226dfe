"""The messages about a graded answer: the verdicts, the reasons, what the student changes."""

from collections.abc import Container, Iterator
from datetime import date
from typing import TYPE_CHECKING

from tutor.authoring import DRAFTED
from tutor.cli.linemode.output import Message
from tutor.cli.terminal import Line, Span, verdict_span
from tutor.formatting import count_of_marks, mark_in_words, number, one_line, sentence, when_words

if TYPE_CHECKING:
    from tutor.bank import Question
    from tutor.grading import Grade, PointGrade
    from tutor.grading.explain import Explanation
    from tutor.progress import Attempt


def verdict_message(
    question: "Question", attempt: "Attempt", due: date | None, today: date
) -> Message:
    """The score, each point on a line of its own, and when the question comes again."""
    lines: list[Line] = [(Span(_score(attempt), "strong"),)]
    if attempt.grade.remark:
        lines.append(sentence(attempt.grade.remark))
    if attempt.gave_up:
        lines.append(f"Model answer: {question.answer.to(attempt.language)}")
    lines += _points(question, attempt.grade)
    lines += [DRAFTED] if question.drafted else []
    lines += again_lines(due, today)
    return Message("judged", tuple(lines), attempt_data(attempt, due))


def changed_message(
    event: str, attempt: "Attempt", due: date | None, today: date, points: Container[str] = ()
) -> Message:
    """The verdicts on `points` after a change, the new score, and when the question comes again."""
    lines: list[Line] = [
        (f"Point {at}, ", verdict_words(point, "before" if attempt.gave_up else "grader"), ".")
        for at, point in enumerate(attempt.grade.points, 1)
        if point.id in points
    ]
    lines += [_score(attempt), *again_lines(due, today)]
    return Message(event, tuple(lines), attempt_data(attempt, due))


def _score(attempt: "Attempt") -> str:
    grade = attempt.grade
    by = f", by {grade.grader.words}" if grade.grader.name in ("model", "terms") else ""
    earned = f"{number(grade.earned)} of {count_of_marks(grade.full)}"
    unknown = " You said you don't know." if attempt.gave_up else ""
    return f"{earned}, {mark_in_words(grade.score)}{by}.{unknown}"


def _points(question: "Question", grade: "Grade") -> Iterator[Line]:
    quoted: set[int] = set()
    texts = {point.id: one_line(point.point.to(grade.language)) for point in question.rubric}
    for at, point in enumerate(grade.points, 1):
        worth = "" if point.weight == 1 else f", {count_of_marks(point.weight)}"
        text = f"{worth}: {sentence(texts.get(point.id, point.id))}{_shown(point, quoted)}"
        yield f"Point {at} of {len(grade.points)}, ", verdict_words(point), text


def _shown(point: "PointGrade", quoted: set[int]) -> str:
    """The sentence that shows the point, quoted unless it was `quoted` for an earlier point."""
    if point.evidence is None:
        return ""
    number = point.evidence.sentence
    if number in quoted:
        return f" Shown by sentence {number}."
    quoted.add(number)
    return f" Shown by sentence {number}: {one_line(point.evidence.text)}"


def verdict_words(point: "PointGrade", replaced: str = "grader") -> Span:
    """The verdict that counts, in its tone; if it was overruled, also the other one.

    `replaced` describes the overruled verdict: whose it is, or *before*.
    """
    if point.overruled is not None:
        words = f"{point.overruled} (you), {point.verdict} ({replaced})"
    else:
        words = f"{point.final}{', unsure' if point.unsure else ''}"
    return verdict_span(point.final, words)


def again_lines(due: date | None, today: date) -> tuple[str, ...]:
    """When the question comes again; no line without a day."""
    return () if due is None else (f"You will see it again {when_words(due, today)}.",)


def attempt_data(attempt: "Attempt", due: date | None) -> dict[str, object]:
    """An attempt for programs, with the grade as it is stored in the history."""
    grade = attempt.grade
    return {
        "attempt": attempt.id,
        "question": attempt.question,
        "score": round(grade.score, 6),
        "earned": grade.earned,
        "full": grade.full,
        "expected": round(grade.expected, 6),
        "gave_up": attempt.gave_up,
        "hints": attempt.hints,
        "rating": attempt.rating.name.lower(),
        "due": due.isoformat() if due else None,
        "grade": grade.model_dump(mode="json"),
    }


def why_message(explanation: "Explanation", point: int | None = None) -> Message:
    """How the verdicts were reached; with `point`, from 1, only the verdict on that point.

    Leaves out the prompt, which nobody can listen to.
    """
    sections = [
        (section.title, ["".join(piece.text for piece in line) for line in section.lines])
        for section in explanation.sections
        if not any(piece.kind == "trusted" for line in section.lines for piece in line)
    ]
    if point is not None and point < len(sections):
        sections = sections[point : point + 1]
    lines = [line for title, words in sections for line in (title, *words)]
    return Message("why", tuple(lines), {"explanation": dict(sections)})
