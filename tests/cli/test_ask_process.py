"""`tutor ask` in a process of its own, in a pipe and on a real pseudo-terminal."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.support.patience import SECONDS
from tests.support.profiles import open_profile
from tests.support.terminal import Open

GERMAN, RUSSIAN = "lectures-de.11.5", "papers-ru.5.3"
ASK = ("ask", "--questions", RUSSIAN)
ANSWER = "Генератор от 1/4 до 1/2 дискриминатора."
"""Has key terms, so that it is not compared with all other questions, which takes a second."""


Start = Callable[..., subprocess.Popen[bytes]]


def drafts(home: Path) -> list[str]:
    with open_profile(home) as progress:
        return [draft.text for draft in progress.drafts().values()]


# --- in a pipe


@pytest.fixture
def start(cached: Path) -> Iterator[Start]:
    started: list[subprocess.Popen[bytes]] = []

    def start_(*arguments: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "tutor", "ask", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "TUTOR_HOME": str(cached), "PYTHONIOENCODING": "latin-1"},
        )
        started.append(process)
        return process

    yield start_
    for process in started:
        process.kill()
        process.wait()


def hear(process: subprocess.Popen[bytes], *typed: str, until: str) -> None:
    """Type lines, then read until the program prints `until`."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("\n".join(typed).encode())
    process.stdin.flush()
    while until.encode() not in (line := process.stdout.readline()):
        assert line, f"{until!r} was never said"


def test_killed_in_the_middle_at_most_the_last_line_is_lost(start: Start, home: Path) -> None:
    process = start("--questions", RUSSIAN)
    typed = ("Первая строка", "вторая строка", ":repeat", "полови")
    hear(process, *typed, until="вторая строка")
    process.kill()
    process.wait()
    assert drafts(home) == ["Первая строка\nвторая строка"]


def test_a_closed_output_ends_the_session_after_saving(start: Start, home: Path) -> None:
    process = start("--questions", RUSSIAN)
    hear(process, until="Cover:")  # the last that it says before it listens
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdout.close()
    process.stdin.write(f"{ANSWER}\n.\n:answer\n:answer\n".encode())
    process.stdin.close()
    assert process.wait(SECONDS) == 1
    assert process.stderr is not None
    assert b"Traceback" not in process.stderr.read()
    with open_profile(home) as progress:
        assert [each.answer for each in progress.attempts()] == [ANSWER]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal for a pipe")
def test_ctrl_c_leaves_in_order(start: Start, home: Path) -> None:
    process = start("--questions", GERMAN)
    hear(process, "Erste Zeile", ":repeat", "", until="Erste Zeile")
    process.send_signal(signal.SIGINT)
    assert process.wait(SECONDS) == 130
    assert process.stderr is not None
    assert b"every finished line are saved" in process.stderr.read()
    assert drafts(home) == ["Erste Zeile"]


# --- on a terminal


def test_a_session_without_a_single_escape(open_terminal: Open) -> None:
    terminal = open_terminal(*ASK, "--grader", "terms", NO_COLOR="1")
    terminal.wait_for("Type your answer")
    terminal.press(f"{ANSWER}\n.\n")
    terminal.wait_for("Press Enter to continue.")
    terminal.press(":answer\n")
    terminal.wait_for("Model answer: ")
    terminal.press("\n")
    terminal.wait_for("Session finished.")
    assert terminal.ended() == 0
    assert b"\x1b" not in terminal.all
    assert b"\a" not in terminal.all


def test_verdicts_have_a_colour_lines_end_at_words_and_ctrl_d_ends(open_terminal: Open) -> None:
    terminal = open_terminal(*ASK, "--grader", "terms", "--language", "en")
    terminal.wait_for("Type your answer")
    terminal.press("A generator of 1/4 to 1/2 of the discriminator's size.\n")
    terminal.press("\x04")
    terminal.wait_for("Press Enter to continue.")
    terminal.press(":answer\n\x04")
    terminal.wait_for("Session finished.")
    assert terminal.ended() == 0
    text = terminal.all.decode()
    assert re.search("Point 1 of [0-9]+, \x1b\\[3[123]m(met|partial|missed)", text)
    plain = re.sub("\x1b\\[[0-9]+m", "", text)
    assert "\x1b" not in plain
    assert max(map(len, plain.splitlines())) <= 80


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a terminal cuts at another length")
def test_a_line_too_long_for_a_terminal_is_reported(open_terminal: Open, home: Path) -> None:
    terminal = open_terminal(*ASK, "--grader", "terms")
    terminal.wait_for("Type your answer")
    terminal.press("short\n")
    terminal.press("x" * 5000 + "\n")
    terminal.wait_for("longer than 4,095 bytes")
    terminal.press(":quit\n")
    terminal.wait_for("Your draft of 1 line is saved.")
    assert terminal.ended() == 0
    assert drafts(home) == ["short"]


@pytest.mark.native
def test_ctrl_c_while_the_model_grades_keeps_the_draft_and_ends_the_model(
    open_terminal: Open, home: Path, dense_model: Path
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
