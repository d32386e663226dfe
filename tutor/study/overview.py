"""The figures of the progress screen, of `tutor progress show` and of the HTML page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from tutor.bank import BankError, Language, Text
from tutor.formatting import count_of, percent
from tutor.study.agenda import Agenda, agenda_of, minutes_words
from tutor.study.exam_plan import plan_words
from tutor.study.preferences import languages_for
from tutor.study.scheduler import Planner
from tutor.study.statistics import (
    STEPS,
    Mastery,
    Period,
    Year,
    forecast,
    mastery_by_deck,
    mastery_by_topic,
    score_over_time,
    year_of,
)
from tutor.study.weak_points import WeakPoint, weak_points

if TYPE_CHECKING:
    from tutor.study.exam_report import TakenExam
    from tutor.study.statistics import Agreement

AGAIN = 2
"""The number of recent misses from which a point counts as missed repeatedly."""
SHOWN = 10
"""How many of these points are shown."""
WEAKEST = 4
"""How many topics an overview names."""


@dataclass(frozen=True, slots=True)
class Said:
    """A text of a deck in one language."""

    text: str
    language: Language | None = None
    """None for an id, which is in no language."""


@dataclass(frozen=True, slots=True)
class MissedAgain:
    """A point missed repeatedly, in words."""

    weak: WeakPoint
    point: Said
    """Its id if the bank no longer has it."""
    prompt: Said
    """The question's text, or its id."""


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that standings and days show, without reading attempts."""

    agenda: Agenda
    """What there is to do today; without its questions if points were missed repeatedly."""
    year: Year
    weeks: tuple[Period, ...]
    """Twelve weeks from Monday on, oldest first; the last one contains today."""
    last_days: tuple[Period, Period]
    """The last seven days up to today, after the seven days before them."""
    ahead: tuple[int, ...]
    """How many questions fall due today, tomorrow and so on, 14 days."""
    decks: tuple[Mastery, ...]
    """The decks, in the bank's order."""
    topics: tuple[Mastery, ...]
    """The least known first, then by name those without an answer."""
    again: tuple[WeakPoint, ...]
    """The points missed repeatedly, weakest first."""
    missed: tuple[MissedAgain, ...]
    """The weakest of them, in words."""
    empty: bool
    """Whether no question was ever answered."""

    @property
    def today(self) -> date:
        """The day that this shows."""
        return self.agenda.today

    @property
    def weakest(self) -> tuple[Mastery, ...]:
        """The topics with answers that are known least."""
        return tuple(row for row in self.topics if row.answered)[:WEAKEST]


def overview_of(planner: Planner, *, shown: int = SHOWN) -> Overview:
    """The figures. Only the questions of `shown` points are read from the bank."""
    bank, standings = planner.bank, planner.standings
    days, today, now = planner.days, planner.today, planner.now
    before, last = score_over_time(days, today, weeks=2)
    again = weak_points(standings.values(), bank, least=AGAIN)
    return Overview(
        agenda=agenda_of(planner, shown=0 if again else shown),
        year=year_of(days, today),
        weeks=score_over_time(days, today + timedelta(days=6 - today.weekday())),
        last_days=(before, last),
        ahead=forecast(planner.days_ahead, today),
        decks=mastery_by_deck(bank, standings, now),
        topics=tuple(
            sorted(
                mastery_by_topic(bank, standings, now),
                key=lambda topic: (not topic.answered, topic.share),
            )
        ),
        again=again,
        missed=tuple(in_words(weak, planner) for weak in again[:shown]),
        empty=not days,
    )


def in_words(weak: WeakPoint, planner: Planner) -> MissedAgain:
    """The point and its question in a language that the student reads, or their ids."""
    bank = planner.bank
    deck, reads = bank.deck_of(weak.question), planner.preferences.languages
    languages = languages_for(deck.language, reads)
    try:
        question = bank.question(weak.question)
    except BankError:
        return MissedAgain(weak, Said(weak.point), Said(weak.question))
    texts = {point.id: said(point.point, *languages) for point in question.rubric}
    point = texts.get(weak.point, Said(weak.point))
    return MissedAgain(weak, point, said(question.prompt, *languages))


def said(text: Text, *languages: Language) -> Said:
    """The text in the first of these languages that it has, else in another."""
    return Said(text.to(*languages), text.language_for(*languages))


@dataclass(frozen=True, slots=True)
class Record:
    """What only the whole history shows: agreement with graders, and exams."""

    graders: "tuple[Agreement, ...]"
    exams: "tuple[TakenExam, ...]"


# --- in words, the same on every front end and in the same order


@dataclass(frozen=True, slots=True)
class Tile:
    """One of the figures at the top."""

    label: str
    value: str
    note: str


def tiles(overview: Overview) -> tuple[Tile, ...]:
    """The figures at the top."""
    agenda, (before, last) = overview.agenda, overview.last_days
    known = sum(deck.known for deck in overview.decks)
    shaky = sum(deck.shaky for deck in overview.decks)
    new = sum(deck.new for deck in overview.decks)
    mean = "–" if last.mean is None else percent(last.mean)
    return (
        Tile("Due now", str(agenda.due), f"{overview.ahead[1]} tomorrow"),
        Tile("Streak", count_of(agenda.streak.current, "day"), f"best {agenda.streak.longest}"),
        Tile(
            "Last 7 days",
            count_of(last.attempts, "answer"),
            f"{before.attempts} the week before",
        ),
        Tile("Mean marks", mean, _trend(last.mean, before.mean)),
        Tile("Known", f"{known} of {known + shaky + new}", f"{shaky} shaky, {new} new"),
    )


def _trend(now: float | None, before: float | None) -> str:
    """How the mean of these seven days compares with that of the seven before."""
    if now is None or before is None:
        return "last 7 days"
    step = round(now * 100) - round(before * 100)
    if not step:
        return "as the week before"
    return f"{'▲' if step > 0 else '▼'} from {percent(before)}"


def overview_lines(overview: Overview) -> Iterator[str]:
    """What was done today, what is left, and the plan for the exam."""
    agenda = overview.agenda
    yield _today(agenda)
    yield _left(agenda)
    if agenda.plan is not None:
        yield plan_words(agenda.plan)


def step_words() -> tuple[str, ...]:
    """The answers a day that each step of the calendar means: `none`, `1 to 4`, …, `20 or more`."""
    between = (f"{low} to {high - 1}" for low, high in pairwise(STEPS))
    return "none", *between, f"{STEPS[-1]} or more"


def _today(agenda: Agenda) -> str:
    """What was done today."""
    done = agenda.week[-1]
    if not done.attempts:
        return "Today: nothing answered yet"
    first = f", {done.new} for the first time" if done.new else ""
    mean = "" if done.mean is None else f", mean {percent(done.mean)}"
    return f"Today: {count_of(done.attempts, 'answer')}{first}{mean}, {done.ms / 60_000:.0f} min"


def _left(agenda: Agenda) -> str:
    """What is left for today."""
    if not agenda.left:
        return "Nothing else is due today"
    return f"Left for today: {agenda.due} due, {agenda.new} new, {minutes_words(agenda.minutes)}"


def year_words(overview: Overview) -> str:
    """The streaks and the year, a line each."""
    streak, year = overview.agenda.streak, overview.year
    answers, days = count_of(year.attempts, "answer"), count_of(year.days, "day")
    return (
        f"Streak: {count_of(streak.current, 'day')} (best {streak.longest})\n"
        f"In {len(year.weeks)} weeks: {answers} on {days}"
    )
