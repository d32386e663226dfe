"""What the bank holds, as rows to look through: decks with their sections, topics, questions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from rich.cells import cell_len
from textual.content import Content

from tutor.formatting import mark_in_words, percent
from tutor.study.statistics import mastery_by_deck, mastery_by_topic
from tutor.tui.labels import MARKS, bar, fit, one_line, readable, verdict_on

if TYPE_CHECKING:
    from tutor.bank import Bank, DeckInfo, Language
    from tutor.progress import Standing
    from tutor.study import Planner
    from tutor.study.search_index import SearchHit
    from tutor.study.statistics import Mastery

GONE = "No longer among the questions"
_STATE = 11
"""Cells for where a question stands: `! 100 % due`."""
_LEAST = 12
"""Cells that a prompt needs; where it has fewer the id gives way."""
_FIGURES = f"{'answered':>12}  {'due':>4}  {'mastery':<16}"
_BAR = (-16, -6)
"""Where the bar is in the figures, counted from their end."""
_ROOMY, _TIGHT = 62, 44
"""From so many cells on, a group has all its figures, or those of answered and due questions."""


@dataclass(frozen=True, slots=True)
class Known:
    """Where all questions stand."""

    standings: Mapping[str, Standing]
    due: frozenset[str]
    skipped: frozenset[str]
    """Those left alone for the rest of today."""
    flagged: frozenset[str]


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that belong together."""

    kind: Literal["deck", "section", "topic", "gone"]
    name: str
    """The id of a deck, the key of a section, or the topic."""
    title: str
    questions: tuple[str, ...]
    answered: int
    due: int
    mastery: Mastery | None = None
    sections: tuple[Group, ...] = ()


@dataclass(frozen=True, slots=True)
class BrowseRow:
    """One line."""

    item: Group | str
    """A group, or the id of a question."""
    key: str
    """Where it is; no two rows have the same."""
    depth: int = 0
    open: bool = False


@dataclass(frozen=True, slots=True)
class Title:
    """A line over others, which cannot be chosen."""

    text: str
    figures: bool = True
    """Whether the lines below it have the columns of groups."""


