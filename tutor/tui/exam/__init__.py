"""Exams: set one up, take it against the clock, have it graded, read the report."""

from textual.screen import Screen

from tutor.tui.ports import Tutor


def first_screen(tutor: Tutor) -> Screen[None]:
    """The screen of an unfinished exam, first of one that is not over; else of a new exam."""
    from tutor.tui.exam.resume import LeftScreen
    from tutor.tui.exam.setup import SetupScreen

    left = sorted(tutor.progress.open_exams().values(), key=lambda exam: exam.ended)
    return LeftScreen(tutor, left[0].exam) if left else SetupScreen(tutor)
