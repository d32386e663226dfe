"""Blind marking of sample answers: the sheets for markers, and the verdicts from their marks.

A marker sees the points, and the answers in an order that reveals nothing, and gives every point a
letter. Markers see neither terms nor model answers nor each other's marks. `training/answers/` has
the answers and marks; its README describes the procedure, and how the answers were written.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from tutor.bank import Kind, Language, Question, Sample, Split, Verdict
from tutor.bank.text import VERDICT_LETTERS
from tutor.errors import TutorError
from tutor.evaluation.graded_sets import json_rows
from tutor.formatting import one_line


class MarksUnusable(TutorError):
    """Marks that do not fit the answers; the message names file and line."""


class Written(BaseModel):
    """A writer's answer: one line of a file."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    question: str
    slot: Annotated[int, Field(ge=1)]
    kind: Kind
    language: Language
    answer: Annotated[str, Field(min_length=1, max_length=8_000)]


def split_of(question: str, answer: str) -> Split:
    """The split of an answer: six in ten are to train, two to calibrate, two to test."""
    number = _number(question, answer) % 10
    return "train" if number < 6 else "calibrate" if number < 8 else "test"


def _number(question: str, answer: str) -> int:
    text = f"{question}\n{answer.strip()}"
    return int(hashlib.sha256(text.encode()).hexdigest()[:12], 16)


def read_answers(path: Path) -> tuple[Written, ...]:
    """Read the answers in a file. Raises `GradedFileUnusable`."""
    return tuple(answer for _, answer in json_rows(path, Written))


def labelled(answers: Iterable[Written]) -> dict[str, Written]:
    """The answers by their label, `my-deck.1.2 a7`, in an order that does not reveal their kind."""
    by_question: dict[str, list[Written]] = {}
    for answer in answers:
        by_question.setdefault(answer.question, []).append(answer)
    return {
        f"{question} a{number}": answer
        for question, own in by_question.items()
        for number, answer in enumerate(
            sorted(own, key=lambda each: _number(each.question, each.answer)), 1
        )
    }


def markers_sheet(
    answers: Mapping[str, Written], questions: Mapping[str, Question], own: Language
) -> Iterator[str]:
    """The lines of a marker's sheet: the points, and the answers under their labels."""
    seen = ""
    for label, answer in answers.items():
        if answer.question != seen:
            seen = answer.question
            yield from ("", f"## {seen}", f"Question: {one_line(questions[seen].prompt.to(own))}")
            yield from _points(questions[seen], own)
        yield f"{label.split()[1]}: {answer.answer.strip()}"


def _points(question: Question, own: Language) -> Iterator[str]:
    for number, point in enumerate(question.rubric, 1):
        yield f"  {number} {point.id}: {one_line(point.criterion(own))}"
        if own != "en":
            yield f"      {one_line(point.criterion('en'))}"


Marks = Mapping[str, tuple[Verdict, ...]]
"""The verdicts in the order of the points, by label."""


def read_marks(
    path: Path, answers: Mapping[str, Written], questions: Mapping[str, Question]
) -> Marks:
    """Read a marker's lines, such as `my-deck.1.2 a7 m p x`. Raises `MarksUnusable`."""
    marks: dict[str, tuple[Verdict, ...]] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        words = line.split()
        if not words:
            continue
        label, letters = " ".join(words[:2]), words[2:]
        if label not in answers:
            raise _unusable(path, number, f"there is no answer {label}")
        points = len(questions[answers[label].question].rubric)
        if len(letters) != points or not VERDICT_LETTERS.keys() >= set(letters):
            raise _unusable(path, number, f"{label} needs {points} letters out of m, p and x")
        if label in marks:
            raise _unusable(path, number, f"{label} is marked twice")
        marks[label] = tuple(VERDICT_LETTERS[letter] for letter in letters)
    missing = [label for label in answers if label not in marks]
    if missing:
        raise _unusable(path, 1, f"{len(missing)} answers are not marked, such as {missing[0]}")
    return marks


def _unusable(path: Path, line: int, message: str) -> MarksUnusable:
    return MarksUnusable(f"{path}:{line}: {message}", remedy="See training/answers/README.md.")


def disputed(one: Marks, other: Marks) -> list[str]:
    """The labels of the answers on which two markers differ, for a third to decide."""
    return [label for label, verdicts in one.items() if verdicts != other[label]]


@dataclass(frozen=True, slots=True)
class Marked:
    """Answers with their questions and all their marks."""

    answers: Mapping[str, Written]
    questions: Mapping[str, Question]
    one: Marks
    other: Marks
    third: Marks
    """Only of the disputed answers."""

    def samples(self, apart: frozenset[str]) -> Iterator[Sample]:
        """Sample answers with the verdicts of both markers, or of the third where they differ.

        All answers to a question in `apart` go to that split.
        """
        for label, answer in self.answers.items():
            one, other = self.one[label], self.other[label]
            ids = [point.id for point in self.questions[answer.question].rubric]
            verdicts: dict[str, Verdict] = {}
            differed: dict[str, tuple[Verdict, Verdict]] = {}
            third = self.third.get(label, one)
            for id_, first, second, last in zip(ids, one, other, third, strict=True):
                verdicts[id_] = first if first is second else last
                if first is not second:
                    differed[id_] = (first, second)
            is_apart = answer.question in apart
            yield Sample(
                question=answer.question,
                language=answer.language,
                kind=answer.kind,
                split="apart" if is_apart else split_of(answer.question, answer.answer),
                answer=answer.answer,
                verdicts=verdicts,
                differed=differed,
            )


def paired(packs: Iterable[Marked]) -> Mapping[str, list[tuple[Verdict, Verdict]]]:
    """The verdicts of two markers, point by point, for `all` and by kind and language."""
    pairs: dict[str, list[tuple[Verdict, Verdict]]] = {}
    for pack in packs:
        for label, answer in pack.answers.items():
            both = list(zip(pack.one[label], pack.other[label], strict=True))
            for part in ("all", answer.kind, answer.language):
                pairs.setdefault(part, []).extend(both)
    return pairs
