"""The progress screen: an overview, weak points, topics, the calendar, weeks, and exams."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static, TabbedContent, TabPane

from tutor.formatting import count_of
from tutor.study import planner_of
from tutor.study.exam_report import taken_exams
from tutor.study.overview import Overview, Record, overview_of, year_words
from tutor.study.statistics import agreement
from tutor.tui.background import background
from tutor.tui.charts import (
    due_table,
    exam_lines,
    grader_lines,
    legend,
    month_table,
    score_table,
    year_map,
)
from tutor.tui.keys import key
from tutor.tui.labels import MUTED, explain, readable
from tutor.tui.messages import QuestionsChosen, StudyAsked
from tutor.tui.notice_screen import NoticeScreen, complain
from tutor.tui.today import no_decks_words
from tutor.tui.widgets.footer import FittingFooter
from tutor.tui.widgets.mastery_list import DECK, TOPIC, MasteryList
from tutor.tui.widgets.needs_list import MissedList, NeedsList, missed_whole
from tutor.tui.widgets.overview_page import OverviewPage
from tutor.tui.widgets.row_list import RowList
from tutor.tui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.events import Resize

    from tutor.tui.ports import Tutor

PAGES = {
    "overview": "Overview",
    "missed": "Weak points",
    "mastery": "Topics",
    "year": "Calendar",
    "weeks": "Weeks",
    "record": "Exams",
}
"""The pages by id, in the order of their numbers."""
WIDE = 80
"""The columns from which past and coming weeks are side by side."""
ROOMY = 48
"""The columns from which the weeks have a bar for the number of answers."""
POINTS = 50
"""How many of the weakest points are listed."""
LOOKING = "…"
READING = "Reading the history …"
EMPTY = """\
Nothing has been answered yet. Here you will see

 1  an overview: what is due, your streak, your weakest topics
 2  the points that you keep missing
 3  how well you know each deck and each topic
 4  a calendar of the year
 5  your marks week by week, and what is due in the next two weeks
 6  your exams, and how often you agree with each grader

