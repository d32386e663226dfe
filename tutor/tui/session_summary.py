"""The end of a session: its marks question by question, what changed, and what to do next."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Mount, Resize
from textual.screen import Screen
from textual.widgets import Static

from tutor.bank import Bank, BankError
from tutor.formatting import (
    VERDICT_MARKS,
    count_of,
    count_of_marks,
    format_duration,
    mark_in_words,
    number,
    percent,
    when_words,
)
from tutor.line_breaks import wrap
from tutor.progress import SessionState
from tutor.study import planner_of
from tutor.study.agenda import Agenda, agenda_of, streak_words
from tutor.study.exam_plan import plan_words
from tutor.study.session_report import SessionAnswer, SessionReport, review_session, session_answers
from tutor.study.statistics import forecast
from tutor.tui.background import background
from tutor.tui.keys import key
from tutor.tui.labels import (
    MUTED,
    STYLES,
    authored,
    bar,
    clean,
    fit,
    readable,
    soon,
    verdict_on,
)
from tutor.tui.messages import StudyAsked, UndoDone
from tutor.tui.ports import Tutor
from tutor.tui.session_place import deck_title, session_title
from tutor.tui.widgets.footer import FittingFooter
from tutor.tui.widgets.top_bar import TopBar

POINTS_SHOWN = 3
FULL = "★"
"""Full marks."""
READING = 96
"""The most cells of a line."""
_KEY = 5
"""Cells for a key."""
_ROOMY = 56
"""The cells from which a row has the score before and says when the question comes again."""


# --- in words


def total(answers: Sequence[SessionAnswer]) -> tuple[float, float]:
    """The marks earned and the full marks, without the questions of “don't know”."""
    tried = [each for each in answers if not each.gave_up]
    return sum(each.earned for each in tried), sum(each.full for each in tried)


def marks_words(answers: Sequence[SessionAnswer]) -> str:
    """`34 of 48 marks · 71 % · fair`; empty if every answer was “don't know”."""
    earned, full = total(answers)
    if not full:
        return ""
    share = earned / full
    marks = f"{number(earned)} of {count_of_marks(full)}"
    return f"{marks} · {percent(share)} · {mark_in_words(share)}"


def done_words(answers: Sequence[SessionAnswer], asked: int) -> str:
    """`7 answered, 3 “don't know” · 14 minutes`; or that nothing was answered."""
    if not answers:
        return "Nothing was answered in this session." if asked else "There is nothing to ask here."
    unknown = sum(each.gave_up for each in answers)
    counts = (f"{len(answers) - unknown} answered", f"{unknown} “don't know”" if unknown else "")
    took = format_duration(sum(each.seconds for each in answers))
    return f"{', '.join(filter(None, counts))} · {took}"


def answer_line(answer: SessionAnswer, prompt: str, after: str, width: int) -> Content:
    """A question with its marks and, if there is room, what comes `after` them."""
    verdict = verdict_on(answer.share)
    sign = (FULL if answer.share == 1 else VERDICT_MARKS[verdict], STYLES[verdict])
    earned, full = number(answer.earned), number(answer.full)
    if width < _ROOMY:
        marks = f" {earned + '/' + full:>6}  "
        return Content.assemble(sign, marks, fit(prompt, width - len(marks) - 1))
    marks = f" {earned:>4} of {full:<4}  "
    room = width - len(marks) - cell_len(after) - 1
    return Content.assemble(sign, marks, fit(prompt, room), (after, MUTED))


def after_words(answers: Sequence[SessionAnswer], today: date) -> list[str]:
    """How each score changed and when the question comes again, in columns."""
    changes = [_change(each) for each in answers]
    dues = ["" if each.due is None else soon(each.due, today) for each in answers]
    change_width, due_width = (max(map(len, words), default=0) for words in (changes, dues))
    return [
        f"  {change:<{change_width}}  {due:>{due_width}}"
        for change, due in zip(changes, dues, strict=True)
    ]


def _change(answer: SessionAnswer) -> str:
    if answer.gave_up:
        return "don't know"
    if answer.before is None:
        return "first time"
    if answer.improved:
        return f"▲ from {percent(answer.before)}"
    return f"▼ from {percent(answer.before)}" if answer.share < answer.before else "as before"


def way_line(key: str, text: str, width: int) -> Content:
    """A key and what it does; what does not fit continues below its own words."""
    lines = wrap(text, width - _KEY - 2).replace("\n", f"\n{' ' * (_KEY + 2)}")
    return Content.assemble((f"{key:>{_KEY}}", "bold $text-accent"), f"  {lines}")


def changed_lines(report: SessionReport, bank: Bank, width: int) -> Iterator[str]:
    """The points that were won and lost since the last time, each on one line."""
    changes = (
        ("✓", "you missed last time and met now", report.won),
        ("✗", "you met last time and missed now", report.lost),
    )
    for mark, what, points in changes:
        if points:
            yield f"{mark} {count_of(len(points), 'point')} {what}:"
        for question, point_id in points[:POINTS_SHOWN]:
            with suppress(BankError):  # the question may be gone
                language = bank.deck_of(question).language
                for point in bank.question(question).rubric:
                    if point.id == point_id:
                        yield f"  {fit(authored(point.point.to(language)), width - 2).rstrip()}"


def next_lines(report: SessionReport, agenda: Agenda, tomorrow: int) -> Iterator[str]:
    """When something falls due again, and the plan for the exam."""
    if not agenda.left:
        yield "Nothing else is due today."
    if tomorrow:
        yield f"Due tomorrow: {count_of(tomorrow, 'question')}."
    elif report.next_day is not None:
        yield f"The next question is due {when_words(report.next_day, agenda.today)}."
    if agenda.plan is not None:
        yield plan_words(agenda.plan)


