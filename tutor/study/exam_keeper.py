"""Saving an exam while it is written: answers, place, end."""

from threading import Lock
from typing import Literal

from tutor.progress import ExamAnswered, ExamPlace, Progress

How = Literal["handed-in", "time-up"]


class ExamKeeper:
    """Writes what it is given, from several threads, in its order; what failed is tried again.

    Giving costs no disk; of two answers to the same question, and of two places, only the later is
    written if both wait.
    """

    def __init__(self, progress: Progress, exam: str) -> None:
        self._progress = progress
        self._exam = exam
        self._waiting: dict[str, ExamAnswered | ExamPlace] = {}
        self._giving = Lock()
        self._writing = Lock()
        self.over = False
        """Whether the exam has ended, so that nothing is written any more."""

    @property
    def done(self) -> bool:
        """Whether all that was given is on the disk."""
        return not self._waiting

    def give(self, *given: ExamAnswered | ExamPlace) -> None:
        """Have these written with the next `write`."""
        with self._giving:
            self._waiting.update({_name(each): each for each in given})

    def write(self) -> None:
        """Write what waits; blocks. Raises ProfileNotWritable; the rest then waits on."""
        with self._writing:
            self._write()

    def finish(self, how: How, used: float) -> None:
        """Write what waits and end the exam; afterwards nothing is written any more.

        Raises ProfileNotWritable; the exam then is not over.
        """
        with self._writing:
            self._write()
            if not self.over:
                self._progress.end_exam(self._exam, how, used)
                self.over = True

    def _write(self) -> None:
        while not self.over and (each := self._next()) is not None:
            if isinstance(each, ExamPlace):
                self._progress.save_exam_place(each)
            else:
                self._progress.answer_exam(each)
            self._written(each)

    def _next(self) -> ExamAnswered | ExamPlace | None:
        """Answers before the place, which names a question after them."""
        with self._giving:
            return self._waiting[max(self._waiting)] if self._waiting else None

    def _written(self, each: ExamAnswered | ExamPlace) -> None:
        with self._giving:
            if self._waiting.get(_name(each)) is each:
                del self._waiting[_name(each)]


def _name(given: ExamAnswered | ExamPlace) -> str:
    """What is replaced by it while it waits: an answer to the same question, or the place."""
    return "" if isinstance(given, ExamPlace) else given.question
