"""`tutor grade --batch`: grades the answers of a class, several at a time if a server grades.

Each grade is written at once, so that an interrupted run loses nothing; at the end they are put in
the order of the answers.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, as_completed, wait
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import typer

from tutor.bank import BankError
from tutor.cli.batch_answers import AnswerRow, Row, RowUnreadable, read_answers
from tutor.cli.batch_grades import Grades
from tutor.cli.output import Narration
from tutor.engine import EngineCrashed, EngineError, EngineGone, ModelRefused
from tutor.errors import TutorError
from tutor.formatting import count_of

if TYPE_CHECKING:
    from tutor.bank import Bank, Language, Question
    from tutor.grading import Choice, Grade, GradingService

WINDOW = 64
"""Among so many rows, answers to one question are graded one after another, so that the model reads
the question only once."""
QUESTIONS = 64
"""The most questions that stay in memory."""
HOPELESS = (EngineCrashed, EngineGone, ModelRefused)
"""Errors after which the next answer would fail too."""
T = TypeVar("T")
R = TypeVar("R")
Line = dict[str, object]


class RowsFailed(TutorError):
    """Some rows could not be graded; their lines say why."""


class BatchStopped(TutorError):
    """The model failed; the run can be continued."""


@dataclass(frozen=True, slots=True)
class Task:
    """An answer to be graded."""

    row: Row
    answer: AnswerRow
    question: "Question"
    language: "Language"
    key: str
    """Sixteen hexadecimal digits of a hash of everything that its grade depends on."""


@dataclass
class Batch:
    """One run, and the counts of its rows."""

    bank: "Bank"
    grading: "GradingService"
    grader: "Choice"
    describe: Callable[["Grade", str], Line]
    """Makes the data of a line from a grade and its feedback."""
    language: "Language | None" = None
    """The language of rows that name none; None for the deck's."""
    feedback: bool = False
    jobs: int = 1
    window: int = WINDOW
    graded: int = field(default=0, init=False)
    failed: int = field(default=0, init=False)
    graded_before: int = field(default=0, init=False)

    def run(self, answers: Path, out: Path) -> None:
        """Grade the answers that are not in `out` yet. Raises RowsFailed, BatchStopped."""
        total = sum(1 for _ in read_answers(answers))
        signature = self.grading.signature(self.grader)
        grades = Grades(out)
        try:
            narration = Narration(total, "answers")
            tasks = self._tasks(read_answers(answers), grades, signature, narration)
            for line in side_by_side(self._grade, tasks, self.jobs, self.grading.cancel):
                self._write(line, grades, narration)
            grades.settle()
        except (KeyboardInterrupt, BatchStopped) as stopped:
            grades.settle()
            again = "run the same command again to continue"
            typer.echo(f"stopped: {self._counts}; {again}", err=True)
            if isinstance(stopped, BatchStopped):
                raise
            raise typer.Exit(130) from None
        finally:
            grades.close()
        typer.echo(self._counts, err=True)
        if self.failed:
            raise RowsFailed(
                f"{self.failed:,} of {count_of(total, 'row')} could not be graded",
                remedy=f"The reason is in their lines of {out}. Fix the rows and run the same "
                "command again; it grades only these.",
            )

    def _tasks(
        self, rows: Iterator[Row], grades: Grades, signature: str, narration: Narration
    ) -> Iterator[Task]:
        """The answers to grade; a row that cannot be graded gets its line at once."""
        while window := list(islice(rows, self.window)):
            tasks: list[Task] = []
            for row in window:
                try:
                    task = self._task(row, signature)
                except RowUnreadable as error:
                    self._write(_failed(row, error.message, error), grades, narration)
                    continue
                if task.key in grades:
                    self.graded_before += 1
                    narration.one_more()
                else:
                    tasks.append(task)
            yield from sorted(tasks, key=lambda task: task.question.id)

    def _task(self, row: Row, signature: str) -> Task:
        answer = row.answer
        if answer is None:
            raise row.error(row.problem)
        try:
            question = self._question(answer.question)
        except BankError as error:
            raise row.error(f"question: {error.message}") from error
        language = answer.language or self.language or self.bank.deck_of(question.id).language
        if language not in question.languages:
            available = ", ".join(question.languages)
            raise row.error(f"language: {question.id} is available in {available}")
        parts = (row.id, answer.answer, language, signature)
        dependencies = json.dumps([*parts, question.model_dump_json(), self.feedback])
        key = sha256(dependencies.encode()).hexdigest()[:16]
        return Task(row, answer, question, language, key)

    @cached_property
    def _question(self) -> Callable[[str], "Question"]:
        """Returns the same object for the same id, for which key terms are then prepared once."""
        return lru_cache(QUESTIONS)(self.bank.question)

    def _grade(self, task: Task) -> Line:
        """Grade one answer and return its line. Raises BatchStopped if the next would fail too."""
        question, answer, row = task.question, task.answer.answer, task.row
        try:
            grade = self.grading.grade(question, answer, task.language, grader=self.grader)
            pieces = self.grading.feedback(question, answer, grade)
            text = "".join(pieces).strip() if self.feedback else ""
        except HOPELESS as error:
            raise BatchStopped(row.error(error.message).message, remedy=error.remedy) from error
        except EngineError as error:
            return _failed(row, row.error(error.message).message, error, task.key)
        return _line(row, task.key, self.describe(grade, text))

    @property
    def _counts(self) -> str:
        graded_before = f", {self.graded_before:,} graded before" if self.graded_before else ""
        graded, failed = count_of(self.graded, "answer"), count_of(self.failed, "row")
        return f"{graded} graded{graded_before}, {failed} with an error"

    def _write(self, line: Line, grades: Grades, narration: Narration) -> None:
        grades.write(line)
        if "error" in line:
            self.failed += 1
        else:
            self.graded += 1
        narration.one_more()


def _failed(row: Row, message: str, error: TutorError, key: str = "0" * 16) -> Line:
    problem = {"name": type(error).__name__, "message": message, "line": row.line}
    return _line(row, key, {"error": problem})


def _line(row: Row, key: str, result: Mapping[str, object]) -> Line:
    named = {"row": row.number, "id": row.id, "student": row.name.student}
    return {**named, **result, "key": key}


def side_by_side(
    work: Callable[[T], R], items: Iterable[T], jobs: int, stop: Callable[[], None]
) -> Iterator[R]:
    """Yield results as they come, from at most `jobs` threads; takes each item only when needed.

    An error or Ctrl+C calls `stop`, which has to end the work under way.
    """
    if jobs == 1:
        yield from map(work, items)
        return
    with ThreadPoolExecutor(jobs) as pool:
        running: set[Future[R]] = set()
        try:
            for item in items:
                running.add(pool.submit(work, item))
                if len(running) >= jobs:
                    done, running = wait(running, return_when=FIRST_COMPLETED)
                    yield from (future.result() for future in done)
            yield from (future.result() for future in as_completed(running))
        except BaseException:
            stop()
            raise
