"""The points missed again and again, as a list that leads to their questions."""

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content

from tutor.bank.text import VERDICT_LETTERS
from tutor.study.overview import MissedAgain
from tutor.tui.keys import key
from tutor.tui.labels import MARKS, authored, fit, one_line
from tutor.tui.widgets.row_list import Row, RowList

_VERDICTS = 8


def verdict_marks(verdicts: str) -> str:
    """The verdicts as marks, oldest first: `✗◐✗`."""
    return "".join(MARKS[VERDICT_LETTERS[letter]] for letter in verdicts)


def missed_line(missed: MissedAgain, width: int) -> Content:
    """The marks and as much of the point as has room."""
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
    """Points to choose from; a row goes by the number of its point, from 0."""

    HELP = """
    The points that you miss again and again, the weakest first; before each its last verdicts,
    oldest first: `✗` missed, `◐` partial, `✓` met. `↑` `↓` choose one, `Enter` asks its question.
    """
    BINDINGS: ClassVar[list[BindingType]] = [key("enter", "open", "Ask it", id="missed.ask")]

    def show_missed(self, missed: Sequence[MissedAgain]) -> None:
        """Show these points, the first of them chosen."""
        rows = (Row(partial(missed_line, each), str(at)) for at, each in enumerate(missed))
        self.show_rows(tuple(rows))
