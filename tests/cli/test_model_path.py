"""What is given for a model's path and is none is refused, never taken for "no model"."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tutor.engine import ModelRefused

pytestmark = pytest.mark.usefixtures("cached")
ID = "papers-ru.5.3"
NONSENSE = [".", "./", "", "..", "/", "none.gguf"]


@pytest.mark.parametrize("path", NONSENSE)
@pytest.mark.parametrize(
    "command",
    [("grade", ID, "--answer", "42"), ("ask", "--questions", ID), ("exam", "resume"), ("doctor",)],
    ids=["grade", "ask", "exam", "doctor"],
)
def test_a_path_that_names_no_file(run: Run, command: tuple[str, ...], path: str) -> None:
    ran = run(*command, "--model", path)
    assert ran.code == 1
    said = ran.error.message if isinstance(ran.error, ModelRefused) else ran.out
    assert "not a model file" in said or "no model file" in said


@pytest.mark.parametrize("where", ["environment", "file"])
def test_a_dot_in_the_settings(
    run: Run, home: Path, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if where == "environment":
        monkeypatch.setenv("TUTOR_MODEL", ".")
    else:
        (home / "settings.toml").write_text('model = "."\n', encoding="utf-8")
    ran = run("grade", ID, "--answer", "42", "--grader", "model")
    assert isinstance(ran.error, ModelRefused)
    assert "not a model file" in ran.error.message


def test_an_empty_path_in_the_environment_means_none(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUTOR_MODEL", "")
    assert run("grade", ID, "--answer", "42").code == 0
