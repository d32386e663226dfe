"""Undoes what was saved last, and redoes it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from tutor.formatting import count_of, printable
from tutor.progress import Draft, Progress

if TYPE_CHECKING:
    from tutor.progress import Attempt, Deleted
    from tutor.progress.replay import Change, Undoable


@dataclass(frozen=True, slots=True)
class UndoneEvent:
    """What was undone or redone."""

    event: "Undoable"
    attempt: "Attempt | None" = None
    """The changed attempt, as it counts now, if it is one at the question on the screen."""
    reopened: str | None = None
    """The question whose grade was undone; it is asked again."""
    drafted: bool = False
    """Whether the undone answer became a draft."""


def undo_last(progress: Progress, question: str | None, now: datetime) -> UndoneEvent | None:
    """Undo what was saved last; None if nothing is left. Blocks: it reads and writes the history.

    The answer of an undone grade becomes a draft again, unless it is part of an exam or there is a
    newer draft. The changed attempt is looked for among those at `question`, the one on the screen.
    Raises `ProfileNotWritable`.
    """
    from tutor.progress import Attempt

    event = progress.undo()
    if event is None:
        return None
    if isinstance(event, Attempt):
        drafted = _save_as_draft(progress, event, now)
        return UndoneEvent(event, reopened=event.question, drafted=drafted)
    return UndoneEvent(event, _changed_attempt(progress, event, question))


def redo_last(progress: Progress, question: str | None) -> UndoneEvent | None:
    """Redo what was undone last; None if nothing was. Blocks as `undo_last` does.

    The draft that an undone answer became is dropped, unless it was edited since. Raises
    `ProfileNotWritable`.
    """
    from tutor.progress import Attempt

    event = progress.redo()
    if event is None:
        return None
    if isinstance(event, Attempt):
        draft = progress.draft(event.question)
        if event.exam is None and draft is not None and draft.text == event.answer:
            progress.discard_draft(event.question)
        return UndoneEvent(event)
    return UndoneEvent(event, _changed_attempt(progress, event, question))


def _changed_attempt(
    progress: Progress, event: "Change | Deleted", question: str | None
) -> "Attempt | None":
    """The attempt that `event` changed, as it counts now, if it is one at `question`."""
    from tutor.progress import Deleted

    if isinstance(event, Deleted) or question is None:
        return None
    attempts = progress.attempts(question)
    return next((each for each in attempts if each.id == event.attempt), None)


def _save_as_draft(progress: Progress, attempt: "Attempt", now: datetime) -> bool:
    """Save an undone answer as a draft; returns whether its text is one now."""
    has_text = bool(attempt.answer.strip())
    if attempt.exam is not None or not (has_text or attempt.hints):
        return False
    if progress.draft(attempt.question) is not None:
        return False
    progress.save_draft(
        Draft(
            question=attempt.question,
            text=attempt.answer,
            language=attempt.language,
            at=now,
            hints=attempt.hints,
        )
    )
    return has_text


Naming = Callable[[str], str]
"""Names the question with this id to the student, on one line."""


def undone_words(undone: UndoneEvent | None, name: Naming = printable) -> str:
    """What was undone, on one line, or that there was nothing."""
    if undone is None:
        return "There is nothing to undo."
    draft = "; its text is a draft again" if undone.drafted else ""
    return f"Undone: {_words(undone, name)}{draft}."


def redone_words(redone: UndoneEvent | None, name: Naming = printable) -> str:
    """What was redone, on one line, or that there was nothing."""
    return "There is nothing to redo." if redone is None else f"Redone: {_words(redone, name)}."


def _words(undone: UndoneEvent, name: Naming) -> str:
    from tutor.progress import Attempt, Deleted, Rated, Regraded

    event = undone.event
    if isinstance(event, Attempt):
        return f"the answer to {name(event.question)}"
    if isinstance(event, Deleted):
        return f"the deletion of {count_of(len(event.attempts), 'answer')}"
    of = f" of {name(undone.attempt.question)}" if undone.attempt is not None else ""
    if isinstance(event, Rated):
        return f"your rating{of or ' of an answer'}"
    if isinstance(event, Regraded):
        return f"the later grade{of or ' of an answer'}"
    return f"your own verdict on {count_of(len(event.verdicts), 'point')}{of}"
