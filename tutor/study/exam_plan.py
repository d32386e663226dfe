"""The plan for an exam: see every question twice before it, the last time in the final week."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from zlib import crc32

from tutor.formatting import count_of
from tutor.progress import Day, Standing

FINAL_WEEK = 7
VIEWS = 2
"""How many times every question should be seen before the exam."""
_PACE_OVER = 7
"""The number of days whose mean is the student's pace."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is left to do until the exam, and whether the student's pace is enough for it."""

    exam: date
    days: int
    """The days left to study, including today."""
    new: int
    """How many questions were never seen."""
    views_left: int
    """How many views are left, over all questions."""
    needed: int
    """The least number of answers a day, the same every day, that is enough."""
    pace: float
    """The student's recent mean of answers a day."""

    @property
    def holds(self) -> bool:
        """Whether the pace is enough."""
        return self.pace >= self.needed

    def new_quota(self, done: int) -> int:
        """How many new questions today has, including the `done` ones.

        Every question is first seen before the final week, or, if that has begun, in the first half
        of what is left of it, so that the second view can follow on another day.
        """
        days = self.days - FINAL_WEEK if self.days > FINAL_WEEK else max(1, self.days // 2)
        return _ceil(self.new + done, days)


def plan_until(
    exam: date,
    questions: Collection[str],
    standings: Mapping[str, Standing],
    days: Mapping[date, Day],
    today: date,
) -> Plan | None:
    """The plan for `questions`; None from the day of the exam on."""
    days_left = (exam - today).days
    if days_left < 1:
        return None
    views = [_views_left(standings.get(question), exam) for question in questions]
    total = sum(count for count, _ in views)
    in_final_week = sum(final for _, final in views)
    return Plan(
        exam=exam,
        days=days_left,
        new=sum(question not in standings for question in questions),
        views_left=total,
        needed=max(_ceil(in_final_week, min(days_left, FINAL_WEEK)), _ceil(total, days_left)),
        pace=pace(days, today),
    )


def _views_left(standing: Standing | None, exam: date) -> tuple[int, bool]:
    """How many more times to see a question, and whether one of them is in the final week."""
    if standing is None:
        return VIEWS, True
    final = standing.on < exam - timedelta(days=FINAL_WEEK)
    return max(final, VIEWS - standing.attempts), final


def _ceil(number: int, parts: int) -> int:
    return -(-number // parts)


def pace(days: Mapping[date, Day], today: date) -> float:
    """The mean number of answers a day in the week before today, or since the first if later.

    On the first day it is the number of answers so far.
    """
    before = [day for day in days if day < today]
    if not before:
        return float(days[today].attempts) if today in days else 0.0
    length = min(_PACE_OVER, (today - min(before)).days)
    window = (today - timedelta(days=ago) for ago in range(1, length + 1))
    return sum(days[day].attempts for day in window if day in days) / length


def latest_days(
    exam: date, questions: Iterable[str], standings: Mapping[str, Standing], today: date
) -> dict[str, date]:
    """The day by which the plan needs each answered question to be seen again.

    The days are spread evenly over the final week, or what is left of it, in an order that mixes
    the decks. A question seen today keeps its place until tomorrow, so that today's share does not
    grow while it is being done.
    """
    if exam <= today:
        return {}
    start = max(exam - timedelta(days=FINAL_WEEK), today)
    span = (exam - start).days
    views = {id_: _views_left(standings[id_], exam)[0] for id_ in questions if id_ in standings}
    placed = [id_ for id_, count in views.items() if count or standings[id_].on == today]
    placed.sort(key=lambda id_: crc32(id_.encode()))
    slots = {id_: start + timedelta(days=at * span // len(placed)) for at, id_ in enumerate(placed)}
    last = exam - timedelta(days=1)
    return {
        id_: min(last, max(slot, min(last, standings[id_].on) + timedelta(days=1)))
        for id_, slot in slots.items()
        if views[id_]
    }


def plan_words(plan: Plan | None) -> str:
    """`Exam in 23 days: needs 12 answers a day, you average 9`; empty without an exam."""
    if plan is None:
        return ""
    needed = f"needs {count_of(plan.needed, 'answer')} a day, you average {int(plan.pace)}"
    return f"Exam in {count_of(plan.days, 'day')}: {needed}"
