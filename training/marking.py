"""Blind sample answers: the sheets for writers and markers, and what becomes of their work.

A writer sees prompt, cover and points of some questions and a list of slots, each a kind of answer
and a language. A marker sees the points and the answers in an order that reveals nothing, and gives
every point a letter. Nobody sees terms, model answers or the work of others. The answers and marks
are in `training/answers/`; its README describes the procedure.
"""

import hashlib
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from tutor.bank import Kind, Language, Question, Sample, Split, Verdict
from tutor.errors import TutorError
from tutor.evaluation.graded_sets import json_rows
from tutor.evaluation.statistics import cohen_kappa

LETTERS: Mapping[str, Verdict] = {
    "m": Verdict.MET,
    "p": Verdict.PARTIAL,
    "x": Verdict.MISSED,
}
SLOTS_EACH = 12
ALWAYS: tuple[Kind, ...] = (
    *("full",) * 2,
    *("paraphrase",) * 2,
    *("partial",) * 3,
    *("reversed",) * 2,
    "wrong",
)
"""Kinds that every question has."""
OVER_FIVE: tuple[Kind, ...] = (
    *("full",) * 2,
    *("paraphrase",) * 2,
    *("reversed",) * 2,
    "wrong",
    *("off-topic",) * 3,
)
"""Further kinds, distributed over five questions, two each."""
OWN, ENGLISH = 0.6, 0.3
"""Shares of answers in the deck's language and in English; the rest is in the other two."""


class MarksUnusable(TutorError):
    """Marks do not fit the answers; the message names file and line."""


class Slot(BaseModel):
    """One answer to be written."""

    model_config = ConfigDict(frozen=True)
    kind: Kind
    language: Language


class Written(BaseModel):
    """An answer by a writer, one line of a file."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    question: str
    slot: Annotated[int, Field(ge=1)]
    kind: Kind
    language: Language
    answer: Annotated[str, Field(min_length=1, max_length=8_000)]


def split_of(question: str, answer: str) -> Split:
    """What an answer is used for: six in ten to train, two to calibrate, two to test."""
    number = _number(question, answer) % 10
    return "train" if number < 6 else "calibrate" if number < 8 else "test"


def _number(question: str, answer: str) -> int:
    text = f"{question}\n{answer.strip()}"
    return int(hashlib.sha256(text.encode()).hexdigest()[:12], 16)


# --- for writers


def slots(count: int, own: Language, chance: random.Random) -> list[list[Slot]]:
    """The slots of `count` questions, with quotas of kinds and languages over all of them."""
    pool = list(islice(cycle(OVER_FIVE), 2 * count))
    chance.shuffle(pool)
    kinds = [[*ALWAYS, *pool[2 * at : 2 * at + 2]] for at in range(count)]
    others: list[Language] = [each for each in ("de", "ru", "zh") if each != own]
    places: dict[Kind, list[tuple[int, int]]] = {}
    for row, row_kinds in enumerate(kinds):
        for column, kind in enumerate(row_kinds):
            places.setdefault(kind, []).append((row, column))
    languages: dict[tuple[int, int], Language] = {}
    for cells in places.values():
        ours, english = round(OWN * len(cells)), round(ENGLISH * len(cells))
        rest = len(cells) - ours - english
        drawn: list[Language] = [own] * ours + ["en"] * english + list(islice(cycle(others), rest))
        chance.shuffle(drawn)
        languages |= dict(zip(cells, drawn, strict=True))
    return [
        [Slot(kind=kind, language=languages[row, at]) for at, kind in enumerate(row_kinds)]
        for row, row_kinds in enumerate(kinds)
    ]


def writers_sheet(
    questions: Sequence[Question], requested: Sequence[Sequence[Slot]], own: Language
) -> Iterator[str]:
    """What a writer sees, line by line, without terms, model answers and hints."""
    for question, row in zip(questions, requested, strict=True):
        yield f"## {question.id}"
        for language in dict.fromkeys((own, "en")):
            yield f"Question ({language}): {_line(question.prompt.to(language))}"
            if question.cover is not None:
                yield f"To go into ({language}): {_line(question.cover.to(language))}"
        yield from _points(question, own)
        yield "Slots: " + "; ".join(
            f"{number} {slot.kind}/{slot.language}" for number, slot in enumerate(row, 1)
        )
        yield ""


def _points(question: Question, own: Language) -> Iterator[str]:
    for number, point in enumerate(question.rubric, 1):
        yield f"  {number} {point.id}: {_line(point.criterion(own))}"
        if own != "en":
            yield f"      {_line(point.criterion('en'))}"


def _line(text: str) -> str:
    return " ".join(text.split())


# --- for and from markers


def read_answers(path: Path) -> tuple[Written, ...]:
    """Read the answers in a file. Raises `GradedFileUnusable`."""
    return tuple(answer for _, answer in json_rows(path, Written))


def labelled(answers: Iterable[Written]) -> dict[str, Written]:
    """The answers by label, `my-deck.1.2 a7`, in an order that does not reveal their kind."""
    by_question: dict[str, list[Written]] = {}
    for answer in answers:
        by_question.setdefault(answer.question, []).append(answer)
    return {
        f"{question} a{number}": answer
        for question, some in by_question.items()
        for number, answer in enumerate(
            sorted(some, key=lambda each: _number(each.question, each.answer)), 1
        )
    }


def markers_sheet(
    answers: Mapping[str, Written], questions: Mapping[str, Question], own: Language
) -> Iterator[str]:
    """What a marker sees, line by line: the points, and the answers under their labels."""
    seen = ""
    for label, answer in answers.items():
        if answer.question != seen:
            seen = answer.question
            yield from ("", f"## {seen}", f"Question: {_line(questions[seen].prompt.to(own))}")
            yield from _points(questions[seen], own)
        yield f"{label.split()[1]}: {answer.answer.strip()}"


Marks = Mapping[str, tuple[Verdict, ...]]
"""Verdicts in the order of the points, by label."""


def read_marks(
    path: Path, answers: Mapping[str, Written], questions: Mapping[str, Question]
) -> Marks:
    """Read a marker's lines, `my-deck.1.2 a7 m p x`. Raises `MarksUnusable`."""
    marks: dict[str, tuple[Verdict, ...]] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        words = line.split()
        if not words:
            continue
        label, letters = " ".join(words[:2]), words[2:]
        if label not in answers:
            raise _unusable(path, number, f"there is no answer {label}")
        points = len(questions[answers[label].question].rubric)
        if len(letters) != points or not LETTERS.keys() >= set(letters):
            raise _unusable(path, number, f"{label} needs {points} letters out of m, p and x")
        if label in marks:
            raise _unusable(path, number, f"{label} is marked twice")
        marks[label] = tuple(LETTERS[letter] for letter in letters)
    missing = [label for label in answers if label not in marks]
    if missing:
        raise _unusable(path, 1, f"{len(missing)} answers are not marked, such as {missing[0]}")
    return marks


