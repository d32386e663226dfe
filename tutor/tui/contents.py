"""The bank as groups to browse: decks with their sections, topics, and the state of questions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tutor.formatting import percent
from tutor.study.statistics import mastery_by_deck, mastery_by_topic
from tutor.tui.labels import one_line, readable, score_mark

if TYPE_CHECKING:
    from tutor.bank import DeckInfo, Language
    from tutor.progress import Standing
    from tutor.study import Planner
    from tutor.study.statistics import Mastery


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that belong together."""

    kind: Literal["deck", "section", "topic", "gone"]
    name: str
    """The id of a deck, the key of a section, or the topic."""
    title: str
    questions: tuple[str, ...]
    mastery: Mastery | None = None
    sections: tuple[Group, ...] = ()


@dataclass(frozen=True, slots=True)
class Contents:
    """All decks and topics, with the state of every question."""

    decks: tuple[Group, ...]
    topics: tuple[Group, ...]
    gone: tuple[str, ...]
    """The questions that were answered but are in no deck any more."""
    standings: Mapping[str, Standing]
    due: frozenset[str]
    skipped: frozenset[str]
    """The questions postponed until tomorrow."""
    flagged: frozenset[str]

    def state_words(self, id_: str) -> str:
        """A question's state as a mark and a word or number: `○ new`, `! 45 % due`, `✓ 87 %`."""
        if id_ in self.skipped:
            return "– skipped"
        standing = self.standings.get(id_)
        if standing is None:
            return "○ new"
        if id_ in self.due:
            return f"! {percent(standing.last)} due"
        return f"{score_mark(standing.last)} {percent(standing.last)}"

    def gone_matching(self, text: str) -> tuple[str, ...]:
        """The questions that are gone and whose id contains every word of `text`."""
        words = text.casefold().split()
        return tuple(id_ for id_ in self.gone if all(word in id_ for word in words))


def contents_of(planner: Planner, flagged: Iterable[str]) -> Contents:
    """Every group with its figures. Looks at every standing, but reads no question."""
    bank, standings, now = planner.bank, planner.standings, planner.now
    masteries = {mastery.name: mastery for mastery in mastery_by_deck(bank, standings, now)}
    by_topic: dict[str, list[str]] = {}
    for deck in bank.decks:
        for info in deck.questions:
            for topic in dict.fromkeys(info.topics):
                by_topic.setdefault(topic, []).append(info.id)
    return Contents(
        decks=tuple(
            _deck(deck, masteries[deck.id], planner.preferences.languages) for deck in bank.decks
        ),
        topics=tuple(
            Group("topic", topic.name, one_line(topic.name), tuple(by_topic[topic.name]), topic)
            for topic in mastery_by_topic(bank, standings, now)
        ),
        gone=tuple(sorted(id_ for id_ in standings if id_ not in bank)),
        standings=standings,
        due=frozenset(planner.due),
        skipped=frozenset(id_ for id_, day in planner.skipped.items() if day == planner.today),
        flagged=frozenset(flagged),
    )


def _deck(deck: DeckInfo, mastery: Mastery, reads: tuple[Language, ...]) -> Group:
    title = readable(deck.title, deck, reads)
    questions = tuple(info.id for info in deck.questions)
    return Group("deck", deck.id, title, questions, mastery, tuple(_sections(deck, reads)))


def _sections(deck: DeckInfo, reads: tuple[Language, ...]) -> Iterator[Group]:
    for section in deck.sections:
        title = readable(section.title, deck, reads)
        questions = tuple(info.id for info in deck.questions if info.section.key == section.key)
        yield Group("section", section.key, title, questions)
