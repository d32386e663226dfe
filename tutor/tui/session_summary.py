"""The end of a session: what was done, what changed, and what next."""

from collections.abc import Iterable, Iterator
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, Static

from tutor.bank import Bank
from tutor.formatting import count_of, mark_in_words, percent
from tutor.progress import SessionState
from tutor.study import Planner, SessionReport, forecast, review_session
from tutor.study.exam_plan import plan_words
from tutor.tui.agenda import Agenda, agenda_of
from tutor.tui.keys import key
from tutor.tui.labels import clean, one_line
from tutor.tui.messages import DeckChosen, StudyAsked, TodayAsked, UndoAsked, UndoDone
from tutor.tui.ports import Tutor
from tutor.tui.session_place import SessionPlace, planner_for
from tutor.tui.widgets.top_bar import TopBar

POINTS_SHOWN = 3


def done_words(report: SessionReport) -> str:
    """What was done."""
    if not report.answered:
        return "Nothing was answered in this session." if report.asked else "Nothing is left here."
    if report.mean is None:
        return "You read what answers these questions; they come again soon."
    score = f"{percent(report.mean)} · {mark_in_words(report.mean)}"
    return f"{count_of(report.answered, 'question')} answered, on average {score}."


def changed_lines(report: SessionReport, bank: Bank) -> Iterator[str]:
    """Which points were won and lost, and what went worst."""
    yield from _points("✓", "met now and not before", report.won, bank)
    yield from _points("✗", "met before and not now", report.lost, bank)
    if report.weakest is not None:
        yield f"It went worst with {clean(report.weakest)}: it comes again early next time."
    elif report.answered:
        yield "Every point was met."


def _points(mark: str, told: str, points: tuple[tuple[str, str], ...], bank: Bank) -> Iterator[str]:
    if points:
        yield f"{mark} {count_of(len(points), 'point')} {told}:"
        yield from (f"  {line}" for line in _texts(points[:POINTS_SHOWN], bank))


def _texts(points: Iterable[tuple[str, str]], bank: Bank) -> Iterator[str]:
    for id_, wanted in points:
        language = bank.deck(bank.info(id_).deck).language
        for point in bank.question(id_).rubric:
            if point.id == wanted:
                yield f"{one_line(point.point.to(language))}  {clean(id_)}"


def next_lines(report: SessionReport, agenda: Agenda, tomorrow: int) -> Iterator[str]:
    """What is left for today, and when something falls due again."""
    if agenda.due or agenda.new:
        yield f"Left for today: {agenda.due} due, {agenda.new} new. d goes on with them."
    else:
        yield "Nothing else is due today."
    if agenda.weak:
        yield f"{count_of(agenda.weak, 'question')} with weak points. w asks them."
    if tomorrow:
        yield f"Due tomorrow: {count_of(tomorrow, 'question')}."
    elif report.next_day is not None:
        yield f"The next question falls due on {report.next_day.isoformat()}."
    if agenda.plan is not None:
        yield plan_words(agenda.plan)


class EndScreen(Screen[None]):
    """Tells how the session went; there is always a way on."""

    CSS_PATH = "end.tcss"
    HELP: ClassVar[str | None] = """
    `Enter` goes back to Today, `d` goes on with what is due and new, `w` asks weak points, `a` asks
    more from the same deck, `u` takes back what was saved last.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key("enter,escape", "today", "Today", id="end.today"),
        key("d", "study('due')", "Due and new", id="end.due"),
        key("w", "study('weak')", "Weak points", id="end.weak"),
        key("a", "another", "Another round", id="end.another"),
        key("u", "undo", "Undo", id="end.undo"),
    ]

    def __init__(self, tutor: Tutor, session: SessionState, place: SessionPlace) -> None:
        super().__init__()
        self._tutor = tutor
        self._session = session
        self._place = place
        self._agenda = Agenda(0, 0, 0, None)
        self._result = Static(id="result", markup=False)

    def compose(self) -> ComposeResult:
        """A few lines."""
        yield TopBar(self._place.title, self._place.count)
        with VerticalScroll(id="end-page"):
            yield self._result
        yield Footer(compact=True)

    def on_mount(self) -> None:
        """Look at what came of it."""
        self._look()

    @on(UndoDone)
    def _look(self) -> None:
        planner = planner_for(self._tutor)
        self._agenda = agenda_of(planner)
        self._result.update(Content("\n\n".join(self._paragraphs(planner))))
        self.refresh_bindings()

    def _paragraphs(self, planner: Planner) -> Iterator[str]:
        report = review_session(self._session, planner)
        yield f"That was the last question.\n{done_words(report)}"
        changed = "\n".join(changed_lines(report, self._tutor.bank))
        if changed:
            yield changed
        _, tomorrow = forecast(planner.due_days.values(), planner.today, days=2)
        yield "\n".join(next_lines(report, self._agenda, tomorrow))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what there is; another round needs a deck."""
        if action == "another":
            return self._session.deck is not None
        if action == "study":
            agenda = self._agenda
            return bool(agenda.weak if parameters == ("weak",) else agenda.due or agenda.new)
        return True

    def action_today(self) -> None:
        """Go back to Today."""
        self.post_message(TodayAsked())

    def action_study(self, kind: str) -> None:
        """Go on across all decks."""
        self.post_message(StudyAsked("weak" if kind == "weak" else "due"))

    def action_another(self) -> None:
        """Start another session with the same deck."""
        if self._session.deck is not None:
            self.post_message(DeckChosen(self._session.deck))

    def action_undo(self) -> None:
        """Take back what was saved last."""
        self.post_message(UndoAsked())
