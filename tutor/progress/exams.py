"""Exams as the history tells them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from tutor.progress.event_lines import ExamEvent
from tutor.progress.events import Attempt, ExamAnswered, ExamBegun, ExamEnded
from tutor.progress.history import History
from tutor.progress.records import Damaged
from tutor.progress.replay import read_attempts

_IN_EXAM = b'"exam":"'
"""What every line about an exam holds, and that of no attempt outside of one."""


@dataclass(frozen=True)
class ExamRecord:
    """One exam: how it was drawn, what was answered, how far it is judged."""

    begun: ExamBegun
    answers: Mapping[str, ExamAnswered] = field(default_factory=dict)
    """The last answer to each question that was answered."""
    steps: tuple[ExamEnded, ...] = ()
    attempts: Mapping[str, Attempt] = field(default_factory=dict)
    """The judged answers, as they count now, by question."""

    @property
    def over(self) -> bool:
        """Whether answering has ended."""
        return bool(self.steps)

    @property
    def abandoned(self) -> bool:
        """Whether the student does not want it judged."""
        return any(step.how == "abandoned" for step in self.steps)

    @property
    def closed(self) -> bool:
        """Whether nothing is expected of the student any more."""
        return any(step.how in ("judged", "abandoned") for step in self.steps)

    @property
    def waiting(self) -> tuple[ExamAnswered, ...]:
        """The answers that are not judged yet, in the order of the questions; empty ones are none.

        A judgement that is undone has its answer wait again.
        """
        asked = (self.answers.get(question) for question in self.begun.questions)
        return tuple(
            each
            for each in asked
            if each and each.answer.strip() and each.question not in self.attempts
        )

    @property
    def judged(self) -> bool:
        """Whether all is judged that can be."""
        return self.closed or (self.over and not self.waiting)


def read_exams(history: History, end: int, exam: str | None = None) -> dict[str, ExamRecord]:
    """All exams by id, oldest first, or the one named. Raises ProfileTooNew, OSError."""
    mark = _IN_EXAM if exam is None else _IN_EXAM + exam.encode() + b'"'
    found: dict[str, ExamRecord] = {}
    for event in history.events(0, end, having=(mark,)):
        if isinstance(event, ExamBegun | ExamAnswered | ExamEnded):
            _add(found, event)
    return _with_attempts(found, read_attempts(history, end=end, having=(mark,)))


def _add(found: dict[str, ExamRecord], event: ExamEvent) -> None:
    if isinstance(event, ExamBegun):
        found[event.exam] = ExamRecord(event)
        return
    record = found.get(event.exam)
    if record is None:
        return
    if isinstance(event, ExamEnded):
        found[event.exam] = replace(record, steps=(*record.steps, event))
    elif event.question in record.begun.questions and not record.over:
        answers = {**record.answers, event.question: event}
        found[event.exam] = replace(record, answers=answers)


def _with_attempts(
    found: dict[str, ExamRecord], attempts: Iterable[Attempt | Damaged]
) -> dict[str, ExamRecord]:
    for attempt in attempts:
        if isinstance(attempt, Damaged) or attempt.exam not in found:
            continue
        record = found[attempt.exam]
        judged = {**record.attempts, attempt.question: attempt}
        found[attempt.exam] = replace(record, attempts=judged)
    return found
