"""The program in a real pseudo-terminal is killed in the middle of an exam."""

import os
import re
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.terminal import Terminal
from tutor.clock import utc_now
from tutor.profile import Profile
from tutor.progress import open_progress
from tutor.study.exam import ExamState, resume_exam

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
HALF = "полуготовый ответ"
F5 = "\x1b[15~"


@pytest.fixture
def open_terminal(cached: Path) -> Iterator[Callable[[], Terminal]]:
    profile(cached).paths.welcomed.touch()
    opened: list[Terminal] = []

    def make() -> Terminal:
        opened.append(Terminal(cached, NO_COLOR="1"))
        return opened[-1]

    yield make
    for terminal in opened:
        terminal.close()


def profile(home: Path) -> Profile:
    return Profile({"TUTOR_HOME": str(home)}, {})


def on_disk(home: Path) -> ExamState:
    with open_progress(profile(home).paths, clock=utc_now) as progress:
        (exam,) = progress.open_exams()
        return resume_exam(progress, exam)


def test_nothing_is_lost_and_the_clock_continues(
    open_terminal: Callable[[], Terminal], home: Path
) -> None:
    first = open_terminal()
    first.wait_for("Due and new")
    first.press("e")
    first.wait_for("Time limit")
    first.press("\r")
    first.wait_for("30 min left")
    first.press("erste Antwort" + F5)
    first.wait_for("2 of 10")
    first.press(HALF)
    first.wait_for(" saved · ")
    while HALF not in (home / "drafts.json").read_text(encoding="utf-8"):
        first.wait_for(" saved · ")
    os.kill(first.pid, signal.SIGKILL)
    assert first.ended() == -signal.SIGKILL
    state = on_disk(home)
    assert [state.written[id_].text for id_ in state.questions[:2]] == [
        "erste Antwort",
        HALF,
    ]
    assert 0 < state.used < 600
    again = open_terminal()
    again.wait_for("Unfinished exam")
    again.press("e")
    again.wait_for("Press Enter to continue with question 2")
    again.press("\r")
    again.wait_for(HALF)
    again.press("\x11")
    assert again.ended() == 0
    assert on_disk(home).used >= state.used
    assert re.fullmatch(r"[0-9a-f]{16}", state.id)