def _unusable(path: Path, line: int, message: str) -> MarksUnusable:
    return MarksUnusable(f"{path}:{line}: {message}", remedy="See training/answers/README.md.")


@dataclass(frozen=True, slots=True)
class Agreement:
    """How well two markers agree on some answers."""

    points: int
    share: float
    kappa: float


Pairs = Sequence[tuple[Verdict, Verdict]]
"""The verdicts of two markers, point by point."""


def paired(answers: Mapping[str, Written], one: Marks, other: Marks) -> Mapping[str, Pairs]:
    """The verdicts of both markers, for `all` and by kind and language."""
    pairs: dict[str, list[tuple[Verdict, Verdict]]] = {}
    for label, answer in answers.items():
        both = list(zip(one[label], other[label], strict=True))
        for part in ("all", answer.kind, answer.language):
            pairs.setdefault(part, []).extend(both)
    return pairs


def agreement(pairs: Pairs) -> Agreement:
    """How well they agree on these points, of which there must be at least one."""
    same = sum(one is other for one, other in pairs)
    return Agreement(len(pairs), same / len(pairs), cohen_kappa(pairs))


def disputed(one: Marks, other: Marks) -> list[str]:
    """The labels of answers on which the two differ, for a third to decide."""
    return [label for label, verdicts in one.items() if verdicts != other[label]]


def decided(
    answers: Mapping[str, Written],
    questions: Mapping[str, Question],
    one: Marks,
    other: Marks,
    third: Marks,
    apart: frozenset[str],
) -> Iterator[Sample]:
    """Sample answers with the verdict of both markers, or of the third where they differ.

    `third` has only the disputed answers. All answers to a question in `apart` go to that split.
    """
    for label, answer in answers.items():
        ids = [point.id for point in questions[answer.question].rubric]
        rows = zip(ids, one[label], other[label], third.get(label, one[label]), strict=True)
        verdicts: dict[str, Verdict] = {}
        differed: dict[str, tuple[Verdict, Verdict]] = {}
        for id_, first, second, last in rows:
            verdicts[id_] = first if first is second else last
            if first is not second:
                differed[id_] = (first, second)
        yield Sample(
            question=answer.question,
            language=answer.language,
            kind=answer.kind,
            split="apart" if answer.question in apart else split_of(answer.question, answer.answer),
            answer=answer.answer,
            verdicts=verdicts,
            differed=differed,
        )
