"""The verdict on an earlier answer, shown above the screen that lists the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tutor.study import StudySession
from tutor.tui.background import background
from tutor.tui.dialogs import close
from tutor.tui.keys import key
from tutor.tui.verdict import VerdictScreen

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.binding import BindingType
    from textual.screen import Screen

    from tutor.progress import Attempt
    from tutor.study import Answered
    from tutor.tui.ports import Tutor


class EarlierVerdict(VerdictScreen):
    """A verdict that can be corrected and followed up as usual, but gets no feedback."""

    BINDINGS: ClassVar[list[BindingType]] = [key("escape", "today", "Back", id="verdict.back")]

    def _begin(self) -> None:
        self._late.drop()
        self._seconds.show_earlier(self.attempt.id)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer everything but the next question."""
        return action != "next" and super().check_action(action, parameters)

    def action_today(self) -> None:
        """Go back to the screen from which the answer was opened."""
        self.changes.when_saved(lambda: close(self, None))


def open_verdict(
    screen: Screen[None], tutor: Tutor, attempt: Attempt, closed: Callable[[], None]
) -> None:
    """Show the verdict on `attempt` above `screen`; `closed` is called when the student is back."""
    session = StudySession(tutor)

    def show(answered: Answered) -> None:
        if screen.is_active:  # not if it was opened twice
            verdict = EarlierVerdict(tutor, session, answered)
            screen.app.push_screen(verdict, lambda _: closed())

    background(screen, lambda: session.answered(attempt), show)
