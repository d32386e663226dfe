"""A student's months, recorded into the progress of a test's tutor."""

from collections.abc import Iterator
from datetime import timedelta

from tests.tui.doubles import NOON, StubTutor
from tutor.bank import Question, Verdict
from tutor.grading import Grade, GraderId, PointGrade
from tutor.progress import Attempt, ExamAnswered, ExamBegun

LETTERS = {"m": Verdict.MET, "p": Verdict.PARTIAL, "x": Verdict.MISSED}
MODEL = GraderId(name="model", version="3", model="f00ba5ed12345678")


def make_attempt(
    tutor: StubTutor, question: str, letters: str, ago: float, *, exam: str | None = None
) -> Attempt:
    """An answer from `ago` days before noon; `letters` are the verdicts, the last for the rest."""
    at, asked = NOON - timedelta(days=ago), tutor.bank.question(question)
    return Attempt(
        id=f"{question.replace('.', '-')}-{ago * 100:.0f}-{exam or ''}",
        question=question,
        at=at,
        language=asked.languages[0],
        answer="…",
        grade=Grade(
            question=question,
            grader=MODEL,
            language=asked.languages[0],
            points=tuple(_points(asked, letters)),
        ),
        seconds=90,
        day=tutor.preferences.day(at),
        exam=exam,
    )


def _points(question: Question, letters: str) -> Iterator[PointGrade]:
    for at, point in enumerate(question.rubric):
        verdict = LETTERS[letters[min(at, len(letters) - 1)]]
        yield PointGrade(id=point.id, weight=point.weight, verdict=verdict, confidence=0.8)


def record_months(tutor: StubTutor) -> None:
    """Two points missed repeatedly, one of them Chinese; work on every tenth day and recently."""
    for ago in range(200, 0, -10):
        for number in range(ago % 23):
            tutor.progress.record(make_attempt(tutor, "papers.1.2", "m", ago + number / 100))
    for ago, letters in enumerate(("mmx", "mpx", "mmx", "xmp")):
        tutor.progress.record(make_attempt(tutor, "papers.1.1", letters, 3 - ago))
    for ago, letters in enumerate(("mxm", "mxm")):
        tutor.progress.record(make_attempt(tutor, "transfer-zh.1.1", letters, 1 - ago))


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
    tutor.progress.record(make_attempt(tutor, "papers.1.2", "m", 0, exam="e"))
