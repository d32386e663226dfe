"""Saving an attempt and what the student changes in it, one thing after the other."""

from collections.abc import Callable

from tutor.progress import Attempt, Progress

Change = Callable[[Progress, str], object]
"""Saves one change of the attempt with this id."""


class AttemptKeeper:
    """What of an attempt is on the disk and what is not.

    What could not be saved is kept, in its order, to be tried again: saving a change twice changes
    nothing. All but the work that `start` gives belongs to the screen's thread.
    """

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self.recorded = False
        """Whether the attempt itself is on the disk."""
        self.saving = False
        self.failed = False
        self._due: list[Change] = []
        self._sent: list[Change] = []

    @property
    def words(self) -> str:
        """How it stands."""
        return "saving …" if self.saving else "NOT saved" if self.failed else "saved"

    def add(self, change: Change) -> None:
        """Have a change saved next; of an attempt that is not recorded it is a part already."""
        self._due.append(change)

    def start(self, attempt: Attempt) -> Callable[[], object] | None:
        """The work that is to be done now, in a thread; None where there is none."""
        if self.saving or (self.recorded and not self._due):
            return None
        self.saving, self.failed = True, False
        self._sent, self._due = self._due, []
        progress, changes = self._progress, tuple(self._sent)
        if not self.recorded:
            return lambda: progress.record(attempt)
        return lambda: [change(progress, attempt.id) for change in changes]

    def saved(self) -> bool:
        """The work is done; returns whether it was the attempt itself."""
        first = not self.recorded
        self.recorded, self.saving = True, False
        return first

    def not_saved(self) -> None:
        """The work has failed."""
        self.saving, self.failed = False, True
        self._due = self._sent + self._due
