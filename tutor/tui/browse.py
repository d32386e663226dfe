"""Finding anything: a search over all questions, and decks and topics to expand."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Input, Static

from tutor.formatting import count_of
from tutor.study.search_index import SearchIndex, index_bank, search
from tutor.tui.background import background
from tutor.tui.browse_rows import (
    GONE,
    BrowseRow,
    BrowseState,
    Catalogue,
    Group,
    Line,
    Results,
    Title,
    catalogue_of,
    drawn,
    everything,
    gone_matching,
    matching,
)
from tutor.tui.keys import key
from tutor.tui.labels import authored, clean, explain, fit, one_line, readable
from tutor.tui.messages import (
    DeckChosen,
    QuestionsChosen,
    TodayAsked,
    TopicChosen,
    UndoAsked,
    UndoDone,
)
from tutor.tui.ports import Tutor
from tutor.tui.session_place import planner_for
from tutor.tui.today import NO_DECKS
from tutor.tui.widgets.footer import FittingFooter
from tutor.tui.widgets.listing import Listing
from tutor.tui.widgets.notice import Notice
from tutor.tui.widgets.top_bar import TopBar
from tutor.tui.widgets.typing import TextField

PLACEHOLDER = "words in any language, an id, a deck, a section, a topic"
LONGEST = 200
"""Characters of a search."""
DEBOUNCE = 0.12
"""Seconds without a key after which is searched."""
READING = "reading the questions for the search …"
CHANGING = (
    "start",
    "open",
    "edit_question",
    "unfold",
    "mark",
    "ask_marked",
    "ask_found",
    "clear",
    "unmark",
)
"""The actions that are not always offered."""
_QUOTED = 36
"""Cells for the student's own words in a message."""


def shelf_words(catalogue: Catalogue) -> str:
    """How many questions, decks and topics there are."""
    questions = sum(len(deck.questions) for deck in catalogue.decks)
    words = f"{count_of(questions, 'question')} in {count_of(len(catalogue.decks), 'deck')}"
    topics = len(catalogue.topics)
    return f"{words} · {count_of(topics, 'topic')}" if topics else words


def found_words(results: Results) -> str:
    """How many were found, or that there are none."""
    sought = _quoted(results.text)
    if results.count == 1:
        return f"1 question matches {sought}"
    if results.count:
        return f"{results.count} questions match {sought}"
    return f"No matches for {sought}. Try fewer words; Esc clears the search."


def _quoted(text: str) -> str:
    line = one_line(text)
    return f"“{fit(line, _QUOTED).rstrip()}”"


