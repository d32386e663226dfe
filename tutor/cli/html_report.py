"""The progress page: computes the layout of what its template draws.

Jinja escapes all text from decks; the filter `line` makes it printable and puts it on one line.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from tutor import __version__
from tutor.bank.text import VERDICT_LETTERS, verdict_marks
from tutor.formatting import (
    GRADER_WORDS,
    MONTHS,
    WEEKDAYS,
    day_words,
    number,
    one_line,
    percent,
    printable,
)
from tutor.study import languages_for
from tutor.study.overview import overview_lines, said, step_words, tiles
from tutor.study.statistics import step_of

if TYPE_CHECKING:
    from jinja2 import Template

    from tutor.cli.progress_view import ProgressView
    from tutor.study.overview import Overview
    from tutor.study.statistics import Period, Year


PITCH = 12
"""The distance between two days of the calendar, in units of the drawing."""
DAY = 10
"""The side of the square that is a day."""
SIZES = (0, 4, 6, 8, DAY)
"""The side of the filled part of a day, by its step, so that steps differ without colour too."""
LEFT, TOP = 26, 14
"""The space for the names of the days and of the months."""
CHART_WIDTH, CHART_HEIGHT = 336, 100
"""The space for the columns of a chart, in units of the drawing."""
_Labels = Sequence[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Square:
    """One day of the calendar."""

    x: int
    y: int
    step: int
    title: str


@dataclass(frozen=True, slots=True)
class Half:
    """Half a year of the calendar; the page puts the halves side by side if there is room."""

    squares: tuple[Square, ...]
    months: tuple[tuple[int, str], ...]
    """The place and the name of each month."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a chart, in units of the drawing."""

    x: float
    width: float
    height: float
    number: str
    labels: tuple[str, ...]
    """The lines of text below it."""


def page_of(view: "ProgressView") -> str:
    """The whole page as HTML."""
    overview, decks = view.overview, view.bank.decks
    weeks, recent = overview.weeks, overview.agenda.week
    by_week = [(day_words(week.first),) if at % 3 == 0 else () for at, week in enumerate(weeks)]
    by_day = [(WEEKDAYS[day.day.weekday()], day_words(day.day)) for day in recent]
    titles = {
        deck.id: said(deck.title, *languages_for(deck.language, view.reads)) for deck in decks
    }
    return _template().render(
        overview=overview,
        record=view.record,
        version=__version__,
        today=f"{overview.today.day} {MONTHS[overview.today.month - 1]} {overview.today.year}",
        tiles=tiles(overview),
        lines=list(overview_lines(overview)),
        recents=_count_columns([day.attempts for day in recent], by_day),
        halves=list(_half_years(overview.year)),
        steps=step_words(),
        half_width=LEFT + PITCH * _middle(overview.year),
        decks=[(titles[row.name], row) for row in overview.decks],
        begun=[row for row in overview.topics if row.answered],
        unbegun=[row.name for row in overview.topics if not row.answered],
        scores=_score_columns(weeks, by_week),
        works=_count_columns([week.attempts for week in weeks], by_week),
        dues=_due_columns(overview),
        exams=list(reversed(view.record.exams)),
        ahead=[overview.today + timedelta(days=at) for at in range(len(overview.ahead))],
        weekdays=list(enumerate(WEEKDAYS)),
    )


def _template() -> "Template":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(PITCH=PITCH, LEFT=LEFT, TOP=TOP, MONTHS=MONTHS)
    environment.globals.update(DAY=DAY, SIZES=SIZES, WIDTH=CHART_WIDTH, HEIGHT=CHART_HEIGHT)
    environment.filters.update(
        line=lambda text: printable(one_line(text)),
        percent=lambda share: percent(share).replace(" ", "\N{NO-BREAK SPACE}"),
        marks=number,
        day=day_words,
        number=lambda value: f"{value:,}",
        verdicts=verdict_marks,
        verdict_words=lambda letters: ", ".join(VERDICT_LETTERS[letter] for letter in letters),
        grader=lambda name: GRADER_WORDS[name].capitalize(),
    )
    return environment.get_template("page.html")


def _half_years(year: "Year") -> "Iterator[Half]":
    middle = _middle(year)
    for start, end in ((0, middle), (middle, len(year.weeks))):
        months = ((LEFT + PITCH * (at - start), month) for at, month in year.columns())
        inside = ((x, month) for x, month in months if LEFT <= x < LEFT + PITCH * (end - start - 1))
        yield Half(
            squares=tuple(_squares(year, start, end)),
            months=tuple((x, MONTHS[month - 1]) for x, month in inside),
        )


def _middle(year: "Year") -> int:
    """The number of weeks of the earlier half; the later one has as many or one less."""
    return (len(year.weeks) + 1) // 2


def _squares(year: "Year", start: int, end: int) -> Iterator[Square]:
    for week in range(start, end):
        for weekday, count in enumerate(year.weeks[week]):
            day = year.first + timedelta(days=7 * week + weekday)
            yield Square(
                x=LEFT + PITCH * (week - start),
                y=TOP + PITCH * weekday,
                step=step_of(count),
                title=f"{WEEKDAYS[weekday]} {day_words(day)} {day.year}: {count}",
            )


def _score_columns(weeks: "Sequence[Period]", labels: _Labels) -> tuple[Column, ...]:
    shares = [week.mean for week in weeks]
    numbers = ["" if share is None else f"{share * 100:.0f}" for share in shares]
    return tuple(_columns([share or 0 for share in shares], numbers, labels))


def _due_columns(overview: "Overview") -> tuple[Column, ...]:
    days = [overview.today + timedelta(days=at) for at in range(len(overview.ahead))]
    labels = [
        (
            WEEKDAYS[day.weekday()][0],
            str(day.day),
            MONTHS[day.month - 1] if day.day == 1 or not at else "",
        )
        for at, day in enumerate(days)
    ]
    return _count_columns(overview.ahead, labels)


def _count_columns(counts: Sequence[int], labels: _Labels) -> tuple[Column, ...]:
    """Columns for counts, of which the highest fills the chart."""
    most = max((*counts, 1))
    numbers = [str(count or "") for count in counts]
    return tuple(_columns([count / most for count in counts], numbers, labels))


def _columns(shares: Sequence[float], numbers: Sequence[str], labels: _Labels) -> Iterator[Column]:
    pitch = CHART_WIDTH / len(shares)
    for at, (share, figure, label) in enumerate(zip(shares, numbers, labels, strict=True)):
        yield Column(pitch * (at + 0.2), pitch * 0.6, CHART_HEIGHT * share, figure, label)
