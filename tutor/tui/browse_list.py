"""The list of the Browse screen: decks, topics and questions, to expand and to mark."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message

from tutor.bank import Text
from tutor.formatting import percent
from tutor.study.search_index import SearchHit
from tutor.study.statistics import Mastery
from tutor.tui.contents import Contents, Group
from tutor.tui.keys import key
from tutor.tui.labels import authored, bar, fit, readable
from tutor.tui.ports import Tutor
from tutor.tui.widgets.row_list import Row, RowList

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
class Results:
    """What a search for a text found."""

    text: str
    found: SearchHit
    gone: tuple[str, ...]

    @property
    def questions(self) -> tuple[str, ...]:
        """The questions that match, those that cannot be asked last."""
        return (*self.found.questions, *self.gone)


@dataclass(frozen=True, slots=True)
class BrowseRow:
    """A row that can be chosen."""

    item: Group | str
    """A group, or the id of a question."""
    key: str
    """The path to it, unique in the list."""
    above: str = ""
    """The key of the group that it is in."""
    depth: int = 0


class BrowseList(RowList):
    """Decks and topics as a tree, or what was found. The screen acts on the chosen row."""

    HELP = """
    `Enter` starts a deck, a section or a topic, and opens the page of a question. `→` expands a
    deck or a topic without starting it, `←` collapses it. `space` marks a question or a whole
    group; `s` practises what is marked, or all that was found. `E` opens a question in your editor
    (`VISUAL` or `EDITOR`). `/` goes to the search. `Esc` clears the search, then the marks.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key("enter", "screen.start", "Start", id="browse.start"),
        key("enter", "screen.open", "Open", id="browse.open"),
        key("enter", "unfold", "Expand", id="browse.look_in"),
        key("right", "unfold", "Expand", id="browse.unfold"),
        key("left", "fold", "Collapse", id="browse.fold", show=False),
        key("space", "mark", "Mark", id="browse.mark"),
        key("s", "screen.ask_marked", "Practise marked", id="browse.ask_marked"),
        key("s", "screen.ask_found", "Practise all", id="browse.ask_found"),
        key("E", "screen.edit_question", "Edit question", id="browse.edit", show=False),
        key("u", "app.undo", "Undo", id="browse.undo", show=False),
        key("U", "app.redo", "Redo", id="browse.redo", show=False),
    ]

    class Marked(Message):
        """The marked questions have changed."""

    def __init__(self, tutor: Tutor) -> None:
        super().__init__(id="list", is_alone=True)
        self._tutor = tutor
        self.contents: Contents | None = None
        self.results: Results | None = None
        """What was found; None while everything is listed."""
        self._prompts: Mapping[str, Text] | None = None
        """What the questions ask, by their ids; None until they are read."""
        self._by_key: dict[str, BrowseRow] = {}
        """The rows by their keys, in their order."""
        self._id_width = 0
        """Cells of the longest question id in the list."""
        self._opened: set[str] = set()
        """The keys of the expanded groups."""
        self._opened_found: set[str] = set()
        """The keys of the expanded groups among what was found."""
        self._marked: dict[str, None] = {}
        """The marked questions, in the order in which they were marked."""

    # --- what is listed

    def show_contents(self, contents: Contents) -> None:
        """Show these figures; the chosen row stays chosen."""
        self.contents = contents
        self._show()

    def show_results(self, results: Results | None) -> None:
        """Show what was found, its first row chosen; None lists everything."""
        self.results = results
        self._opened_found.clear()
        self._show(from_top=True)

    def show_prompts(self, prompts: Mapping[str, Text]) -> None:
        """Show what the questions ask, by their ids."""
        self._prompts = prompts
        self.refresh()

    def _show(self, *, from_top: bool = False) -> None:
        chosen, at = (None, 0) if from_top else (self.chosen_id, self.chosen)
        self._by_key = {}
        rows = [] if self.contents is None else list(self._all_rows(self.contents, self.results))
        ids = (row.item for row in self._by_key.values() if isinstance(row.item, str))
        self._id_width = max(map(len, ids), default=0)  # ids are plain ASCII
        self.show_rows(rows, chosen, at)

    def _all_rows(self, contents: Contents, results: Results | None) -> Iterator[Row]:
        """Everything, or the groups that were found and then the questions, best first."""
        decks, topics = contents.decks, contents.topics
        gone = (Group("gone", "", GONE, contents.gone),) if contents.gone else ()
        questions: tuple[str, ...] = ()
        if results is not None:
            decks = tuple(deck for deck in decks if deck.name in results.found.decks)
            topics = tuple(topic for topic in topics if topic.name in results.found.topics)
            gone, questions = (), results.questions
        for title, groups in (("Decks", decks), ("Topics", topics), ("Gone", gone)):
            if groups:
                yield Row(partial(_draw_title, title))
            for group in groups:
                yield from self._group_rows(group)
        if (decks or topics) and questions:
            yield Row(partial(fit, "Questions"))
        for id_ in questions:
            yield self._listed(BrowseRow(id_, id_))

    def _group_rows(self, group: Group, above: str = "", depth: int = 0) -> Iterator[Row]:
        """A group, and what is in it if it is expanded."""
        path = f"{above}/{group.kind} {group.name}"
        yield self._listed(BrowseRow(group, path, above, depth))
        if path not in self._folds:
            return
        for section in group.sections:
            yield from self._group_rows(section, path, depth + 1)
        if not group.sections:
            for id_ in group.questions:
                yield self._listed(BrowseRow(id_, f"{path}/{id_}", path, depth + 1))

    def _listed(self, row: BrowseRow) -> Row:
        self._by_key[row.key] = row
        return Row(partial(self._draw, row), row.key)

    # --- how a row looks

    def _draw(self, row: BrowseRow, width: int) -> Content:
        assert self.contents is not None
        if isinstance(row.item, Group):
            return self._draw_group(row, row.item, self.contents, width)
        return self._draw_question(row, row.item, self.contents, width)

    def _draw_group(self, row: BrowseRow, group: Group, contents: Contents, width: int) -> Content:
        questions = group.questions
        answered = f"{sum(id_ in contents.standings for id_ in questions)} of {len(questions)}"
        due = sum(id_ in contents.due for id_ in questions) or ""
        figures = _narrowed(f"{answered:>12}  {due:>4}  {_mastery(group.mastery):<16}", width)
        indent, sign = "  " * row.depth, "▾" if row.key in self._folds else "▸"
        room = width - len(indent) - len(figures) - 2
        title = fit(f"{sign} {self._box(questions)}{group.title}", room)
        line = Content(f"{indent}{title}  {figures}")
        return line.stylize("$text-accent", *_BAR) if width >= _ROOMY else line

    def _box(self, questions: tuple[str, ...]) -> str:
        """The check box of a group, empty while none of its questions is marked."""
        count = sum(id_ in self._marked for id_ in questions)
        return "[x] " if count and count == len(questions) else "[-] " if count else ""

    def _draw_question(self, row: BrowseRow, id_: str, contents: Contents, width: int) -> Content:
        box = "[x]" if id_ in self._marked else "[ ]" if id_ in self._tutor.bank else "   "
        start = f"{'  ' * row.depth}{box} {fit(contents.state_words(id_), _STATE)} "
        text = f"{'flagged · ' if id_ in contents.flagged else ''}{self._prompt(id_)}"
        room = width - cell_len(start)
        if room - self._id_width - 2 < _LEAST:
            return Content(start + fit(text, room))
        asked = fit(text, room - self._id_width - 2)
        return Content.assemble(f"{start}{asked}  ", (fit(id_, self._id_width), "dim"))

    def _prompt(self, id_: str) -> str:
        """What a question asks, in a language that the student reads."""
        bank = self._tutor.bank
        if id_ not in bank:
            return GONE
        if self._prompts is None:
            return "…"
        prompt = self._prompts.get(id_)
        if prompt is None:
            return "(cannot be read)"
        return authored(readable(prompt, bank.deck(bank.info(id_).deck), self._tutor.languages))

    # --- the chosen row

    @property
    def row(self) -> BrowseRow | None:
        """The chosen row."""
        return self._by_key.get(self.chosen_id or "")

    @property
    def group(self) -> Group | None:
        """The group of the chosen row, if it is one."""
        return self.row.item if self.row is not None and isinstance(self.row.item, Group) else None

    @property
    def question(self) -> str | None:
        """The question of the chosen row, if it is one."""
        return self.row.item if self.row is not None and isinstance(self.row.item, str) else None

    @property
    def _markable(self) -> list[str]:
        """The questions of the chosen row that can be asked."""
        group, question = self.group, self.question
        questions = group.questions if group is not None else filter(None, (question,))
        return [id_ for id_ in questions if id_ in self._tutor.bank]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Offer only what can be done with the chosen row."""
        if action == "unfold":
            return self.group is not None
        return action != "mark" or bool(self._markable)

    # --- expanding

    def action_unfold(self) -> None:
        """Expand the chosen group, or move into an expanded one."""
        if self.row is None:
            return
        if self.row.key in self._folds:
            self.chosen += 1
        else:
            self._folds.add(self.row.key)
            self._show()

    def action_fold(self) -> None:
        """Collapse the chosen group, or move up to the group that the row is in."""
        row = self.row
        if row is None:
            return
        if row.key in self._folds:
            self._folds.discard(row.key)
            self._show()
        elif row.above:
            self.choose(row.above)

    @property
    def _folds(self) -> set[str]:
        """The keys of the groups that are expanded now."""
        return self._opened if self.results is None else self._opened_found

    # --- marking

    @property
    def marked(self) -> tuple[str, ...]:
        """The marked questions, in the order in which they were marked."""
        return tuple(self._marked)

    def action_mark(self) -> None:
        """Mark the questions of the chosen row, or remove their marks if all have one."""
        questions = self._markable
        if all(id_ in self._marked for id_ in questions):
            for id_ in questions:
                del self._marked[id_]
        else:
            self._marked.update(dict.fromkeys(questions))
        self._marks_changed()

    def clear_marks(self) -> None:
        """Remove all marks."""
        self._marked.clear()
        self._marks_changed()

    def _marks_changed(self) -> None:
        self.refresh()
        self.post_message(self.Marked())


def _draw_title(title: str, width: int) -> str:
    """A title above groups, with the names of their figures."""
    figures = _narrowed(_FIGURES, width)
    return f"{fit(title, width - len(figures) - 2)}  {figures}"


def _narrowed(figures: str, width: int) -> str:
    """As many figures as fit: all of them, answered and due, or answered alone."""
    return figures if width >= _ROOMY else figures[:18] if width >= _TIGHT else figures[:12]


def _mastery(mastery: Mastery | None) -> str:
    if mastery is None:
        return ""
    share = f"{percent(mastery.share):>5}" if mastery.answered else "    –"
    return f"{bar(mastery.share, 10)} {share}"
