"""Browsing in tests: how to get to the screens, and attempts to look at."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input, Static

from tests.tui.conftest import wait_until
from tests.tui.doubles import NOON, StubTutor
from tests.tui.steps import TodayScreen, on, running
from tutor.bank import Verdict
from tutor.grading import self_grade
from tutor.progress import Attempt
from tutor.tui import TutorApp
from tutor.tui.browse import BrowseScreen
from tutor.tui.labels import clean
from tutor.tui.messages import ScreenAsked
from tutor.tui.question_page import QuestionPage


def attempt_at(
    tutor: StubTutor,
    question: str,
    *verdicts: Verdict,
    at: datetime = NOON,
    answer: str = "Потому что [/nope].",
    hints: int = 0,
    gave_up: bool = False,
) -> Attempt:
    """An attempt with these verdicts, repeated for all points; it is not recorded."""
    asked = tutor.bank.question(question)
    given = {point.id: verdicts[n % len(verdicts)] for n, point in enumerate(asked.rubric)}
    return Attempt(
        id=tutor.new_id(),
        question=question,
        at=at,
        language=asked.languages[0],
        answer=answer,
        grade=self_grade(asked, given, asked.languages[0]),
        seconds=20,
        hints=hints,
        gave_up=gave_up,
        day=at.date(),
    )


async def browse(pilot: Pilot[None], app: TutorApp) -> BrowseScreen:
    """The screen, once everything on it is loaded."""
    await on(pilot, TodayScreen)
    app.post_message(ScreenAsked("browse"))
    screen = await on(pilot, BrowseScreen)
    await wait_until(pilot, lambda: "reading" not in words(screen, "#status"))
    await wait_until(pilot, lambda: words(screen, "#status"))
    return screen


@asynccontextmanager
async def browsing(
    tutor: StubTutor, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Pilot[None], BrowseScreen]]:
    """An app that shows the screen, once everything on it is loaded."""
    app = TutorApp(tutor)
    async with app.run_test(size=size) as pilot:
        yield pilot, await browse(pilot, app)


async def seek(pilot: Pilot[None], screen: BrowseScreen, text: str) -> None:
    """Search for `text` and wait for what is asked; the search field then has the focus."""
    field = screen.query_one("#search", Input)
    field.focus()
    field.value = text
    await wait_until(pilot, lambda: f"“{clean(text)}”" in words(screen, "#status"))


async def page(pilot: Pilot[None], tutor: StubTutor, question: str) -> QuestionPage:
    """A question's own page, once everything on it is loaded."""
    await on(pilot, TodayScreen)
    shown = QuestionPage(tutor, question)
    await pilot.app.push_screen(shown)
    await wait_until(pilot, lambda: words(shown, "#standing") and shown.read)
    return shown


@asynccontextmanager
async def showing_page(
    tutor: StubTutor, question: str = "papers.1.2"
) -> AsyncIterator[tuple[TutorApp, Pilot[None], QuestionPage]]:
    """The app with a question's own page."""
    async with running(tutor) as (app, pilot):
        yield app, pilot, await page(pilot, tutor, question)


def words(screen: Screen[None], selector: str) -> str:
    """The text of a static widget."""
    return str(screen.query_one(selector, Static).visual)


def rows(screen: BrowseScreen) -> list[str]:
    """The lines of the list that are in view, as they are drawn."""
    shown = screen.list
    return [shown.render_line(y).text.rstrip() for y in range(shown.size.height)]
