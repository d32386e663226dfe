"""Browsing in tests: how to get to the screens."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.pilot import Pilot
from textual.widgets import Input

from tests.tui.conftest import wait_until
from tests.tui.doubles import StubTutor
from tests.tui.steps import TodayScreen, on, running, shown
from tutor.tui import TutorApp
from tutor.tui.browse import BrowseScreen
from tutor.tui.messages import ScreenAsked
from tutor.tui.question_page import QuestionPage


async def browse(pilot: Pilot[None], app: TutorApp) -> BrowseScreen:
    """The screen, once everything on it is loaded."""
    await on(pilot, TodayScreen)
    app.post_message(ScreenAsked("browse"))
    screen = await on(pilot, BrowseScreen)
    await wait_until(pilot, lambda: "reading" not in shown(screen, "#status"))
    await wait_until(pilot, lambda: shown(screen, "#status"))
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
    await wait_until(pilot, lambda: f"“{text}”" in shown(screen, "#status"))


async def page(pilot: Pilot[None], tutor: StubTutor, question: str) -> QuestionPage:
    """A question's own page, once everything on it is loaded."""
    await on(pilot, TodayScreen)
    opened = QuestionPage(tutor, question)
    await pilot.app.push_screen(opened)
    await wait_until(pilot, lambda: shown(opened, "#standing"))
    await wait_until(pilot, lambda: "reading" not in shown(opened, "#earlier"))
    return opened


@asynccontextmanager
async def showing_page(
    tutor: StubTutor, question: str = "papers.1.2"
) -> AsyncIterator[tuple[TutorApp, Pilot[None], QuestionPage]]:
    """The app with a question's own page."""
    async with running(tutor) as (app, pilot):
        yield app, pilot, await page(pilot, tutor, question)


def rows(screen: BrowseScreen) -> list[str]:
    """The lines of the list that are in view, as they are drawn."""
    height = screen.list.size.height
    return [screen.list.render_line(y).text.rstrip() for y in range(height)]
