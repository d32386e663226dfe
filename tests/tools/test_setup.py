import ast
import runpy
import sys
from pathlib import Path

import pytest

from tools.launch import main

SETUP = Path(__file__).resolve().parents[2] / "tools/setup.py"


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 6, 15), (3, 10, 13), (3, 15, 0)])
def test_another_python_is_told_what_is_needed(
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
def test_anything_else_is_a_usage_error(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith("Usage:")
