"""Reads a single section's file, wherever it is, for code that changes decks."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tutor.bank.lint import Subject, question_problems
from tutor.bank.outline import outline, parse
from tutor.bank.problems import Check, Problem
from tutor.bank.questions import Question, SampleFile
from tutor.bank.source_files import SourceFile, find_deck
from tutor.bank.text import Language
from tutor.bank.validation import validate
from tutor.bank.yaml_reader import Document, read


@dataclass(frozen=True, slots=True)
class ReadSection:
    """A section's file as the bank reads it."""

    document: Document
    questions: tuple[Question, ...]
    """The questions in the file's order; none if it cannot be read."""
    problems: tuple[Problem, ...]
    """What keeps the file, or a question in it, out of the bank."""

    def number(self, id_: str) -> int | None:
        """The question's place in the file, from 0."""
        ids = [question.id for question in self.questions]
        return ids.index(id_) if id_ in ids else None

    def line(self, id_: str) -> int | None:
        """The line of the question's entry, from 1."""
        number = self.number(id_)
        return None if number is None else self.document.line(("questions", number))

    def findings(
        self,
        ids: Container[str],
        language: Language,
        samples: Mapping[str, int],
        checks: Sequence[Check],
    ) -> Iterator[Problem]:
        """What the content checks find in these questions.

        `language` is the deck's own, `samples` the number of sample answers by question.
        """
        for number, question in enumerate(self.questions):
            if question.id in ids:
                subject = Subject(question, language, samples.get(question.id, 0))
                yield from question_problems(self.document, number, subject, checks)


def read_section(file: Path, deck: str) -> ReadSection:
    """Read the file as a section of `deck`. Never raises because of its contents."""
    parsed = parse(SourceFile(str(file), deck, "section", file.stem, 0, 0))
    problems = (*parsed.problems, *outline(parsed, deck).outline.problems)
    questions = parsed.section.questions if parsed.section else ()
    return ReadSection(parsed.document, questions, tuple(dict.fromkeys(problems)))


def read_samples(data: bytes, file: Path) -> tuple[SampleFile | None, Document]:
    """The sample answers in the contents of a file; `file` is only named in problems."""
    document = read(data, file)
    return validate(SampleFile, document)[0], document


def deck_files(folder: Path) -> tuple[Path, ...]:
    """The files that a deck's folder consists of; no others are read."""
    return tuple(Path(file.path) for file in find_deck(folder).files)


def section_files(folder: Path) -> tuple[Path, ...]:
    """The files of a deck's sections, in the order of their numbers."""
    return tuple(Path(file.path) for deck in find_deck(folder).decks for file in deck.sections)
