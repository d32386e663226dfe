"""Parses one source file into its outline, from which the bank is joined, and its bodies."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from tutor.bank.problems import Problem
from tutor.bank.questions import DeckHead, Question, Sample, SampleFile, Section
from tutor.bank.source_files import Kind
from tutor.bank.text import Language, Text
from tutor.bank.validation import validate
from tutor.bank.yaml_reader import Document, read_file


class QuestionOutline(BaseModel):
    """What joining the bank needs to know about a question."""

    model_config = ConfigDict(frozen=True)
    id: str
    place: int
    """Its index in the file, from 0."""
    line: int
    topics: tuple[str, ...]
    level: str
    languages: tuple[Language, ...]
    points: tuple[str, ...]


class SampleOutline(BaseModel):
    """What is needed to check that a sample answer fits its question."""

    model_config = ConfigDict(frozen=True)
    question: str
    question_line: int
    points: tuple[str, ...]
    points_line: int


class Outline(BaseModel):
    """What a file adds to the bank; only `problems` if it could not be read."""

    model_config = ConfigDict(frozen=True)
    problems: tuple[Problem, ...] = ()
    head: DeckHead | None = None
    section: Text | None = None
    questions: tuple[QuestionOutline, ...] = ()
    samples: tuple[SampleOutline, ...] = ()


@dataclass(frozen=True, slots=True)
class Parsed:
    """A file as models, with the line of everything in it."""

    document: Document
    problems: tuple[Problem, ...]
    """What keeps the file, or a question in it, out of the bank."""
    head: DeckHead | None = None
    section: Section | None = None
    samples: SampleFile | None = None

    @property
    def questions(self) -> tuple[Question, ...]:
        """The questions of a section in the file's order; none if it cannot be read."""
        return self.section.questions if self.section else ()

    def number(self, id_: str) -> int | None:
        """The place in the file, from 0, of the question with this id."""
        ids = [question.id for question in self.questions]
        return ids.index(id_) if id_ in ids else None


def parse(file: Path, kind: Kind) -> Parsed:
    """Read and check one file. Never raises because of its contents."""
    document = read_file(file)
    if kind == "head":
        head, problems = validate(DeckHead, document)
        return Parsed(document, problems, head=head)
    if kind == "section":
        section, problems = validate(Section, document)
        return Parsed(document, problems, section=section)
    samples, problems = validate(SampleFile, document)
    return Parsed(document, problems, samples=samples)


def parse_section(file: Path, deck: str) -> Parsed:
    """Read and check a file as a section of `deck`, with the ids of its questions."""
    parsed = parse(file, "section")
    problems = dict.fromkeys((*parsed.problems, *outline(parsed, deck)[0].problems))
    return replace(parsed, problems=tuple(problems))


Bodies = Mapping[str, str]
"""The questions or samples of a file as JSON, by the question's id."""


def outline(parsed: Parsed, deck: str) -> tuple[Outline, Bodies]:
    """The outline of a parsed file of `deck`, and its bodies."""
    if parsed.section:
        return _section(parsed.document, parsed.section, deck)
    if parsed.samples:
        return _samples(parsed.document, parsed.samples)
    return Outline(problems=parsed.problems, head=parsed.head), {}


def _section(document: Document, section: Section, deck: str) -> tuple[Outline, Bodies]:
    problems: list[Problem] = []
    outlines: dict[str, QuestionOutline] = {}
    bodies: dict[str, str] = {}
    for index, question in enumerate(section.questions):
        where = ("questions", index, "id")
        flaw = _id_flaw(question.id, deck, document.file, outlines)
        if flaw:
            problems.append(document.problem(where, *flaw))
            continue
        outlines[question.id] = QuestionOutline(
            id=question.id,
            place=index,
            line=document.line(where),
            topics=question.topics,
            level=question.level,
            languages=question.languages,
            points=tuple(point.id for point in question.rubric),
        )
        bodies[question.id] = question.model_dump_json(exclude_defaults=True)
    questions = tuple(outlines.values())
    return Outline(problems=tuple(problems), section=section.section, questions=questions), bodies


def _id_flaw(
    id_: str, deck: str, file: Path, known: Mapping[str, QuestionOutline]
) -> tuple[str, str] | None:
    if not id_.startswith(f"{deck}."):
        return (
            f"the id {id_} does not begin with the deck's id",
            f"Write `{deck}.` and numbers; the deck's id is its folder's name.",
        )
    if id_ in known:
        return id_taken(id_, file, known[id_].line)
    return None


def id_taken(id_: str, file: Path, line: int) -> tuple[str, str]:
    """Message and remedy for an id that is already used elsewhere."""
    return f"the id {id_} is already used in {file}:{line}", "Give this question another number."


def _samples(document: Document, file: SampleFile) -> tuple[Outline, Bodies]:
    outlines: list[SampleOutline] = []
    by_question: dict[str, list[Sample]] = {}
    for index, sample in enumerate(file.samples):
        where = ("samples", index)
        by_question.setdefault(sample.question, []).append(sample)
        outlines.append(
            SampleOutline(
                question=sample.question,
                question_line=document.line((*where, "question")),
                points=tuple(sample.verdicts),
                points_line=document.line((*where, "verdicts")),
            )
        )
    bodies = {
        id_: SampleFile(samples=tuple(samples)).model_dump_json()
        for id_, samples in by_question.items()
    }
    return Outline(samples=tuple(outlines)), bodies
