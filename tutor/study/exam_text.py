"""Exams in words: their kind, how far they are, the list of past ones, and a result."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

from tutor.bank import Bank, BankError, Verdict
from tutor.formatting import (
    VERDICT_MARKS,
    count_of,
    count_of_marks,
    date_words,
    format_duration,
    mark_in_words,
    number,
    percent,
)
from tutor.study.exam_report import ExamReport, QuestionMark, exam_report, marks_of
from tutor.study.preferences import language_of

if TYPE_CHECKING:
    from tutor.bank import Language
    from tutor.progress import Attempt, ExamAnswered, ExamRecord
    from tutor.study.exam import ExamState

_MARK_WIDTH = 17


def when(moment: datetime) -> str:
    """A moment in local time: `2026-11-20 13:05`."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")


def moment_words(moment: datetime, today: date) -> str:
    """A moment in local time: `20 November, 13:05`."""
    local = moment.astimezone()
    return f"{date_words(local.date(), today)}, {local:%H:%M}"


def span(seconds: float) -> str:
    """A measured time in minutes and seconds: `4:05`."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"


def limit_words(minutes: float | None) -> str:
    """The time limit: `30 min`, `no time limit`."""
    return "no time limit" if minutes is None else f"{number(minutes)} min"


def exam_words(record: "ExamRecord") -> str:
    """What kind of exam it is: `10 questions · 30 min · seed 7`."""
    begun = record.begun
    questions = count_of(len(begun.questions), "question")
    return f"{questions} · {limit_words(begun.minutes)} · seed {begun.seed}"


def left_exam_words(state: "ExamState", today: date) -> tuple[str, str]:
    """An unfinished exam: which one it is, and how far it is."""
    head = f"The exam of {moment_words(state.record.begun.at, today)}: {exam_words(state.record)}"
    if state.phase != "running":
        graded, waiting = len(state.record.attempts), len(state.record.waiting)
        return head, f"It is over; {graded} of {count_of(graded + waiting, 'answer')} are graded."
    answered = sum(bool(each.text.strip()) for each in state.written.values())
    questions = count_of(len(state.questions), "question")
    left = "" if state.left is None else f", {format_duration(state.left)} left"
    return head, f"Unfinished: {answered} of {questions} answered{left}."


def past_exams(records: "Sequence[ExamRecord]", today: date) -> dict[str, str]:
    """A line on each exam that is over, by its id, newest first; `records` are oldest first."""
    return {
        record.begun.exam: f"{_day(record, today)}  {_mark(record)}  {_about(record)}"
        for record in reversed(records)
        if record.over
    }


def _day(record: "ExamRecord", today: date) -> str:
    at = record.begun.at.astimezone()
    longest = "12 September, 13:05" if at.year == today.year else "12 September 2025, 13:05"
    return f"{moment_words(at, today):<{len(longest)}}"


def _mark(record: "ExamRecord") -> str:
    if record.abandoned or (record.waiting and not record.graded):
        return f"{'–':>5}".ljust(_MARK_WIDTH)
    share = marks_of(record).share
    return f"{percent(share):>5} {mark_in_words(share)}".ljust(_MARK_WIDTH)


def _about(record: "ExamRecord") -> str:
    """What kind of exam it is, and why it has no mark, if so."""
    if record.abandoned:
        return f"abandoned · {exam_words(record)}"
    if record.waiting and not record.graded:
        return f"{len(record.waiting)} not graded · {exam_words(record)}"
    return exam_words(record)


# --- the result


Leads = tuple[Literal["question", "topic", "exam"], str]


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One row of the report."""

    text: str
    lead: str = ""
    """The columns before the text."""
    does: Leads | None = None
    """Where the row leads; None for a heading."""
    cut: bool = False
    """Whether one line of the text is enough."""
    share: float | None = None
    """The share of the marks, for a bar."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of an exam, in words."""

    report: ExamReport
    head: tuple[str, ...]
    rows: tuple[ReportRow, ...]
    lost: tuple[str, ...]
    """The questions that lost marks, if they are still in the bank."""
    waits: bool
    """Whether there are answers left to grade."""
    attempts: Mapping[str, "Attempt"]
    """The graded answers by question, if it is still in the bank."""


def outcome_of(
    record: "ExamRecord",
    bank: Bank,
    exams: "Sequence[ExamRecord]",
    reads: "tuple[Language, ...]",
) -> Outcome:
    """The outcome of one exam, compared with the earlier ones among `exams`. Reads its questions.

    Each is shown in the language of its answer, else in one that the student `reads`.
    """
    report = exam_report(record, bank, exams)
    lost = tuple(row.question for row in report.questions if row.earned < row.full)
    waiting = [each for each in record.waiting if each.question in bank]
    return Outcome(
        report=report,
        head=tuple(_head(record, report)),
        rows=tuple(_rows(record, report, bank, reads)),
        lost=tuple(id_ for id_ in lost if id_ in bank),
        waits=bool(waiting) and not record.abandoned,
        attempts={id_: each for id_, each in record.attempts.items() if id_ in bank},
    )


