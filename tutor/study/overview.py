"""Where the student stands: for the progress screen, `tutor progress show` and the HTML page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from tutor.bank import Bank, BankError, Language, Text
from tutor.progress import Day
from tutor.progress.agreement import Agreement
from tutor.study.agenda import minutes_for
from tutor.study.exam_plan import Plan
from tutor.study.exam_report import Mark, exam_report
from tutor.study.scheduler import Planner
from tutor.study.statistics import (
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
from tutor.study.weak_points import WeakPoint, weak_points

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
    """The last twelve times seven days, oldest first; the last ends with today."""
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
        weeks=score_over_time(days, today),
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
    )


def in_words(weak: WeakPoint, planner: Planner) -> MissedAgain:
    """The point and its question in a language that the student reads, or by their ids."""
    bank = planner.bank
    languages = planner.preferences.languages_for(bank.deck(bank.info(weak.question).deck).language)
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
