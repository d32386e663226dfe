"""What an exam came to; every line of it leads somewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from textual import on
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, OptionList, Static
from textual.widgets.option_list import Option

from tutor.bank import BankError, Verdict
from tutor.formatting import count_of, mark_in_words, number, percent
from tutor.study import exam_report, times
from tutor.tui.background import background
from tutor.tui.exam.clock import language_of, span, when
from tutor.tui.keys import key
from tutor.tui.labels import MARKS, WORDS, authored, bar, explain, fit, one_line
from tutor.tui.messages import QuestionsChosen, ScreenAsked, TodayAsked, TopicChosen
from tutor.tui.open_verdict import open_verdict
from tutor.tui.widgets.notice import Notice
from tutor.tui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tutor.bank import Bank
    from tutor.progress import Attempt, ExamAnswered, ExamRecord
    from tutor.study import ExamReport, MissedPoint
    from tutor.study.exam_results import QuestionMark
    from tutor.tui.ports import Tutor


def row_lines(row: ReportRow, width: int) -> Content:
    """The row in lines of `width` cells; a long text goes on below its own beginning."""
    lead = Content(row.lead)
    room = max(10, width - lead.cell_length)
    text = fit(row.text, room).rstrip() if row.cut else one_line(row.text)
    lines = Content(text).wrap(room)
    rest = Content(" " * lead.cell_length)
    parts = [(lead if at == 0 else rest) + line for at, line in enumerate(lines)]
    told = Content("\n").join(parts)
    return told if row.lead else told.stylize("bold")


class ReportRows(OptionList):
    """The rows of a report."""

    HELP = """
    `Enter` on a question or on a point asks that question, on a topic asks the topic, on an earlier
    exam opens its report.
    """
    BINDINGS: ClassVar[list[BindingType]] = [key("enter", "select", "Open", id="report.open")]

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id, markup=False)
        self._rows: tuple[ReportRow, ...] = ()

    def show(self, rows: Sequence[ReportRow]) -> None:
        """Show these, with the first that leads somewhere highlighted."""
        self._rows = tuple(rows)
        self._lay_out()
        self.highlighted = next((at for at, row in enumerate(rows) if row.does), None)

    def on_resize(self, _: events.Resize) -> None:
        """The lines break elsewhere now."""
        at = self.highlighted
        self._lay_out()
        self.highlighted = at

    def _lay_out(self) -> None:
        width = self.scrollable_content_region.width or 76
        self.set_options(
            [Option(row_lines(row, width), disabled=row.does is None) for row in self._rows]
        )

    def row(self, at: int) -> ReportRow:
        """The row at this place."""
        return self._rows[at]


class ReportScreen(Screen[None]):
    """The mark, what was missed, topics, times, and the exams before."""

    CSS_PATH = "report.tcss"
    AUTO_FOCUS = "#rows"
    HELP: ClassVar[str | None] = """
    `Enter` opens an answer with its verdicts; `r` there asks the question again.
    `a` asks every question that lost marks again, `n` sets up a new exam, `j` grades the remaining
    answers, `Esc` goes back.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key("a", "missed", "Ask what was missed", id="report.missed"),
        key("j", "judge", "Grade the rest", id="report.judge"),
        key("n", "another", "New exam", id="report.another"),
        key("escape", "today", "Today", id="report.today"),
        key("escape", "back", "Back", id="report.back"),
    ]

    def __init__(self, tutor: Tutor, exam: str, *, past: bool = False) -> None:
        """`past` for an exam chosen from a list, to which Esc leads back."""
        super().__init__()
        self._tutor = tutor
        self._exam = exam
        self._past = past
        self.outcome: Outcome | None = None
        self.notice = Notice(id="notice")
        self._mark = Static("…", id="mark", markup=False)
        self.rows = ReportRows(id="rows")

    def compose(self) -> ComposeResult:
        """The mark above, everything else in one list."""
        yield TopBar("Exam · report")
        yield self.notice
        yield self._mark
        yield self.rows
        yield Footer(compact=True)

    def on_mount(self) -> None:
        """Have it put together."""
        background(self, lambda: outcome_of(self._tutor, self._exam), self._show, self._not_shown)

    def _not_shown(self, error: BaseException) -> None:
        self._mark.update(Content(""))
        self.notice.tell(f"✗ The report cannot be shown. {explain(error)}")

    def _show(self, outcome: Outcome) -> None:
        self.outcome = outcome
        mark, *rest = outcome.head
        self._mark.update(Content("\n").join([Content.styled(mark, "bold"), *map(Content, rest)]))
        self.rows.show(outcome.rows)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Offer only what there is."""
        outcome = self.outcome
        if action in ("back", "today"):
            return self._past is (action == "back")
        if action == "missed":
            return outcome is not None and bool(outcome.lost)
        if action == "judge":
            return outcome is not None and outcome.waits
        return True

    # --- what the student does

    @on(OptionList.OptionSelected)
    def _row_chosen(self, event: OptionList.OptionSelected) -> None:
        match self.rows.row(event.option_index).does:
            case ("question", question):
                self._open_question(question)
            case ("topic", topic):
                self.post_message(TopicChosen(topic))
            case ("exam", exam):
                self.app.switch_screen(ReportScreen(self._tutor, exam, past=self._past))

    def _open_question(self, question: str) -> None:
        """Its answer with the verdicts; the question itself where nothing was graded."""
        attempt = self.outcome.attempts.get(question) if self.outcome is not None else None
        if attempt is None:
            self.post_message(QuestionsChosen((question,)))
        else:
            open_verdict(self, self._tutor, attempt)

    def action_missed(self) -> None:
        """Ask every question that lost marks."""
        if self.outcome is not None and self.outcome.lost:
            self.post_message(QuestionsChosen(self.outcome.lost))

    def action_judge(self) -> None:
        """Judge what was not judged."""
        from tutor.tui.exam.grading import JudgingScreen

        self.app.switch_screen(JudgingScreen(self._tutor, self._exam))

    def action_another(self) -> None:
        """Set up a new exam, or go on with one that was left."""
        self.post_message(ScreenAsked("exam"))

    def action_today(self) -> None:
        """Go back to Today."""
        self.post_message(TodayAsked())

    def action_back(self) -> None:
        """Go back to the list that the report was opened from."""
        self.post_message(ScreenAsked("exam"))


Leads = tuple[Literal["question", "topic", "exam"], str]


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One row of the report."""

    text: str
    lead: str = ""
    """What stands before the text."""
    does: Leads | None = None
    """Where it leads; None for a heading."""
    cut: bool = False
    """Whether one line of the text is enough."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything that the screen shows."""

    head: tuple[str, ...]
    rows: tuple[ReportRow, ...]
    lost: tuple[str, ...]
    """The questions that lost marks and are still in the bank."""
    waits: bool
    """Whether answers wait that can be graded."""
    attempts: Mapping[str, Attempt]
    """What was graded, by question, as far as the bank still has it."""


