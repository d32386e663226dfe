"""An exam in words: what kind it is, how it was left, and the list of those that are over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from tutor.formatting import count_of, format_duration, mark_in_words, number, percent

if TYPE_CHECKING:
    from tutor.progress import ExamRecord
    from tutor.study.exam import ExamState

_MARK_WIDTH = 17


def when(moment: datetime) -> str:
    """A moment by the system's clock: `2026-11-20 13:05`."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")


def span(seconds: float) -> str:
    """A time that was measured: `4:05`, minutes and seconds."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"


def limit_words(minutes: float | None) -> str:
    """The time limit: `30 min`, `no time limit`."""
    return "no time limit" if minutes is None else f"{number(minutes)} min"


def exam_words(record: "ExamRecord") -> str:
    """What kind of exam it is: `10 questions · 30 min · seed 7`."""
    begun = record.begun
    many = count_of(len(begun.questions), "question")
    return f"{many} · {limit_words(begun.minutes)} · seed {begun.seed}"


def left_exam_words(state: "ExamState") -> tuple[str, str]:
    """An exam that was left: which one it is, and how far it is."""
    begun = state.record.begun.at.astimezone()
    head = f"The exam of {begun.day} {begun:%B %Y, %H:%M}: {exam_words(state.record)}"
    if state.phase != "running":
        graded, waiting = len(state.record.attempts), len(state.record.waiting)
        return head, f"It is over; {graded} of {count_of(graded + waiting, 'answer')} are graded."
    answered = sum(bool(each.text.strip()) for each in state.written.values())
    far = f"{answered} of {count_of(len(state.questions), 'question')} answered"
    left = "" if state.left is None else f", {format_duration(state.left)} left"
    return head, f"Unfinished: {far}{left}."


@dataclass(frozen=True, slots=True)
class PastExam:
    """An exam that is over."""

    exam: str
    words: str


def past_exams(records: "Sequence[ExamRecord]") -> tuple[PastExam, ...]:
    """The exams among `records` that are over, newest first; `records` are oldest first."""
    over = (record for record in reversed(records) if record.over)
    return tuple(
        PastExam(
            record.begun.exam,
            f"{when(record.begun.at)}  {_mark(record):<{_MARK_WIDTH}}  {exam_words(record)}",
        )
        for record in over
    )


def _mark(record: "ExamRecord") -> str:
    from tutor.study.exam_report import share_of

    if record.abandoned:
        return "abandoned"
    if record.waiting and not record.graded:
        return f"{len(record.waiting)} not graded"
    share = share_of(record)
    return f"{percent(share):>5} {mark_in_words(share)}"
