"""What is said about a graded answer: the verdict, the reasons, what the student changes."""

from collections.abc import Container, Iterator
from datetime import date
from typing import TYPE_CHECKING

from tutor.authoring import DRAFTED
from tutor.bank import Language
from tutor.cli.linemode.output import Message
from tutor.cli.terminal import Line, Span, verdict_span
from tutor.formatting import count_of_marks, mark_in_words, number, one_line, sentence, when_words
from tutor.progress import Rating

if TYPE_CHECKING:
    from tutor.bank import Question
    from tutor.grading import Grade, PointGrade
    from tutor.grading.explain import Explanation
    from tutor.progress import Attempt
    from tutor.study.follow_up import SecondQuestion


def judged_message(
    question: "Question", attempt: "Attempt", due: date | None, today: date
) -> Message:
    """The score, every point on a line of its own, and when the question comes again."""
    lines: list[Line] = [(Span(_score(attempt), "strong"),)]
    if attempt.grade.remark:
        lines.append(sentence(attempt.grade.remark))
    if attempt.gave_up:
        lines.append(f"Model answer: {question.answer.to(attempt.language)}")
    lines += _points(question, attempt.grade)
    lines += [DRAFTED] if question.drafted else []
    lines += again_lines(due, today)
    return Message("judged", tuple(lines), judged_data(attempt, due))


def changed_message(
    event: str, attempt: "Attempt", due: date | None, today: date, points: Container[str] = ()
) -> Message:
    """What is another now that a verdict was changed: those of `points`, the score, the day."""
    lines: list[Line] = [
        (f"Point {at}, ", verdict_words(point, "before" if attempt.gave_up else "grader"), ".")
        for at, point in enumerate(attempt.grade.points, 1)
        if point.id in points
    ]
    lines += [_score(attempt), *again_lines(due, today)]
    return Message(event, tuple(lines), judged_data(attempt, due))


def _score(attempt: "Attempt") -> str:
    grade = attempt.grade
    by = f", by {grade.grader.words}" if grade.grader.name in ("model", "terms") else ""
    earned = f"{number(grade.earned)} of {count_of_marks(grade.full)}"
    unknown = " You said you don't know." if attempt.gave_up else ""
    return f"{earned}, {mark_in_words(grade.score)}{by}.{unknown}"


def _points(question: "Question", grade: "Grade") -> Iterator[Line]:
    read: set[int] = set()
    texts = {point.id: one_line(point.point.to(grade.language)) for point in question.rubric}
    for at, point in enumerate(grade.points, 1):
        worth = "" if point.weight == 1 else f", {count_of_marks(point.weight)}"
        text = f"{worth}: {sentence(texts.get(point.id, point.id))}{_shown(point, read)}"
        yield f"Point {at} of {len(grade.points)}, ", verdict_words(point), text


def _shown(point: "PointGrade", read: set[int]) -> str:
    """By which sentence it is shown; a sentence is read once, not for every point again."""
    if point.evidence is None:
        return ""
    at = point.evidence.sentence
    if at in read:
        return f" Shown by sentence {at}."
    read.add(at)
    return f" Shown by sentence {at}: {one_line(point.evidence.text)}"


def verdict_words(point: "PointGrade", other: str = "grader") -> Span:
    """The verdict that counts, in its tone, and whose it is where the student's differs.

    `other` is whose, or when, the verdict was that the student's replaces.
    """
    if point.overruled is not None:
        words = f"{point.overruled} (you), {point.verdict} ({other})"
    else:
        words = f"{point.final}{', unsure' if point.unsure else ''}"
    return verdict_span(point.final, words)


def again_lines(due: date | None, today: date) -> tuple[str, ...]:
    """When the question comes again."""
    return () if due is None else (f"You will see it again {when_words(due, today)}.",)


def judged_data(attempt: "Attempt", due: date | None) -> dict[str, object]:
    """An attempt for programs; the grade is as the history keeps it."""
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


def feedback_message(text: str) -> Message:
    """What the model wrote."""
    return Message("feedback", (f"Feedback: {text}",), {"text": text})


def answer_message(question: "Question", language: Language) -> Message:
    """The model answer."""
    text = question.answer.to(language)
    return Message("answer", (f"Model answer: {text}",), {"text": text})


def notes_message(question: "Question", language: Language) -> Message:
    """Note and references."""
    note = question.note.to(language) if question.note else None
    lines = [f"Note: {note}"] if note else []
    lines += [f"See {reference}" for reference in question.references]
    data = {"note": note, "references": question.references}
    return Message("notes", tuple(lines or ("This question has no notes.",)), data)


def why_message(explanation: "Explanation", point: int | None = None) -> Message:
    """How the verdicts were reached, or that on one point, from 1.

    Without the prompt's tokens: nobody can listen to them.
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


def rated_message(rating: Rating, own: bool, due: date | None, today: date) -> Message:
    """The rating of the answer."""
    words = f"Rated {rating.name.lower()}{' by you' if own else ', from the score'}."
    data = {"rating": rating.name.lower(), "own": own, "due": due.isoformat() if due else None}
    return Message("rated", (words, *again_lines(due, today)), data)


def second_message(second: "SecondQuestion") -> Message:
    """A second question, about one point alone."""
    words = f"Point {second.number} of {second.of} again."
    data = {"number": second.number, "point": second.point, "asked": second.asked}
    return Message("more", (words, second.asked), data)


def second_judged_message(grade: "Grade", at: int) -> Message:
    """What a second answer, about one point alone, came to."""
    (point,) = grade.points
    lines: list[Line] = [sentence(grade.remark)] if grade.remark else []
    verdict = verdict_words(point)
    lines.append((f"Point {at}, this time ", verdict, ". The score does not change."))
    data = {"number": at, "point": point.id, "grade": grade.model_dump(mode="json")}
    return Message("more-judged", tuple(lines), data)
