"""Opening the verdict on an earlier answer, from wherever answers are listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.study import Answered, StudySession
from tutor.tui.background import background
from tutor.tui.labels import explain
from tutor.tui.session_place import place_of

if TYPE_CHECKING:
    from textual.screen import Screen

    from tutor.progress import Attempt
    from tutor.tui.ports import Tutor


def open_verdict(screen: Screen[None], tutor: Tutor, attempt: Attempt) -> None:
    """Show the verdict on `attempt` above `screen`; it can be corrected and asked about there."""
    session = StudySession(tutor)

    def show(answered: Answered) -> None:
        from tutor.tui.verdict import VerdictScreen  # most pages are left without it

        place = place_of(tutor.bank, None, attempt.question, tutor.languages)
        screen.app.push_screen(VerdictScreen(tutor, session, answered, place, review=True))

    background(
        screen,
        lambda: session.answered(attempt),
        show,
        lambda error: screen.notify(explain(error), severity="error", markup=False),
    )
