"""The list of questions that need work; it shows their prompts and no part of the answers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual.binding import BindingType
from textual.content import Content

from tutor.bank import Verdict
from tutor.formatting import VERDICT_MARKS, count_of
from tutor.tui.keys import key
from tutor.tui.labels import STYLES, authored, fit
from tutor.tui.widgets.row_list import Row, RowList

if TYPE_CHECKING:
    from tutor.study.agenda import NeedsWork

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
