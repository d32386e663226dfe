"""Adds and replaces many questions of a deck in the profile at once.

What a student wrote is kept byte for byte: only the lines of replaced questions change, and new
questions follow at the end of a section. Every file is read back with the bank's own reader before
any is written, so a deck that the bank would refuse is never written.
"""

import re
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from tutor.authoring.yaml_emitter import emitted
from tutor.authoring.yaml_text import question_entry
from tutor.bank.outline import parse
from tutor.bank.problems import Problem
from tutor.bank.questions import DeckHead, Question, Section
from tutor.bank.source_files import HEAD, SourceFile, find_deck
from tutor.bank.text import Language, Text
from tutor.bank.validation import validate
from tutor.bank.yaml_reader import Document, read
from tutor.errors import TutorError
from tutor.files import write_safely
from tutor.paths import private_folder
from tutor.progress.errors import writing

SECTION_QUESTIONS = 200
"""A new section begins after so many questions, so that a changed file is read again quickly."""
SECTION_CHARACTERS = 400_000
"""Or after so many characters: in Chinese 1.2 MB of the 2 MiB that the bank reads, so that texts
can still grow."""
QUESTIONS: Mapping[Language, str] = {
    "de": "Fragen",
    "en": "Questions",
    "ru": "Вопросы",
    "zh": "问题",
}
"""The title of the section for questions that have none."""
_INDENT = "  "
_HYPHEN = re.compile(r"( *)- ")
_OWN_NAME = re.compile(r"[0-9]+-part")


class DeckNotWritable(TutorError):
    """A deck cannot be changed: it has mistakes, or an unusual layout."""


@dataclass(frozen=True, slots=True)
class _SectionText:
    file: Path
    head: str
    """The text before the first question."""
    entries: Mapping[str, str]
    """The text of every question, by id, with the comments that follow it."""
    title: Text


@dataclass(frozen=True, slots=True)
class OwnDeck:
    """A deck in the profile, with the texts of its files; a new one has no questions or files."""

    folder: Path
    head: DeckHead
    questions: Mapping[str, Question] = field(default_factory=dict)
    sections: tuple[_SectionText, ...] = ()


def read_own_deck(folder: Path) -> OwnDeck | None:
    """The deck in `folder`; None if there is no such folder. Raises DeckNotWritable."""
    if not folder.exists():
        return None
    layout = find_deck(folder)
    for problem in layout.problems:
        raise _refused(problem)
    head: DeckHead | None = None
    questions: dict[str, Question] = {}
    sections: list[_SectionText] = []
    for file in (file for deck in layout.decks for file in deck.files if file.kind != "samples"):
        parsed = parse(file)
        for problem in parsed.problems:
            raise _refused(problem)
        head = head or parsed.head
        if parsed.section:
            questions |= {question.id: question for question in parsed.section.questions}
            sections.append(_section_text(file, parsed.section, parsed.document))
    if head is None:
        raise AssertionError("a deck without a head has a problem")
    return OwnDeck(folder, head, questions, tuple(sections))


def _refused(problem: Problem) -> DeckNotWritable:
    return DeckNotWritable(str(problem), remedy=problem.remedy or "Fix it first.")


def _section_text(file: SourceFile, section: Section, document: Document) -> _SectionText:
    path = Path(file.path)
    lines = path.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    ids = [question.id for question in section.questions]
    starts = [document.line(("questions", number)) - 1 for number in range(len(ids))]
    texts = ["".join(lines[start:end]) for start, end in pairwise([*starts, len(lines)])]
    head = "".join(lines[: starts[0]])
    return _SectionText(path, head, dict(zip(ids, texts, strict=True)), section.section)


def changed_files(
    deck: OwnDeck, changed: Mapping[str, Question], added: Mapping[str, Iterable[Question]]
) -> dict[Path, bytes]:
    """The contents of the files that change when questions are replaced and added.

    `changed` are questions by id, which stay in their sections. `added` are questions by the title
    of their section, which may be empty; they follow at its end, or in a new one if it is full.
    Raises DeckNotWritable.
    """
    files: dict[Path, bytes] = {}
    queues = {title: deque(questions) for title, questions in added.items()}
    parts = {title: _parts(deck, title) for title in queues}
    open_parts = {part[-1].file: queues[title] for title, part in parts.items() if part}
    for section in deck.sections:
        replaced = {id_: changed[id_] for id_ in section.entries if id_ in changed}
        queue = open_parts.get(section.file)
        if replaced or queue:
            data, added_count = _with_changes(section, deck, replaced, queue or ())
            if replaced or added_count:
                files[section.file] = data
    number = max((section_number(section.file) for section in deck.sections), default=0)
    for title, queue in queues.items():
        part = len(parts[title])
        while queue:
            number, part = number + 1, part + 1
            section = _new_section(deck, number, title, part)
            files[section.file], _ = _with_changes(section, deck, {}, queue)
    return files