Press Enter to answer the first questions."""
NONE_AGAIN = "You have not missed any point more than once recently."
NONE_GRADED = "No answer has been graded yet."
NO_EXAM = "No exams yet. Press e on Today to create one."
MEANING = (
    "Known: last answered well and still remembered. Shaky: answered, but not known. Mastery: the "
    "last score times the probability that it is still remembered."
)
AHEAD = "Today includes what is overdue; new questions are not counted."


class ProgressScreen(NoticeScreen):
    """The student's progress: an overview, then a page for each part of it."""

    CSS_PATH = "progress.tcss"
    AUTO_FOCUS = ""  # the focus depends on the page
    HORIZONTAL_BREAKPOINTS: ClassVar[list[tuple[int, str]] | None] = [  # type: ignore[misc]
        (0, "-narrow"),
        (WIDE, "-wide"),
    ]
    HELP: ClassVar[str | None] = """
    Where you stand. `1` to `6`, or `←` `→`, turn the pages; `Enter` asks what is chosen, `w`
    practises all questions that need work, `Esc` goes back to Today. `tutor progress show` prints
    the same as plain text, `tutor progress report --html FILE` writes it as a page.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            key(str(at), f"page('{id_}')", name, id=f"progress.{id_}", show=False)
            for at, (id_, name) in enumerate(PAGES.items(), 1)
        ),
        key("enter", "begin", "Start", id="progress.begin"),
        key("left,h", "turn(-1)", "Page before", id="progress.before", show=False),
        key("right,l", "turn(1)", "Next page", id="progress.after", display="← →"),
        key("w", "weak", "Practise", id="progress.weak"),
        key("escape", "app.today", "Today", id="progress.today"),
    ]

    def __init__(self, tutor: Tutor) -> None:
        super().__init__()
        self._tutor = tutor
        self._overview: Overview | None = None
        self._has_read_history = False
        """Whether the history has been read, or is being read."""
        self._gone = False
        self._before = Static(LOOKING, id="before", markup=False)
        self._overview_page = OverviewPage()
        self._again = MissedList(id="again")
        self._needs = NeedsList(id="needs")
        self._mastery = MasteryList(id="known")
        self._texts = {
            id_: Static(id=id_, classes="text", markup=False)
            for id_ in ("head", "point", "map", "row", "scores", "due", "said")
        }

    def compose(self) -> ComposeResult:
        """The pages, one of them shown."""
        texts = self._texts
        yield TopBar("Progress")
        yield self.notice
        yield self._before
        titles = {id_: f"{at} {name}" for at, (id_, name) in enumerate(PAGES.items(), 1)}
        with TabbedContent(id="pages"):
            with TabPane(titles["overview"], id="overview"):
                yield self._overview_page
            with TabPane(titles["missed"], id="missed"), Vertical():
                yield texts["head"]
                yield self._again
                yield self._needs
                with VerticalScroll(id="whole", can_focus=False):
                    yield texts["point"]
            with TabPane(titles["mastery"], id="mastery"), Vertical():
                yield self._mastery
                yield Static(MEANING, id="meaning", markup=False)
            with TabPane(titles["year"], id="year"), VerticalScroll():
                yield texts["map"]
                yield texts["row"]
            with TabPane(titles["weeks"], id="weeks"), VerticalScroll():
                with Horizontal(id="tables"):
                    yield texts["scores"]
                    yield texts["due"]
                yield Static(AHEAD, id="ahead", markup=False)
            with TabPane(titles["record"], id="record"), VerticalScroll():
                yield texts["said"]
        yield FittingFooter("turn(1)")

    def on_mount(self) -> None:
        """Read standings and days; attempts are read only when their page is shown."""
        background(self, self._load, self._show, self._not_read)

    def on_unmount(self) -> None:
        """Stop reading the history."""
        self._gone = True

    def _load(self) -> Overview:
        """Runs in a thread: reads settings, and the questions of the weak points."""
        return overview_of(planner_of(self._tutor), shown=POINTS)

    def _read_history(self) -> Record:
        """Runs in a thread: reads the whole history."""
        progress = self._tutor.progress
        attempts = takewhile(lambda _: not self._gone, progress.attempts())
        return Record(agreement(attempts), taken_exams(progress.past_exams()))

    def _not_read(self, error: BaseException) -> None:
        self._texts["said"].update("")
        complain(self, f"The figures could not be read. {explain(error)}")

    def _show_record(self, record: Record) -> None:
        today = self._tutor.clock().astimezone().date()
        self._texts["said"].update(Content("\n").join(_record_lines(record, today)))

    # --- what is shown

    def _show(self, overview: Overview) -> None:
        self._overview = overview
        if overview.empty:
            words = EMPTY if len(self._tutor.bank) else no_decks_words(self._tutor.paths)
            self._before.update(Content(words))
        else:
            self._before.display = False
            self.add_class("-known")
            self._fill(overview)
            self._focus_page()
        self.refresh_bindings()

    def _fill(self, overview: Overview) -> None:
        self._overview_page.show(overview)
        self._texts["head"].update(Content(_missed_words(overview)))
        self._again.show_missed(overview.missed)
        self._needs.show_needs(overview.agenda.needs, overview.agenda.weak)
        self._again.display = not self._needs.display
        self.query_one("#whole").display = bool(overview.missed)
        decks = self._tutor.bank.decks
        titles = {deck.id: readable(deck.title, deck, self._tutor.languages) for deck in decks}
        self._mastery.show_mastery(titles, overview.decks, overview.topics)
        self._texts["due"].update(due_table(overview.ahead, overview.today))
        self._texts["said"].update(READING)
        words = Content(f"{year_words(overview)}\n\n")
        self._texts["row"].update(words + month_table(overview.year.months))
        self._draw(overview, self.size.width)

    def _draw(self, overview: Overview, width: int) -> None:
        """Draw what depends on the width."""
        self._texts["scores"].update(score_table(overview.weeks, roomy=width >= ROOMY))
        lines = (year_map(overview.year, width - 5), legend(width - 5))
        self._texts["map"].update(Content("\n\n").join(lines))

    def on_resize(self, event: Resize) -> None:
        """Draw the year and the weeks for the new width."""
        if self._overview is not None and not self._overview.empty:
            self._draw(self._overview, event.size.width)

    # --- what the student does

    @property
    def page(self) -> str:
        """The id of the page that is shown."""
        return self.query_one(TabbedContent).active

    def action_page(self, page: str) -> None:
        self.query_one(TabbedContent).active = page

    def action_turn(self, step: int) -> None:
        """Show the previous or next page; the first comes after the last."""
        pages = list(PAGES)
        self.action_page(pages[(pages.index(self.page) + step) % len(pages)])

    @on(TabbedContent.TabActivated)
    def _page_shown(self) -> None:
        self._focus_page()
        if self.page == "record" and not self._has_read_history and self._overview is not None:
            self._has_read_history = True
            background(self, self._read_history, self._show_record, self._not_read)

    def _focus_page(self) -> None:
        """Focus the list or the text on the page that is shown."""
        pane = self.query_one(TabbedContent).active_pane
        if pane is not None and self.has_class("-known"):
            widgets = pane.query("RowList, VerticalScroll").results(Widget)
            first = next(each for each in widgets if each.can_focus and each.display)
            self.set_focus(first, scroll_visible=False)
        self.refresh_bindings()

    @on(RowList.Moved)
    def _point_chosen(self) -> None:
        at = self._again.chosen_id
        if self._overview is not None and at is not None:
            self._texts["point"].update(missed_whole(self._overview.missed[int(at)]))

    @on(RowList.Opened, "#again")
    def _point_asked(self, event: RowList.Opened) -> None:
        if self._overview is not None:
            question = self._overview.missed[int(event.row)].weak.question
            self.post_message(QuestionsChosen((question,)))

    @on(RowList.Opened, "#needs")
    def _question_asked(self, event: RowList.Opened) -> None:
        self.post_message(QuestionsChosen((event.row,)))

    @on(RowList.Opened, "#known, #weakest")
    def _row_asked(self, event: RowList.Opened) -> None:
        kind, colon, name = event.row.partition(":")
        if kind + colon == DECK:
            self.post_message(StudyAsked("deck", name))
        elif kind + colon == TOPIC:
            self.post_message(StudyAsked("topic", topic=name))

    def check_action(self, action: str, _: tuple[object, ...]) -> bool | None:
        overview = self._overview
        if action == "begin":
            return overview is not None and overview.empty and len(self._tutor.bank) > 0
        if action == "weak":
            return overview is not None and overview.agenda.weak > 0
        if action in ("page", "turn"):
            return overview is not None and not overview.empty
        return True

    def action_begin(self) -> None:
        self.post_message(StudyAsked("due"))

    def action_weak(self) -> None:
        self.post_message(StudyAsked("weak"))


def _missed_words(overview: Overview) -> str:
    if not overview.again:
        return NONE_AGAIN
    legend = "✗ missed ◐ partial ✓ met, newest last"
    if len(overview.missed) < len(overview.again):
        return f"The weakest {len(overview.missed)} of {len(overview.again)} points; {legend}"
    return f"{count_of(len(overview.again), 'point')} missed more than once; {legend}"


def _record_lines(record: Record, today: date) -> Iterator[Content]:
    yield Content.styled("Your exams", MUTED)
    yield from list(exam_lines(record.exams, today)) or [Content(NO_EXAM)]
    yield Content.styled("\nHow often you agreed with each grader, point by point", MUTED)
    yield from list(grader_lines(record.graders)) or [Content(NONE_GRADED)]
