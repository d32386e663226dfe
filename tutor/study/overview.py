"""Where the student stands: for the progress screen, `tutor progress show` and the HTML page."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from tutor.bank import Bank, BankError, Language, Text
from tutor.formatting import count_of, percent
from tutor.progress import Day
from tutor.progress.agreement import Agreement
from tutor.study.agenda import NeedsWork, minutes_for, minutes_words, needs_work
from tutor.study.exam_plan import Plan, plan_words
from tutor.study.exam_report import Mark, exam_report
from tutor.study.scheduler import Planner
from tutor.study.statistics import (
    STEPS,
    Mastery,
    Period,
    Streak,
    Year,
    forecast,
    last_days,
    mastery_by_deck,
    mastery_by_topic,
    score_over_time,
    streak,
    year_of,
)
from tutor.study.weak_points import WeakPoint, weak_points, weak_questions

if TYPE_CHECKING:
    from tutor.progress import ExamRecord

AGAIN = 2
"""From so many recent misses on, a point counts as missed repeatedly."""
SHOWN = 10
"""How many of these points are shown, the weakest first."""
WEAKEST = 4
"""How many topics an overview names."""


@dataclass(frozen=True, slots=True)
class Said:
    """A text of a deck, and the language it is in."""

    text: str
    language: Language | None = None
    """None for what is of no language, such as an id."""


@dataclass(frozen=True, slots=True)
class MissedAgain:
    """A point missed repeatedly, in words."""

    weak: WeakPoint
    point: Said
    """Its id where the bank has it no longer."""
    prompt: Said
    """The question, else its id."""


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that standings and days show; attempts are not read for it."""

    today: date
    due: int
    new: int
    """How many new questions today still has."""
    weak: int
    """Questions with a point that was missed last time."""
    plan: Plan | None
    done: Day
    """What was done today."""
    streak: Streak
    year: Year
    weeks: tuple[Period, ...]
    """Twelve weeks from Monday on, oldest first; the last one holds today."""
    last_days: tuple[Period, Period]
    """The seven days before the last seven, and those, which end with today."""
    recent: tuple[Day, ...]
    """The last seven days, oldest first."""
    minutes: int
    """About how long what today still has takes."""
    ahead: tuple[int, ...]
    """How many questions fall due today, tomorrow and so on, 14 days."""
    decks: tuple[Mastery, ...]
    """In the bank's order, by id."""
    topics: tuple[Mastery, ...]
    """The least known first, then by name those of which nothing was answered."""
    again: tuple[WeakPoint, ...]
    """The points missed repeatedly, weakest first."""
    missed: tuple[MissedAgain, ...]
    """The first of them, in words."""
    needs: tuple[NeedsWork, ...]
    """Where there are none, the questions with a point that was missed last time, weakest first."""

    @property
    def weakest(self) -> tuple[Mastery, ...]:
        """The topics that were begun and are known least."""
        return tuple(row for row in self.topics if row.answered)[:WEAKEST]

    @property
    def empty(self) -> bool:
        """Whether nothing was ever answered."""
        return not self.streak.longest


@dataclass(frozen=True, slots=True)
class SatExam:
    """An exam that the student took."""

    at: datetime
    mark: Mark
    waiting: int
    """Answers that are not graded yet."""


def overview_of(planner: Planner, *, shown: int = SHOWN) -> Overview:
    """The figures; of the bank only the questions of `shown` points are read."""
    bank, standings = planner.bank, planner.standings
    days, today, now = planner.days, planner.today, planner.now
    before, last = score_over_time(days, today, weeks=2)
    again = weak_points(standings.values(), bank, least=AGAIN)
    return Overview(
        today=today,
        due=len(planner.due),
        new=len(planner.new),
        weak=len({point.question for point in planner.weak}),
        plan=planner.plan,
        done=days.get(today, Day(today)),
        streak=streak(days, today),
        year=year_of(days, today),
        weeks=score_over_time(days, today + timedelta(days=6 - today.weekday())),
        last_days=(before, last),
        recent=last_days(days, today),
        minutes=minutes_for(len(planner.due) + len(planner.new), days),
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
        needs=() if again else needs_work(planner, weak_questions(planner.weak)[:shown]),
    )