Line = BrowseRow | Title


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All decks and topics, with where every question stands."""

    known: Known
    decks: tuple[Group, ...]
    topics: tuple[Group, ...]
    gone: Group | None
    """What was answered and is in no deck any more."""


@dataclass(frozen=True, slots=True)
class Results:
    """What was found for a text."""

    text: str
    found: SearchHit
    gone: tuple[str, ...]

    @property
    def count(self) -> int:
        """How many questions hold all the words."""
        return len(self.found.questions) + len(self.gone)


def catalogue_of(planner: Planner, flagged: Iterable[str]) -> Catalogue:
    """Every group with its figures. Reads no question; looks at every standing."""
    bank, standings, now = planner.bank, planner.standings, planner.now
    known = Known(
        standings=standings,
        due=frozenset(planner.due),
        skipped=frozenset(id_ for id_, day in planner.skipped.items() if day == planner.today),
        flagged=frozenset(flagged),
    )
    decks = {each.name: each for each in mastery_by_deck(bank, standings, now)}
    gone = tuple(sorted(id_ for id_ in standings if id_ not in bank))
    return Catalogue(
        known=known,
        decks=tuple(
            _deck(deck, decks[deck.id], known, planner.preferences.languages) for deck in bank.decks
        ),
        topics=tuple(_topics(bank, mastery_by_topic(bank, standings, now), known)),
        gone=_group("gone", "", GONE, gone, known) if gone else None,
    )


def _group(
    kind: Literal["deck", "section", "topic", "gone"],
    name: str,
    title: str,
    questions: tuple[str, ...],
    known: Known,
    mastery: Mastery | None = None,
    sections: tuple[Group, ...] = (),
) -> Group:
    answered = sum(id_ in known.standings for id_ in questions)
    due = sum(id_ in known.due for id_ in questions)
    return Group(kind, name, title, questions, answered, due, mastery, sections)


def _deck(deck: DeckInfo, mastery: Mastery, known: Known, reads: tuple[Language, ...]) -> Group:
    title = readable(deck.title, deck, reads)
    sections = tuple(_sections(deck, known, reads))
    questions = tuple(info.id for info in deck.questions)
    return _group("deck", deck.id, title, questions, known, mastery, sections)


def _sections(deck: DeckInfo, known: Known, reads: tuple[Language, ...]) -> Iterator[Group]:
    inside: dict[str, list[str]] = {}
    for info in deck.questions:
        inside.setdefault(info.section.key, []).append(info.id)
    for section in deck.sections:
        title = readable(section.title, deck, reads)
        yield _group("section", section.key, title, tuple(inside.get(section.key, ())), known)


def _topics(bank: Bank, masteries: Iterable[Mastery], known: Known) -> Iterator[Group]:
    about: dict[str, list[str]] = {}
    for deck in bank.decks:
        for info in deck.questions:
            for topic in dict.fromkeys(info.topics):
                about.setdefault(topic, []).append(info.id)
    for each in masteries:
        title = one_line(each.name)
        yield _group("topic", each.name, title, tuple(about[each.name]), known, each)


# --- rows


def everything(catalogue: Catalogue, opened: Collection[str]) -> list[Line]:
    """Decks, topics, and what is gone; inside of those that are opened, too."""
    lines: list[Line] = []
    for title, groups in (("Decks", catalogue.decks), ("Topics", catalogue.topics)):
        lines += _under(title, groups, opened)
    if catalogue.gone is not None:
        lines += _under("Gone", (catalogue.gone,), opened)
    return lines


def matching(catalogue: Catalogue, results: Results, opened: Collection[str]) -> list[Line]:
    """The decks and topics that were found, then the questions, best first."""
    decks = [group for group in catalogue.decks if group.name in results.found.decks]
    topics = [group for group in catalogue.topics if group.name in results.found.topics]
    lines = _under("Decks", decks, opened) + _under("Topics", topics, opened)
    questions = (*results.found.questions, *results.gone)
    if lines and questions:
        lines.append(Title("Questions", figures=False))
    return lines + [BrowseRow(id_, id_) for id_ in questions]


def gone_matching(catalogue: Catalogue, text: str) -> tuple[str, ...]:
    """What is gone is found by its id alone."""
    words = text.casefold().split()
    ids = catalogue.gone.questions if catalogue.gone is not None else ()
    return tuple(id_ for id_ in ids if all(word in id_ for word in words))


def _under(title: str, groups: Iterable[Group], opened: Collection[str]) -> list[Line]:
    lines = [line for group in groups for line in _unfolded(group, opened)]
    return [Title(title), *lines] if lines else []


def _unfolded(
    group: Group, opened: Collection[str], above: str = "", depth: int = 0
) -> Iterator[BrowseRow]:
    key = f"{above}/{group.kind} {group.name}"
    yield BrowseRow(group, key, depth, open=key in opened)
    if key not in opened:
        return
    for section in group.sections:
        yield from _unfolded(section, opened, key, depth + 1)
    if not group.sections:
        for id_ in group.questions:
            yield BrowseRow(id_, f"{key}/{id_}", depth + 1)


# --- how a row looks


@dataclass(frozen=True, slots=True)
class BrowseState:
    """What the rows are drawn from."""

    known: Known
    prompt: Callable[[str], str]
    """What a question asks, or why that is not known."""
    marked: Collection[str]
    askable: Container[str]
    """The questions that can be asked, and so be marked."""
    id_width: int = 0
    """Cells for the ids, so that what is asked ends in a straight line."""


def drawn(line: Line, width: int, look: BrowseState) -> Content:
    """The line in `width` cells."""
    if isinstance(line, Title):
        figures = f"  {_narrowed(_FIGURES, width)}" if line.figures else ""
        return Content(fit(line.text, width - len(figures)) + figures)
    if isinstance(line.item, Group):
        return _group_line(line.item, line, width, look.marked)
    return _question_line(line.item, line.depth, width, look)


def _group_line(group: Group, row: BrowseRow, width: int, marked: Collection[str]) -> Content:
    sign = "▾" if row.open else "▸"
    title = f"{sign} {_box(group.questions, marked)}{group.title}"
    indent = "  " * row.depth
    figures = _narrowed(_figures(group), width)
    room = width - len(indent) - len(figures) - 2
    line = Content(f"{indent}{fit(title, room)}  {figures}")
    return line.stylize("$text-accent", *_BAR) if width >= _ROOMY else line


def _narrowed(figures: str, width: int) -> str:
    """The figures without their bar and share, or how many are answered alone, in few cells."""
    return figures if width >= _ROOMY else figures[:18] if width >= _TIGHT else figures[:12]


def _box(questions: Collection[str], marked: Collection[str]) -> str:
    """Whether the questions of a group are marked."""
    if not marked:
        return ""
    count = sum(id_ in marked for id_ in questions)
    return "[x] " if count and count == len(questions) else "[-] " if count else ""


def _figures(group: Group) -> str:
    answered = f"{group.answered} of {len(group.questions)}"
    return f"{answered:>12}  {group.due or '':>4}  {_mastery(group.mastery):<16}"


def _mastery(mastery: Mastery | None) -> str:
    if mastery is None:
        return ""
    known = f"{percent(mastery.share):>5}" if mastery.answered else "    –"
    return f"{bar(mastery.share, 10)} {known}"


def _question_line(id_: str, depth: int, width: int, look: BrowseState) -> Content:
    box = "[x]" if id_ in look.marked else "[ ]" if id_ in look.askable else "   "
    start = f"{'  ' * depth}{box} {fit(state_words(id_, look.known), _STATE)} "
    flag = "flagged · " if id_ in look.known.flagged else ""
    id_width = max(cell_len(id_), look.id_width)
    room = width - cell_len(start) - id_width - 2
    if room < _LEAST:
        return Content(start + fit(flag + look.prompt(id_), width - cell_len(start)))
    text = fit(flag + look.prompt(id_), room)
    return Content.assemble(start + text + "  ", (fit(id_, id_width), "dim"))


def state_words(id_: str, known: Known) -> str:
    """Where a question stands, as a mark and a word or number: `○ new`, `! 45 % due`, `✓ 87 %`."""
    if id_ in known.skipped:
        return "– skipped"
    standing = known.standings.get(id_)
    if standing is None:
        return "○ new"
    if id_ in known.due:
        return f"! {percent(standing.last)} due"
    return f"{_mark(standing.last)} {percent(standing.last)}"


def score_words(score: float) -> str:
    """A score as mark, number and word: `◐ 62 % fair`."""
    return f"{_mark(score)} {percent(score)} {mark_in_words(score)}"


def _mark(score: float) -> str:
    return MARKS[verdict_on(score)]
