import ast
import os
import runpy
import sys
from pathlib import Path

import pytest

from tools.launch import STATE, main
from tools.record import Place

SETUP = Path(__file__).resolve().parents[2] / "tools/setup.py"


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 6, 15), (3, 10, 13), (3, 15, 0)])
def test_an_unsupported_python_gets_a_message(
    version: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "version_info", version)
    with pytest.raises(SystemExit) as caught:
        runpy.run_path(str(SETUP))
    assert f"this is Python {version[0]}.{version[1]}" in str(caught.value)
    assert "Python 3.11, 3.12, 3.13 or 3.14" in str(caught.value)


def test_old_pythons_can_read_the_version_check() -> None:
    assert SETUP.read_bytes().isascii(), "Python 2 reads nothing else"
    nodes = list(ast.walk(ast.parse(SETUP.read_text(encoding="utf-8"), feature_version=(3, 4))))
    assert len(nodes) > 1
    assert not any(isinstance(node, ast.JoinedStr | ast.AnnAssign) for node in nodes)


@pytest.mark.parametrize("arguments", [[], ["help"], ["test", "-k", "x"]])
def test_other_arguments_are_a_usage_error(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith("Usage:")


@pytest.mark.skipif(os.name != "posix", reason="on Windows the tutor is a child process")
@pytest.mark.parametrize(
    ("arguments", "complete", "begins"),
    [(["run"], False, True), (["run", "doctor"], True, False), (["test"], False, False)],
)
def test_the_tutor_starts_while_the_rest_is_installed_in_the_background(
    arguments: list[str],
    complete: bool,
    begins: bool,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    begun: list[Place] = []
    started: list[str] = []

    def execute(_path: str, command: list[str]) -> None:
        started.extend(command)
        raise SystemExit

    monkeypatch.delenv(STATE, raising=False)
    monkeypatch.setattr("tools.launch.is_ready", lambda _place, _level: True)
    monkeypatch.setattr("tools.launch.is_complete", lambda _place: complete)
    monkeypatch.setattr("tools.background.start", begun.append)
    monkeypatch.setattr(os, "execv", execute)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit):
        main(arguments)
    assert bool(begun) is begins
    assert started[2] == ("tutor" if arguments[0] == "run" else "tools.check")
    state = os.environ.pop(STATE, None)
    assert state == (str(Place(SETUP.parents[1]).state) if arguments[0] == "run" else None)
