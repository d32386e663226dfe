"""The figures of the progress screen, drawn with characters. Marks and numbers, never colour alone.

Nothing here is text of decks or students.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tutor.formatting import count_of, number, percent
from tutor.study import step_of
from tutor.study.overview_text import MONTHS, WEEKDAYS, day_words, step_words
from tutor.tui.labels import bar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from tutor.progress import Agreement
    from tutor.study import Period, SatExam, Year

STEPS = "·░▒▓█"
"""What a day looks like, by how much was done on it."""
BAR = 10
_LABEL = 5
"""Cells that the names of the days take."""
_GRADERS = {"model": "the model", "terms": "key terms"}


def year_map(year: Year, width: int) -> str:
    """The calendar in `width` cells: a row for each day of the week, a column or two for each week.

    Where not even one fits, the weeks longest ago are left out.
    """
    room = max(1, width - _LABEL)
    cell = 2 if room >= 2 * len(year.weeks) else 1
    left_out = max(0, len(year.weeks) - room)
    weeks = year.weeks[left_out:]
    columns = [(at - left_out, month) for at, month in year.columns() if at >= left_out]
    lines = [_month_line(columns, len(weeks), cell)]
    for weekday, name in enumerate(WEEKDAYS):
        there = (week[weekday : weekday + 1] for week in weeks)
        lines.append("".join("".join(STEPS[step_of(n)] * cell for n in day) for day in there))
        lines[-1] = f"{name:<{_LABEL}}{lines[-1]}"
    return "\n".join(lines)


def _month_line(columns: Iterable[tuple[int, int]], weeks: int, cell: int) -> str:
    """The names of the months above the weeks in which they begin, where there is room for them."""
    line = " " * _LABEL
    for at, month in columns:
        name = MONTHS[month - 1]
        if at * cell + len(name) <= weeks * cell:
            line = f"{line:<{_LABEL + at * cell}}{name}"
    return line


def legend() -> str:
    """What the steps of the calendar mean."""
    steps = zip(STEPS, step_words(), strict=True)
    return "   ".join(f"{mark} {words}" for mark, words in steps) + "  answers a day"


def month_table(months: Iterable[Period]) -> str:
    """Each month in figures, the newest first."""
    rows = [_month(month) for month in months]
    return "\n".join(["Month     answers  days  mean score", *reversed(rows)])


def _month(month: Period) -> str:
    mean = "–" if month.mean is None else percent(month.mean)
    name = f"{MONTHS[month.first.month - 1]} {month.first.year}"
    return f"{name}  {month.attempts or '–':>7}  {month.days or '–':>4}  {mean:>10}"


def score_table(weeks: Sequence[Period]) -> str:
    """The mean score week by week, the newest last."""
    return "\n".join(["Week from  mean score         answers", *map(_week, weeks)])


def _week(week: Period) -> str:
    mean = "–" if week.mean is None else percent(week.mean)
    drawn = bar(week.mean or 0, BAR)
    return f"{day_words(week.first):>9}  {drawn}  {mean:>5}  {week.attempts or '–':>7}"


def due_table(ahead: Sequence[int], today: date) -> str:
    """How many questions fall due on each day from today on."""
    most = max((*ahead, 1))
    rows = (_due(count, most, today + timedelta(days=at)) for at, count in enumerate(ahead))
    return "\n".join(["Falls due               questions", *rows])


def _due(count: int, most: int, day: date) -> str:
    name = f"{WEEKDAYS[day.weekday()]} {day_words(day):>6}"
    return f"{name:<10}  {bar(count / most, BAR)}  {count or '–':>9}"


def grader_lines(rows: Iterable[Agreement]) -> Iterator[str]:
    """How often the student agreed with each grader."""
    for row in rows:
        name = f"{_GRADERS.get(row.grader, row.grader)}, version {row.version}"
        if row.model is not None:
            name += f", file {row.model[:8]}"
        told = f"{row.agreed} of {count_of(row.points, 'point')}"
        yield f"{bar(row.share, BAR)}  {percent(row.share):>5}  {told}: {name}"


def exam_lines(exams: Iterable[SatExam]) -> Iterator[str]:
    """What each exam came to."""
    for exam in exams:
        mark = exam.mark
        waiting = f"; {count_of(exam.waiting, 'answer')} not judged yet" if exam.waiting else ""
        day = f"{day_words(exam.at.date())} {exam.at.year}"
        told = f"{number(mark.earned)} of {number(mark.full)} on {day}{waiting}"
        yield f"{bar(mark.share, BAR)}  {percent(mark.share):>5}  {told}"
