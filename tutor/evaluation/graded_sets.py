"""Reads files of answers that people have graded, one JSON object per line.

A line has `lang`, `qid`, `question`, `reference`, `answer`, `score` and `max`. It may have
`ref_items` (the reference divided into points: `text`, `points`) and `label`. Other fields are
ignored.
"""

import hashlib
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from tutor.bank import Language, Question, RubricPoint, Text
from tutor.encodings import decode
from tutor.errors import TutorError
from tutor.wrong_values import wrong_value

R = TypeVar("R", bound=BaseModel)
_MOST_POINTS = 12
"""The most points of a rubric; a reference with more becomes a single point."""
_Filled = Annotated[str, Field(min_length=1, max_length=8_000)]
_Mark = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class GradedFileUnusable(TutorError):
    """A file of graded answers cannot be read; the message names file, line and field."""


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class ReferenceItem(_Row):
    """One point of a reference answer."""

    text: _Filled
    points: _Mark


class GradedAnswer(_Row):
    """A student's answer and the marks that a person gave it."""

    lang: Language
    qid: _Filled
    question: _Filled
    reference: _Filled
    answer: str
    score: _Mark
    max: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    ref_items: tuple[ReferenceItem, ...] = ()
    label: str | None = None

    @model_validator(mode="after")
    def _is_within_its_mark(self) -> Self:
        if self.score > self.max:
            raise ValueError(f"score: {self.score:g} is more than max, {self.max:g}")
        return self

    @property
    def share(self) -> float:
        """The share of the full mark, from 0 to 1."""
        return self.score / self.max


@dataclass(frozen=True)
class GradedQuestion:
    """A question and its graded answers."""

    qid: str
    question: Question
    answers: tuple[GradedAnswer, ...]


def read_graded(path: Path) -> tuple[GradedQuestion, ...]:
    """The questions of a file, in the order of their first answers. Raises `GradedFileUnusable`."""
    rows: dict[str, list[GradedAnswer]] = {}
    for number, row in json_rows(path, GradedAnswer):
        answers = rows.setdefault(row.qid, [])
        answers.append(row)
        if (row.question, row.reference) != (answers[0].question, answers[0].reference):
            raise _unusable(
                path, number, f"qid: {row.qid} has a different question or reference above"
            )
    if not rows:
        raise _unusable(path, 1, "the file has no answers")
    return tuple(
        GradedQuestion(qid, _question(number, answers[0]), tuple(answers))
        for number, (qid, answers) in enumerate(rows.items(), start=1)
    )


def some_of(
    questions: Sequence[GradedQuestion], limit: int | None, source: random.Random
) -> tuple[GradedQuestion, ...]:
    """At most `limit` answers, drawn by `source`, with their questions in the given order."""
    places = [(at, answer) for at, each in enumerate(questions) for answer in each.answers]
    if limit is None or limit >= len(places):
        return tuple(questions)
    drawn = sorted(source.sample(range(len(places)), limit))
    by_question: dict[int, list[GradedAnswer]] = {}
    for at, answer in (places[number] for number in drawn):
        by_question.setdefault(at, []).append(answer)
    return tuple(replace(questions[at], answers=tuple(rows)) for at, rows in by_question.items())


def halves(
    questions: Sequence[GradedQuestion],
) -> tuple[tuple[GradedQuestion, ...], tuple[GradedQuestion, ...]]:
    """The half to tune on and the half to measure on, divided by a hash of each qid.

    They are the same on every machine. If the number is odd, the second is larger.
    """

    def digest(question: GradedQuestion) -> str:
        return hashlib.sha256(f"0:{question.qid}".encode()).hexdigest()

    order = sorted(questions, key=digest)
    return tuple(order[: len(order) // 2]), tuple(order[len(order) // 2 :])


def json_rows(path: Path, model: type[R]) -> Iterator[tuple[int, R]]:
    """Every object in a file of JSON lines, with its line number from 1.

    Raises `GradedFileUnusable`, `NotUtf8`.
    """
    try:
        lines = decode(path.read_bytes(), path).split("\n")
    except OSError as error:
        raise GradedFileUnusable(
            f"{path} cannot be read: {error}", remedy="Name a file of JSON lines in UTF-8."
        ) from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield number, _row(path, number, line, model)


def _row(path: Path, number: int, line: str, model: type[R]) -> R:
    try:
        return model.model_validate_json(line)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        message = f"{field}: {wrong_value(first)}" if field else wrong_value(first)
        raise _unusable(path, number, message) from error


def _unusable(path: Path, number: int, message: str) -> GradedFileUnusable:
    return GradedFileUnusable(
        f"{path}, line {number}: {message}",
        remedy="A line needs lang, qid, question, reference, answer, score and max.",
    )


def _question(number: int, row: GradedAnswer) -> Question:
    """The answer's question, with a point without terms for every item of the reference."""
    return Question(
        id=f"graded.{number}",
        prompt=Text(**{row.lang: row.question}),
        rubric=tuple(_points(row)),
        answer=Text(**{row.lang: row.reference}),
    )


def _points(row: GradedAnswer) -> Iterable[RubricPoint]:
    items = [item for item in row.ref_items if item.points > 0]
    if not 0 < len(items) <= _MOST_POINTS:
        items = [ReferenceItem(text=row.reference, points=1)]
    largest = max(item.points for item in items)
    for number, item in enumerate(items, start=1):
        text = Text(**{row.lang: item.text})
        yield RubricPoint(id=f"p{number}", point=text, weight=item.points / largest)
