"""The Browse screen: a search over all questions, above decks and topics to expand."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Input, Static

from tutor.formatting import count_of
from tutor.study import planner_of
from tutor.study.search_index import SearchIndex, index_bank, search
from tutor.tui.background import background
from tutor.tui.browse_list import BrowseList, Results
from tutor.tui.contents import Contents, Group, contents_of
from tutor.tui.keys import key
from tutor.tui.labels import fit, one_line
from tutor.tui.messages import (
    QuestionsChosen,
    StudyAsked,
    TodayAsked,
    UndoDone,
)
from tutor.tui.notice_screen import NoticeScreen
from tutor.tui.ports import Tutor
from tutor.tui.today import no_decks_words
from tutor.tui.widgets.footer import FittingFooter
from tutor.tui.widgets.row_list import RowList
from tutor.tui.widgets.text_field import TextField
from tutor.tui.widgets.top_bar import TopBar

PLACEHOLDER = "words in any language, an id, a deck, a section, a topic"
LONGEST = 200
"""The most characters of a search."""
DEBOUNCE = 0.12
"""Seconds without a key after which the search starts."""
READING = "reading the questions for the search …"
_QUOTED = 36
"""The most cells for the student's own words in a message."""


def contents_words(contents: Contents) -> str:
    """How many questions, decks and topics there are."""
    questions = sum(len(deck.questions) for deck in contents.decks)
    words = f"{count_of(questions, 'question')} in {count_of(len(contents.decks), 'deck')}"
    topics = len(contents.topics)
    return f"{words} · {count_of(topics, 'topic')}" if topics else words


def found_words(results: Results) -> str:
    """How many questions match, or that none does."""
    query = f"“{fit(results.text, _QUOTED).rstrip()}”"
    count = len(results.questions)
    if count == 1:
        return f"1 question matches {query}"
    if count:
        return f"{count} questions match {query}"
    return f"No matches for {query}. Try fewer words, or press Esc to clear the search."


