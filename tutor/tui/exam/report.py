"""The report of an exam, whose rows open answers, topics and earlier exams."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tutor.study.exam_text import Outcome, ReportRow, outcome_of
from tutor.tui.background import background
from tutor.tui.keys import key
from tutor.tui.labels import authored, bar, explain, fit, one_line
from tutor.tui.messages import QuestionsChosen, ScreenAsked, StudyAsked, TodayAsked
from tutor.tui.notice_screen import NoticeScreen, complain
from tutor.tui.widgets.footer import FittingFooter
from tutor.tui.widgets.option_rows import OptionRows
from tutor.tui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tutor.tui.ports import Tutor


_ROOMY = 56
"""The width in cells from which a row's lead is shown in full."""
_SHORT_LEAD = 20
"""The characters of a lead that are shown in a narrow report."""


def row_lines(row: ReportRow, width: int) -> Content:
    """The row in lines of `width` cells; a long text continues below its own beginning."""
    share_bar = "" if row.share is None else f"{bar(row.share, 10)} "
    row_lead = row.lead if width >= _ROOMY else f"{row.lead[:_SHORT_LEAD].rstrip()}  "
    lead = Content.assemble((share_bar, "$text-accent"), row_lead if row.lead else "")
    room = max(10, width - lead.cell_length)
    text = authored(row.text)
    lines = Content(fit(text, room).rstrip() if row.cut else one_line(text)).wrap(room)
    indent = Content(" " * lead.cell_length)
    parts = [(lead if at == 0 else indent) + line for at, line in enumerate(lines)]
    drawn = Content("\n").join(parts)
    return drawn if row.lead else drawn.stylize("bold")


class ReportRows(OptionRows):
    """The rows of a report."""

    HELP = """
    `Enter` on a question or point opens your answer with its verdicts, on a topic asks its
    questions, on an earlier exam opens its report.
    """
    BINDINGS: ClassVar[list[BindingType]] = [key("enter", "select", "Open", id="report.open")]

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id, markup=False)
        self._rows: tuple[ReportRow, ...] = ()

    def show(self, rows: Sequence[ReportRow]) -> None:
        """Show these rows and highlight one that opens something: where one was, else the first."""
        before = self.highlighted or 0
        self._rows = tuple(rows)
        self._lay_out()
        opening = [at for at, row in enumerate(rows) if row.does]
        self.highlighted = next((at for at in opening if at >= before), next(iter(opening), None))

    def on_resize(self, _: events.Resize) -> None:
        """Break the lines for the new width."""
        highlighted = self.highlighted
        self._lay_out()
        self.highlighted = highlighted

    def _lay_out(self) -> None:
        width = (self.scrollable_content_region.width or 77) - 1  # away from the scroll bar
        self.set_options(
            [Option(row_lines(row, width), disabled=row.does is None) for row in self._rows]
        )

    def row(self, at: int) -> ReportRow:
        """The row with this number, from 0."""
        return self._rows[at]


class ReportScreen(NoticeScreen):
    """The marks, every question with its missed points and time, topics, and earlier exams."""

    CSS_PATH = "report.tcss"
    AUTO_FOCUS = "#rows"
    HELP: ClassVar[str | None] = """
    `Enter` opens an answer with its verdicts; `r` there asks the question again.
    `w` practises every question that lost marks, `e` sets up a new exam, `c` grades the remaining
    answers, `Esc` goes back.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key("w", "missed", "Practise what was missed", id="report.missed"),
        key("c", "grade", "Grade the rest", id="report.judge"),
        key("e", "app.open('exam')", "New exam", id="report.another"),
        key("escape", "today", "Today", id="report.today"),
        key("escape", "back", "Back", id="report.back"),
    ]

    def __init__(self, tutor: Tutor, exam: str, *, past: bool = False) -> None:
        """`past` for an exam that was chosen from a list, to which Esc goes back."""
        super().__init__()
        self._tutor = tutor
        self._exam = exam
        self._past = past
        self.outcome: Outcome | None = None
        self._mark = Static("…", id="mark", markup=False)
        self.rows = ReportRows(id="rows")

    def compose(self) -> ComposeResult:
        """The marks, and below them everything else in one list."""
        yield TopBar("Exam · report")
        yield self.notice
        yield self._mark
        yield self.rows
        yield FittingFooter()

    def on_mount(self) -> None:
        """Make the report in a thread."""
        background(self, self._load, self._show, self._not_shown)

    def _load(self) -> Outcome:
        """Runs in a thread."""
        progress = self._tutor.progress
        record, exams = progress.exam(self._exam), progress.past_exams()
        return outcome_of(record, self._tutor.bank, exams, self._tutor.languages)

    def _not_shown(self, error: BaseException) -> None:
        self._mark.update(Content(""))
        complain(self, f"The report cannot be shown. {explain(error)}")

    def _show(self, outcome: Outcome) -> None:
        self.outcome = outcome
        mark, *rest = outcome.head
        self._mark.update(Content("\n").join([Content.styled(mark, "bold"), *map(Content, rest)]))
        self.rows.show(outcome.rows)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        outcome = self.outcome
        if action in ("back", "today"):
            return self._past is (action == "back")
        if action == "missed":
            return outcome is not None and bool(outcome.lost)
        if action == "grade":
            return outcome is not None and outcome.waits
        return True

    # --- what the student does

    @on(OptionList.OptionSelected)
    def _row_chosen(self, event: OptionList.OptionSelected) -> None:
        match self.rows.row(event.option_index).does:
            case ("question", question):
                self._open_question(question)
            case ("topic", topic):
                self.post_message(StudyAsked("topic", topic=topic))
            case ("exam", exam):
                self.app.switch_screen(ReportScreen(self._tutor, exam, past=self._past))

    def _open_question(self, question: str) -> None:
        """Show the answer with its verdicts; if it is not graded, ask the question."""
        attempt = self.outcome.attempts.get(question) if self.outcome is not None else None
        if attempt is None:
            self.post_message(QuestionsChosen((question,)))
        else:
            from tutor.tui.earlier_verdict import open_verdict

            open_verdict(self, self._tutor, attempt, self.on_mount)

    def action_missed(self) -> None:
        if self.outcome is not None and self.outcome.lost:
            self.post_message(QuestionsChosen(self.outcome.lost))

    def action_grade(self) -> None:
        from tutor.tui.exam.grading import GradingScreen

        self.app.switch_screen(GradingScreen(self._tutor, self._exam))

    def action_today(self) -> None:
        self.post_message(TodayAsked())

    def action_back(self) -> None:
        """Go back to the list that the report was opened from."""
        self.post_message(ScreenAsked("exam"))
