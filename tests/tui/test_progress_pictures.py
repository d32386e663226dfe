"""The progress screen as pictures; `pytest --snapshot-update` draws them anew."""

from collections.abc import Iterable

import pytest
from textual.pilot import Pilot

from tests.tui.conftest import wait_until
from tests.tui.doubles import StubTutor
from tests.tui.progressed import record_months
from tests.tui.steps import on, picture
from tests.tui.test_pictures import NARROW, WIDE, SnapCompare
from tutor.tui import TutorApp
from tutor.tui.messages import ScreenAsked
from tutor.tui.progress import ProgressScreen


async def shown_with(pilot: Pilot[None], keys: Iterable[str], words: str) -> None:
    """Open the screen, turn to a page, and wait for what is on it."""
    pilot.app.post_message(ScreenAsked("progress"))
    screen = await on(pilot, ProgressScreen)
    await wait_until(pilot, lambda: screen.has_class("-known"))
    await pilot.press(*keys)
    app = pilot.app
    assert isinstance(app, TutorApp)
    await wait_until(pilot, lambda: words in picture(app))
    await wait_until(pilot, lambda: screen.focused is not None)


def test_missed_again_and_again(tutor: StubTutor, snap_compare: SnapCompare) -> None:
    """A Russian point and a Chinese one."""
    record_months(tutor)

    async def before(pilot: Pilot[None]) -> None:
        await shown_with(pilot, "2", "papers.1.1  Not met")

    assert snap_compare(TutorApp(tutor), terminal_size=NARROW, run_before=before)


def test_an_overview(tutor: StubTutor, snap_compare: SnapCompare) -> None:
    record_months(tutor)

    async def before(pilot: Pilot[None]) -> None:
        await shown_with(pilot, "1", "Due, next 14 days")

    assert snap_compare(TutorApp(tutor), terminal_size=NARROW, run_before=before)


def test_a_chinese_point_with_room(tutor: StubTutor, snap_compare: SnapCompare) -> None:
    record_months(tutor)
    app = TutorApp(tutor)

    async def before(pilot: Pilot[None]) -> None:
        await shown_with(pilot, "2", "papers.1.1  Not met")
        await pilot.press("down")
        await wait_until(pilot, lambda: "transfer-zh.1.1  Not met" in picture(app))

    assert snap_compare(app, terminal_size=WIDE, run_before=before)


def test_the_year_with_room(tutor: StubTutor, snap_compare: SnapCompare) -> None:
    record_months(tutor)

    async def before(pilot: Pilot[None]) -> None:
        await shown_with(pilot, "4", "Nov 2026")

    assert snap_compare(TutorApp(tutor), terminal_size=WIDE, run_before=before)


def test_weeks_without_colour(
    tutor: StubTutor, snap_compare: SnapCompare, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    record_months(tutor)

    async def before(pilot: Pilot[None]) -> None:
        await shown_with(pilot, "5", "Week from")

    assert snap_compare(TutorApp(tutor), terminal_size=NARROW, run_before=before)


def test_mastery_without_colour(
    tutor: StubTutor, snap_compare: SnapCompare, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    record_months(tutor)

    async def before(pilot: Pilot[None]) -> None:
        await shown_with(pilot, "3", "mastery")

    assert snap_compare(TutorApp(tutor), terminal_size=NARROW, run_before=before)


def test_nothing_yet(tutor: StubTutor, snap_compare: SnapCompare) -> None:
    app = TutorApp(tutor)

    async def before(pilot: Pilot[None]) -> None:
        pilot.app.post_message(ScreenAsked("progress"))
        await wait_until(pilot, lambda: "Press Enter to answer" in picture(app))

    assert snap_compare(app, terminal_size=NARROW, run_before=before)
