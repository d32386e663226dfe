"""The charts of the progress screen, drawn with characters; none relies on colour alone.

They contain no text from decks or students.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import dropwhile
from typing import TYPE_CHECKING

from textual.content import Content

from tutor.formatting import (
    GRADER_WORDS,
    MONTHS,
    WEEKDAYS,
    count_of,
    count_of_marks,
    date_words,
    day_words,
    number,
    percent,
)
from tutor.study.overview import step_words
from tutor.study.statistics import step_of
from tutor.tui.labels import MUTED, bar, in_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from tutor.progress import Day
    from tutor.study.exam_report import TakenExam
    from tutor.study.overview import Tile
    from tutor.study.statistics import Agreement, Period, Year

STEPS = "·░▒▓█"
"""How a day is drawn, by how much was done on it."""
SHADES = (MUTED, "$text-success 55%", "$text-success 70%", "$text-success 85%", "$text-success")
"""The colour of each step, next to its character."""
BAR = 10
WORK_BAR = 6
_LABEL = 5
"""Cells for the name of a weekday."""
_EIGHTHS = " ▁▂▃▄▅▆▇█"
_GAP = 3
"""Cells between two tiles."""


def tile_rows(tiles: Sequence[Tile], width: int) -> Content:
    """The tiles side by side, or a line for each if `width` is too small for that."""
    fits = sum(map(_tile_width, tiles)) - _GAP <= width
    return Content("\n").join(_tile_row(tiles) if fits else _tile_lines(tiles, width))


def _tile_width(tile: Tile) -> int:
    return max(map(len, (tile.label, tile.value, tile.note))) + _GAP


def _tile_row(row: Sequence[Tile]) -> Iterator[Content]:
    widths = [_tile_width(tile) for tile in row]
    parts = ((MUTED, "label"), ("bold", "value"), (MUTED, "note"))
    for style, part in parts:
        cells = (f"{getattr(tile, part):<{width}}" for tile, width in zip(row, widths, strict=True))
        yield Content.styled("".join(cells).rstrip(), style)


def _tile_lines(tiles: Sequence[Tile], width: int) -> Iterator[Content]:
    """A line for each tile; a note that does not fit is on the next line, below the value."""
    labels = max(len(tile.label) for tile in tiles) + 2
    values = max(len(tile.value) for tile in tiles) + 2
    for tile in tiles:
        head = Content.assemble((tile.label.ljust(labels), MUTED), (tile.value, "bold"))
        if labels + values + len(tile.note) <= width:
            gap = " " * (values - len(tile.value))
            yield Content.assemble(head, gap, (tile.note, MUTED))
        else:
            yield head
            yield Content.styled(" " * labels + tile.note, MUTED)


def columns(counts: Sequence[int], labels: Sequence[str], *, height: int) -> Content:
    """Numbers as columns of at most `height` rows, each with its number and label below it."""
    most = max((*counts, 1))
    eighths = [-(-count * 8 * height // most) for count in counts]
    numbers = [str(count or "·") for count in counts]
    cells = [max(2, len(number)) + (at > 0) for at, number in enumerate(numbers)]
    lines = []
    for row in reversed(range(height)):
        signs = (_EIGHTHS[min(8, max(0, eighth - 8 * row))] * 2 for eighth in eighths)
        lines.append(Content.styled(_right_aligned(signs, cells), "$text-accent"))
    lines.append(Content(_right_aligned(numbers, cells)))
    lines.append(Content.styled(_right_aligned(labels, cells), MUTED))
    return Content("\n").join(lines)


def _right_aligned(texts: Iterable[str], cells: Sequence[int]) -> str:
    return "".join(text.rjust(cell) for text, cell in zip(texts, cells, strict=True))


def recent_chart(week: Sequence[Day], height: int) -> Content:
    """How many answers were given on each of these days."""
    labels = [WEEKDAYS[day.day.weekday()][:2] for day in week]
    return columns([day.attempts for day in week], labels, height=height)


def ahead_chart(ahead: Sequence[int], today: date, height: int) -> Content:
    """How many questions fall due on each day from today on."""
    days = [today + timedelta(days=at) for at in range(len(ahead))]
    labels = [WEEKDAYS[day.weekday()][:2] for day in days]
    return columns(ahead, labels, height=height)


def year_map(year: Year, width: int) -> Content:
    """The calendar in `width` cells: a row for each weekday, one or two columns for each week.

    If there is no room for one column each, the oldest weeks are left out.
    """
    room = max(1, width - _LABEL)
    cell = 2 if room >= 2 * len(year.weeks) else 1
    left_out = max(0, len(year.weeks) - room)
    weeks = year.weeks[left_out:]
    starts = [(at - left_out, month) for at, month in year.columns() if at >= left_out]
    lines = [Content.styled(_month_line(starts, len(weeks), cell), MUTED)]
    for weekday, name in enumerate(WEEKDAYS):
        counts = (count for week in weeks for count in week[weekday : weekday + 1])
        days = (Content.styled(STEPS[step] * cell, SHADES[step]) for step in map(step_of, counts))
        lines.append(Content.assemble((f"{name:<{_LABEL}}", MUTED), *days))
    return Content("\n").join(lines)


def _month_line(starts: Iterable[tuple[int, int]], weeks: int, cell: int) -> str:
    """The names of the months, above the weeks in which they begin, as far as they fit."""
    line = " " * _LABEL
    for at, month in starts:
        name = MONTHS[month - 1]
        if at * cell + len(name) <= weeks * cell:
            line = f"{line:<{_LABEL + at * cell}}{name}"
    return line


def legend(width: int) -> Content:
    """What the steps of the calendar mean; no step is split across lines."""
    steps = [f"{mark} {words}" for mark, words in zip(STEPS, step_words(), strict=True)]
    text = in_lines((*steps[:-1], f"{steps[-1]}  answers a day"), width)
    legend = Content(text)
    for mark, shade in zip(STEPS, SHADES, strict=True):
        legend = legend.stylize(shade, text.index(mark), text.index(mark) + 1)
    return legend


def month_table(months: Iterable[Period]) -> Content:
    """Figures for each month since the first with an answer, the newest first."""
    rows = [_month(month) for month in dropwhile(lambda month: not month.attempts, months)]
    title = Content.styled("Month     answers  days  mean marks", MUTED)
    return Content("\n").join([title, *map(Content, reversed(rows))])


def _month(month: Period) -> str:
    mean = "–" if month.mean is None else percent(month.mean)
    name = f"{MONTHS[month.first.month - 1]} {month.first.year}"
    return f"{name}  {month.attempts or '–':>7}  {month.days or '–':>4}  {mean:>10}"


def score_table(weeks: Sequence[Period], *, roomy: bool = True) -> Content:
    """The mean marks and the number of answers week by week, the newest last.

    A `roomy` table has a bar for the number of answers too.
    """
    most = max((week.attempts for week in weeks), default=0) or 1
    rows = (_week(week, most if roomy else None) for week in weeks)
    title = "Week from  mean marks  " + ("       answers" if roomy else "     answers")
    return Content("\n").join([Content.styled(title, MUTED), *rows])


def _week(week: Period, most: int | None) -> Content:
    mean = "–" if week.mean is None else percent(week.mean)
    score = (bar(week.mean or 0, BAR), "$text-accent")
    work = ("" if most is None else f"{bar(week.attempts / most, WORK_BAR)} ", "$text-accent")
    first = f"{day_words(week.first):>9}  "
    return Content.assemble(first, score, f"  {mean:>5}  ", work, f"{week.attempts or '–':>5}")


def due_table(ahead: Sequence[int], today: date) -> Content:
    """How many questions fall due on each day from today on."""
    most = max((*ahead, 1))
    rows = (_due(count, most, today + timedelta(days=at)) for at, count in enumerate(ahead))
    return Content("\n").join([Content.styled("Due           questions", MUTED), *rows])


def _due(count: int, most: int, day: date) -> Content:
    name = f"{WEEKDAYS[day.weekday()]} {day_words(day):>6}"
    drawn = (bar(count / most, WORK_BAR), "$text-accent")
    return Content.assemble(f"{name:<10}  ", drawn, f" {count or '–':>4}")


def grader_lines(rows: Iterable[Agreement]) -> Iterator[Content]:
    """How often the student agreed with each grader."""
    for row in rows:
        name = f"{GRADER_WORDS[row.grader]}, version {row.version}"
        if row.model is not None:
            name += f", file {row.model[:8]}"
        share = f"{row.agreed:,} of {count_of(row.points, 'point')}"
        yield _share_line(row.share, f"{share}: {name}")


def exam_lines(exams: Iterable[TakenExam], today: date) -> Iterator[Content]:
    """The result of each exam, the newest first."""
    for exam in reversed(tuple(exams)):
        mark = exam.mark
        waiting = f"; {count_of(exam.waiting, 'answer')} not graded yet" if exam.waiting else ""
        day = date_words(exam.day, today)
        marks = f"{number(mark.earned)} of {count_of_marks(mark.full)} on {day}{waiting}"
        yield _share_line(mark.share, marks)


def _share_line(share: float, words: str) -> Content:
    return Content.assemble((bar(share, BAR), "$text-accent"), f"  {percent(share):>5}  {words}")
