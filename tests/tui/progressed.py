"""A student's months, recorded into the progress of a test's tutor."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.tui.doubles import NOON, StubTutor
from tutor.bank import Question
from tutor.bank.text import VERDICT_LETTERS
from tutor.grading import Grade, GraderId, PointGrade
from tutor.progress import Attempt, ExamAnswered, ExamBegun
from tutor.progress.ledger import Ledger

MODEL = GraderId(name="model", version="3", model="f00ba5ed12345678")


def make_attempt(
    tutor: StubTutor, question: str, letters: str = "m", ago: float = 0.0, **changes: object
) -> Attempt:
    """An answer from `ago` days before noon; `letters` are the verdicts, the last for the rest.

    Question and day make its id, from which the scheduler draws when the question comes again.
    """
    at, asked = NOON - timedelta(days=ago), tutor.bank.question(question)
    language = asked.languages[0]
    points = tuple(_points(asked, letters))
    values = {
        "id": f"{question.replace('.', '-')}-{ago * 100:.0f}-{changes.get('exam', '')}",
        "question": question,
        "at": at,
        "language": language,
        "answer": "Потому что [/nope].",
        "grade": Grade(question=question, grader=MODEL, language=language, points=points),
        "seconds": 90,
        "day": tutor.preferences.day(at),
    }
    return Attempt.model_validate(values | changes)


def record(
    tutor: StubTutor, question: str, letters: str = "m", ago: float = 0.0, **changes: object
) -> Attempt:
    """The same, recorded."""
    attempt = make_attempt(tutor, question, letters, ago, **changes)
    tutor.progress.record(attempt)
    return attempt


def _points(question: Question, letters: str) -> Iterator[PointGrade]:
    for at, point in enumerate(question.rubric):
        verdict = VERDICT_LETTERS[letters[min(at, len(letters) - 1)]]
        yield PointGrade(id=point.id, weight=point.weight, verdict=verdict, confidence=0.8)


def record_months(tutor: StubTutor) -> None:
    """Two points missed repeatedly, one of them Chinese; work on every tenth day and recently."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Ledger, "save_if_possible", lambda *_: None)  # else it would save 200 times
        for ago in range(200, 0, -10):
            for number in range(ago % 23):
                record(tutor, "papers.1.2", "m", ago + number / 100)
    for ago, letters in enumerate(("mmx", "mpx", "mmx", "xmp")):
        record(tutor, "papers.1.1", letters, 3 - ago)
    for ago, letters in enumerate(("mxm", "mxm")):
        record(tutor, "transfer-zh.1.1", letters, 1 - ago)


def take_exam(tutor: StubTutor) -> None:
    """An exam of two questions, one graded and one waiting."""
    asked = {"papers.1.2": 4.0, "transfer-zh.1.1": 6.0}
    tutor.progress.note(
        ExamBegun(
            id="b", at=NOON, exam="e", questions=asked, decks=(), minutes=None, mix={}, seed=1
        )
    )
    for number, question in enumerate(asked):
        tutor.progress.note(
            ExamAnswered(
                id=f"a{number}",
                at=NOON,
                exam="e",
                question=question,
                language="en",
                answer="…",
                seconds=9,
            )
        )
    tutor.progress.end_exam("e", "handed-in", 60)
    record(tutor, "papers.1.2", exam="e")