@dataclass(frozen=True, slots=True)
class Summary:
    """What was answered in a session, and what can come next."""

    answers: tuple[SessionAnswer, ...]
    report: SessionReport
    agenda: Agenda
    tomorrow: int
    """How many questions fall due tomorrow."""


def summary_of(tutor: Tutor, session: SessionState) -> Summary:
    """Look this up. Reads the history for it."""
    planner = planner_of(tutor)
    _, tomorrow = forecast(planner.days_ahead, planner.today, days=2)
    return Summary(
        tuple(session_answers(session, planner, tutor.progress.attempts)),
        review_session(session, planner),
        agenda_of(planner, shown=0),
        tomorrow,
    )


class EndScreen(Screen[None]):
    """How the session went, and what to do next."""

    CSS_PATH = "session_summary.tcss"
    HELP: ClassVar[str | None] = """
    Before each question the marks it earned: `★` full marks, `✓` good, `◐` partial, `✗` missed; on
    the right what it earned the time before, and when it comes again. `Enter` goes back to Today,
    `s` studies what today still has, `w` practises what needs work, `r` asks more from the same
    deck, `u` undoes what was saved last.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key("enter,escape", "app.today", "Today", id="end.today"),
        key("s", "study('due')", "Due and new", id="end.due"),
        key("w", "study('weak')", "Practise", id="end.weak"),
        key("r", "another", "Another round", id="end.another"),
        key("u", "app.undo", "Undo", id="end.undo"),
        key("U", "app.redo", "Redo", id="end.redo", show=False),
    ]

    def __init__(self, tutor: Tutor, session: SessionState) -> None:
        super().__init__()
        self._tutor = tutor
        self._session = session
        self._summary: Summary | None = None
        self._result = Static(id="result", markup=False)

    def compose(self) -> ComposeResult:
        yield TopBar(session_title(self._tutor, self._session))
        with VerticalScroll(id="end-page"):
            yield self._result
        yield FittingFooter("app.undo", "another", "study('weak')", "study('due')")

    @on(Mount)
    @on(UndoDone)
    def _load(self) -> None:
        """Look up what was answered and what can come next."""
        background(self, lambda: summary_of(self._tutor, self._session), self._show)

    def _show(self, summary: Summary) -> None:
        self._summary = summary
        self._lay_out()
        self.refresh_bindings()

    @on(Resize)
    def _lay_out(self) -> None:
        """Lay the rows out for the present width."""
        if self._summary is not None:
            width = min(READING, self.app.size.width - 5)
            parts = filter(None, self._paragraphs(self._summary, width))
            self._result.update(Content("\n\n").join(parts))

    def _paragraphs(self, summary: Summary, width: int) -> Iterator[Content]:
        answers, agenda = summary.answers, summary.agenda
        yield self._head(summary, width)
        yield Content("\n").join(
            answer_line(each, self._prompt(each.question), after, width)
            for each, after in zip(answers, after_words(answers, agenda.today), strict=True)
        )
        yield Content("\n".join(next_lines(summary.report, agenda, summary.tomorrow)))
        yield Content("\n").join(way_line(*way, width) for way in self._ways(agenda))
        yield Content("\n".join(changed_lines(summary.report, self._tutor.bank, width)))

    def _head(self, summary: Summary, width: int) -> Content:
        answers, agenda = summary.answers, summary.agenda
        earned, full = total(answers)
        share = earned / full if full else 0.0
        drawn = bar(share, min(40, width)) if full else ""
        perfect = sum(each.share == 1 for each in answers)
        parts = [
            done_words(answers, summary.report.asked),
            f"{FULL} full marks on {count_of(perfect, 'question')}" if perfect else "",
            streak_words(agenda.streak, done=agenda.done),
        ]
        lines = (
            Content.styled(marks_words(answers), "bold"),
            Content.styled(drawn, STYLES[verdict_on(share)]),
            Content(" · ".join(filter(None, parts))),
        )
        return Content("\n").join(line for line in lines if line)

    def _prompt(self, question: str) -> str:
        """What a question asks, in a language that the student reads; its id if it is gone."""
        bank = self._tutor.bank
        try:
            prompt, deck = bank.question(question).prompt, bank.deck_of(question)
        except BankError:
            return clean(question)
        return authored(readable(prompt, deck, self._tutor.languages))

    def _ways(self, agenda: Agenda) -> Iterator[tuple[str, str]]:
        """The things to do next, each with its key."""
        if agenda.left:
            yield "s", f"Study what is left today: {agenda.words}"
        if agenda.weak:
            yield "w", f"Practise what needs work: {count_of(agenda.weak, 'question')}"
        if (deck := deck_title(self._tutor, self._session)) is not None:
            yield "r", f"Another round of {deck}"
        yield "Enter", "Back to Today"

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what can be done; another round needs a deck."""
        if action == "another":
            return deck_title(self._tutor, self._session) is not None
        if action == "study":
            if self._summary is None:
                return False
            agenda = self._summary.agenda
            return bool(agenda.weak if parameters == ("weak",) else agenda.left)
        return True

    def action_study(self, kind: str) -> None:
        self.post_message(StudyAsked("weak" if kind == "weak" else "due"))

    def action_another(self) -> None:
        self.post_message(StudyAsked("deck", self._session.deck))
