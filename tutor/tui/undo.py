"""Taking back what was saved last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.progress import Attempt, Deleted, Draft, Rated
from tutor.tui.text import clean, count_of

if TYPE_CHECKING:
    from tutor.progress import Undoable
    from tutor.tui.ports import Tutor

NOTHING = "There is nothing to undo."


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What was taken back."""

    event: Undoable
    attempt: Attempt | None = None
    """The attempt that it was said of, as it counts now, where that was looked for."""


def take_back(tutor: Tutor, question: str | None) -> TakenBack | None:
    """Undo the last thing; None where nothing is left. Blocks: it reads and writes the history.

    The answer of a judgement becomes a draft again. `question` is the one on the screen, among
    whose attempts the changed one is looked for. Raises `ProfileNotWritable`.
    """
    event = tutor.progress.undo()
    if event is None:
        return None
    if isinstance(event, Attempt):
        _keep_answer(tutor, event)
        return TakenBack(event)
    if isinstance(event, Deleted) or question is None:
        return TakenBack(event)
    attempts = tutor.progress.attempts(question)
    return TakenBack(event, next((each for each in attempts if each.id == event.attempt), None))


def _keep_answer(tutor: Tutor, attempt: Attempt) -> None:
    written = attempt.answer.strip() or attempt.hints
    if attempt.exam is None and written and tutor.progress.draft(attempt.question) is None:
        tutor.progress.save_draft(
            Draft(
                question=attempt.question,
                text=attempt.answer,
                language=attempt.language,
                at=tutor.clock(),
                hints=attempt.hints,
            )
        )


def undone_words(taken: TakenBack) -> str:
    """What was taken back, on one line."""
    event = taken.event
    if isinstance(event, Attempt):
        kept = "; its text is a draft again" if event.answer.strip() else ""
        return f"Undone: the answer to {clean(event.question)}{kept}."
    if isinstance(event, Deleted):
        many = count_of(len(event.attempts), "answer")
        return f"Undone: the deletion of {many}."
    of = f" of {clean(taken.attempt.question)}" if taken.attempt is not None else ""
    if isinstance(event, Rated):
        return f"Undone: your rating{of or ' of an answer'}."
    return f"Undone: your own verdict on {count_of(len(event.verdicts), 'point')}{of}."
