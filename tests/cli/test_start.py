"""`tutor` itself: version, no terminal, the profile's folder, completion."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tutor import __version__


def test_version(run: Run) -> None:
    assert run("--version").out == f"tutor {__version__}\n"


def test_without_a_terminal_it_says_how_to_continue(run: Run) -> None:
    ran = run()
    assert (ran.code, ran.out) == (1, "")
    assert "tutor grade ID --answer TEXT" in ran.err


def test_profile_folder_is_its_owners_alone(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dense_model: Path
) -> None:
    home = tmp_path / "new"
    monkeypatch.setenv("TUTOR_HOME", str(home))
    run("grade", "papers-ru.5.3", "--answer", "нечто", "--model", str(dense_model))
    assert home.is_dir()
    if os.name == "posix":
        assert home.stat().st_mode & 0o777 == 0o700
        files = [path for path in home.rglob("*") if path.is_file()]
        assert files
        assert {path.stat().st_mode & 0o777 for path in files} == {0o600}


@pytest.mark.parametrize(
    ("typed", "word", "offered"), [("tutor pro", 1, "progress"), ("tutor model ver", 2, "verify")]
)
def test_the_shell_completes_commands(typed: str, word: int, offered: str) -> None:
    environ = {**os.environ, "_TUTOR_COMPLETE": "complete_bash"}
    environ |= {"COMP_WORDS": typed, "COMP_CWORD": str(word)}
    program = "import sys; sys.argv[0] = 'tutor'; from tutor.__main__ import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=False, env=environ, text=True
    )
    assert done.stdout.split() == [offered]
