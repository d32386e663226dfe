"""Taking back what was saved last."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from tutor.bank import printable
from tutor.formatting import count_of
from tutor.progress import Draft, Progress

if TYPE_CHECKING:
    from tutor.progress import Attempt
    from tutor.progress.replay import Undoable

NOTHING = "There is nothing to undo."


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What was taken back."""

    event: "Undoable"
    attempt: "Attempt | None" = None
    """The attempt that it was said of, as it counts now, where that was looked for."""
    reopened: str | None = None
    """The question whose grade was undone; it is to be answered again."""


def undo_last(progress: Progress, question: str | None, now: datetime) -> TakenBack | None:
    """Undo the last thing; None where nothing is left. Blocks: it reads and writes the history.

    The answer of a judgement becomes a draft again. `question` is the one on the screen, among
    whose attempts the changed one is looked for. Raises `ProfileNotWritable`.
    """
    from tutor.progress import Attempt, Deleted

    event = progress.undo()
    if event is None:
        return None
    if isinstance(event, Attempt):
        _keep_answer(progress, event, now)
        return TakenBack(event, reopened=event.question)
    if isinstance(event, Deleted) or question is None:
        return TakenBack(event)
    attempts = progress.attempts(question)
    return TakenBack(event, next((each for each in attempts if each.id == event.attempt), None))


def _keep_answer(progress: Progress, attempt: "Attempt", now: datetime) -> None:
    written = attempt.answer.strip() or attempt.hints
    if attempt.exam is None and written and progress.draft(attempt.question) is None:
        progress.save_draft(
            Draft(
                question=attempt.question,
                text=attempt.answer,
                language=attempt.language,
                at=now,
                hints=attempt.hints,
            )
        )


def undone_words(taken: TakenBack) -> str:
    """What was taken back, on one line."""
    from tutor.progress import Attempt, Deleted, Rated

    event = taken.event
    if isinstance(event, Attempt):
        kept = "; its text is a draft again" if event.answer.strip() else ""
        return f"Undone: the answer to {printable(event.question)}{kept}."
    if isinstance(event, Deleted):
        many = count_of(len(event.attempts), "answer")
        return f"Undone: the deletion of {many}."
    of = f" of {printable(taken.attempt.question)}" if taken.attempt is not None else ""
    if isinstance(event, Rated):
        return f"Undone: your rating{of or ' of an answer'}."
    return f"Undone: your own verdict on {count_of(len(event.verdicts), 'point')}{of}."
