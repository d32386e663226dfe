"""Titles: in a language that the student reads, and with room in a narrow terminal."""

import pytest

from tests.tui.conftest import wait_until
from tests.tui.doubles import StubTutor
from tests.tui.steps import asking, on, picture, start
from tutor.bank import Language
from tutor.study import Preferences
from tutor.tui import TutorApp
from tutor.tui.messages import ScreenAsked, ScreenName
from tutor.tui.today import TodayScreen


@pytest.mark.parametrize(
    ("reads", "deck", "section"),
    [
        ((), "Статьи", "Плотность"),
        (("de", "en"), "Papers", "Density"),
        (("en", "ru"), "Статьи", "Плотность"),
    ],
)
async def test_on_every_screen(
    tutor: StubTutor, reads: tuple[Language, ...], deck: str, section: str
) -> None:
    tutor.preferences = Preferences(languages=reads)
    app = TutorApp(tutor)
    screens: tuple[ScreenName, ...] = ("browse", "exam")
    async with app.run_test(size=(100, 24)) as pilot:
        await wait_until(pilot, lambda: deck in picture(app))
        for name in screens:
            app.post_message(ScreenAsked(name))
            await wait_until(pilot, lambda: not isinstance(app.screen, TodayScreen))
            await wait_until(pilot, lambda: deck in picture(app))
            await pilot.press("escape")
            await on(pilot, TodayScreen)
        await start(pilot)
        await wait_until(pilot, lambda: f"{deck} [bold]x · {section}" in picture(app))


async def test_a_narrow_terminal_shows_the_model_as_a_mark(tutor: StubTutor) -> None:
    async with asking(tutor, size=(40, 20)) as (app, pilot, _):
        await wait_until(pilot, lambda: picture(app).splitlines()[0].split()[-1] in "○●◌")
        await pilot.resize_terminal(100, 24)
        await wait_until(pilot, lambda: "key terms" in picture(app) or "ready" in picture(app))
