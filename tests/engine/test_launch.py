"""How the child is started."""

import sys
from pathlib import Path

import pytest

from tutor.engine.process import launch

SHOW = "import os; print(os.environ.get('GGML_NO_BACKTRACE'))"


@pytest.mark.parametrize(("set_to", "told"), [(None, "1"), ("0", "0")])
def test_no_debugger_is_started_unless_its_user_wants_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, set_to: str | None, told: str
) -> None:
    monkeypatch.delenv("GGML_NO_BACKTRACE", raising=False)
    if set_to is not None:
        monkeypatch.setenv("GGML_NO_BACKTRACE", set_to)
    child = launch((sys.executable, "-c", SHOW), tmp_path / "log")
    assert child.communicate()[0].decode().strip() == told
