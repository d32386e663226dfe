"""The last seven days on one line: a column for each day, and a summary in words."""

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import Static

from tutor.formatting import WEEKDAYS, count_of
from tutor.progress import Day
from tutor.tui.labels import MUTED

_EIGHTHS = "▁▂▃▄▅▆▇█"
_WORDY = 52
"""The width in cells from which the line has the summary rather than a count."""
_ROOMY = 72
"""The width in cells from which the line has a title and spaces between the days."""
NONE = "·"
"""A day without an answer."""


def height_of(count: int, most: int) -> str:
    """A count as a column of one to eight eighths of a cell, relative to `most`; a dot for 0."""
    return _EIGHTHS[max(0, -(-count * 8 // most) - 1)] if count else NONE


def week_line(week: Sequence[Day], width: int) -> Content:
    """The days by their first letters, each with a column for its answers: `M ▃ T · W █`."""
    from tutor.study.agenda import week_words  # the first screen does without it

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
    """The last seven days; takes no space if nothing was answered in them."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id, markup=False)
        self._week: tuple[Day, ...] = ()

    def show(self, week: tuple[Day, ...]) -> None:
        """Show these days."""
        self._week = week
        self.display = any(day.attempts for day in week)
        self.on_resize()

    def on_resize(self) -> None:
        """Draw the line for the new width."""
        self.update(week_line(self._week, self.size.width or self.app.size.width - 4))
