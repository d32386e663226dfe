"""The program in a real pseudo-terminal: it draws, keeps what is typed and ends cleanly."""

import os
import signal
from pathlib import Path

import psutil
import pytest

from tests.support.patience import SECONDS
from tests.support.profiles import open_profile
from tests.support.terminal import Open, welcomed


@pytest.fixture
def known(cached: Path) -> None:
    """The student has answered the questions of the first start."""
    welcomed(cached)


def test_a_new_student_is_asked_and_starts(
    open_terminal: Open, cached: Path, tmp_path: Path
) -> None:
    """Enter for the languages and the decks; a named model has settled the grader."""
    named = str(tmp_path / "none.gguf")
    terminal = open_terminal(LC_ALL="de_DE.UTF-8", TUTOR_MODEL=named)
    terminal.wait_for("[x] Deutsch")
    terminal.press("\r")
    terminal.wait_for("Which decks")
    terminal.press("\r")
    terminal.wait_until((cached / "welcomed").exists, "the end of the questions")
    terminal.press("\x11")
    assert terminal.ended() == 0
    text = (cached / "settings.toml").read_text("utf-8")
    assert text == 'languages = ["de", "en"]\n'


@pytest.mark.native
@pytest.mark.usefixtures("known")
def test_killed_in_the_middle_nothing_typed_is_lost_and_no_child_stays(
    open_terminal: Open, home: Path, dense_model: Path
) -> None:
    terminal = open_terminal("--model", str(dense_model))
    terminal.wait_for("Due and new")
    terminal.press("\r")
    terminal.wait_for("Your answer")
    terminal.press("полуготовый ответ")
    terminal.wait_for(" saved · ")
    children = psutil.Process(terminal.pid).children(recursive=True)
    assert children
    os.kill(terminal.pid, signal.SIGKILL)
    assert terminal.ended() == -signal.SIGKILL
    _, alive = psutil.wait_procs(children, timeout=SECONDS)
    assert alive == []
    with open_profile(home) as progress:
        assert [draft.text for draft in progress.drafts().values()] == ["полуготовый ответ"]


@pytest.mark.usefixtures("known")
def test_a_second_tutor_on_the_profile_names_the_first(
    open_terminal: Open,
) -> None:
    first = open_terminal()
    first.wait_for("Due and new")
    second = open_terminal()
    second.wait_for(str(first.pid))
    assert second.ended() == 1
