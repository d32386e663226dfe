"""The list of the Browse screen: decks, topics and questions, to expand and to mark."""

from collections.abc import Mapping
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.message import Message

from tutor.bank import Text
from tutor.tui.browse_rows import (
    GONE,
    BrowseRow,
    Catalogue,
    Group,
    Line,
    Results,
    RowContext,
    Title,
    draw_line,
    everything,
    matching,
)
from tutor.tui.keys import key
from tutor.tui.labels import authored, readable
from tutor.tui.ports import Tutor
from tutor.tui.widgets.listing import Listing


class BrowseList(Listing):
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
        super().__init__(self._draw_line, id="list")
        self._tutor = tutor
        self.catalogue: Catalogue | None = None
        self.results: Results | None = None
        """What was found; None while everything is listed."""
        self._prompts: Mapping[str, Text] | None = None
        """What the questions ask, by their ids; None until they are read."""
        self._lines: list[Line] = []
        self._id_width = 0
        """Cells of the longest question id in the list."""
        self._opened: set[str] = set()
        """The keys of the expanded groups."""
        self._opened_found: set[str] = set()
        """The keys of the expanded groups among what was found."""
        self._marked: dict[str, None] = {}
        """The marked questions, in the order in which they were marked."""

    # --- what is listed

    def show_catalogue(self, catalogue: Catalogue) -> None:
        """Show these figures; the chosen row stays chosen."""
        self.catalogue = catalogue
        self._show_lines()

    def show_results(self, results: Results | None) -> None:
        """Show what was found, its first row chosen; None lists everything."""
        self.results = results
        self._opened_found.clear()
        self._show_lines(from_top=True)

    def show_prompts(self, prompts: Mapping[str, Text]) -> None:
        """Show what the questions ask, by their ids."""
        self._prompts = prompts
        self.refresh()

    def _show_lines(self, *, from_top: bool = False) -> None:
        chosen_key = "" if self.row is None else self.row.key
        at = self.chosen
        self._lines = self._all_lines()
        rows = {row.key: number for number, row in self._rows()}
        ids = (row.item for _, row in self._rows() if isinstance(row.item, str))
        self._id_width = max(map(len, ids), default=0)  # ids are plain ASCII
        titles = frozenset(at for at, line in enumerate(self._lines) if isinstance(line, Title))
        self.show(len(self._lines), titles, 0 if from_top else rows.get(chosen_key, at))

    def _all_lines(self) -> list[Line]:
        if self.catalogue is None:
            return []
        if self.results is None:
            return everything(self.catalogue, self._opened)
        return matching(self.catalogue, self.results, self._opened_found)

    def _rows(self) -> list[tuple[int, BrowseRow]]:
        return [(at, line) for at, line in enumerate(self._lines) if isinstance(line, BrowseRow)]

    def _draw_line(self, at: int, width: int) -> Content:
        assert self.catalogue is not None
        states, bank = self.catalogue.states, self._tutor.bank
        context = RowContext(states, self._prompt, self._marked, bank, self._id_width)
        return draw_line(self._lines[at], width, context)

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
        line = self._lines[self.chosen] if self.chosen < len(self._lines) else None
        return line if isinstance(line, BrowseRow) else None

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
        if self.row.open:
            self.chosen += 1
        else:
            self._folds.add(self.row.key)
            self._show_lines()

    def action_fold(self) -> None:
        """Collapse the chosen group, or move up to the group that the row is in."""
        row, at = self.row, self.chosen
        if row is None:
            return
        if row.open:
            self._folds.discard(row.key)
            self._show_lines()
            return
        above = (number for number, each in self._rows() if number < at and each.depth < row.depth)
        self.chosen = max(above, default=at)

    @property
    def _folds(self) -> set[str]:
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
