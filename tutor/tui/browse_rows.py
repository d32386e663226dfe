"""The bank as rows to browse: decks with their sections, topics, and questions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from rich.cells import cell_len
from textual.content import Content

from tutor.formatting import VERDICT_MARKS, mark_in_words, percent
from tutor.study.statistics import mastery_by_deck, mastery_by_topic
from tutor.tui.labels import bar, fit, one_line, readable, verdict_on

if TYPE_CHECKING:
    from tutor.bank import Bank, DeckInfo, Language
    from tutor.progress import Standing
    from tutor.study import Planner
    from tutor.study.search_index import SearchHit
    from tutor.study.statistics import Mastery

GONE = "No longer among the questions"
_STATE = 11
"""Cells for the state of a question: `! 100 % due`."""
_LEAST = 12
"""The fewest cells for a prompt; if fewer are left, the id is not shown."""
_FIGURES = f"{'answered':>12}  {'due':>4}  {'mastery':<16}"
_BAR = (-16, -6)
"""Where the bar is in the figures, counted from their end."""
_ROOMY, _TIGHT = 62, 44
"""The cells from which a group shows all its figures, or at least answered and due questions."""


@dataclass(frozen=True, slots=True)
class QuestionStates:
    """The state of all questions."""

    standings: Mapping[str, Standing]
    due: frozenset[str]
    skipped: frozenset[str]
    """The questions postponed until tomorrow."""
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
    """A line for a group or a question."""

    item: Group | str
    """A group, or the id of a question."""
    key: str
    """The path to it, unique in the list."""
    depth: int = 0
    open: bool = False


@dataclass(frozen=True, slots=True)
class Title:
    """A line above others, which cannot be chosen."""

    text: str
    figures: bool = True
    """Whether the lines below it have the columns of groups."""


Line = BrowseRow | Title


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All decks and topics, with the state of every question."""

    states: QuestionStates
    decks: tuple[Group, ...]
    topics: tuple[Group, ...]
    gone: Group | None
    """The questions that were answered but are in no deck any more."""


@dataclass(frozen=True, slots=True)
class Results:
    """What a search for a text found."""

    text: str
    found: SearchHit
    gone: tuple[str, ...]

    @property
    def count(self) -> int:
        """How many questions match."""
        return len(self.found.questions) + len(self.gone)


def catalogue_of(planner: Planner, flagged: Iterable[str]) -> Catalogue:
    """Every group with its figures. Looks at every standing, but reads no question."""
    bank, standings, now = planner.bank, planner.standings, planner.now
    states = QuestionStates(
        standings=standings,
        due=frozenset(planner.due),
        skipped=frozenset(id_ for id_, day in planner.skipped.items() if day == planner.today),
        flagged=frozenset(flagged),
    )
    reads = planner.preferences.languages
    masteries = {mastery.name: mastery for mastery in mastery_by_deck(bank, standings, now)}
    gone = tuple(sorted(id_ for id_ in standings if id_ not in bank))
    return Catalogue(
        states=states,
        decks=tuple(_deck(deck, masteries[deck.id], states, reads) for deck in bank.decks),
        topics=tuple(_topics(bank, mastery_by_topic(bank, standings, now), states)),
        gone=_group("gone", "", GONE, gone, states) if gone else None,
    )


def _group(
    kind: Literal["deck", "section", "topic", "gone"],
    name: str,
    title: str,
    questions: tuple[str, ...],
    states: QuestionStates,
    mastery: Mastery | None = None,
    sections: tuple[Group, ...] = (),
) -> Group:
    answered = sum(id_ in states.standings for id_ in questions)
    due = sum(id_ in states.due for id_ in questions)
    return Group(kind, name, title, questions, answered, due, mastery, sections)


def _deck(
    deck: DeckInfo, mastery: Mastery, states: QuestionStates, reads: tuple[Language, ...]
) -> Group:
    title = readable(deck.title, deck, reads)
    sections = tuple(_sections(deck, states, reads))
    questions = tuple(info.id for info in deck.questions)
    return _group("deck", deck.id, title, questions, states, mastery, sections)


def _sections(
    deck: DeckInfo, states: QuestionStates, reads: tuple[Language, ...]
) -> Iterator[Group]:
    by_section: dict[str, list[str]] = {}
    for info in deck.questions:
        by_section.setdefault(info.section.key, []).append(info.id)
    for section in deck.sections:
        title = readable(section.title, deck, reads)
        questions = tuple(by_section.get(section.key, ()))
        yield _group("section", section.key, title, questions, states)


