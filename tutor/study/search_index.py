"""Finds questions by deck, section, topic, id, or words of their text in any language."""

import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from tutor.bank import Bank, BankError, QuestionInfo, Text


@dataclass(frozen=True, slots=True)
class SearchHit:
    """What a search found, best first."""

    questions: tuple[str, ...]
    decks: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Entry:
    id: str
    head: str
    """Id, deck, section and topics."""
    text: str
    """The question in every language."""


@dataclass(frozen=True)
class SearchIndex:
    """The texts of a bank, prepared for searching. Making it blocks."""

    entries: tuple[_Entry, ...]
    decks: tuple[tuple[str, str], ...]
    topics: tuple[str, ...]
    prompts: Mapping[str, Text]
    """The text of each question, by id; without those that cannot be read."""


def index_bank(bank: Bank) -> SearchIndex:
    """Read every question once. One that cannot be read is found only by id, titles and topics."""
    infos = [info for deck in bank.decks for info in deck.questions]
    prompts = dict(_prompts(bank))
    return SearchIndex(
        entries=tuple(_entry(bank, info, prompts.get(info.id)) for info in infos),
        decks=tuple((deck.id, _fold(f"{deck.id} {_all(deck.title)}")) for deck in bank.decks),
        topics=bank.topics,
        prompts=prompts,
    )


def _prompts(bank: Bank) -> Iterator[tuple[str, Text]]:
    for id_ in bank.question_ids:
        with suppress(BankError):
            yield id_, bank.question(id_).prompt


def _entry(bank: Bank, info: QuestionInfo, prompt: Text | None) -> _Entry:
    head = (info.id, _all(bank.deck(info.deck).title), _all(info.section.title), *info.topics)
    text = "" if prompt is None else _all(prompt)
    return _Entry(info.id, _fold(" ".join(head)), _fold(text))


def _all(text: Text) -> str:
    return " ".join(text.by_language().values())


def _fold(text: str) -> str:
    """Make variants of the same letters, such as in width and case, equal."""
    return unicodedata.normalize("NFKC", text).casefold()


def search(index: SearchIndex, text: str, *, limit: int = 100) -> SearchHit:
    """What contains every word of `text`, in any order; at most `limit` questions.

    Questions whose id begins with `text` come first, then those with all words in their own text.
    """
    words = _fold(text).split()
    if not words:
        return SearchHit(())
    ranked = sorted(_ranked(index, words, " ".join(words)), key=lambda pair: pair[0])
    return SearchHit(
        questions=tuple(id_ for _, id_ in ranked[:limit]),
        decks=tuple(id_ for id_, title in index.decks if all(word in title for word in words)),
        topics=tuple(topic for topic in index.topics if all(word in topic for word in words)),
    )


def _ranked(index: SearchIndex, words: list[str], whole: str) -> Iterator[tuple[int, str]]:
    for entry in index.entries:
        if entry.id.startswith(whole):
            yield 0, entry.id
        elif all(word in entry.text for word in words):
            yield 1, entry.id
        elif all(word in entry.text or word in entry.head for word in words):
            yield 2, entry.id
