"""The way of an answer, from the key press to the stored grade, is short enough to follow."""

import asyncio
import os
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType

import pytest

import tutor
from tests.test_whole_way import RUSSIAN, SIZE, profile, start_deck
from tests.tui.conftest import wait_until
from tests.tui.doubles import NOON
from tests.tui.steps import on, write
from tutor.engine import EngineState
from tutor.grading import Grade
from tutor.progress import Attempt
from tutor.study import Answered, Submission
from tutor.tui import TutorApp
from tutor.tui.verdict import VerdictScreen
from tutor.wiring import Tutor, open_tutor

FUNCTIONS, MODULES = 40, 15
PACKAGE = Path(tutor.__file__).parent
APART = ("engine/", "grading/keyterms/")
"""The code that finds the verdicts: a model or the key terms."""
BEGINNINGS = ("AnswerEditor._on_key", "QuestionScreen.action_submit")
"""Where the way begins: the key press, and then a thread."""
CARRIED = (Submission, Grade, Attempt, Answered)
DISK: tuple[Callable[..., object], ...] = (os.write, os.fsync, os.replace)
ASKED = ("background", "ModelEngine.score")
"""The functions that start a thread and ask the model."""


class Way:
    """A profiler that collects the functions of the tutor that an answer passes through.

    These are the functions that take or return the answer or its grade, and those that wait while a
    thread is started, the model is asked or the disk is written. A function counts together with
    those defined in it.
    """

    def __init__(self) -> None:
        self.is_open = True
        """True until the grade is stored."""
        self.functions: set[tuple[str, str]] = set()

    def __call__(self, frame: FrameType, event: str, value: object) -> None:
        if self.is_open and _passes_it_on(frame, event, value):
            self._add(frame)
            self.is_open = (event, _name(frame.f_code)) != ("return", "Submission.grade")

    def _add(self, frame: FrameType) -> None:
        codes = [each.f_code for each in _stack(frame) if _module(each.f_code)]
        if codes and _name(codes[-1]) in BEGINNINGS:
            stations = {(_module(code), _name(code)) for code in codes}
            self.functions |= {each for each in stations if not each[0].startswith(APART)}


def _stack(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def _passes_it_on(frame: FrameType, event: str, value: object) -> bool:
    match event:
        case "call":
            return frame.f_code.co_qualname in ASKED or _is_given_it(frame)
        case "c_call":
            return value in DISK
        case _:
            return event == "return" and isinstance(value, CARRIED)


def _is_given_it(frame: FrameType) -> bool:
    """Whether an argument, other than the object of a method, is the answer on its way."""
    code = frame.f_code
    if not _module(code):
        return False
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    given = (frame.f_locals.get(name) for name in names if name != "self")
    return any(isinstance(each, CARRIED) for each in given)


def _module(code: CodeType) -> str:
    """The path of its module in the package; empty for other code."""
    path = code.co_filename
    return path[len(str(PACKAGE)) + 1 :] if path.startswith(str(PACKAGE)) else ""


def _name(code: CodeType) -> str:
    return code.co_qualname.partition(".<locals>")[0]


@contextmanager
def profiled() -> Iterator[Way]:
    """Profile this thread, and those that the app starts from now on."""
    way = Way()
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())  # so that threads are new
    threading.setprofile(way)
    sys.setprofile(way)
    try:
        yield way
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


@pytest.mark.native
@pytest.mark.parametrize("by_model", [False, True], ids=["key terms", "model"])
async def test_an_answer_passes_through_few_functions(
    cached: Path, dense_model: Path, by_model: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Tutor, "clock", lambda _: NOON)  # else a slow machine gets a suggestion
    model = dense_model if by_model else None
    with open_tutor(profile(cached, model)) as tutor_:
        app = TutorApp(tutor_)
        async with app.run_test(size=SIZE) as pilot:
            question = await start_deck(pilot)
            if by_model:
                await wait_until(pilot, lambda: app.model.status.state is EngineState.READY)
            await write(pilot, RUSSIAN)
            with profiled() as way:
                await pilot.press("f5")
                verdict = await on(pilot, VerdictScreen)
            assert verdict.attempt.grade.grader.name == ("model" if by_model else "terms")
            assert tutor_.progress.draft(question.asked.question.id) is None
    assert not way.is_open
    listed = "\n".join(" ".join(each) for each in sorted(way.functions))
    assert ("progress/store.py", "Progress.record") in way.functions
    assert len(way.functions) <= FUNCTIONS, listed
    assert len({module for module, _ in way.functions}) <= MODULES, listed
