"""The progress page: what its template draws, measured out beforehand.

Text of decks reaches the page through Jinja's escaping alone, made printable and on one line.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from tutor import __version__
from tutor.bank import DeckInfo, Language, printable
from tutor.formatting import MONTHS, WEEKDAYS, day_words, number, percent
from tutor.study import languages_for
from tutor.study.overview import Said, said
from tutor.study.overview_text import overview_lines, step_words, tiles
from tutor.study.statistics import step_of

if TYPE_CHECKING:
    from jinja2 import Template

    from tutor.cli.progress_view import ProgressView
    from tutor.study.overview import Overview
    from tutor.study.statistics import Period, Year


PITCH = 12
"""The distance of two days of the calendar, in units of its drawing."""
DAY = 10
SIZES = (0, 4, 6, 8, DAY)
"""How much of a day is filled, by its step: the steps differ in black and white too."""
LEFT, TOP = 26, 14
"""Room for the names of the days and of the months."""
CHART_WIDTH, CHART_HEIGHT = 336, 100
"""The room for columns, in units of their drawing."""
_VERDICTS = {"m": ("✓", "met"), "p": ("◐", "partial"), "x": ("✗", "missed")}
_GRADERS = {"model": "Model", "terms": "Key terms"}


@dataclass(frozen=True, slots=True)
class Square:
    """One day of the calendar."""

    x: int
    y: int
    step: int
    title: str


@dataclass(frozen=True, slots=True)
class Half:
    """Half a year of the calendar: side by side where there is room, else one below the other."""

    squares: tuple[Square, ...]
    months: tuple[tuple[int, str], ...]
    """Where the name of each month is."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a chart; `height` is its share of the room there is."""

    x: float
    width: float
    height: float
    number: str
    labels: tuple[str, ...]
    """The lines below it."""


def page_of(view: "ProgressView") -> str:
    """The whole page."""
    overview, decks = view.overview, view.bank.decks
    titles = {deck.id: _title(deck, view.reads) for deck in decks}
    return _template().render(
        overview=overview,
        record=view.record,
        version=__version__,
        today=f"{overview.today.day} {MONTHS[overview.today.month - 1]} {overview.today.year}",
        tiles=tiles(overview),
        lines=list(overview_lines(overview)),
        recents=_recent_columns(overview),
        halves=list(_half_years(overview.year)),
        steps=step_words(),
        half_width=LEFT + PITCH * _middle(overview.year),
        decks=[(titles[row.name], row) for row in overview.decks],
        begun=[row for row in overview.topics if row.answered],
        unbegun=[row.name for row in overview.topics if not row.answered],
        scores=_score_columns(overview.weeks),
        works=_answer_columns(overview.weeks),
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
        line=_line, percent=_percent, marks=number, day=day_words, number=_number
    )
    environment.filters.update(verdicts=_verdicts, verdict_words=_verdict_words, grader=_grader)
    return environment.get_template("page.html")


def _line(text: str) -> str:
    return printable(" ".join(text.split()))


def _percent(share: float) -> str:
    return percent(share).replace(" ", "\N{NO-BREAK SPACE}")


def _number(value: int) -> str:
    return f"{value:,}"


def _verdicts(letters: str) -> str:
    return "".join(_VERDICTS[letter][0] for letter in letters)


def _verdict_words(letters: str) -> str:
    return ", ".join(_VERDICTS[letter][1] for letter in letters)


def _grader(name: str) -> str:
    return _GRADERS.get(name, name)


def _title(deck: DeckInfo, reads: tuple[Language, ...]) -> Said:
    return said(deck.title, *languages_for(deck.language, reads))


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
    """How many weeks the earlier half has; the later one has as many or one less."""
    return (len(year.weeks) + 1) // 2


def _squares(year: "Year", start: int, end: int) -> Iterator[Square]:
    for week in range(start, end):
        for weekday, count in enumerate(year.weeks[week]):
            day = year.first + timedelta(days=7 * week + weekday)
            yield Square(
                x=LEFT + PITCH * (week - start),
                y=TOP + PITCH * weekday,
                step=step_of(count),
                title=f"{_full(day)}: {count}",
            )


def _full(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()]} {day_words(day)} {day.year}"


def _score_columns(weeks: "Sequence[Period]") -> tuple[Column, ...]:
    shares = [week.mean for week in weeks]
    labels = [(day_words(week.first),) if at % 3 == 0 else () for at, week in enumerate(weeks)]
    numbers = ["" if share is None else f"{share * 100:.0f}" for share in shares]
    return tuple(_columns([share or 0 for share in shares], numbers, labels))


def _answer_columns(weeks: "Sequence[Period]") -> tuple[Column, ...]:
    most = max((week.attempts for week in weeks), default=0) or 1
    labels = [(day_words(week.first),) if at % 3 == 0 else () for at, week in enumerate(weeks)]
    numbers = [str(week.attempts or "") for week in weeks]
    return tuple(_columns([week.attempts / most for week in weeks], numbers, labels))


def _recent_columns(overview: "Overview") -> tuple[Column, ...]:
    most = max((day.attempts for day in overview.recent), default=0) or 1
    labels = [(WEEKDAYS[day.day.weekday()], day_words(day.day)) for day in overview.recent]
    numbers = [str(day.attempts or "") for day in overview.recent]
    return tuple(_columns([day.attempts / most for day in overview.recent], numbers, labels))


def _due_columns(overview: "Overview") -> tuple[Column, ...]:
    days = [overview.today + timedelta(days=at) for at in range(len(overview.ahead))]
    most = max((*overview.ahead, 1))
    labels = [
        (
            WEEKDAYS[day.weekday()][0],
            str(day.day),
            MONTHS[day.month - 1] if day.day == 1 or not at else "",
        )
        for at, day in enumerate(days)
    ]
    numbers = [str(count) if count else "" for count in overview.ahead]
    return tuple(_columns([count / most for count in overview.ahead], numbers, labels))


def _columns(
    shares: Sequence[float], numbers: Sequence[str], labels: Sequence[tuple[str, ...]]
) -> Iterator[Column]:
    pitch = CHART_WIDTH / len(shares)
    for at, (share, figure, label) in enumerate(zip(shares, numbers, labels, strict=True)):
        yield Column(pitch * (at + 0.2), pitch * 0.6, CHART_HEIGHT * share, figure, label)
