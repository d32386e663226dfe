"""Starting the child process."""

import sys
from pathlib import Path

import pytest

from tutor.engine.process import launch

SHOW = "import os; print(os.environ.get('GGML_NO_BACKTRACE'))"


@pytest.mark.parametrize(("set_to", "expected"), [(None, "1"), ("0", "0")])
def test_no_debugger_is_started_unless_the_environment_asks_for_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, set_to: str | None, expected: str
) -> None:
    monkeypatch.delenv("GGML_NO_BACKTRACE", raising=False)
    if set_to is not None:
        monkeypatch.setenv("GGML_NO_BACKTRACE", set_to)
    child = launch((sys.executable, "-c", SHOW), tmp_path / "log")
    assert child.communicate()[0].decode().strip() == expected
