"""Exams: set one up, take it against the clock, have it graded, read the report."""

from textual.screen import Screen

from tutor.tui.ports import Tutor


def first_screen(tutor: Tutor) -> Screen[None]:
    """The screen of an unfinished exam, a running one before one to be graded, or of a new one."""
    from tutor.tui.exam.resume import LeftScreen
    from tutor.tui.exam.setup import SetupScreen

    left = sorted(tutor.progress.open_exams().values(), key=lambda exam: exam.ended)
    return LeftScreen(tutor, left[0].exam) if left else SetupScreen(tutor)
