"""The lists of what needs work: questions, without a part of their answers, and single points."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual.binding import BindingType
from textual.content import Content

from tutor.bank import Verdict
from tutor.bank.text import verdict_marks
from tutor.formatting import VERDICT_MARKS, count_of
from tutor.tui.keys import key
from tutor.tui.labels import STYLES, authored, fit, one_line
from tutor.tui.widgets.row_list import Row, RowList

if TYPE_CHECKING:
    from tutor.study.agenda import NeedsWork
    from tutor.study.overview import MissedAgain

_VERDICTS = 8
"""The cells for the last verdicts on a point."""
_ROOMY = 56
"""The width in cells from which the missed points are in words."""


def needs_line(needs: NeedsWork, width: int, missed_width: int = 0) -> Content:
    """A mark, the prompt, and the points not met, in at least `missed_width` cells."""
    weak = needs.weak
    verdict = Verdict.MISSED if weak.missed else Verdict.PARTIAL
    missed = (
        f"{weak.words:>{missed_width}}" if width >= _ROOMY else f"{weak.missed + weak.partial:>2}"
    )
    asked = fit(authored(needs.prompt), width - cell_len(missed) - 4)
    return Content.assemble((VERDICT_MARKS[verdict], STYLES[verdict]), f" {asked}  ", missed)


class NeedsList(RowList):
    """Questions to choose from; a row has its question's id."""

    HELP = """
    Questions with points that your last answer missed, the weakest first. `Enter` asks the one
    chosen, `w` practises them all.
    """
    BINDINGS: ClassVar[list[BindingType]] = [key("enter", "open", "Ask it", id="today.ask")]

    def show_needs(self, needs: Sequence[NeedsWork], total: int) -> None:
        """Show some of `total` questions; without any the list is hidden."""
        self.display = bool(needs)
        title = f"Needs work · {count_of(total, 'question')}"
        widest = max((len(each.weak.words) for each in needs), default=0)
        rows = (
            Row(partial(needs_line, each, missed_width=widest), each.weak.question)
            for each in needs
        )
        self.show_rows((Row(lambda width: fit(title, width)), *rows), self.chosen_id)


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