def in_words(weak: WeakPoint, planner: Planner) -> MissedAgain:
    """The point and its question in a language that the student reads, or by their ids."""
    bank = planner.bank
    languages = planner.preferences.languages_for(bank.deck_of(weak.question).language)
    try:
        question = bank.question(weak.question)
    except BankError:
        return MissedAgain(weak, Said(weak.point), Said(weak.question))
    texts = {point.id: said(point.point, *languages) for point in question.rubric}
    point = texts.get(weak.point, Said(weak.point))
    return MissedAgain(weak, point, said(question.prompt, *languages))


def said(text: Text, *languages: Language) -> Said:
    """The text in the first of these languages that it has, else in what it has."""
    return Said(text.to(*languages), text.language_for(*languages))


def sat_exams(records: "Iterable[ExamRecord]", bank: Bank) -> tuple[SatExam, ...]:
    """The exams that are over and not abandoned, oldest first."""
    over = [record for record in records if record.over and not record.abandoned]
    reports = [exam_report(record, bank) for record in over]
    return tuple(
        SatExam(record.begun.at, report.mark, report.waiting)
        for record, report in zip(over, reports, strict=True)
    )


@dataclass(frozen=True, slots=True)
class Record:
    """What only the whole history shows."""

    graders: tuple[Agreement, ...]
    exams: tuple[SatExam, ...]


# --- in words, the same on every front end and in the same order


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure that says where the student stands."""

    label: str
    value: str
    note: str


def tiles(overview: Overview) -> tuple[Tile, ...]:
    """The figures that come first."""
    before, last = overview.last_days
    known = sum(row.known for row in overview.decks)
    asked = sum(row.answered for row in overview.decks)
    every = sum(row.questions for row in overview.decks)
    mean = "–" if last.mean is None else percent(last.mean)
    return (
        Tile("Due now", str(overview.due), f"{overview.ahead[1]} tomorrow"),
        Tile("Streak", count_of(overview.streak.current, "day"), f"best {overview.streak.longest}"),
        Tile("Last 7 days", count_of(last.attempts, "answer"), f"{before.attempts} a week ago"),
        Tile("Mean marks", mean, _trend(last.mean, before.mean)),
        Tile("Known", f"{known} of {every}", f"{asked - known} shaky, {every - asked} new"),
    )


def _trend(now: float | None, before: float | None) -> str:
    """How the mean of these seven days compares with that of those before."""
    if now is None or before is None:
        return "last 7 days"
    step = round(now * 100) - round(before * 100)
    if not step:
        return "as a week ago"
    return f"{'▲' if step > 0 else '▼'} from {percent(before)}"


def overview_lines(overview: Overview) -> Iterator[str]:
    """What was done today, what it still has, and the way to the exam."""
    yield today_words(overview)
    yield left_words(overview)
    if overview.plan is not None:
        yield plan_words(overview.plan)


def step_words() -> tuple[str, ...]:
    """What each step of the calendar means, in answers a day: `none`, `1 to 4`, …, `20 or more`."""
    between = (f"{low} to {high - 1}" for low, high in pairwise(STEPS))
    return "none", *between, f"{STEPS[-1]} or more"


def today_words(overview: Overview) -> str:
    """What was done today."""
    done = overview.done
    if not done.attempts:
        return "Today: nothing answered yet"
    first = f", {done.new} for the first time" if done.new else ""
    mean = "" if done.mean is None else f", mean {percent(done.mean)}"
    return f"Today: {count_of(done.attempts, 'answer')}{first}{mean}, {done.ms / 60_000:.0f} min"


def left_words(overview: Overview) -> str:
    """What today still has."""
    if not overview.due and not overview.new:
        return "Nothing else is due today"
    return (
        f"Left for today: {overview.due} due, {overview.new} new, {minutes_words(overview.minutes)}"
    )


def streak_words(overview: Overview) -> str:
    """The current streak and the longest."""
    return f"Streak: {count_of(overview.streak.current, 'day')} (best {overview.streak.longest})"


def year_words(overview: Overview) -> str:
    """The year in one line."""
    year, weeks = overview.year, len(overview.year.weeks)
    answers, days = count_of(year.attempts, "answer"), count_of(year.days, "day")
    return f"In {weeks} weeks: {answers} on {days}"
