import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.install import Installer, has_package, is_usable, reached, split, steps, try_lock
from tools.record import Level, Place, Record
from tools.steps import SetupError

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
def test_our_locks_hold_the_engine_with_a_hash(level: Level) -> None:
    text = (ROOT / f"requirements/{level}.txt").read_text(encoding="utf-8")
    engine, others = split(text, "llama-cpp-python")
    assert "--hash=sha256:" in engine
    assert "pydantic==" in others


@pytest.mark.parametrize(
    ("found", "usable"),
    [
        (None, False),
        (GOAL.at("run"), True),
        (Record(base="here", lock="old", ready="run"), True),
        (Record(base="elsewhere", lock="new", ready="run"), False),
        (GOAL.at(""), False),
    ],
    ids=["none", "same", "other lock", "moved", "broken off"],
)
def test_only_a_finished_environment_of_this_place_is_kept(
    found: Record | None, usable: bool
) -> None:
    assert is_usable(found, GOAL) is usable


def test_run_takes_nothing_away_from_test() -> None:
    assert reached(GOAL.at("test"), GOAL, "run") == "test"
    assert reached(Record(base="here", lock="old", ready="test"), GOAL, "run") == "run"
    assert reached(GOAL.at("run"), GOAL, "test") == "test"


@pytest.mark.parametrize("uv", [None, "/bin/uv"])
def test_everything_is_hashed_and_the_engine_comes_last(tmp_path: Path, uv: str | None) -> None:
    installer = Installer(Place(tmp_path), uv)
    plan = [step for step in steps(installer, "test", False) if "install" in step.command]
    assert all("--no-deps" in step.command for step in plan)
    hashed = ["--require-hashes" in step.command for step in plan]
    assert hashed == ["--editable" not in step.command for step in plan]
    assert "Compiling" in plan[-1].title
    assert all("Compiling" not in step.title for step in steps(installer, "run", True))
    assert (uv in plan[0].command) is (uv is not None)


def test_a_package_counts_when_its_last_file_is_there(tmp_path: Path) -> None:
    info = tmp_path / "lib/python3.11/site-packages/some_engine-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").touch()
    assert not has_package(tmp_path, "some-engine==1.0 \\\n")
    (info / "RECORD").touch()
    assert has_package(tmp_path, "some-engine==1.0 \\\n")
    assert not has_package(tmp_path, "some-engine==1.1 \\\n")


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such lock on Windows")
def test_only_one_set_up_at_a_time(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    file.touch()
    with file.open("rb") as first, file.open("rb") as second:
        assert try_lock(first.fileno())
        assert not try_lock(second.fileno())
        first.close()
        assert try_lock(second.fileno())
