"""Decks in the profile as files: many questions added or replaced at once.

What a student wrote stays as it is, to the byte: only the lines of replaced questions change, and
new ones follow at the end of a section. Every file is read back with the bank's own reader before
any is replaced, so that a deck which the bank would refuse is never written.
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
from tutor.bank.yaml_reader import read
from tutor.errors import TutorError
from tutor.files import write_safely
from tutor.paths import private_folder
from tutor.progress.errors import writing

SECTION_QUESTIONS = 200
"""A new section begins after so many, so that a change costs little to read again."""
SECTION_CHARACTERS = 400_000
"""Chinese ones fill 1.2 MB, of the 2 MiB that the bank reads: texts may still grow."""
QUESTIONS: Mapping[Language, str] = {
    "de": "Fragen",
    "en": "Questions",
    "ru": "Вопросы",
    "zh": "问题",
}
"""The title of a section for questions without one."""
_INDENT = "  "
_HYPHEN = re.compile(r"( *)- ")
_OWN_NAME = re.compile(r"[0-9]+-part")


class DeckNotWritable(TutorError):
    """A deck cannot be changed: it has mistakes, or is laid out in an unusual way."""


@dataclass(frozen=True, slots=True)
class _SectionText:
    file: Path
    head: str
    """The text before the first question."""
    entries: Mapping[str, str]
    """The text of every question, with the comments that follow it."""
    title: Text


@dataclass(frozen=True, slots=True)
class OwnDeck:
    """A deck in the profile, with its texts; without questions it has no files yet."""

    folder: Path
    head: DeckHead
    questions: Mapping[str, Question] = field(default_factory=dict)
    sections: tuple[_SectionText, ...] = ()


def read_own_deck(folder: Path) -> OwnDeck | None:
    """The deck in `folder`; None where there is no such folder. Raises DeckNotWritable."""
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
            starts = [
                parsed.document.line(("questions", at))
                for at in range(len(parsed.section.questions))
            ]
            sections.append(_section_text(file, parsed.section, starts))
    if head is None:
        raise AssertionError("a deck without a head has a problem")
    return OwnDeck(folder, head, questions, tuple(sections))


def _refused(problem: Problem) -> DeckNotWritable:
    return DeckNotWritable(str(problem), remedy=problem.remedy or "Fix it first.")


def _section_text(file: SourceFile, section: Section, starts: Sequence[int]) -> _SectionText:
    path = Path(file.path)
    lines = path.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    borders = [line - 1 for line in starts] + [len(lines)]
    texts = ["".join(lines[start:end]) for start, end in pairwise(borders)]
    ids = [question.id for question in section.questions]
    head = "".join(lines[: borders[0]])
    return _SectionText(path, head, dict(zip(ids, texts, strict=True)), section.section)


def changed_files(
    deck: OwnDeck, changed: Mapping[str, Question], added: Mapping[str, Iterable[Question]]
) -> dict[Path, bytes]:
    """The files with these questions replaced, and others added, as the bank reads them.

    `added` are questions by the title of their section, or an empty one. They follow at its end, or
    in a new one once it is full. A question that is replaced stays in its section. Raises
    DeckNotWritable.
    """
    files: dict[Path, bytes] = {}
    queues = {title: deque(questions) for title, questions in added.items()}
    parts = {title: _parts(deck, title) for title in queues}
    open_parts = {part[-1].file: queues[title] for title, part in parts.items() if part}
    for section in deck.sections:
        own = {id_: changed[id_] for id_ in section.entries if id_ in changed}
        queue = open_parts.get(section.file)
        if own or queue:
            data, count = _with_changes(section, deck, own, queue or ())
            if own or count:
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
    """The number that a section's file begins with."""
    return int(file.name.partition("-")[0])


def _parts(deck: OwnDeck, title: str) -> list[_SectionText]:
    """The sections that earlier imports made for this title, the last one being open."""
    pattern = re.compile(rf"{re.escape(title or QUESTIONS[deck.head.language])}(?: [0-9]+)?")
    return [
        section
        for section in deck.sections
        if _OWN_NAME.fullmatch(section.file.stem)
        and pattern.fullmatch(section.title.to(deck.head.language))
    ]


def _new_section(deck: OwnDeck, number: int, title: str, part: int) -> _SectionText:
    more = "" if part == 1 else f" {part}"
    languages = deck.head.title.languages
    text = {str(each): f"{title or QUESTIONS[each]}{more}" for each in languages}
    head = emitted({"section": text}) + "questions:\n"
    return _SectionText(deck.folder / f"{number}-part.yaml", head, {}, Text(**text))


def _with_changes(
    section: _SectionText,
    deck: OwnDeck,
    changed: Mapping[str, Question],
    queue: "deque[Question] | tuple[()]",
) -> tuple[bytes, int]:
    """The section's file with its questions replaced, and how many of the queue it has taken."""
    indent = _indent(section)
    texts = {
        id_: question_entry(changed[id_], indent) if id_ in changed else text
        for id_, text in section.entries.items()
    }
    questions = [changed.get(id_) or deck.questions[id_] for id_ in section.entries]
    parts = [section.head, *texts.values()]
    before = len(parts)
    size = sum(map(len, parts))
    while queue and len(questions) < SECTION_QUESTIONS and size < SECTION_CHARACTERS:
        questions.append(queue.popleft())
        parts.append(question_entry(questions[-1], indent))
        size += len(parts[-1])
    taken = len(parts) - before
    if taken and not parts[before - 1].endswith("\n"):
        parts[before - 1] += "\n"
    data = "".join(parts).encode()
    _verify(data, section, questions)
    return data, taken


def _indent(section: _SectionText) -> str:
    """The spaces before the hyphens of the section's questions."""
    matches = [_HYPHEN.match(text) for text in section.entries.values()]
    indents = {match[1] for match in matches if match}
    if not matches:
        return _INDENT
    if None in matches or len(indents) != 1:
        raise _unusual(section.file)
    return indents.pop()


def _unusual(file: Path, what: str = "") -> DeckNotWritable:
    return DeckNotWritable(
        f"{file} is laid out in a way that cannot be added to{f' ({what})' if what else ''}.",
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
    """The deck's own file. Raises DeckNotWritable."""
    file = deck.folder / HEAD
    data = emitted(deck.head.model_dump(mode="json", exclude_none=True)).encode()
    found, problems = validate(DeckHead, read(data, file))
    for problem in problems:
        raise _refused(problem)
    if found != deck.head:
        raise _unusual(file)
    return {file: data}


def write_files(files: Mapping[Path, bytes]) -> None:
    """Write every file, each completely or not at all. Raises ProfileNotWritable."""
    for file, data in files.items():
        with writing(file):
            private_folder(file.parent)
            write_safely(file, data)