class BrowseList(Listing):
    """Decks, topics and questions; what is done with them is up to the screen."""

    HELP = """
    `Enter` starts a deck, a section or a topic, and opens the page of a question. `→` expands a
    deck or a topic without starting it, `←` closes it. `space` marks a question, or all of a group;
    `s` practises the marked ones, or all that were found. `E` opens a question in your editor
    (`VISUAL` or `EDITOR`). `/` goes to the search. `Esc` clears the search, then the marks.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key("enter", "screen.start", "Start", id="browse.start"),
        key("enter", "screen.open", "Open", id="browse.open"),
        key("enter", "screen.unfold", "Expand", id="browse.look_in"),
        key("right", "screen.unfold", "Expand", id="browse.unfold"),
        key("left", "screen.fold", "Close", id="browse.fold", show=False),
        key("space", "screen.mark", "Mark", id="browse.mark"),
        key("s", "screen.ask_marked", "Practise marked", id="browse.ask_marked"),
        key("s", "screen.ask_found", "Practise all", id="browse.ask_found"),
        key("E", "screen.edit_question", "Edit question", id="browse.edit", show=False),
        key("u", "screen.undo", "Undo", id="browse.undo", show=False),
        key("U", "app.redo", "Redo", id="browse.redo", show=False),
    ]


class BrowseScreen(Screen[None]):
    """A search field over a list: everything as a tree, or what was found."""

    CSS_PATH = "browse.tcss"
    AUTO_FOCUS = "#search"
    HELP: ClassVar[str | None] = """
    Type words in any language: every question that contains all of them is shown, and decks and
    topics too. `↓` or `Enter` goes to the list, `/` back to the search, `Esc` clears it, then goes
    back to Today.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        # with priority, since an input binds it to scrolling, which would hide it from the footer
        key("down", "list", "To the list", id="browse.list", priority=True),
        # with priority, so that what is typed behind it goes into the field
        key("slash,full_stop", "search", "Search", id="browse.search", priority=True, display="/"),
        key("up", "search", "Search", id="browse.up", show=False),
        key("escape", "clear", "Clear", id="browse.clear"),
        key("escape", "unmark", "Clear marks", id="browse.unmark"),
        key("escape", "today", "Today", id="browse.today"),
    ]

    def __init__(self, tutor: Tutor) -> None:
        super().__init__()
        self._tutor = tutor
        self._bank = tutor.bank
        """The one that was read for the search."""
        self._catalogue: Catalogue | None = None
        self._index: SearchIndex | None = None
        self.results: Results | None = None
        self._lines: list[Line] = []
        self._opened: set[str] = set()
        """The expanded groups, by key."""
        self._opened_found: set[str] = set()
        """The same of what was found."""
        self._marked: dict[str, None] = {}
        """In the order in which they were marked."""
        self._settling: Timer | None = None
        self._offered: tuple[bool | None, ...] = ()
        self._field = TextField(
            placeholder=PLACEHOLDER,
            max_length=LONGEST,
            select_on_focus=False,
            compact=True,
            id="search",
        )
        self._status = Static(id="status", markup=False)
        self.list = BrowseList(self._draw, id="list")
        self.notice = Notice(id="notice")

    def compose(self) -> ComposeResult:
        yield TopBar("Browse and search")
        yield self.notice
        with Horizontal(id="search-row"):
            yield Static("Search", id="search-label", markup=False)
            yield self._field
        yield self._status
        yield self.list
        yield FittingFooter()

    def on_mount(self) -> None:
        """Have every question read, once."""
        self._field.cursor_blink = False
        self._show_status()
        self._read_questions()

    def _read_questions(self) -> None:
        self._bank = bank = self._tutor.bank
        background(self, lambda: index_bank(bank), self._indexed, self._failed)

    def on_screen_resume(self) -> None:
        """Show where everything stands now."""
        if self._tutor.bank is not self._bank:  # a deck was changed on a screen above
            self._read_questions()
        self._load()

    @on(UndoDone)
    def _load(self) -> None:
        tutor = self._tutor
        background(
            self,
            lambda: catalogue_of(planner_for(tutor), tutor.progress.flags()),
            self._loaded,
            self._failed,
        )

    def _failed(self, error: BaseException) -> None:
        self.notice.tell(f"✗ {explain(error)}")

    def _loaded(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._show()

    def _indexed(self, index: SearchIndex) -> None:
        self._index = index
        self._search()
        self.list.refresh()

    # --- searching

    @property
    def sought(self) -> str:
        """What is searched for."""
        return one_line(self._field.value)

    @on(Input.Changed)
    def _typed(self) -> None:
        if clean(self._field.value) != self._field.value:  # pasted: it could steer the terminal
            self._field.value = clean(self._field.value)
            return
        if self._settling is not None:
            self._settling.stop()
        if self.sought:
            self._settling = self.set_timer(DEBOUNCE, self._search)
        else:
            self._show_everything()
        self._offer()

    def _search(self) -> None:
        index, catalogue, text = self._index, self._catalogue, self.sought
        if not text or index is None or catalogue is None:
            self._show_status()
            return
        most = len(self._tutor.bank)

        def find() -> Results:
            return Results(text, search(index, text, limit=most), gone_matching(catalogue, text))

        background(self, find, self.show_results, self._failed)

    def show_results(self, results: Results) -> None:
        """Show what was found, unless something else is sought by now."""
        if results.text == self.sought:
            self.results = results
            self._opened_found.clear()
            self._show(afresh=True)

    def _show_everything(self) -> None:
        if self.results is not None:
            self.results = None
            self._show(afresh=True)
        else:
            self._show_status()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.action_list()

    # --- what is shown

    def _show(self, *, afresh: bool = False) -> None:
        """Show the lines as they are now, the chosen one still chosen unless `afresh`."""
        chosen = None if afresh or self.chosen is None else self.chosen.key
        at = self.list.chosen
        self._lines = self._all_lines()
        rows = {row.key: number for number, row in self._rows()}
        titles = frozenset(at for at, line in enumerate(self._lines) if isinstance(line, Title))
        self.list.show(len(self._lines), titles, 0 if afresh else rows.get(chosen or "", at))
        self._show_status()

    def _all_lines(self) -> list[Line]:
        catalogue, results = self._catalogue, self.results
        if catalogue is None:
            return []
        if results is None:
            return everything(catalogue, self._opened)
        return matching(catalogue, results, self._opened_found)

    def _rows(self) -> list[tuple[int, BrowseRow]]:
        return [(at, line) for at, line in enumerate(self._lines) if isinstance(line, BrowseRow)]

    @property
    def chosen(self) -> BrowseRow | None:
        """The chosen row."""
        lines, at = self._lines, self.list.chosen
        line = lines[at] if at < len(lines) else None
        return line if isinstance(line, BrowseRow) else None

    def _draw(self, at: int, width: int) -> Content:
        catalogue = self._catalogue
        assert catalogue is not None
        look = BrowseState(catalogue.known, self._prompt, self._marked, self._tutor.bank)
        return drawn(self._lines[at], width, look)

    def _prompt(self, id_: str) -> str:
        """What a question asks, in its deck's language."""
        bank = self._tutor.bank
        if id_ not in bank:
            return GONE
        if self._index is None:
            return "…"
        prompt = self._index.prompts.get(id_)
        deck = bank.deck(bank.info(id_).deck)
        if prompt is None:
            return "(cannot be read)"
        return authored(readable(prompt, deck, self._tutor.languages))

    def _show_status(self) -> None:
        parts = [self._status_text()]
        if self._index is None and len(self._tutor.bank):
            parts.append(READING)
        if self._marked:
            parts.append(f"{len(self._marked)} marked")
        self._status.update(Content(" · ".join(part for part in parts if part)))

    def _status_text(self) -> str:
        if self._catalogue is None:
            return ""
        if not len(self._tutor.bank):
            return NO_DECKS.format(folder=clean(str(self._tutor.paths.home / "questions")))
        return shelf_words(self._catalogue) if self.results is None else found_words(self.results)

    # --- what can be done now

    @on(Listing.Moved)
    def _moved(self) -> None:
        self._offer()

    def _offer(self) -> None:
        """Draw the footer again if it changes: that takes longer than everything else."""
        offered = tuple(self.check_action(action, ()) for action in CHANGING)
        if offered != self._offered:
            self._offered = offered
            self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Offer only what can be done with the chosen row."""
        row = self.chosen
        group = row.item if row is not None and isinstance(row.item, Group) else None
        match action:
            case "start":
                return group is not None and group.kind != "gone"
            case "open" | "edit_question":
                return row is not None and group is None
            case "unfold":
                return group is not None
            case "mark":
                return any(id_ in self._tutor.bank for id_ in self._meant)
            case "ask_marked":
                return bool(self._marked)
            case "ask_found":
                return bool(not self._marked and self._askable)
            case "clear" | "unmark" | "today":
                return action == self._what_esc_does
            case "list":
                return self.focused is self._field
            case "search":
                return self.focused is not self._field
        return True

    @property
    def _what_esc_does(self) -> str:
        if self._field.value:
            return "clear"
        return "unmark" if self._marked else "today"

    @property
    def _meant(self) -> tuple[str, ...]:
        """The questions of the chosen row."""
        item = self.chosen.item if self.chosen is not None else ()
        return item.questions if isinstance(item, Group) else (item,) if item else ()

    @property
    def _askable(self) -> tuple[str, ...]:
        """What was found and can be asked."""
        return self.results.found.questions if self.results is not None else ()

    # --- what the student does

    @on(Listing.Picked)
    def _picked(self) -> None:
        if self.check_action("start", ()):
            self.action_start()
        elif self.check_action("open", ()):
            self.action_open()
        else:
            self.action_unfold()

    def action_start(self) -> None:
        """Have the chosen deck, section or topic asked."""
        row = self.chosen
        if row is None or not isinstance(row.item, Group):
            return
        match row.item:
            case Group(kind="deck", name=deck):
                self.post_message(DeckChosen(deck))
            case Group(kind="topic", name=topic):
                self.post_message(TopicChosen(topic))
            case Group(questions=questions):
                self.post_message(QuestionsChosen(questions))

    def action_open(self) -> None:
        from tutor.tui.question_page import QuestionPage

        row = self.chosen
        if row is not None and isinstance(row.item, str):
            self.app.push_screen(QuestionPage(self._tutor, row.item))

    def action_edit_question(self) -> None:
        """Have the chosen question changed in the student's own editor."""
        from tutor.tui.edit_question import edit_question

        row = self.chosen
        if row is not None and isinstance(row.item, str) and row.item in self._tutor.bank:
            edit_question(self, self._tutor, row.item, self.on_screen_resume)

    def action_unfold(self) -> None:
        """Expand the chosen group; step into an expanded one."""
        row = self.chosen
        if row is None:
            return
        if row.open:
            self.list.chosen += 1
        else:
            self._folds.add(row.key)
            self._show()

    def action_fold(self) -> None:
        """Close the chosen group, or step out of the one that the row is in."""
        row, at = self.chosen, self.list.chosen
        if row is None:
            return
        if row.open:
            self._folds.discard(row.key)
            self._show()
            return
        above = (number for number, each in self._rows() if number < at and each.depth < row.depth)
        self.list.chosen = max(above, default=at)

    @property
    def _folds(self) -> set[str]:
        return self._opened if self.results is None else self._opened_found

    def action_mark(self) -> None:
        """Mark the questions of the chosen row, or remove their marks if all have one."""
        meant = [id_ for id_ in self._meant if id_ in self._tutor.bank]
        if all(id_ in self._marked for id_ in meant):
            for id_ in meant:
                del self._marked[id_]
        else:
            self._marked.update(dict.fromkeys(meant))
        self._marks_changed()

    def action_unmark(self) -> None:
        self._marked.clear()
        self._marks_changed()

    def _marks_changed(self) -> None:
        self.list.refresh()
        self._show_status()
        self._offer()

    def action_ask_marked(self) -> None:
        """Have the marked questions asked, in the order in which they were marked."""
        self.post_message(QuestionsChosen(tuple(self._marked)))

    def action_ask_found(self) -> None:
        """Have everything asked that was found."""
        self.post_message(QuestionsChosen(self._askable))

    def action_list(self) -> None:
        """Go to the list unless it is empty."""
        if self._lines:
            self.set_focus(self.list)  # at once: the next key is for the list

    def action_search(self) -> None:
        self.set_focus(self._field)

    def action_clear(self) -> None:
        self._field.value = ""
        self._field.focus()

    def action_undo(self) -> None:
        self.post_message(UndoAsked())

    def action_today(self) -> None:
        self.post_message(TodayAsked())
