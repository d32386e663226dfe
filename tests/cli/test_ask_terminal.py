"""`tutor ask` on a real pseudo-terminal, as a screen reader hears it."""

import os
import re
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.support.patience import SECONDS
from tests.support.profiles import open_profile
from tests.support.terminal import Terminal

pytestmark = [
    pytest.mark.native,
    pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX"),
]
ASK = ("ask", "--questions", "papers-ru.5.3")


def drafts(home: Path) -> list[str]:
    with open_profile(home) as progress:
        return [draft.text for draft in progress.drafts().values()]


@pytest.mark.parametrize("wish", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=["NO_COLOR", "dumb"])
def test_a_session_without_a_single_escape(
    open_terminal: Callable[..., Terminal], wish: dict[str, str]
) -> None:
    terminal = open_terminal(*ASK, "--grader", "terms", **wish)
    terminal.wait_for("Type your answer")
    terminal.press("Генератор от 1/4 до 1/2 дискриминатора.\n.\n")
    terminal.wait_for("Enter continues.")
    terminal.press(":answer\n")
    terminal.wait_for("Model answer: ")
    terminal.press("\n")
    terminal.wait_for("Session finished.")
    assert terminal.ended() == 0
    assert b"\x1b" not in terminal.all
    assert b"\a" not in terminal.all


def test_verdicts_have_a_colour_and_lines_end_at_words(
    open_terminal: Callable[..., Terminal],
) -> None:
    terminal = open_terminal(*ASK, "--grader", "terms", "--language", "en")
    terminal.wait_for("Type your answer")
    terminal.press("A generator of 1/4 to 1/2 of the discriminator's size.\n.\n")
    terminal.wait_for("Enter continues.")
    terminal.press(":answer\n:quit\n")
    assert terminal.ended() == 0
    text = terminal.all.decode()
    assert re.search("Point 1 of [0-9]+, \x1b\\[3[123]m(met|partial|missed)", text)
    plain = re.sub("\x1b\\[[0-9]+m", "", text)
    assert "\x1b" not in plain
    assert max(map(len, plain.splitlines())) <= 80


def test_ctrl_d_ends_the_answer(open_terminal: Callable[..., Terminal]) -> None:
    terminal = open_terminal(*ASK, "--grader", "terms")
    terminal.wait_for("Type your answer")
    terminal.press("Генератор от 1/4 до 1/2 дискриминатора.\n")
    terminal.press("\x04")
    terminal.wait_for("Enter continues.")
    terminal.press("\x04")
    terminal.wait_for("Session finished.")
    assert terminal.ended() == 0


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a terminal cuts at another length")
def test_a_line_too_long_for_a_terminal_is_reported(
    open_terminal: Callable[..., Terminal], home: Path
) -> None:
    terminal = open_terminal(*ASK, "--grader", "terms")
    terminal.wait_for("Type your answer")
    terminal.press("short\n")
    terminal.press("x" * 5000 + "\n")
    terminal.wait_for("longer than 4,095 bytes")
    terminal.press(":quit\n")
    terminal.wait_for("Your draft of 1 line is saved.")
    assert terminal.ended() == 0
    assert drafts(home) == ["short"]


def test_ctrl_c_while_the_model_grades_keeps_the_draft_and_ends_the_model(
    open_terminal: Callable[..., Terminal], home: Path, dense_model: Path
) -> None:
    terminal = open_terminal(*ASK, "--model", str(dense_model))
    terminal.wait_for("Type your answer")
    children = psutil.Process(terminal.pid).children(recursive=True)
    assert children
    for child in children:
        child.suspend()  # so that it judges for as long as the test wants
    terminal.press("Да.\n.\n")
    terminal.wait_for("Grading ")
    terminal.press("\x03")
    terminal.wait_for("every finished line are saved")
    for child in children:
        if child.is_running():
            child.resume()
    assert terminal.ended() == 130
    _, alive = psutil.wait_procs(children, timeout=SECONDS)
    assert alive == []
    assert drafts(home) == ["Да."]


def test_killed_while_typing_at_most_the_last_line_is_lost(
    open_terminal: Callable[..., Terminal], home: Path
) -> None:
    terminal = open_terminal(*ASK, "--grader", "terms")
    terminal.wait_for("Type your answer")
    terminal.press("первая\nвторая\n:repeat\n")
    terminal.wait_for("So far you have 2 lines:")
    terminal.press("полови")
    os.kill(terminal.pid, signal.SIGKILL)
    assert terminal.ended() == -signal.SIGKILL
    assert drafts(home) == ["первая\nвторая"]
