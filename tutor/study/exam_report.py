"""The result of an exam: marks, topics, missed points, times, and the exams before it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from tutor.bank import Bank, Verdict

if TYPE_CHECKING:
    from tutor.progress import ExamRecord


@dataclass(frozen=True, slots=True)
class Mark:
    """The marks earned of the full mark, over some questions."""

    name: str
    earned: float
    full: float
    questions: int

    @property
    def share(self) -> float:
        """The share of the full mark that was earned, from 0 to 1."""
        return self.earned / self.full


@dataclass(frozen=True, slots=True)
class QuestionMark:
    """One question of an exam."""

    question: str
    earned: float
    full: float
    seconds: float | None
    """None if it was not answered."""
    graded: bool
    missed: tuple[tuple[str, Verdict], ...]
    """The points that the answer did not meet in full, by id."""


@dataclass(frozen=True, slots=True)
class TakenExam:
    """An exam that is over, and the marks so far."""

    exam: str
    at: datetime
    mark: Mark
    waiting: int
    """Answers that are not graded yet."""

    @property
    def day(self) -> date:
        """The day of the exam in local time."""
        return self.at.astimezone().date()


@dataclass(frozen=True, slots=True)
class ExamReport:
    """The whole report. An answer that is missing or not graded yet has earned nothing."""

    mark: Mark
    questions: tuple[QuestionMark, ...]
    topics: tuple[Mark, ...]
    """Sorted by name. A question counts for each of its topics, if it is still in the bank."""
    waiting: int
    """Answers that are not graded yet."""
    earlier: tuple[TakenExam, ...]
    """The graded exams before this one, oldest first."""

    @property
    def change(self) -> float | None:
        """How much higher the share is than in the exam before; None without one."""
        return self.mark.share - self.earlier[-1].mark.share if self.earlier else None


def exam_report(record: "ExamRecord", bank: Bank, exams: Sequence["ExamRecord"] = ()) -> ExamReport:
    """The report on one exam, compared with the graded ones before it among `exams`."""
    rows = tuple(_row(record, question) for question in record.begun.questions)
    before = (each for each in exams if each.graded and each.begun.at < record.begun.at)
    return ExamReport(
        mark=_mark(record.begun.exam, rows),
        questions=rows,
        topics=_topics(rows, bank),
        waiting=len(record.waiting),
        earlier=taken_exams(before),
    )


def taken_exams(records: "Iterable[ExamRecord]") -> tuple[TakenExam, ...]:
    """The exams that are over and not abandoned, in the same order."""
    return tuple(
        TakenExam(record.begun.exam, record.begun.at, marks_of(record), len(record.waiting))
        for record in records
        if record.over and not record.abandoned
    )


def marks_of(record: "ExamRecord") -> Mark:
    """The marks earned in an exam so far."""
    return _mark(record.begun.exam, [_row(record, id_) for id_ in record.begun.questions])


def _row(record: "ExamRecord", question: str) -> QuestionMark:
    answer, attempt = record.answers.get(question), record.attempts.get(question)
    full = record.begun.questions[question]
    points = attempt.grade.points if attempt else ()
    return QuestionMark(
        question=question,
        earned=full * attempt.grade.score if attempt else 0.0,
        full=full,
        seconds=answer.seconds if answer else None,
        graded=attempt is not None,
        missed=tuple((point.id, point.final) for point in points if point.final != Verdict.MET),
    )


def _mark(name: str, rows: Sequence[QuestionMark]) -> Mark:
    earned, full = sum(row.earned for row in rows), sum(row.full for row in rows)
    return Mark(name, earned, full, len(rows))


def _topics(rows: Iterable[QuestionMark], bank: Bank) -> tuple[Mark, ...]:
    topics: dict[str, list[QuestionMark]] = {}
    for row in rows:
        for topic in bank.info(row.question).topics if row.question in bank else ():
            topics.setdefault(topic, []).append(row)
    return tuple(_mark(name, topics[name]) for name in sorted(topics))
