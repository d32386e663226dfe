"""The way to an exam: every question seen twice before its day, the last time in its final week."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from zlib import crc32

from tutor.formatting import count_of
from tutor.progress import Day, Standing

FINAL_WEEK = 7
VIEWS = 2
"""How often every question should be seen before the exam."""
_PACE_OVER = 7
"""The days whose mean is the student's pace."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is left to do until the exam, and whether the student's pace is enough for it."""

    exam: date
    days: int
    """The days left to study on, today included."""
    new: int
    """How many questions were never seen."""
    views_left: int
    """How often questions have yet to be seen, all together."""
    needed: int
    """The least number a day, the same on every day, that sees them all in time."""
    pace: float
    """The number a day that the student did recently."""

    @property
    def holds(self) -> bool:
        """Whether the pace is enough."""
        return self.pace >= self.needed

    def new_quota(self, done: int) -> int:
        """How many new questions today has, of which `done` are done.

        First sights come before the final week; where that has begun, in the first half of what is
        left of it, so that the second sight can follow on another day.
        """
        before = self.days - FINAL_WEEK if self.days > FINAL_WEEK else max(1, self.days // 2)
        return _ceil(self.new + done, before)


def plan_until(
    exam: date,
    questions: Collection[str],
    standings: Mapping[str, Standing],
    days: Mapping[date, Day],
    today: date,
) -> Plan | None:
    """The plan for `questions`; None when the day has come."""
    left = (exam - today).days
    if left < 1:
        return None
    views_left = [_left(standings.get(question), exam) for question in questions]
    final = sum(last for _, last in views_left)
    total = sum(both for both, _ in views_left)
    return Plan(
        exam=exam,
        days=left,
        new=sum(question not in standings for question in questions),
        views_left=total,
        needed=max(_ceil(final, min(left, FINAL_WEEK)), _ceil(total, left)),
        pace=pace(days, today),
    )


def _left(standing: Standing | None, exam: date) -> tuple[int, bool]:
    """How often a question has yet to be seen, and whether in the final week."""
    if standing is None:
        return VIEWS, True
    final = standing.on < exam - timedelta(days=FINAL_WEEK)
    return max(final, VIEWS - standing.attempts), final


def _ceil(number: int, parts: int) -> int:
    return -(-number // parts)


def pace(days: Mapping[date, Day], today: date) -> float:
    """The mean number of answers a day in the week before today, or since the first if later.

    On the first day it is that day's number.
    """
    before = [day for day in days if day < today]
    if not before:
        return float(days[today].attempts) if today in days else 0.0
    over = min(_PACE_OVER, (today - min(before)).days)
    window = (today - timedelta(days=ago) for ago in range(1, over + 1))
    return sum(days[day].attempts for day in window if day in days) / over


def latest_days(
    exam: date, questions: Iterable[str], standings: Mapping[str, Standing], today: date
) -> dict[str, date]:
    """The day by which each answered question has to be seen again for the plan to hold.

    They are spread evenly over the final week, or over what is left of it, in an order that mixes
    the decks. What was seen today keeps its place in the row until tomorrow, so that today's share
    is done once it is done.
    """
    start = max(exam - timedelta(days=FINAL_WEEK), today)
    span = (exam - start).days
    if span < 1:
        return {}
    row = sorted(_to_see(exam, questions, standings, today), key=lambda id_: crc32(id_.encode()))
    slots = {id_: start + timedelta(days=at * span // len(row)) for at, id_ in enumerate(row)}
    last = exam - timedelta(days=1)
    return {
        id_: min(last, max(slot, standings[id_].on + timedelta(days=1)))
        for id_, slot in slots.items()
        if _left(standings[id_], exam)[0]
    }


def _to_see(
    exam: date, questions: Iterable[str], standings: Mapping[str, Standing], today: date
) -> list[str]:
    answered = [id_ for id_ in questions if id_ in standings]
    return [id_ for id_ in answered if _left(standings[id_], exam)[0] or standings[id_].on == today]


def plan_words(plan: Plan | None) -> str:
    """`Exam in 23 days: needs 12 answers a day, you average 9`; empty without an exam."""
    if plan is None:
        return ""
    needed = f"needs {count_of(plan.needed, 'answer')} a day, you average {int(plan.pace)}"
    return f"Exam in {count_of(plan.days, 'day')}: {needed}"
