"""`tutor exam` on a real pseudo-terminal: the time, Ctrl+C, Ctrl+D, and a kill."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.banks import make_deck
from tests.support.profiles import open_profile
from tests.support.terminal import Terminal
from tutor.study.exam import resume_exam

pytestmark = [
    pytest.mark.native,
    pytest.mark.usefixtures("deck"),
    pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX"),
]
START = ("exam", "start", "--deck", "mine", "--number", "2", "--seed", "1", "--grader", "terms")


@pytest.fixture
def deck(home: Path) -> None:
    make_deck(home / "questions" / "mine", questions=2)


def written(home: Path) -> list[str]:
    with open_profile(home) as progress:
        (exam,) = progress.open_exams()
        state = resume_exam(progress, exam)
        return [state.written[id_].text for id_ in state.questions if id_ in state.written]


def graded(home: Path) -> list[str]:
    with open_profile(home) as progress:
        return sorted(attempt.answer for attempt in progress.attempts())


def test_the_time_runs_out_while_a_line_is_typed(
    open_terminal: Callable[..., Terminal], home: Path
) -> None:
    terminal = open_terminal(*START, "--minutes", "0.1")
    terminal.wait_for("Type your answer")
    terminal.press("eins\nund zw")  # no Enter: a terminal keeps such a line to itself
    terminal.wait_for("The time is up.")
    terminal.wait_for("1 of 2 answered")
    assert terminal.ended() == 0
    assert graded(home) == ["eins\nund zw"]


def test_ctrl_d_hands_in_and_an_end_with_gaps_is_asked_twice(
    open_terminal: Callable[..., Terminal], home: Path
) -> None:
    terminal = open_terminal(*START)
    terminal.wait_for("Type your answer")
    terminal.press("eins\n\x04")
    terminal.wait_for("Question 2 of 2")
    terminal.press(":end\n")
    terminal.wait_for(":end now")
    terminal.press(":end now\n")
    terminal.wait_for("Questions, and the points that were missed")
    assert terminal.ended() == 0
    assert graded(home) == ["eins"]


def test_ctrl_c_keeps_every_finished_line(
    open_terminal: Callable[..., Terminal], home: Path
) -> None:
    terminal = open_terminal(*START)
    terminal.wait_for("Type your answer")
    terminal.press("eins\nzwei\n:repeat\n")
    terminal.wait_for("So far you have 2 lines")
    terminal.press("\x03")
    terminal.wait_for("`tutor exam resume` continues")
    assert terminal.ended() == 130
    assert written(home) == ["eins\nzwei"]
    again = open_terminal("exam", "resume", "--grader", "terms")
    again.wait_for("So far you have 2 lines")
    again.press("\x04\x04")
    again.wait_for("Exam interrupted")
    assert again.ended() == 0


def test_killed_while_typing_at_most_the_last_line_is_lost(
    open_terminal: Callable[..., Terminal], home: Path
) -> None:
    terminal = open_terminal(*START)
    terminal.wait_for("Type your answer")
    terminal.press("первая\nвторая\n:repeat\n")
    terminal.wait_for("So far you have 2 lines")
    terminal.press("полови")
    os.kill(terminal.pid, signal.SIGKILL)
    assert terminal.ended() == -signal.SIGKILL
    assert written(home) == ["первая\nвторая"]
