"""What there is to do today and how the last days went, for the first screen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil

from tutor.formatting import count_of, percent
from tutor.progress import Day
from tutor.study.exam_plan import Plan
from tutor.study.preferences import prompt_of
from tutor.study.scheduler import Planner
from tutor.study.statistics import Streak, last_days, mean_score, seconds_per_answer, streak
from tutor.study.weak_points import WeakQuestion, weak_questions

NEEDS_SHOWN = 12
"""How many weak questions are shown with their text."""


@dataclass(frozen=True, slots=True)
class NeedsWork:
    """A question with weak points, shown by its text, since its points would give it away."""

    weak: WeakQuestion
    prompt: str
    """In a language that the student reads; the question's id if it cannot be read."""


@dataclass(frozen=True, slots=True)
class Agenda:
    """How much there is to do today, the plan for the exam, and the last seven days."""

    today: date
    due: int
    new: int
    """How many new questions are left for today."""
    minutes: int
    """About how long the due and new questions take."""
    due_by_deck: Mapping[str, int]
    weak: int
    """How many questions have a point that was not met in full last time."""
    needs: tuple[NeedsWork, ...]
    """The weakest of these questions."""
    plan: Plan | None
    streak: Streak
    week: tuple[Day, ...]
    """The last seven days, oldest first, up to today."""
    decks: frozenset[str]
    """The decks to list: those with a question to study, or all if there are none."""

    @property
    def left(self) -> int:
        """How many questions are left for today."""
        return self.due + self.new

    @property
    def done(self) -> int:
        """How many questions were answered today."""
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
    """The agenda. Blocks for a moment: it looks at every standing and reads `shown` questions."""
    decks = planner.bank.decks
    studied = [deck for deck in decks if any(planner.studied(info.id) for info in deck.questions)]
    weak, languages = weak_questions(planner.weak), planner.preferences.languages
    return Agenda(
        today=planner.today,
        due=len(planner.due),
        new=len(planner.new),
        minutes=minutes_for(len(planner.due) + len(planner.new), planner.days),
        due_by_deck=planner.due_by_deck(),
        weak=len(weak),
        needs=tuple(
            NeedsWork(each, prompt_of(each.question, planner.bank, languages))
            for each in weak[:shown]
        ),
        plan=planner.plan,
        streak=streak(planner.days, planner.today),
        week=last_days(planner.days, planner.today),
        decks=frozenset(deck.id for deck in studied or decks),
    )


def today_words(due: int, new: int, minutes: int) -> str:
    """What is left for today: `12 due · 8 new · about 40 min`."""
    if not due + new:
        return "all done for today"
    return f"{due} due · {new} new · {minutes_words(minutes)}"


def minutes_for(questions: int, days: Mapping[date, Day]) -> int:
    """About how many minutes these questions take, in steps of five from ten on."""
    minutes = ceil(questions * seconds_per_answer(days) / 60)
    return minutes if minutes < 10 else 5 * round(minutes / 5)


def minutes_words(minutes: int) -> str:
    """`about 45 min`, `about 1 h 20 min`."""
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} h"] * bool(hours) + [f"{rest} min"] * bool(rest or not hours)
    return f"about {' '.join(parts)}"


def streak_words(streak: Streak, *, done: int) -> str:
    """`4-day streak`; empty without one. `done` is the number of answers today."""
    if not streak.current:
        return ""
    keep = "" if done else ", one answer keeps it"
    return f"{streak.current}-day streak{keep}"


def week_words(week: Sequence[Day]) -> str:
    """The total of these days: `72 answers, mean 80 %`."""
    answers, mean = count_of(sum(day.attempts for day in week), "answer"), mean_score(week)
    return answers if mean is None else f"{answers}, mean {percent(mean)}"
