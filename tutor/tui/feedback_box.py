"""The model's feedback on an answer, piece by piece as it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.containers import VerticalScroll
from textual.worker import Worker, get_current_worker

from tutor.tui.background import background
from tutor.tui.labels import explain, plain
from tutor.tui.messages import FeedbackArrived, FeedbackEnded
from tutor.tui.widgets.prose import Prose

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from tutor.bank import Question
    from tutor.grading import GradingService
    from tutor.progress import Attempt


class FeedbackBox(VerticalScroll):
    """Shows feedback; posts `FeedbackArrived` for each piece, and `FeedbackEnded` at the end."""

    def __init__(self, grading: GradingService, *, id: str) -> None:
        super().__init__(id=id)
        self._grading = grading
        self._words = Prose(id="feedback", markup=False)
        self._written = ""
        self._writing: Worker[None] | None = None

    def compose(self) -> ComposeResult:
        yield self._words

    @property
    def is_writing(self) -> bool:
        """Whether the model is still writing."""
        return self._writing is not None and not self._writing.is_finished

    def write(self, question: Question, attempt: Attempt) -> None:
        """Have the model write feedback on an answer."""

        def write() -> None:  # in a thread
            worker = get_current_worker()
            for piece in self._grading.feedback(question, attempt.answer, attempt.grade):
                if worker.is_cancelled:
                    return
                self.post_message(FeedbackArrived(piece))

        self._writing = background(self, write, lambda _: self._end(), self._failed)

    def stop(self) -> None:
        """Stop the model."""
        if self._writing is not None and self.is_writing:
            self._writing.cancel()
            self._grading.cancel()

    @on(FeedbackArrived)
    def _arrived(self, event: FeedbackArrived) -> None:
        self._written += event.piece
        self._words.update(plain(self._written.strip()))
        self.scroll_end(animate=False)

    def _failed(self, error: BaseException) -> None:
        self.post_message(FeedbackArrived(f"\n✗ The feedback ended early. {explain(error)}"))
        self._end()

    def _end(self) -> None:
        self.post_message(FeedbackEnded())
