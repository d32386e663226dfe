"""The points missed again and again, as a list that leads to their questions."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tutor.bank import Verdict
from tutor.study import MissedAgain
from tutor.tui.keys import key
from tutor.tui.labels import MARKS, fit, one_line

_LETTERS = {"m": Verdict.MET, "p": Verdict.PARTIAL, "x": Verdict.MISSED}
_VERDICTS = 8


def verdict_marks(verdicts: str) -> str:
    """The verdicts as marks, oldest first: `✗◐✗`."""
    return "".join(MARKS[_LETTERS[letter]] for letter in verdicts)


def missed_line(missed: MissedAgain, width: int) -> Content:
    """The marks and as much of the point as has room."""
    marks = verdict_marks(missed.weak.verdicts).rjust(_VERDICTS)
    return Content(f"{marks}  {fit(missed.point.text, width - _VERDICTS - 2)}")


def missed_whole(missed: MissedAgain) -> Content:
    """The question and the point in full."""
    weak = missed.weak
    told = f"Not met in {weak.times} of its last {len(weak.verdicts)} answers."
    return Content.assemble(
        (f"{verdict_marks(weak.verdicts[-1])} {one_line(missed.point.text)}\n", "bold"),
        f"{one_line(missed.prompt.text)}\n",
        (f"{weak.question}  {told}", "dim"),
    )


class MissedList(OptionList):
    """Points to choose from; the number of an option is that of its point."""

    HELP = """
    The points that you miss again and again, the weakest first; before each its last verdicts,
    oldest first: `✗` missed, `◐` partial, `✓` met. `↑` `↓` choose one, `Enter` asks its question.
    """
    BINDINGS: ClassVar[list[BindingType]] = [key("enter", "select", "Ask it", id="missed.ask")]

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id, markup=False)
        self._rows: tuple[MissedAgain, ...] = ()

    def show(self, rows: Sequence[MissedAgain]) -> None:
        """Show these points, the first of them chosen."""
        self._rows = tuple(rows)
        self.set_options([Option(missed_line(row, self._room)) for row in rows])
        if rows:
            self.highlighted = 0

    def on_resize(self, _: events.Resize) -> None:
        """Lay the rows out anew."""
        for at, row in enumerate(self._rows):
            self.replace_option_prompt_at_index(at, missed_line(row, self._room))

    def check_action(self, action: str, _: tuple[object, ...]) -> bool | None:
        """Offer a question only where there is a point."""
        return action != "select" or bool(self._rows)

    @property
    def _room(self) -> int:
        return self.scrollable_content_region.width or 76
