from pathlib import Path

from tools.lock import lock_within, try_lock


def test_only_one_process_holds_the_lock_until_its_file_is_closed(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    file.touch()
    with file.open("rb") as first, file.open("rb") as second:
        assert try_lock(first.fileno())
        assert not try_lock(second.fileno())
        assert not lock_within(second.fileno(), 0)
        first.close()
        assert lock_within(second.fileno(), 0)
