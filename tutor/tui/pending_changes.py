"""Changes of a saved answer: shown at once, and saved one after the other in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.tui.background import background

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.dom import DOMNode

    from tutor.study import Answered


class PendingChanges:
    """What is still to be saved of an answer, in the order in which it was changed."""

    def __init__(
        self,
        owner: DOMNode,
        saved: Answered,
        settled: Callable[[], None],
        failed: Callable[[BaseException], None],
    ) -> None:
        """`settled` is called once nothing waits any more, `failed` before it with an error."""
        self._owner = owner
        self._settled = settled
        self._tell_failed = failed
        self._waiting: list[Callable[[], Answered]] = []
        """The first is being saved."""
        self.saved = saved
        """The answer as it is on the disk."""
        self.failed = False
        """Whether the last change could not be saved; it is dropped then, as are those after it."""

    @property
    def are_saving(self) -> bool:
        """Whether something is not saved yet."""
        return bool(self._waiting)

    def add(self, change: Callable[[], Answered]) -> None:
        """Save this change after what is being saved already."""
        self._waiting.append(change)
        if len(self._waiting) == 1:
            self._save_next()

    def _save_next(self) -> None:
        background(self._owner, self._waiting[0], self._one_saved, self._not_saved)

    def _one_saved(self, answered: Answered) -> None:
        self.saved = answered
        self.failed = False
        self._waiting.pop(0)
        if self._waiting:
            self._save_next()
        else:
            self._settled()

    def _not_saved(self, error: BaseException) -> None:
        self.failed = True
        self._waiting.clear()
        self._tell_failed(error)
        self._settled()
