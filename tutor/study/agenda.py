"""What there is to do today and how the last days went, as the first screen shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil

from tutor.formatting import count_of, percent
from tutor.progress import Day
from tutor.study.exam_plan import Plan
from tutor.study.preferences import prompt_of
from tutor.study.scheduler import Planner
from tutor.study.statistics import Streak, last_days, seconds_per_answer, streak
from tutor.study.weak_points import WeakQuestion, weak_questions

NEEDS_SHOWN = 12
"""How many weak questions are shown with what they ask."""


@dataclass(frozen=True, slots=True)
class NeedsWork:
    """A question with weak points, by what it asks; what its points say would give it away."""

    weak: WeakQuestion
    prompt: str
    """In a language that the student reads; its id where it cannot be read."""


@dataclass(frozen=True, slots=True)
class Agenda:
    """Questions by the reason to ask them, the way to the exam, and the last seven days."""

    today: date
    due: int
    new: int
    """How many new ones today still has."""
    minutes: int
    """About how long both take."""
    due_by_deck: Mapping[str, int]
    weak: int
    """Questions with a point that was not met in full last time."""
    needs: tuple[NeedsWork, ...]
    """The weakest of them."""
    plan: Plan | None
    streak: Streak
    week: tuple[Day, ...]
    """The last seven days, oldest first; the last is today."""
    decks: frozenset[str]
    """The decks to list: those of which anything is studied, or all where that is none."""

    @property
    def left(self) -> int:
        """How many questions today still has."""
        return self.due + self.new

    @property
    def done(self) -> int:
        """How many were answered today."""
        return self.week[-1].attempts

    @property
    def words(self) -> str:
        """`12 due · 8 new · about 40 min`."""
        return today_words(self.due, self.new, self.minutes)

    @property
    def short_words(self) -> str:
        """`12 due · 8 new`."""
        return f"{self.due} due · {self.new} new" if self.left else "all done"


def agenda_of(planner: Planner, *, shown: int = NEEDS_SHOWN) -> Agenda:
    """The agenda; it takes a moment: every standing is looked at, `shown` questions are read."""
    weak = weak_questions(planner.weak)
    return Agenda(
        today=planner.today,
        due=len(planner.due),
        new=len(planner.new),
        minutes=minutes_for(len(planner.due) + len(planner.new), planner.days),
        due_by_deck=planner.due_by_deck(),
        weak=len(weak),
        needs=needs_work(planner, weak[:shown]),
        plan=planner.plan,
        streak=streak(planner.days, planner.today),
        week=last_days(planner.days, planner.today),
        decks=_listed(planner),
    )


def _listed(planner: Planner) -> frozenset[str]:
    decks = planner.bank.decks
    studied = [deck for deck in decks if any(planner.studied(info.id) for info in deck.questions)]
    return frozenset(deck.id for deck in studied or decks)


def needs_work(planner: Planner, weak: Sequence[WeakQuestion]) -> tuple[NeedsWork, ...]:
    """These questions by what they ask; each is read."""
    bank, reads = planner.bank, planner.preferences.languages
    return tuple(NeedsWork(each, prompt_of(each.question, bank, reads)) for each in weak)


def today_words(due: int, new: int, minutes: int) -> str:
    """What today still has: `12 due · 8 new · about 40 min`."""
    if not due + new:
        return "all done for today"
    return f"{due} due · {new} new · {minutes_words(minutes)}"


def minutes_for(questions: int, days: Mapping[date, Day]) -> int:
    """About how many minutes so many answers take; from ten on in steps of five."""
    minutes = ceil(questions * seconds_per_answer(days) / 60)
    return minutes if minutes < 10 else 5 * round(minutes / 5)


def minutes_words(minutes: int) -> str:
    """`about 45 min`, `about 1 h 20 min`."""
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} h"] * bool(hours) + [f"{rest} min"] * bool(rest or not hours)
    return f"about {' '.join(parts)}"


def streak_words(streak: Streak, *, done: int) -> str:
    """`4-day streak`; empty without one. `done` is how much was answered today."""
    if not streak.current:
        return ""
    keep = "" if done else ", one answer keeps it"
    return f"{streak.current}-day streak{keep}"


def week_words(week: Sequence[Day]) -> str:
    """`72 answers, mean 80 %`: what some days came to."""
    answers, scored = sum(day.attempts for day in week), sum(day.scored for day in week)
    if not scored:
        return count_of(answers, "answer")
    mean = sum(day.millionths for day in week) / scored / 1e6
    return f"{count_of(answers, 'answer')}, mean {percent(mean)}"