def _topics(bank: Bank, masteries: Iterable[Mastery], states: QuestionStates) -> Iterator[Group]:
    by_topic: dict[str, list[str]] = {}
    for deck in bank.decks:
        for info in deck.questions:
            for topic in dict.fromkeys(info.topics):
                by_topic.setdefault(topic, []).append(info.id)
    for mastery in masteries:
        topic = mastery.name
        yield _group("topic", topic, one_line(topic), tuple(by_topic[topic]), states, mastery)


# --- rows


def everything(catalogue: Catalogue, opened: Collection[str]) -> list[Line]:
    """Decks, topics, and questions that are gone, with what is in the `opened` groups."""
    gone = () if catalogue.gone is None else (catalogue.gone,)
    titles = (("Decks", catalogue.decks), ("Topics", catalogue.topics), ("Gone", gone))
    return [line for title, groups in titles for line in _under(title, groups, opened)]


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
    """The questions that are gone and whose id contains every word of `text`."""
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
class RowContext:
    """What the rows are drawn from, besides their groups and ids."""

    states: QuestionStates
    prompt: Callable[[str], str]
    """What a question asks, or why that is not known."""
    marked: Collection[str]
    askable: Container[str]
    """The questions that can be asked, and so can be marked."""
    id_width: int = 0
    """Cells for the ids, so that they form a column."""


def draw_line(line: Line, width: int, context: RowContext) -> Content:
    """The line as it looks in `width` cells."""
    if isinstance(line, Title):
        figures = f"  {_narrowed(_FIGURES, width)}" if line.figures else ""
        return Content(fit(line.text, width - len(figures)) + figures)
    if isinstance(line.item, Group):
        return _group_line(line.item, line, width, context.marked)
    return _question_line(line.item, line.depth, width, context)


def _group_line(group: Group, row: BrowseRow, width: int, marked: Collection[str]) -> Content:
    sign = "▾" if row.open else "▸"
    title = f"{sign} {_box(group.questions, marked)}{group.title}"
    indent = "  " * row.depth
    figures = _narrowed(_figures(group), width)
    room = width - len(indent) - len(figures) - 2
    line = Content(f"{indent}{fit(title, room)}  {figures}")
    return line.stylize("$text-accent", *_BAR) if width >= _ROOMY else line


def _narrowed(figures: str, width: int) -> str:
    """As many figures as fit: all of them, answered and due, or answered alone."""
    return figures if width >= _ROOMY else figures[:18] if width >= _TIGHT else figures[:12]


def _box(questions: Collection[str], marked: Collection[str]) -> str:
    """The check box of a group, empty while none of its questions is marked."""
    count = sum(id_ in marked for id_ in questions)
    return "[x] " if count and count == len(questions) else "[-] " if count else ""


def _figures(group: Group) -> str:
    answered = f"{group.answered} of {len(group.questions)}"
    return f"{answered:>12}  {group.due or '':>4}  {_mastery_figures(group.mastery):<16}"


def _mastery_figures(mastery: Mastery | None) -> str:
    if mastery is None:
        return ""
    share = f"{percent(mastery.share):>5}" if mastery.answered else "    –"
    return f"{bar(mastery.share, 10)} {share}"


def _question_line(id_: str, depth: int, width: int, context: RowContext) -> Content:
    box = "[x]" if id_ in context.marked else "[ ]" if id_ in context.askable else "   "
    start = f"{'  ' * depth}{box} {fit(state_words(id_, context.states), _STATE)} "
    flag = "flagged · " if id_ in context.states.flagged else ""
    text = flag + context.prompt(id_)
    id_width = max(cell_len(id_), context.id_width)
    room = width - cell_len(start)
    if room - id_width - 2 < _LEAST:
        return Content(start + fit(text, room))
    return Content.assemble(
        start + fit(text, room - id_width - 2) + "  ", (fit(id_, id_width), "dim")
    )


def state_words(id_: str, states: QuestionStates) -> str:
    """A question's state as a mark and a word or number: `○ new`, `! 45 % due`, `✓ 87 %`."""
    if id_ in states.skipped:
        return "– skipped"
    standing = states.standings.get(id_)
    if standing is None:
        return "○ new"
    if id_ in states.due:
        return f"! {percent(standing.last)} due"
    return f"{_mark(standing.last)} {percent(standing.last)}"


def score_words(score: float) -> str:
    """A score as mark, number and word: `◐ 62 % fair`."""
    return f"{_mark(score)} {percent(score)} {mark_in_words(score)}"


def _mark(score: float) -> str:
    return VERDICT_MARKS[verdict_on(score)]
