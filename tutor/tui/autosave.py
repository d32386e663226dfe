"""Keeping a draft on disk while it is typed, without writing at every key."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from tutor.progress import Draft, Progress


@dataclass(frozen=True, slots=True)
class SavePace:
    """How soon a draft is saved, in seconds."""

    settle: float = 0.5
    """After the last key."""
    longest: float = 2.0
    """After the first unsaved key, however fast the typing goes on."""


class SavePlan:
    """When to save next: soon after the last key, and not much later than the first unsaved one."""

    def __init__(self, pace: SavePace, monotonic: Callable[[], float]) -> None:
        self._pace = pace
        self._monotonic = monotonic
        self._first_unsaved: float | None = None

    def touched(self) -> float:
        """A key was pressed; returns the seconds to wait before saving, if no other follows."""
        now = self._monotonic()
        if self._first_unsaved is None:
            self._first_unsaved = now
        return max(0.0, min(self._pace.settle, self._first_unsaved + self._pace.longest - now))

    def saved(self) -> None:
        """What was unsaved is being saved."""
        self._first_unsaved = None


class DraftKeeper:
    """Writes one question's drafts, from several threads; an older one never follows a newer."""

    def __init__(self, progress: Progress, question: str) -> None:
        self._progress = progress
        self._question = question
        self._lock = Lock()
        self._written = 0

    def keep(self, number: int, draft: Draft) -> None:
        """Save the draft, unless one with a higher number was saved already.

        An empty draft is taken away instead.
        """
        with self._lock:
            if number <= self._written:
                return
            if draft.text.strip() or draft.hints:
                self._progress.save_draft(draft)
            else:
                self._progress.discard_draft(self._question)
            self._written = number