def section_number(file: Path) -> int:
    """The number that the name of a section's file begins with."""
    return int(file.name.partition("-")[0])


def _parts(deck: OwnDeck, title: str) -> list[_SectionText]:
    """The sections that earlier imports made for this title; only the last may have room."""
    pattern = re.compile(rf"{re.escape(title or QUESTIONS[deck.head.language])}(?: [0-9]+)?")
    return [
        section
        for section in deck.sections
        if _OWN_NAME.fullmatch(section.file.stem)
        and pattern.fullmatch(section.title.to(deck.head.language))
    ]


def _new_section(deck: OwnDeck, number: int, title: str, part: int) -> _SectionText:
    end = "" if part == 1 else f" {part}"
    languages = deck.head.title.languages
    titles = {str(language): f"{title or QUESTIONS[language]}{end}" for language in languages}
    head = emitted({"section": titles}) + "questions:\n"
    return _SectionText(deck.folder / f"{number}-part.yaml", head, {}, Text(**titles))


def _with_changes(
    section: _SectionText,
    deck: OwnDeck,
    changed: Mapping[str, Question],
    queue: "deque[Question] | tuple[()]",
) -> tuple[bytes, int]:
    """The section's contents with questions replaced, and how many it took from the queue."""
    indent = _indent(section)
    questions = [changed.get(id_) or deck.questions[id_] for id_ in section.entries]
    parts = [
        section.head,
        *(
            question_entry(changed[id_], indent) if id_ in changed else text
            for id_, text in section.entries.items()
        ),
    ]
    old_count = len(questions)
    size = sum(map(len, parts))
    while queue and len(questions) < SECTION_QUESTIONS and size < SECTION_CHARACTERS:
        if not parts[-1].endswith("\n"):
            parts[-1] += "\n"
        questions.append(queue.popleft())
        parts.append(question_entry(questions[-1], indent))
        size += len(parts[-1])
    data = "".join(parts).encode()
    _verify(data, section, questions)
    return data, len(questions) - old_count


def _indent(section: _SectionText) -> str:
    """The spaces before the hyphens of the section's questions."""
    matches = [_HYPHEN.match(text) for text in section.entries.values()]
    indents = {match[1] for match in matches if match}
    if not matches:
        return _INDENT
    if None in matches or len(indents) != 1:
        raise _unusual(section.file)
    return indents.pop()


def _unusual(file: Path, reason: str = "") -> DeckNotWritable:
    return DeckNotWritable(
        f"The layout of {file} does not allow the import to change it"
        f"{f' ({reason})' if reason else ''}.",
        remedy="Begin every question with `- id:` on a line of its own, below the last key.",
    )


def _verify(data: bytes, section: _SectionText, questions: Sequence[Question]) -> None:
    written, problems = validate(Section, read(data, section.file))
    for problem in problems:
        raise _unusual(section.file, problem.message)
    expected = Section(section=section.title, questions=tuple(questions))
    if written != expected:
        raise _unusual(section.file)


def head_file(deck: OwnDeck) -> dict[Path, bytes]:
    """The contents of the deck's own file. Raises DeckNotWritable."""
    file = deck.folder / HEAD
    data = emitted(deck.head.model_dump(mode="json", exclude_none=True)).encode()
    written, problems = validate(DeckHead, read(data, file))
    for problem in problems:
        raise _refused(problem)
    if written != deck.head:
        raise _unusual(file)
    return {file: data}


def write_files(files: Mapping[Path, bytes]) -> None:
    """Write every file, each completely or not at all. Raises ProfileNotWritable."""
    for file, data in files.items():
        with writing(file):
            private_folder(file.parent)
            write_safely(file, data)
