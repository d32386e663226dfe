"""The result of an exam: marks, topic by topic, points missed, time, and the exams before it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from tutor.bank import Bank, Verdict

if TYPE_CHECKING:
    from tutor.progress import ExamRecord


@dataclass(frozen=True, slots=True)
class Mark:
    """Marks earned of those to be had."""

    name: str
    earned: float
    full: float
    questions: int

    @property
    def share(self) -> float:
        """The share of the full mark, from 0 to 1."""
        return self.earned / self.full


@dataclass(frozen=True, slots=True)
class QuestionMark:
    """One question of an exam."""

    question: str
    earned: float
    full: float
    seconds: float | None
    """None where it was not answered."""
    graded: bool


@dataclass(frozen=True, slots=True)
class MissedPoint:
    """A rubric point that an answer did not meet in full."""

    question: str
    point: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class EarlierExam:
    """An exam before this one."""

    exam: str
    at: datetime
    share: float


@dataclass(frozen=True, slots=True)
class ExamReport:
    """The whole report. What is not answered, or not graded yet, has earned nothing."""

    mark: Mark
    questions: tuple[QuestionMark, ...]
    topics: tuple[Mark, ...]
    """By name; a question counts for each of its topics. Those gone from the bank have none."""
    missed: tuple[MissedPoint, ...]
    waiting: int
    """Answers that are not graded yet."""
    earlier: tuple[EarlierExam, ...]
    """Oldest first."""

    @property
    def change(self) -> float | None:
        """The share of this mark less that of the exam before; None without one."""
        return self.mark.share - self.earlier[-1].share if self.earlier else None


def exam_report(record: "ExamRecord", bank: Bank, exams: Sequence["ExamRecord"] = ()) -> ExamReport:
    """The report on one exam; earlier ones among `exams` are listed if they are graded."""
    rows = tuple(_row(record, question) for question in record.begun.questions)
    before = (each for each in exams if each.begun.at < record.begun.at)
    return ExamReport(
        mark=_mark(record.begun.exam, rows),
        questions=rows,
        topics=_topics(rows, bank),
        missed=tuple(_missed(record)),
        waiting=len(record.waiting),
        earlier=tuple(
            EarlierExam(each.begun.exam, each.begun.at, marks_of(each).share)
            for each in before
            if each.graded and not each.abandoned
        ),
    )


def marks_of(record: "ExamRecord") -> Mark:
    """The marks that an exam has earned so far."""
    return _mark(record.begun.exam, [_row(record, each) for each in record.begun.questions])


def _row(record: "ExamRecord", question: str) -> QuestionMark:
    answer, attempt = record.answers.get(question), record.attempts.get(question)
    full = record.begun.questions[question]
    return QuestionMark(
        question=question,
        earned=full * attempt.grade.score if attempt else 0.0,
        full=full,
        seconds=answer.seconds if answer else None,
        graded=attempt is not None,
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


def _missed(record: "ExamRecord") -> Iterable[MissedPoint]:
    for question in record.begun.questions:
        attempt = record.attempts.get(question)
        for point in attempt.grade.points if attempt else ():
            if point.final is not Verdict.MET:
                yield MissedPoint(question, point.id, point.final)


def times(report: ExamReport) -> Mapping[str, float]:
    """Seconds by answered question, the longest first."""
    known = {row.question: row.seconds for row in report.questions if row.seconds is not None}
    return dict(sorted(known.items(), key=lambda item: -item[1]))
