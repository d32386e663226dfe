"""Screens as pictures; `pytest --snapshot-update` redraws them after a deliberate change."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path, PurePosixPath
from typing import Protocol

import pytest
from textual.pilot import Pilot

from tests.support.banks import make_deck
from tests.tui.browsing import browse, page, seek
from tests.tui.conftest import wait_until
from tests.tui.doubles import NOON, StubTutor
from tests.tui.progressed import record, record_months
from tests.tui.steps import QuestionScreen, ended, graded, on, sees, shown, start, submit_answer
from tutor.bank import Verdict, open_bank
from tutor.engine import EngineState, Status
from tutor.paths import Paths
from tutor.progress import Draft
from tutor.tui import TutorApp
from tutor.tui.messages import ScreenAsked
from tutor.tui.progress import ProgressScreen

NARROW, WIDE = (80, 24), (120, 40)
ANSWER = (
    "Якобиан треугольный, потому что каждая координата зависит только от предыдущих. "
    "Значит, определитель равен произведению диагональных элементов."
)
CHINESE = "先计算查询与键的点积，再除以维度的平方根，经过 softmax 得到权重，最后对值向量加权求和。"


class SnapCompare(Protocol):
    """The fixture of pytest-textual-snapshot."""

    def __call__(
        self,
        app: TutorApp,
        *,
        terminal_size: tuple[int, int],
        run_before: Callable[[Pilot[None]], Awaitable[None]],
    ) -> bool: ...


def elsewhere(tutor: StubTutor) -> StubTutor:
    """The same tutor, with paths that are the same on every machine."""
    home = Path(PurePosixPath("/srv/mila/share/offline-tutor"))
    return StubTutor(Paths(home, home), tutor.bank, tutor.progress, tutor.grading)


def drafted(tutor: StubTutor, question: str, text: str) -> None:
    draft = Draft(question=question, text=text, language="ru", at=NOON, hints=1)
    tutor.progress.save_draft(draft)


async def show_verdict(pilot: Pilot[None], answer: str = ANSWER, deck: str = "papers") -> None:
    verdict = await graded(pilot, f"{answer}!", deck=deck)
    await wait_until(pilot, lambda: shown(verdict, "#feedback").endswith("x"))


@pytest.mark.skipif("sys.platform == 'win32'")
def test_first_start_without_a_model(tutor: StubTutor, snap_compare: SnapCompare) -> None:
    tutor.grading.status = Status(EngineState.OFF)
    tutor.grading.model_name = None
    app = TutorApp(elsewhere(tutor))

    async def before(pilot: Pilot[None]) -> None:
        await sees(pilot, "no model")

    assert snap_compare(app, terminal_size=NARROW, run_before=before)


@pytest.mark.parametrize("size", [(40, 20), NARROW, (160, 50)], ids=["narrow", "usual", "wide"])
def test_today_after_some_months(
    tutor: StubTutor, snap_compare: SnapCompare, size: tuple[int, int]
) -> None:
    record_months(tutor)
    app = TutorApp(tutor)

    async def before(pilot: Pilot[None]) -> None:
        await sees(pilot, "Needs work")
        await pilot.pause()  # the list has its final size a moment after its first words

    assert snap_compare(app, terminal_size=size, run_before=before)


def test_the_end_of_a_session(tutor: StubTutor, snap_compare: SnapCompare) -> None:
    record_months(tutor)
    tutor.now += timedelta(days=3)
    app = TutorApp(tutor)

    async def before(pilot: Pilot[None]) -> None:
        await start(pilot)
        tutor.now += timedelta(minutes=2)
        await submit_answer(pilot, "!")
        await pilot.press("enter")
        await on(pilot, QuestionScreen)
        tutor.grading.verdicts = (Verdict.MET,)
        await submit_answer(pilot, "!")
        await pilot.press("enter")
        await ended(pilot)

    assert snap_compare(app, terminal_size=NARROW, run_before=before)


def test_question_in_russian(tutor: StubTutor, snap_compare: SnapCompare) -> None:
    drafted(tutor, "papers.1.1", ANSWER)
    app = TutorApp(tutor)

    async def before(pilot: Pilot[None]) -> None:
        await start(pilot)
        await sees(pilot, "draft restored")

    assert snap_compare(app, terminal_size=NARROW, run_before=before)


def test_verdict_in_russian(tutor: StubTutor, snap_compare: SnapCompare) -> None:
    tutor.grading.expected = (0.93, 0.52, 0.04)
    drafted(tutor, "papers.1.1", ANSWER)
    assert snap_compare(TutorApp(tutor), terminal_size=NARROW, run_before=show_verdict)


def test_verdict_in_chinese(tutor: StubTutor, snap_compare: SnapCompare) -> None:
    tutor.grading.pieces = (
        "还差一点：",
        "除以平方根使方差保持为一。x",
    )
    drafted(tutor, "transfer-zh.1.1", CHINESE)

    async def before(pilot: Pilot[None]) -> None:
        await show_verdict(pilot, CHINESE, "transfer-zh")

    assert snap_compare(TutorApp(tutor), terminal_size=NARROW, run_before=before)


def test_verdict_with_room(tutor: StubTutor, snap_compare: SnapCompare) -> None:
    drafted(tutor, "papers.1.1", ANSWER)

    async def before(pilot: Pilot[None]) -> None:
        await show_verdict(pilot)
        await pilot.press("down", "space", "v", "n")
        await pilot.pause()
        await sees(pilot, "  saved")

    app = TutorApp(tutor)
    assert snap_compare(app, terminal_size=WIDE, run_before=before)


def test_verdict_without_colour(
    tutor: StubTutor, snap_compare: SnapCompare, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    drafted(tutor, "papers.1.1", ANSWER)
    app = TutorApp(tutor)
    assert app.no_color
    assert snap_compare(app, terminal_size=NARROW, run_before=show_verdict)


# --- Browse


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
def test_a_questions_page(
    tutor: StubTutor, snap_compare: SnapCompare, question: str, keys: str, words: str
) -> None:
    lived(tutor)
    app = TutorApp(tutor)

    async def before(pilot: Pilot[None]) -> None:
        await page(pilot, tutor, question)
        await pilot.press(*keys)
        await sees(pilot, words)

    assert snap_compare(app, terminal_size=NARROW, run_before=before)


# --- Progress


@pytest.mark.parametrize(
    ("keys", "words", "size", "no_color"),
    [
        ("1", "Due, next 14 days", NARROW, False),
        ("2", "papers.1.1  Not met", NARROW, False),
        ("2d", "transfer-zh.1.1  Not met", WIDE, False),
        ("3", "mastery", NARROW, True),
        ("4", "Nov 2026", WIDE, False),
        ("5", "Week from", NARROW, True),
    ],
    ids=["overview", "missed", "missed-wide", "mastery", "year-wide", "weeks"],
)
def test_a_page_of_progress(
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
            await sees(pilot, "papers.1.1  Not met")
            await pilot.press("down")
        await sees(pilot, words)
        await wait_until(pilot, lambda: screen.focused is not None)

    assert snap_compare(TutorApp(tutor), terminal_size=size, run_before=before)


def test_no_progress_yet(tutor: StubTutor, snap_compare: SnapCompare) -> None:
    async def before(pilot: Pilot[None]) -> None:
        pilot.app.post_message(ScreenAsked("progress"))
        await sees(pilot, "Press Enter to answer")

    assert snap_compare(TutorApp(tutor), terminal_size=NARROW, run_before=before)
