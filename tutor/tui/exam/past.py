"""Exams that are over, as a list to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tutor.study import share_of
from tutor.tui.exam.words import exam_words, when
from tutor.tui.keys import key
from tutor.tui.text import fit, mark_in_words, percent

if TYPE_CHECKING:
    from textual.binding import BindingType

    from tutor.progress import ExamRecord


@dataclass(frozen=True, slots=True)
class PastExam:
    """An exam that is over."""

    exam: str
    words: str


def past_exams(records: Sequence[ExamRecord]) -> tuple[PastExam, ...]:
    """The exams among `records` that are over, newest first; `records` are oldest first."""
    return tuple(
        PastExam(record.begun.exam, _words(record)) for record in reversed(records) if record.over
    )


def _words(record: ExamRecord) -> str:
    return f"{when(record.begun.at)}  {_mark(record)}  {exam_words(record)}"


def _mark(record: ExamRecord) -> str:
    """In 17 cells, whatever it says."""
    if record.abandoned:
        return fit("abandoned", 17)
    if record.waiting and not record.judged:
        return fit(f"{len(record.waiting)} not judged", 17)
    share = share_of(record)
    return f"{percent(share):>5} {fit(mark_in_words(share), 11)}"


class PastExams(OptionList):
    """Exams that are over; `OptionSelected` carries the exam's id."""

    HELP = """
    Exams that are over, newest first. `Enter` opens the report of one.
    """
    BINDINGS: ClassVar[list[BindingType]] = [key("enter", "select", "Report", id="past.report")]

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id, markup=False)
        self.border_title = "Earlier exams"
        self.display = False

    def show(self, exams: Sequence[PastExam]) -> None:
        """Show these; without any the list takes no room."""
        self.display = bool(exams)
        self.set_options([Option(Content(each.words), id=each.exam) for each in exams])
        self.highlighted = 0 if exams else None
