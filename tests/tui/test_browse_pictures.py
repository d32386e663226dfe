"""The screens for browsing as pictures; `pytest --snapshot-update` redraws them."""

import pytest
from textual.pilot import Pilot

from tests.support.banks import make_deck
from tests.tui.browsing import browse, page, seek
from tests.tui.doubles import NOON, StubTutor
from tests.tui.progressed import record
from tests.tui.steps import sees
from tests.tui.test_pictures import ANSWER, CHINESE, NARROW, WIDE, SnapCompare
from tutor.bank import open_bank
from tutor.tui import TutorApp


def lived(tutor: StubTutor) -> None:
    """Some days of answers, a flag, and a question that is skipped today."""
    for ago, letters, answer in ((9, "xpx", "Не знаю."), (4, "mpx", ANSWER), (1, "mpm", ANSWER)):
        record(tutor, "papers.1.1", letters, ago, answer=answer, hints=1)
    record(tutor, "transfer-zh.1.1", "xpx", 6, answer=CHINESE)
    tutor.progress.flag("transfer-zh.1.1", "键的维度写错了 [bold]x")
    tutor.progress.skip("papers.1.2", NOON.date())


@pytest.mark.parametrize("no_color", [False, True], ids=["colour", "no-colour"])
def test_everything_with_decks_looked_into(
    tutor: StubTutor, snap_compare: SnapCompare, monkeypatch: pytest.MonkeyPatch, no_color: bool
) -> None:
    if no_color:
        monkeypatch.setenv("NO_COLOR", "1")
    lived(tutor)
    app = TutorApp(tutor)
    assert app.no_color is no_color

    async def before(pilot: Pilot[None]) -> None:
        await browse(pilot, app)
        await pilot.press("down", "right", "down", "right", "down", "space", "down", "down")
        await pilot.press("right", "down", "right", "down")
        await sees(pilot, "flagged")

    assert snap_compare(app, terminal_size=NARROW, run_before=before)


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


@pytest.mark.parametrize(
    ("question", "keys", "words"),
    [("papers.1.1", "", "Esc"), ("transfer-zh.1.1", "d", "Delete it")],
    ids=["russian", "chinese"],
)
def test_a_question(
    tutor: StubTutor, snap_compare: SnapCompare, question: str, keys: str, words: str
) -> None:
    lived(tutor)
    app = TutorApp(tutor)

    async def before(pilot: Pilot[None]) -> None:
        await page(pilot, tutor, question)
        await pilot.press(*keys)
        await sees(pilot, words)

    assert snap_compare(app, terminal_size=NARROW, run_before=before)
