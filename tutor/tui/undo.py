"""Taking back what was saved last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.study import undoing
from tutor.study.undoing import NOTHING as NOTHING
from tutor.study.undoing import TakenBack as TakenBack
from tutor.study.undoing import undone_words as undone_words

if TYPE_CHECKING:
    from tutor.tui.ports import Tutor


def take_back(tutor: Tutor, question: str | None) -> TakenBack | None:
    """Undo the last thing, see `tutor.study.undoing`. Raises `ProfileNotWritable`."""
    return undoing.take_back(tutor.progress, question, tutor.clock())
