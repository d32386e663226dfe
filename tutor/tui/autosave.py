"""Saving text while it is typed, without writing at every key."""

from __future__ import annotations

import time
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from tutor.errors import TutorError
from tutor.tui.background import background

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.dom import DOMNode
    from textual.timer import Timer


@dataclass(frozen=True, slots=True)
class SavePace:
    """How soon text is saved, in seconds."""

    settle: float = 0.5
    """After the last key."""
    longest: float = 2.0
    """After the first unsaved key, however fast the typing continues."""


class Autosave:
    """Saves an editor's text: soon after the last key in a thread, or at once.

    An older text never replaces a newer one, whichever thread is first.
    """

    def __init__(
        self,
        owner: DOMNode,
        snapshot: Callable[[], Callable[[], None]],
        saved: Callable[[], None],
        failed: Callable[[BaseException], None],
        *,
        pace: SavePace | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`snapshot` takes the text as it is and returns a function that writes it in any thread.

        `saved` is called when everything typed is on disk, `failed` when it could not be written;
        the next save tries again.
        """
        self._owner = owner
        self._snapshot = snapshot
        self._on_saved = saved
        self._on_failed = failed
        self._pace = pace or SavePace()
        self._monotonic = monotonic
        self._first_unsaved: float | None = None
        """When the first key after the last snapshot was typed."""
        self._timer: Timer | None = None
        self._writing = Lock()
        self._taken = 0
        """How many snapshots were taken."""
        self._written = 0
        """The number of the newest snapshot on disk."""
        self._stopped = False

    @property
    def is_saved(self) -> bool:
        """Whether everything typed is on disk."""
        return self._first_unsaved is None and self._written == self._taken

    def touch(self) -> None:
        """Save soon, since something was typed; later if another key follows."""
        if self._timer is not None:
            self._timer.stop()
        now = self._monotonic()
        if self._first_unsaved is None:
            self._first_unsaved = now
        wait = min(self._pace.settle, self._first_unsaved + self._pace.longest - now)
        if wait > 0:
            self._timer = self._owner.set_timer(wait, self.save_later)
        else:  # a timer of Textual fails or never fires without a wait
            self._timer = None
            self.save_later()

    def save_later(self) -> None:
        """Save in a thread, even if nothing was typed, unless this was stopped."""
        if not self._stopped:
            write = self._take_snapshot()
            background(self._owner, write, lambda _: self._report_saved(), self._report_failed)

    def save_now(self) -> bool:
        """Save at once, before the screen closes; returns whether the text is safe."""
        try:
            self._take_snapshot()()
        except (TutorError, OSError) as error:
            self._report_failed(error)
            return False
        return True

    def stop(self) -> None:
        """Save nothing more in threads; something else saves the text from now on."""
        self._stopped = True

    def _take_snapshot(self) -> Callable[[], None]:
        write = self._snapshot()
        self._first_unsaved = None
        self._taken += 1
        number = self._taken

        def write_unless_older() -> None:
            with self._writing:
                if number > self._written:
                    write()
                    self._written = number

        return write_unless_older

    def _report_saved(self) -> None:
        if self.is_saved:
            self._on_saved()

    def _report_failed(self, error: BaseException) -> None:
        self._first_unsaved = self._monotonic()
        self._on_failed(error)
