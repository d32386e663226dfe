"""The index: what is known about every question without reading it. Small and quick to load.

It is read at every start, with up to 5,000 questions: hence columns in JSON and named tuples
instead of 5,000 validated objects.
"""

import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from itertools import repeat
from pathlib import Path
from typing import Any, NamedTuple

from tutor.bank.problems import Problem
from tutor.bank.text import LANGUAGES, Language, Text


class SectionInfo(NamedTuple):
    """A section of a deck."""

    key: str
    """Its file's name without extension: `10-bert`."""
    title: Text
    file: Path


class QuestionInfo(NamedTuple):
    """Where a question is and what it is about, without its text."""

    id: str
    deck: str
    section: SectionInfo
    topics: tuple[str, ...]
    level: str
    languages: tuple[Language, ...]
    line: int
    samples: int
    """How many sample answers it has."""

    @property
    def file(self) -> Path:
        """The file that contains the question."""
        return self.section.file


@dataclass(frozen=True, slots=True)
class DeckInfo:
    """A deck, its sections, and its questions in the deck's order."""

    id: str
    title: Text
    language: Language
    """The language that questions are first asked in."""
    sections: tuple[SectionInfo, ...]
    questions: tuple[QuestionInfo, ...]
    about: Text | None = None
    replaces: Path | None = None
    """The folder of the built-in deck that this one, a student's copy, replaces."""

    @property
    def folder(self) -> Path:
        """The folder that it was read from."""
        return self.sections[0].file.parent

    @property
    def languages(self) -> tuple[Language, ...]:
        """The languages in which at least one of its questions can be asked."""
        available = {language for question in self.questions for language in question.languages}
        return tuple(language for language in LANGUAGES if language in available)


class Index(NamedTuple):
    """All decks, and the problems in the files they were read from."""

    decks: tuple[DeckInfo, ...]
    problems: tuple[Problem, ...]


def pack(index: Index) -> bytes:
    """Serialise the index."""
    data = {
        "decks": [_pack_deck(deck) for deck in index.decks],
        "problems": [astuple(problem) for problem in index.problems],
    }
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=str).encode()


def unpack(data: bytes) -> Index:
    """Read an index that `pack` of the same program version wrote."""
    packed: dict[str, Any] = json.loads(data)
    return Index(
        tuple(_unpack_deck(deck) for deck in packed["decks"]),
        tuple(Problem(Path(file), *rest) for file, *rest in packed["problems"]),
    )


def _pack_deck(deck: DeckInfo) -> dict[str, Any]:
    topics = list(dict.fromkeys(question.topics for question in deck.questions))
    languages = list(dict.fromkeys(question.languages for question in deck.questions))
    place = {section.key: number for number, section in enumerate(deck.sections)}
    topic_place = {topic: number for number, topic in enumerate(topics)}
    return {
        "id": deck.id,
        "title": deck.title.by_language(),
        "language": deck.language,
        "about": deck.about.by_language() if deck.about else None,
        "replaces": str(deck.replaces) if deck.replaces else None,
        "sections": [[s.key, s.title.by_language(), str(s.file)] for s in deck.sections],
        "topic_sets": topics,
        "language_sets": languages,
        "columns": [
            [q.id for q in deck.questions],
            [place[q.section.key] for q in deck.questions],
            [topic_place[q.topics] for q in deck.questions],
            [q.level for q in deck.questions],
            [languages.index(q.languages) for q in deck.questions],
            [q.line for q in deck.questions],
            [q.samples for q in deck.questions],
        ],
    }


def _unpack_deck(data: dict[str, Any]) -> DeckInfo:
    sections = tuple(
        SectionInfo(key, Text(**title), Path(file)) for key, title, file in data["sections"]
    )
    return DeckInfo(
        id=data["id"],
        title=Text(**data["title"]),
        language=data["language"],
        sections=sections,
        questions=_unpack_questions(data, sections),
        about=Text(**data["about"]) if data["about"] else None,
        replaces=Path(data["replaces"]) if data["replaces"] else None,
    )


def _unpack_questions(
    data: dict[str, Any], sections: Sequence[SectionInfo]
) -> tuple[QuestionInfo, ...]:
    topics: list[tuple[str, ...]] = [tuple(one) for one in data["topic_sets"]]
    languages: list[tuple[Language, ...]] = [tuple(one) for one in data["language_sets"]]
    ids, section, topic, level, language, line, samples = data["columns"]
    columns = (
        ids,
        repeat(data["id"]),
        map(sections.__getitem__, section),
        map(topics.__getitem__, topic),
        level,
        map(languages.__getitem__, language),
        line,
        samples,
    )
    return tuple(map(QuestionInfo._make, zip(*columns, strict=False)))
