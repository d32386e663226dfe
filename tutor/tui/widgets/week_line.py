"""The last seven days on one line: a column for each, and what they came to in words."""

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import Static

from tutor.formatting import WEEKDAYS, count_of
from tutor.progress import Day
from tutor.study.agenda import week_words
from tutor.tui.labels import MUTED

_EIGHTHS = "▁▂▃▄▅▆▇█"
_WORDY = 52
_ROOMY = 72
"""From so many cells on, the line has a title and spaces between the days."""
NONE = "·"
"""A day without an answer."""


def height_of(count: int, most: int) -> str:
    """A number as a column an eighth to eight eighths of a cell high; a dot for none."""
    return _EIGHTHS[max(0, -(-count * 8 // most) - 1)] if count else NONE


def week_line(week: Sequence[Day], width: int) -> Content:
    """`M ▃ T · W █`: the days, each by its letter, and how much was answered on it."""
    most = max((day.attempts for day in week), default=0)
    roomy = width >= _ROOMY
    gap, between = (" ", "  ") if roomy else ("", " ")
    days = (
        Content.assemble(
            (WEEKDAYS[day.day.weekday()][0], MUTED), gap, height_of(day.attempts, most)
        )
        for day in week
    )
    title = Content.styled("Last 7 days   ", MUTED) if roomy else Content("")
    answers = count_of(sum(day.attempts for day in week), "answer")
    words = f" {week_words(week)}" if width >= _WORDY else answers
    return Content.assemble(title, Content(between).join(days), between, words)


class WeekLine(Static):
    """Takes no room while nothing was answered in these days."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id, markup=False)
        self._week: tuple[Day, ...] = ()

    def show(self, week: tuple[Day, ...]) -> None:
        """Show these days."""
        self._week = week
        self.display = any(day.attempts for day in week)
        self.on_resize()

    def on_resize(self) -> None:
        """Spread the days over the width."""
        self.update(week_line(self._week, self.size.width or self.app.size.width - 4))
