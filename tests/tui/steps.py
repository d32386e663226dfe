"""What a student does, as steps of a test."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

from textual.app import App
from textual.dom import DOMNode
from textual.events import Key
from textual.pilot import Pilot
from textual.screen import Screen

from tests.tui.conftest import wait_until
from tests.tui.doubles import StubTutor
from tutor.tui import TutorApp
from tutor.tui.explanation import WhyScreen
from tutor.tui.messages import AnswerGraded
from tutor.tui.notice_screen import NoticeScreen
from tutor.tui.question import QuestionScreen
from tutor.tui.session_summary import EndScreen
from tutor.tui.today import TodayScreen
from tutor.tui.verdict import VerdictScreen
from tutor.tui.widgets.deck_list import DeckList

Kind = TypeVar("Kind", bound=DOMNode)
Shown = TypeVar("Shown", bound=Screen[None])
Size = tuple[int, int]
__all__ = ["EndScreen", "QuestionScreen", "TodayScreen", "VerdictScreen", "WhyScreen"]


@asynccontextmanager
async def running(
    tutor: StubTutor, *, size: Size = (80, 24)
) -> AsyncIterator[tuple[TutorApp, Pilot[None]]]:
    """The app, which begins with Today."""
    app = TutorApp(tutor)
    async with app.run_test(size=size) as pilot:
        yield app, pilot


@asynccontextmanager
async def showing(
    tutor: StubTutor, screen: Shown, *, size: Size = (80, 24)
) -> AsyncIterator[tuple[TutorApp, Pilot[None], Shown]]:
    """The app with this screen on top of Today."""
    async with running(tutor, size=size) as (app, pilot):
        await on(pilot, TodayScreen)
        await app.push_screen(screen)
        yield app, pilot, screen


@asynccontextmanager
async def asking(
    tutor: StubTutor, *keys: str, size: Size = (80, 24)
) -> AsyncIterator[tuple[TutorApp, Pilot[None], QuestionScreen]]:
    """The app with the first question of a deck, as after `start`."""
    async with running(tutor, size=size) as (app, pilot):
        yield app, pilot, await start(pilot, *keys)


@asynccontextmanager
async def grading(
    tutor: StubTutor,
) -> AsyncIterator[tuple[TutorApp, Pilot[None], QuestionScreen]]:
    """The app while it grades `слово`, the answer to the first question, until `release`."""
    tutor.grading.hold = True
    async with asking(tutor) as (app, pilot, question):
        await write(pilot, "слово")
        await pilot.press("f5")
        await wait_until(pilot, tutor.grading.started.is_set)
        yield app, pilot, question


@asynccontextmanager
async def showing_verdict(
    tutor: StubTutor, answer: str = "да", *, deck: str = "papers", size: Size = (80, 24)
) -> AsyncIterator[tuple[TutorApp, Pilot[None], VerdictScreen]]:
    """The app with the verdict on an answer to the first question of a deck, as after `graded`."""
    async with running(tutor, size=size) as (app, pilot):
        yield app, pilot, await graded(pilot, answer, deck=deck)


async def on(pilot: Pilot[None], kind: type[Kind]) -> Kind:
    """The screen of this kind, once it is on top."""
    await wait_until(pilot, lambda: isinstance(pilot.app.screen, kind))
    screen = pilot.app.screen
    assert isinstance(screen, kind)
    return screen


async def start(pilot: Pilot[None], *keys: str) -> QuestionScreen:
    """From Today to the first question of a deck: the one chosen, else the first."""
    decks = (await on(pilot, TodayScreen)).query_one(DeckList)
    await wait_until(pilot, lambda: decks.chosen_id is not None)
    to_first = ("down",) if decks.chosen_id == ":due" else ()
    await pilot.press(*to_first, *keys, "enter")
    return await on(pilot, QuestionScreen)


async def write(pilot: Pilot[None], text: str) -> QuestionScreen:
    """Write an answer, all at once."""
    screen = await on(pilot, QuestionScreen)
    screen.editor.insert(text)
    await pilot.pause()
    return screen


async def type_keys(pilot: Pilot[None], text: str) -> QuestionScreen:
    """Write an answer, key by key."""
    screen = await on(pilot, QuestionScreen)
    await pilot.press(*("space" if char == " " else char for char in text))
    return screen


def press_fast(pilot: Pilot[None], *keys: str) -> None:
    """Press keys before the app has handled any of them."""
    for key in keys:
        pilot.app.post_message(Key(key, key if len(key) == 1 else None))


async def submit_answer(pilot: Pilot[None], answer: str = "да") -> VerdictScreen:
    """Type an answer and have it graded and saved."""
    await write(pilot, answer)
    await pilot.press("f5")
    screen = await on(pilot, VerdictScreen)
    await saved(pilot, screen)
    return screen


async def graded(pilot: Pilot[None], answer: str = "да", *, deck: str = "papers") -> VerdictScreen:
    """The verdict on a deck's first question, as after `start` and `submit_answer` but sooner."""
    app = pilot.app
    assert isinstance(app, TutorApp)
    await on(pilot, TodayScreen)
    app.session.begin("deck", deck=deck)
    asked = app.session.ask_next()
    assert asked is not None
    now = app.tutor.clock()
    submission = app.session.submission(asked, answer, asked.language, asked.hints, now)
    app.post_message(AnswerGraded(submission.grade(app.tutor.grading.grade)))
    screen = await on(pilot, VerdictScreen)
    await saved(pilot, screen)
    return screen


async def ended(pilot: Pilot[None]) -> EndScreen:
    """The end of a session, once it shows how that went."""
    screen = await on(pilot, EndScreen)
    await wait_until(pilot, lambda: shown(screen, "#result"))
    return screen


async def saved(pilot: Pilot[None], screen: VerdictScreen) -> None:
    """Wait until the screen says that all is saved."""
    await wait_until(pilot, lambda: _is_saved(shown(screen, "#score")))


def _is_saved(score: str) -> bool:
    return " saved" in score and "NOT saved" not in score


def shown(screen: DOMNode, selector: str) -> str:
    """The text of a static widget."""
    from textual.widgets import Static

    return str(screen.query_one(selector, Static).visual)


def picture(app: App[None]) -> str:
    """All that is on the screen, as text."""
    width = app.size.width
    return "\n".join(line.text[:width] for line in app.screen._compositor.render_strips())


def notes(app: App[None]) -> list[str]:
    """What the app says about what was done: in toasts, and in the notice of the screen on top."""
    toasts = [note.message for note in app._notifications]
    notice = app.screen.notice.text if isinstance(app.screen, NoticeScreen) else ""
    return [*toasts, notice] if notice else toasts


async def sees(pilot: Pilot[None], text: str) -> None:
    """Wait until this is on the screen."""
    await wait_until(pilot, lambda: text in picture(pilot.app))


async def noted(pilot: Pilot[None], text: str) -> None:
    """Wait until a toast or the notice says this."""
    await wait_until(pilot, lambda: any(text in note for note in notes(pilot.app)))
