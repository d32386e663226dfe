"""The progress screen as pictures; `pytest --snapshot-update` redraws them."""

import pytest
from textual.pilot import Pilot

from tests.tui.conftest import wait_until
from tests.tui.doubles import StubTutor
from tests.tui.progressed import record_months
from tests.tui.steps import on, sees
from tests.tui.test_pictures import NARROW, WIDE, SnapCompare
from tutor.tui import TutorApp
from tutor.tui.messages import ScreenAsked
from tutor.tui.progress import ProgressScreen

RUSSIAN, CHINESE = "papers.1.1  Not met", "transfer-zh.1.1  Not met"


@pytest.mark.parametrize(
    ("keys", "words", "size", "no_color"),
    [
        ("1", "Due, next 14 days", NARROW, False),
        ("2", RUSSIAN, NARROW, False),
        ("2d", CHINESE, WIDE, False),
        ("3", "mastery", NARROW, True),
        ("4", "Nov 2026", WIDE, False),
        ("5", "Week from", NARROW, True),
    ],
    ids=["overview", "missed", "missed-wide", "mastery", "year-wide", "weeks"],
)
def test_a_page(
    tutor: StubTutor,
    snap_compare: SnapCompare,
    monkeypatch: pytest.MonkeyPatch,
    keys: str,
    words: str,
    size: tuple[int, int],
    no_color: bool,
) -> None:
    """A student's months, among them a Russian point and a Chinese one."""
    if no_color:
        monkeypatch.setenv("NO_COLOR", "1")
    record_months(tutor)

    async def before(pilot: Pilot[None]) -> None:
        pilot.app.post_message(ScreenAsked("progress"))
        screen = await on(pilot, ProgressScreen)
        await wait_until(pilot, lambda: screen.has_class("-known"))
        await pilot.press(keys[0])
        if keys[1:]:
            await sees(pilot, RUSSIAN)
            await pilot.press("down")
        await sees(pilot, words)
        await wait_until(pilot, lambda: screen.focused is not None)

    assert snap_compare(TutorApp(tutor), terminal_size=size, run_before=before)


def test_nothing_yet(tutor: StubTutor, snap_compare: SnapCompare) -> None:
    async def before(pilot: Pilot[None]) -> None:
        pilot.app.post_message(ScreenAsked("progress"))
        await sees(pilot, "Press Enter to answer")

    assert snap_compare(TutorApp(tutor), terminal_size=NARROW, run_before=before)
