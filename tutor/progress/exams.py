"""Exams, read from the history."""

from dataclasses import dataclass, field

from tutor.progress.events import Attempt, ExamAnswered, ExamBegun, ExamEnded
from tutor.progress.history import History
from tutor.progress.replay import read_attempts

_IN_EXAM = b'"exam":"'
"""Every line about an exam contains this, and no other line does."""


@dataclass(frozen=True)
class ExamRecord:
    """One exam: how it was drawn, what was answered and what has been graded."""

    begun: ExamBegun
    answers: dict[str, ExamAnswered] = field(default_factory=dict)
    """The last answer to each question that was answered."""
    steps: list[ExamEnded] = field(default_factory=list)
    attempts: dict[str, Attempt] = field(default_factory=dict)
    """The graded answers, as they count now, by question."""

    @property
    def over(self) -> bool:
        """Whether answering has ended."""
        return bool(self.steps)

    @property
    def abandoned(self) -> bool:
        """Whether the student gave up having it graded."""
        return any(step.how == "abandoned" for step in self.steps)

    @property
    def closed(self) -> bool:
        """Whether the student has nothing left to do."""
        return any(step.how in ("judged", "abandoned") for step in self.steps)

    @property
    def waiting(self) -> tuple[ExamAnswered, ...]:
        """The answers that are not graded yet and not empty, in the order of the questions.

        An answer whose grade is undone waits again.
        """
        ungraded = (id_ for id_ in self.begun.questions if id_ not in self.attempts)
        answers = (self.answers[id_] for id_ in ungraded if id_ in self.answers)
        return tuple(answer for answer in answers if answer.answer.strip())

    @property
    def graded(self) -> bool:
        """Whether everything that can be graded has been."""
        return self.closed or (self.over and not self.waiting)


def read_exams(history: History, exam: str | None = None) -> dict[str, ExamRecord]:
    """All exams by id, oldest first, or only `exam`. Raises ProfileTooNew, OSError."""
    mark = _IN_EXAM if exam is None else _IN_EXAM + exam.encode() + b'"'
    records: dict[str, ExamRecord] = {}
    for event in history.events(having=(mark,)):
        if isinstance(event, ExamBegun):
            records[event.exam] = ExamRecord(event)
        elif isinstance(event, ExamAnswered | ExamEnded) and event.exam in records:
            record = records[event.exam]
            if isinstance(event, ExamEnded):
                record.steps.append(event)
            elif event.question in record.begun.questions and not record.over:
                record.answers[event.question] = event
    for attempt in read_attempts(history, having=(mark,)):
        if attempt.exam in records:
            records[attempt.exam].attempts[attempt.question] = attempt
    return records