# --- the lines at the top


def _head(record: "ExamRecord", report: ExamReport) -> Iterator[str]:
    mark = report.mark
    share = f"{percent(mark.share)} · {mark_in_words(mark.share)}"
    yield f"{number(mark.earned)} of {count_of_marks(mark.full)} · {share}"
    yield " · ".join(_facts(record, report))
    if report.change is not None:
        before, day = report.earlier[-1], record.begun.at.astimezone().date()
        then = f"{moment_words(before.at, day)}): {percent(before.mark.share)}"
        yield f"Previous exam ({then}; now {_change(report.change)}"
    if record.abandoned:
        yield "This exam was abandoned; the remaining answers will not be graded."
    elif report.waiting:
        yield f"{count_of(report.waiting, 'answer')} not graded yet, without marks so far."


def _facts(record: "ExamRecord", report: ExamReport) -> Iterator[str]:
    answered = sum(bool(each.answer.strip()) for each in record.answers.values())
    yield f"{answered} of {len(report.questions)} answered"
    if record.over:
        limit = record.begun.minutes
        of = "" if limit is None else f" of {span(60 * limit)}"
        yield f"{span(record.steps[0].used)}{of} min"
    times = [row.seconds or 0.0 for row in report.questions]
    if any(times) and len(times) > 1:
        yield f"longest: question {times.index(max(times)) + 1}, {span(max(times))}"


def _change(change: float) -> str:
    points = round(100 * change)
    if not points:
        return "as good"
    return f"{count_of(abs(points), 'percentage point')} {'more' if points > 0 else 'less'}"


# --- the rows


def _rows(
    record: "ExamRecord", report: ExamReport, bank: Bank, reads: "tuple[Language, ...]"
) -> Iterator[ReportRow]:
    yield ReportRow("Questions, and the points that were missed")
    for at, row in enumerate(report.questions, 1):
        answer = record.answers.get(row.question)
        prompt, points = _texts(bank, row.question, answer, reads)
        does: Leads | None = ("question", row.question) if row.question in bank else None
        yield ReportRow(prompt, _lead(at, row, answer), does, cut=True)
        for point, verdict in row.missed:
            lead = f"{'':>6}{VERDICT_MARKS[verdict]} {verdict.value:<8}"
            yield ReportRow(points.get(point, point), lead, does)
    yield from _marks(report, record.begun.at.astimezone().date())


def _marks(report: ExamReport, day: date) -> Iterator[ReportRow]:
    if report.topics:
        yield ReportRow("Topics, the lowest first")
    for topic in sorted(report.topics, key=lambda topic: topic.share):
        named = f"{topic.name} · {count_of(topic.questions, 'question')}"
        yield ReportRow(
            named, _share(topic.share), ("topic", topic.name), cut=True, share=topic.share
        )
    if report.earlier:
        yield ReportRow("Exams before")
    for each in reversed(report.earlier):
        at = moment_words(each.at, day)
        share = each.mark.share
        yield ReportRow(at, _share(share), ("exam", each.exam), share=share)


def _texts(
    bank: Bank, id_: str, answer: "ExamAnswered | None", reads: "tuple[Language, ...]"
) -> tuple[str, Mapping[str, str]]:
    """A question's text, and its points by id."""
    try:
        question = bank.question(id_)
    except BankError:
        return f"{id_} is no longer in the bank", {}
    language = language_of(question, bank, reads, None if answer is None else answer.language)
    points = {point.id: point.point.to(language) for point in question.rubric}
    return question.prompt.to(language), points


def _lead(at: int, row: QuestionMark, answer: "ExamAnswered | None") -> str:
    """`  3 ◐ 2.5 of 3.5    1:05  `."""
    time = "" if row.seconds is None else span(row.seconds)
    return f"{at:>3} {_points(row, answer):<15.15} {time:>6}  "


def _points(row: QuestionMark, answer: "ExamAnswered | None") -> str:
    if answer is None or not answer.answer.strip():
        return "– not answered"
    if not row.graded:
        return "? not graded"
    verdict = Verdict.MET if row.earned == row.full else Verdict.PARTIAL
    sign = VERDICT_MARKS[verdict if row.earned else Verdict.MISSED]
    return f"{sign} {number(row.earned)} of {number(row.full)}"


def _share(share: float) -> str:
    return f"{percent(share):>5}  "
