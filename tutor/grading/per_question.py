"""Remembers what has been worked out about a question."""

from collections.abc import Callable
from typing import Generic, TypeVar

from tutor.bank import Question

MOST = 256
"""Questions kept: terms and texts of one take about 170 kB."""
Worked = TypeVar("Worked")


class PerQuestion(Generic[Worked]):
    """By question, for as long as it is the very same; a deck that was read again has others."""

    def __init__(self, work_out: Callable[[Question], Worked]) -> None:
        self._work_out = work_out
        self._known: dict[str, tuple[Question, Worked]] = {}

    def of(self, question: Question) -> Worked:
        """What is worked out about `question`."""
        known = self._known.get(question.id)
        if known is None or known[0] is not question:
            if len(self._known) >= MOST:
                self._known.clear()
            known = self._known[question.id] = question, self._work_out(question)
        return known[1]
