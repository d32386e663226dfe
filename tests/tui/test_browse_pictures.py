"""The screens to browse in as pictures; `pytest --snapshot-update` draws them anew."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from textual.pilot import Pilot

from tests.support.banks import make_deck
from tests.tui.browsing import attempt_at, browse, page, seek
from tests.tui.conftest import wait_until
from tests.tui.doubles import NOON, StubTutor
from tests.tui.steps import picture
from tests.tui.test_pictures import ANSWER, CHINESE, NARROW, WIDE, SnapCompare
from tutor.bank import Verdict, open_bank
from tutor.tui import TutorApp

Before = Callable[[Pilot[None]], Awaitable[None]]
MET, PARTIAL, MISSED = Verdict.MET, Verdict.PARTIAL, Verdict.MISSED


def lived(tutor: StubTutor) -> None:
    """Some days of answers, a flag, and a question that is skipped today."""
    progress = tutor.progress
    for days, verdicts, answer in (
        (9, (MISSED, PARTIAL), "Не знаю."),
        (4, (MET, PARTIAL, MISSED), ANSWER),
        (1, (MET, PARTIAL, MET), ANSWER),
    ):
        at = NOON - timedelta(days=days)
        progress.record(attempt_at(tutor, "papers.1.1", *verdicts, at=at, answer=answer, hints=1))
    early = NOON - timedelta(days=6)
    chinese = attempt_at(tutor, "transfer-zh.1.1", MISSED, PARTIAL, at=early, answer=CHINESE)
    progress.record(chinese)
    progress.flag("transfer-zh.1.1", "键的维度写错了 [bold]x")
    progress.skip("papers.1.2", NOON.date())


def opened(tutor: StubTutor) -> Before:
    """Decks that are looked into, and a marked question."""

    async def before(pilot: Pilot[None]) -> None:
        app = pilot.app
        assert isinstance(app, TutorApp)
        await browse(pilot, app)
        await pilot.press("down", "right", "down", "right", "down", "space", "down", "down")
        await pilot.press("right", "down", "right", "down")
        await wait_until(pilot, lambda: "flagged" in picture(app))

    return before


def test_everything_with_decks_looked_into(tutor: StubTutor, snap_compare: SnapCompare) -> None:
    lived(tutor)
    app = TutorApp(tutor)
    assert snap_compare(app, terminal_size=NARROW, run_before=opened(tutor))


def test_the_same_without_colour(
    tutor: StubTutor, snap_compare: SnapCompare, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    lived(tutor)
    app = TutorApp(tutor)
    assert app.no_color
    assert snap_compare(app, terminal_size=NARROW, run_before=opened(tutor))


def test_what_was_found_with_room(tutor: StubTutor, snap_compare: SnapCompare) -> None:
    lived(tutor)
    make_deck(tutor.paths.resources / "questions" / "large", sections=3, questions=4)
    tutor.bank = open_bank(tutor.paths.questions, None)
    app = TutorApp(tutor)

    async def before(pilot: Pilot[None]) -> None:
        screen = await browse(pilot, app)
        await seek(pilot, screen, "topic-3")
        await pilot.press("down", "down", "space")

    assert snap_compare(app, terminal_size=WIDE, run_before=before)


def test_a_question_in_russian(tutor: StubTutor, snap_compare: SnapCompare) -> None:
    lived(tutor)
    app = TutorApp(tutor)

    async def before(pilot: Pilot[None]) -> None:
        await page(pilot, app, tutor, "papers.1.1")

    assert snap_compare(app, terminal_size=NARROW, run_before=before)


def test_a_question_in_chinese(tutor: StubTutor, snap_compare: SnapCompare) -> None:
    lived(tutor)
    app = TutorApp(tutor)

    async def before(pilot: Pilot[None]) -> None:
        await page(pilot, app, tutor, "transfer-zh.1.1")
        await pilot.press("d")
        await wait_until(pilot, lambda: "Delete it" in picture(app))

    assert snap_compare(app, terminal_size=NARROW, run_before=before)