class BrowseScreen(NoticeScreen):
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
        # with priority, so that a key pressed right after it goes into the field
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
        """The bank that the search index is built from."""
        self._index: SearchIndex | None = None
        self._pause: Timer | None = None
        self._goes_to_list = False
        """Whether to focus the list as soon as it shows the results."""
        self._field = TextField(
            placeholder=PLACEHOLDER,
            max_length=LONGEST,
            select_on_focus=False,
            compact=True,
            id="search",
        )
        self._status = Static(id="status", markup=False)
        self.list = BrowseList(tutor)

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
        """Start reading all questions for the search."""
        self._field.cursor_blink = False
        self._show_status()
        self._read_questions()

    def _read_questions(self) -> None:
        self._bank = bank = self._tutor.bank
        background(self, lambda: index_bank(bank), self._indexed)

    def on_screen_resume(self) -> None:
        """Show the present figures; read the questions again if a deck has changed."""
        if self._tutor.bank is not self._bank:  # a deck was changed on a screen above
            self._read_questions()
        self._load()

    @on(UndoDone)
    def _load(self) -> None:
        tutor = self._tutor
        background(
            self,
            lambda: contents_of(planner_of(tutor), tutor.progress.flags()),
            self._loaded,
        )

    def _loaded(self, contents: Contents) -> None:
        self.list.show_contents(contents)
        self._show_status()

    def _indexed(self, index: SearchIndex) -> None:
        self._index = index
        self.list.show_prompts(index.prompts)
        self._search()

    # --- searching

    @property
    def search_text(self) -> str:
        """The text to search for."""
        return one_line(self._field.value)

    @on(Input.Changed)
    def _typed(self) -> None:
        self._goes_to_list = False
        if self._pause is not None:
            self._pause.stop()
        if self.search_text:
            self._pause = self.set_timer(DEBOUNCE, self._search)
        elif self.list.results is not None:
            self._list_results(None)
        self.refresh_bindings()

    def _search(self) -> None:
        index, contents, text = self._index, self.list.contents, self.search_text
        if not text or index is None or contents is None:
            self._show_status()
            return
        most = len(self._tutor.bank)

        def find() -> Results:
            return Results(text, search(index, text, limit=most), contents.gone_matching(text))

        background(self, find, self.show_results)

    def show_results(self, results: Results) -> None:
        """Show the results, unless the search text has changed since."""
        if results.text == self.search_text:
            self._list_results(results)

    @property
    def _is_searching(self) -> bool:
        """Whether the list does not yet show the results for the text in the field."""
        results, text = self.list.results, self.search_text
        return bool(text) and (results is None or results.text != text)

    def _list_results(self, results: Results | None) -> None:
        self.list.show_results(results)
        self._show_status()
        if self._goes_to_list:
            self._goes_to_list = False
            self.action_list()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.action_list()

    # --- what is shown

    @on(BrowseList.Marked)
    def _show_status(self) -> None:
        parts = [self._status_text()]
        if self._index is None and len(self._tutor.bank):
            parts.append(READING)
        if self.list.marked:
            parts.append(f"{len(self.list.marked)} marked")
        self._status.update(Content(" · ".join(part for part in parts if part)))

    def _status_text(self) -> str:
        contents, results = self.list.contents, self.list.results
        if contents is None:
            return ""
        if not len(self._tutor.bank):
            return no_decks_words(self._tutor.paths)
        return contents_words(contents) if results is None else found_words(results)

    # --- what can be done now

    @on(RowList.Moved)
    @on(BrowseList.Marked)
    def _update_keys(self) -> None:
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Offer only what can be done with the chosen row."""
        match action:
            case "start":
                return self.list.group is not None and self.list.group.kind != "gone"
            case "open" | "edit_question":
                return self.list.question is not None
            case "ask_marked":
                return bool(self.list.marked)
            case "ask_found":
                return bool(not self.list.marked and self._found)
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
        return "unmark" if self.list.marked else "today"

    @property
    def _found(self) -> tuple[str, ...]:
        """The questions found that can be asked."""
        return self.list.results.found.questions if self.list.results is not None else ()

    # --- what the student does

    @on(RowList.Opened)
    def _opened(self) -> None:
        if self.check_action("start", ()):
            self.action_start()
        elif self.check_action("open", ()):
            self.action_open()
        else:
            self.list.action_unfold()

    def action_start(self) -> None:
        """Start a session on the chosen deck, section or topic."""
        match self.list.group:
            case Group(kind="deck", name=deck):
                self.post_message(StudyAsked("deck", deck))
            case Group(kind="topic", name=topic):
                self.post_message(StudyAsked("topic", topic=topic))
            case Group(questions=questions):
                self.post_message(QuestionsChosen(questions))

    def action_open(self) -> None:
        from tutor.tui.question_page import QuestionPage

        if self.list.question is not None:
            self.app.push_screen(QuestionPage(self._tutor, self.list.question))

    def action_edit_question(self) -> None:
        """Open the chosen question in the student's own editor."""
        from tutor.tui.external_editor import edit_question

        question = self.list.question
        if question is not None and question in self._tutor.bank:
            edit_question(self, self._tutor, question, self.on_screen_resume)

    def action_unmark(self) -> None:
        self.list.clear_marks()

    def action_ask_marked(self) -> None:
        """Ask the marked questions, in the order in which they were marked."""
        self.post_message(QuestionsChosen(self.list.marked))

    def action_ask_found(self) -> None:
        """Ask every question that was found."""
        self.post_message(QuestionsChosen(self._found))

    def action_list(self) -> None:
        """Go to the list unless it is empty; during a search, once it shows the results."""
        if self._is_searching:
            self._goes_to_list = True
        elif self.list.row is not None:
            self.set_focus(self.list)  # at once: the next key is for the list

    def action_search(self) -> None:
        self.set_focus(self._field)

    def action_clear(self) -> None:
        self._field.value = ""
        self._field.focus()

    def action_today(self) -> None:
        self.post_message(TodayAsked())
