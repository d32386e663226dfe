"""Reads a deck in the profile, and adds and replaces many questions of it at once.

All changed files are made before any is written, so a deck is never half changed by a mistake.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from tutor.authoring.deck_text import DeckText, UnusualLayout
from tutor.authoring.yaml_emitter import emitted
from tutor.bank.outline import Parsed, parse
from tutor.bank.problems import Problem
from tutor.bank.questions import DeckHead, Question
from tutor.bank.source_files import HEAD, find_deck
from tutor.bank.text import Language, Text
from tutor.bank.validation import validate
from tutor.bank.yaml_reader import read
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
_OWN_NAME = re.compile(r"[0-9]+-part")


class DeckNotWritable(TutorError):
    """A deck cannot be changed: it has mistakes, or an unusual layout."""


@dataclass(frozen=True)
class OwnDeck:
    """A deck in the profile; a new one has no sections."""

    folder: Path
    head: DeckHead
    sections: tuple[Parsed, ...] = ()

    @cached_property
    def questions(self) -> dict[str, Question]:
        """Its questions by id."""
        return {each.id: each for section in self.sections for each in section.questions}


def read_own_deck(folder: Path) -> OwnDeck | None:
    """The deck in `folder`; None if there is no such folder. Raises DeckNotWritable."""
    if not folder.exists():
        return None
    layout = find_deck(folder)
    files = [
        _small(parse(Path(file.path), file.kind)) for file in layout.files if file.kind != "samples"
    ]
    for problem in (*layout.problems, *(each for file in files for each in file.problems)):
        raise _refused(problem)
    head = next(file.head for file in files if file.head)
    return OwnDeck(folder, head, tuple(file for file in files if file.section))


def _small(parsed: Parsed) -> Parsed:
    """The file without what only reading it needed, which is most of its memory."""
    lines = {where: line for where, line in parsed.document.lines.items() if len(where) <= 2}
    return replace(parsed, document=replace(parsed.document, value=None, lines=lines))


def _refused(problem: Problem) -> DeckNotWritable:
    return DeckNotWritable(str(problem), remedy=problem.remedy or "Fix it first.")


def changed_files(
    deck: OwnDeck, changed: Mapping[str, Question], added: Mapping[str, Iterable[Question]]
) -> dict[Path, bytes]:
    """The contents of the files that change when questions are replaced and added to a deck.

    `changed` are questions by id, which stay in their sections. `added` are questions by the title
    of their section, which may be empty; they follow at its end, or in a new one if it is full.
    Raises DeckNotWritable, ProfileNotWritable.
    """
    files = {} if deck.sections else _head_file(deck)
    queues = {title: deque(questions) for title, questions in added.items()}
    parts = {title: _parts(deck, title) for title in queues}
    open_parts = {part[-1]: queues[title] for title, part in parts.items() if part}
    for section in deck.sections:
        file = section.document.file
        replaced = {n: changed[q.id] for n, q in enumerate(section.questions) if q.id in changed}
        queue = open_parts.get(file, deque())
        if replaced or queue:
            with _layout_of(file):
                text = DeckText.of(section)
                for number, question in replaced.items():
                    text.replace(number, question)
                if _fill(text, queue) or replaced:
                    files[file] = text.written()
    number = max((section_number(section.document.file) for section in deck.sections), default=0)
    for title, queue in queues.items():
        part = len(parts[title])
        while queue:
            number, part = number + 1, part + 1
            file = deck.folder / f"{number}-part.yaml"
            with _layout_of(file):
                text = DeckText.new(_title(deck, title, part))
                _fill(text, queue)
                files[file] = text.written()
    return files


def section_number(file: Path) -> int:
    """The number that the name of a section's file begins with."""
    return int(file.name.partition("-")[0])


def _parts(deck: OwnDeck, title: str) -> list[Path]:
    """The sections that earlier imports made for this title; only the last may have room."""
    pattern = re.compile(rf"{re.escape(title or QUESTIONS[deck.head.language])}(?: [0-9]+)?")
    return [
        each.document.file
        for each in deck.sections
        if each.section
        and _OWN_NAME.fullmatch(each.document.file.stem)
        and pattern.fullmatch(each.section.section.to(deck.head.language))
    ]


def _title(deck: OwnDeck, title: str, part: int) -> Text:
    end = "" if part == 1 else f" {part}"
    languages = deck.head.title.languages
    return Text(**{language: f"{title or QUESTIONS[language]}{end}" for language in languages})


def _fill(section: DeckText, queue: deque[Question]) -> bool:
    """Add questions while there are any and the section has room; whether any were added."""
    count = len(queue)
    while queue and section.count < SECTION_QUESTIONS and section.size < SECTION_CHARACTERS:
        section.add(queue.popleft())
    return len(queue) < count


@contextmanager
def _layout_of(file: Path) -> Iterator[None]:
    try:
        with writing(file):
            yield
    except UnusualLayout as error:
        reason = f" ({error})" if str(error) else ""
        raise DeckNotWritable(
            f"The layout of {file} does not allow the import to change it{reason}.",
            remedy="Begin every question with `- id:` on a line of its own, below the last key.",
        ) from error


def _head_file(deck: OwnDeck) -> dict[Path, bytes]:
    file = deck.folder / HEAD
    data = emitted(deck.head.model_dump(mode="json", exclude_none=True)).encode()
    for problem in validate(DeckHead, read(data, file))[1]:
        raise _refused(problem)
    return {file: data}


def write_files(files: Mapping[Path, bytes]) -> None:
    """Write every file, each completely or not at all. Raises ProfileNotWritable."""
    for file, data in files.items():
        with writing(file):
            private_folder(file.parent)
            write_safely(file, data)
