"""A cache of what was computed from a question."""

from collections.abc import Callable
from typing import Generic, TypeVar

from tutor.bank import Question

MOST = 256
"""Questions in the cache; the terms and texts of one take about 170 kB."""
Computed = TypeVar("Computed")


class PerQuestion(Generic[Computed]):
    """Computes something once for each question, and again if its deck was read again."""

    def __init__(self, compute: Callable[[Question], Computed]) -> None:
        self._compute = compute
        self._cache: dict[str, tuple[Question, Computed]] = {}

    def of(self, question: Question) -> Computed:
        """Return what belongs to `question`, computing it if necessary."""
        cached = self._cache.get(question.id)
        if cached is None or cached[0] is not question:
            if len(self._cache) >= MOST:
                self._cache.clear()
            cached = self._cache[question.id] = question, self._compute(question)
        return cached[1]