def outcome_of(tutor: Tutor, exam: str) -> Outcome:
    """Read the exam and what stands in the bank about it; blocks. Raises ExamNotFound, OSError."""
    bank, record = tutor.bank, tutor.progress.exam(exam)
    report = exam_report(record, bank, tutor.progress.past_exams())
    lost = tuple(row.question for row in report.questions if row.earned < row.full)
    waiting = [each for each in record.waiting if each.question in bank]
    return Outcome(
        head=tuple(_head(record, report)),
        rows=tuple(_rows(record, report, bank)),
        lost=tuple(id_ for id_ in lost if id_ in bank),
        waits=bool(waiting) and not record.abandoned,
        attempts={id_: each for id_, each in record.attempts.items() if id_ in bank},
    )


# --- what stands on top


def _head(record: ExamRecord, report: ExamReport) -> Iterator[str]:
    mark = report.mark
    share = f"{percent(mark.share)} · {mark_in_words(mark.share)}"
    yield f"{number(mark.earned)} of {number(mark.full)} marks · {share}"
    yield " · ".join(_facts(record, report))
    if report.change is not None:
        before = report.earlier[-1]
        then = f"{when(before.at)}): {percent(before.share)}"
        yield f"Previous exam ({then}; now {_change(report.change)}"
    if record.abandoned:
        yield "This exam was abandoned; the remaining answers will not be graded."
    elif report.waiting:
        yield f"{count_of(report.waiting, 'answer')} not graded yet, without marks so far."


