"""A few screens as pictures; `pytest --snapshot-update` redraws them after a deliberate change."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path, PurePosixPath
from typing import Protocol

import pytest
from textual.pilot import Pilot

from tests.tui.conftest import wait_until
from tests.tui.doubles import NOON, StubTutor
from tests.tui.progressed import record_months
from tests.tui.steps import QuestionScreen, ended, on, sees, shown, start, submit_answer
from tutor.bank import Verdict
from tutor.engine import EngineState, Status
from tutor.paths import Paths
from tutor.progress import Draft
from tutor.tui import TutorApp

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


async def show_verdict(pilot: Pilot[None], *keys: str) -> None:
    await start(pilot, *keys)
    verdict = await submit_answer(pilot, "!")
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
        await show_verdict(pilot, "down")

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
