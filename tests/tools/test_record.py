import sys
from pathlib import Path

import pytest

from tests.tools.fakes import write_locks
from tools.record import LOCKS, MODEL_LOCK, Place, expected, is_alive, is_ready, read, write


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A folder with an environment whose interpreter is the running one."""
    place = Place(tmp_path / "é x")
    write_locks(place.root)
    place.python.parent.mkdir(parents=True)
    place.python.symlink_to(sys.executable)
    return place


def test_nothing_is_ready_before_the_first_set_up(place: Place) -> None:
    assert read(place) is None
    assert not is_ready(place, "run")


@pytest.mark.parametrize(
    ("reached", "ready"),
    [("", (False, False)), ("run", (True, False)), ("test", (True, True))],
    ids=["interrupted", "run", "test includes run"],
)
def test_what_is_ready_depends_on_the_level(
    place: Place, reached: str, ready: tuple[bool, bool]
) -> None:
    write(place, expected(place).at(reached))
    assert (is_ready(place, "run"), is_ready(place, "test")) == ready


@pytest.mark.parametrize("name", [*LOCKS, MODEL_LOCK])
def test_a_changed_lock_is_noticed(place: Place, name: str) -> None:
    write(place, expected(place).at("test"))
    (place.root / name).write_text("changed", encoding="utf-8")
    assert not is_ready(place, "run")


def test_a_moved_folder_is_noticed(place: Place, tmp_path: Path) -> None:
    write(place, expected(place).at("run"))
    moved = Place(place.root.rename(tmp_path / "moved"))
    assert read(moved) is not None
    assert not is_ready(moved, "run")


def test_a_dead_interpreter_is_noticed(place: Place) -> None:
    write(place, expected(place).at("run"))
    assert is_alive(place.python)
    assert is_alive(Path(sys.executable))
    place.python.unlink()
    assert not is_ready(place, "run")
    place.python.symlink_to(place.root / "gone")
    assert not is_ready(place, "run")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"base": "x"}', "\x00"])
def test_a_damaged_record_is_ignored(place: Place, text: str) -> None:
    place.record.write_text(text, encoding="utf-8")
    assert read(place) is None