def _facts(record: ExamRecord, report: ExamReport) -> Iterator[str]:
    answered = sum(bool(each.answer.strip()) for each in record.answers.values())
    yield f"{answered} of {len(report.questions)} answered"
    if record.over:
        yield _took(record.steps[0].used, record.begun.minutes)
    longest = next(iter(times(report).items()), None)
    if longest is not None and len(report.questions) > 1:
        at = [row.question for row in report.questions].index(longest[0])
        yield f"longest: question {at + 1}, {span(longest[1])}"


def _took(used: float, minutes: float | None) -> str:
    return f"{span(used)} min" if minutes is None else f"{span(used)} of {span(60 * minutes)} min"


def _change(change: float) -> str:
    points = round(100 * change)
    if not points:
        return "as good"
    return f"{count_of(abs(points), 'percentage point')} {'more' if points > 0 else 'less'}"


# --- the rows


@dataclass(frozen=True, slots=True)
class _Texts:
    """What a question says."""

    prompt: str
    points: Mapping[str, str]


def _rows(record: ExamRecord, report: ExamReport, bank: Bank) -> Iterator[ReportRow]:
    yield ReportRow("Questions, and the points that were missed")
    for at, row in enumerate(report.questions, 1):
        answer = record.answers.get(row.question)
        texts = _texts(bank, row.question, answer)
        does: Leads | None = ("question", row.question) if row.question in bank else None
        yield ReportRow(texts.prompt, _lead(at, row, answer), does, cut=True)
        for point in report.missed:
            if point.question == row.question:
                yield ReportRow(texts.points.get(point.point, point.point), _verdict(point), does)
    yield from _marks(report)


def _marks(report: ExamReport) -> Iterator[ReportRow]:
    if report.topics:
        yield ReportRow("Topics, the lowest first")
    for topic in sorted(report.topics, key=lambda topic: topic.share):
        told = f"{topic.name} · {count_of(topic.questions, 'question')}"
        yield ReportRow(told, _share(topic.share), ("topic", topic.name), cut=True)
    if report.earlier:
        yield ReportRow("Exams before")
    for each in reversed(report.earlier):
        yield ReportRow(when(each.at), _share(each.share), ("exam", each.exam))


def _texts(bank: Bank, id_: str, answer: ExamAnswered | None) -> _Texts:
    try:
        question = bank.question(id_)
    except BankError:
        return _Texts(f"{id_} is no longer in the bank", {})
    language = language_of(bank, question, *(() if answer is None else (answer.language,)))
    points = {point.id: authored(point.point.to(language)) for point in question.rubric}
    return _Texts(authored(question.prompt.to(language)), points)


def _lead(at: int, row: QuestionMark, answer: ExamAnswered | None) -> str:
    """`  3 ◐ 2.5 of 3.5    1:05  `."""
    time = "" if row.seconds is None else span(row.seconds)
    return f"{at:>3} {fit(_points(row, answer), 15)} {time:>6}  "


def _points(row: QuestionMark, answer: ExamAnswered | None) -> str:
    if answer is None or not answer.answer.strip():
        return "– not answered"
    if not row.judged:
        return "? not graded"
    whole = Verdict.MET if row.earned == row.full else Verdict.PARTIAL
    sign = MARKS[whole if row.earned else Verdict.MISSED]
    return f"{sign} {number(row.earned)} of {number(row.full)}"


def _verdict(point: MissedPoint) -> str:
    return f"{'':>6}{MARKS[point.verdict]} {WORDS[point.verdict]:<8}"


def _share(share: float) -> str:
    return f"{bar(share, 10)} {percent(share):>5}  "
