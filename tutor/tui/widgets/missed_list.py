"""The list of points missed again and again; it can ask their questions."""

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content

from tutor.bank.text import verdict_marks
from tutor.study.overview import MissedAgain
from tutor.tui.keys import key
from tutor.tui.labels import authored, fit, one_line
from tutor.tui.widgets.row_list import Row, RowList

_VERDICTS = 8
"""The cells for the last verdicts on a point."""


def missed_line(missed: MissedAgain, width: int) -> Content:
    """The last verdicts on the point and as much of its text as fits."""
    marks = verdict_marks(missed.weak.verdicts).rjust(_VERDICTS)
    return Content(f"{marks}  {fit(authored(missed.point.text), width - _VERDICTS - 2)}")


def missed_whole(missed: MissedAgain) -> Content:
    """The question and the point in full."""
    weak = missed.weak
    times = f"Not met in {weak.times} of its last {len(weak.verdicts)} answers."
    return Content.assemble(
        (f"{verdict_marks(weak.verdicts[-1])} {one_line(authored(missed.point.text))}\n", "bold"),
        f"{one_line(authored(missed.prompt.text))}\n",
        (f"{weak.question}  {times}", "dim"),
    )


class MissedList(RowList):
    """Points to choose from; a row's id is the number of its point, from 0."""

    HELP = """
    The points that you miss again and again, the weakest first; before each its last verdicts,
    oldest first: `✗` missed, `◐` partial, `✓` met. `↑` `↓` choose one, `Enter` asks its question.
    """
    BINDINGS: ClassVar[list[BindingType]] = [key("enter", "open", "Ask it", id="missed.ask")]

    def show_missed(self, missed: Sequence[MissedAgain]) -> None:
        """Show these points and choose the first."""
        rows = (Row(partial(missed_line, each), str(at)) for at, each in enumerate(missed))
        self.show_rows(tuple(rows))
