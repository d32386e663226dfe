import sys
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tools.fakes import write_locks
from tools.install import is_usable, reached, set_up, split, steps
from tools.installer import Installer
from tools.llama import lock_file
from tools.record import Level, Place, Record, is_complete, is_ready
from tools.steps import Runner, SetupError, Step

ROOT = Path(__file__).resolve().parents[2]
GOAL = Record(base="here", lock="new", ready="")
NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True)


def locked(name: str) -> str:
    return f"{name}==1.0 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n"


@given(st.lists(NAMES.filter(lambda name: name != "engine"), unique=True), st.integers(0, 9))
def test_splitting_a_lock_loses_nothing(names: list[str], at: int) -> None:
    blocks = [locked(name) for name in names]
    engine, others = split("".join([*blocks[:at], locked("engine"), *blocks[at:]]), "engine")
    assert engine == locked("engine")
    assert others == "".join(blocks)


def test_a_lock_without_the_engine_is_refused() -> None:
    with pytest.raises(SetupError, match="make lock"):
        split(locked("engineer"), "engine")


@pytest.mark.parametrize("level", ["run", "test"])
def test_our_locks_contain_the_engine_with_a_hash(level: Level) -> None:
    text = (ROOT / f"requirements/{level}.txt").read_text(encoding="utf-8")
    engine, others = split(text, "llama-cpp-python")
    assert "--hash=sha256:" in engine
    assert "pydantic==" in others


@pytest.mark.parametrize(
    ("present", "usable"),
    [
        (None, False),
        (GOAL.at("run"), True),
        (Record(base="here", lock="old", ready="run"), True),
        (Record(base="elsewhere", lock="new", ready="run"), False),
        (GOAL.at(""), False),
    ],
    ids=["none", "same", "other lock", "moved", "interrupted"],
)
def test_only_a_finished_environment_of_this_place_is_kept(
    present: Record | None, usable: bool
) -> None:
    assert is_usable(present, GOAL) is usable


def test_setting_up_run_keeps_the_level_test() -> None:
    assert reached(GOAL.at("test"), GOAL, "run") == "test"
    assert reached(Record(base="here", lock="old", ready="test"), GOAL, "run") == "run"
    assert reached(GOAL.at("run"), GOAL, "test") == "test"


@pytest.mark.parametrize("uv", [None, "/bin/uv"])
@pytest.mark.parametrize("level", ["run", "test"])
def test_everything_is_hashed_and_nothing_is_compiled(
    tmp_path: Path, uv: str | None, level: Level
) -> None:
    installer = Installer(Place(tmp_path), uv)
    plan = [step for step in steps(installer, level) if "install" in step.command]
    assert all("--no-deps" in step.command for step in plan)
    hashed = ["--require-hashes" in step.command for step in plan]
    assert hashed == ["--editable" not in step.command for step in plan]
    assert all("engine.txt" not in " ".join(step.command) for step in plan)
    assert (uv in plan[0].command) is (uv is not None)


class Recorded(Runner):
    """Records the titles of steps, and runs only the one that creates the environment."""

    titles: ClassVar[list[str]] = []

    def run(self, step: Step) -> None:
        self.titles.append(step.title)
        if step.title == "Making the environment":
            python = Path(step.command[-1]) / "bin/python"
            python.parent.mkdir(parents=True, exist_ok=True)
            python.symlink_to(sys.executable)


@pytest.mark.skipif(sys.platform == "win32", reason="no symbolic links")
def test_run_is_ready_without_llama_cpp_and_test_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place(tmp_path)
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools/setup.py").touch()
    write_locks(tmp_path, locked("llama-cpp-python") + locked("other"))
    asked: list[str] = []
    monkeypatch.setattr("tools.install.Runner", Recorded)
    monkeypatch.setattr("tools.install.find_uv", lambda: None)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    monkeypatch.setattr("tools.llama.get_llama", lambda *_: asked.append("llama"))
    Recorded.titles.clear()
    set_up(place, "run")
    assert is_ready(place, "run")
    assert not is_ready(place, "test")
    assert asked == []
    assert not any("judge" in title or "Compiling" in title for title in Recorded.titles)
    assert lock_file(place).read_text() == locked("llama-cpp-python")
    place.state.write_text('{"stage": "done"}')
    set_up(place, "test")
    assert is_ready(place, "test")
    assert asked == ["llama"]
    assert not is_complete(place), "the state of another version does not count"
