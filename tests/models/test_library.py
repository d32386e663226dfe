"""The models folder, the model setting, checksums and measured qualities."""

import os
import shutil
from pathlib import Path

import pytest

from tests.support.calibrations import calibration
from tests.support.models import write_model
from tutor.engine import ModelRefused
from tutor.grading import Calibration, Calibrations
from tutor.models import Shelf, add_file, forget_model, remove_file, use_model, verify
from tutor.models.download import Unreadable
from tutor.models.folder import How, NotInModelsFolder
from tutor.models.library import NoSuchEntry, used_model
from tutor.models.local import UnsuitableModel
from tutor.models.measurements import Quality, qualities
from tutor.paths import Paths
from tutor.settings import load_settings

POSIX = pytest.mark.skipif(os.name != "posix", reason="symbolic links")
SETTINGS = "# mine\nmodel = 'old.gguf' # since May\n\ncontext = 2048\n"


def test_an_added_model_is_a_hard_link(paths: Paths, dense_model: Path) -> None:
    path, how = add_file(dense_model, paths)
    assert path.parent == paths.models[0]
    assert path.samefile(dense_model)
    assert how is How.LINK
    assert used_model(None, paths) == path


@POSIX
def test_without_hard_links_an_added_model_is_a_symbolic_link(
    paths: Paths, dense_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    path, how = add_file(dense_model, paths)
    assert how is How.SYMLINK
    assert path.is_symlink()
    assert remove_file(path, paths).freed == 0
    assert dense_model.exists()


def test_a_copied_model_is_independent(paths: Paths, dense_model: Path, tmp_path: Path) -> None:
    blob = Path(shutil.copy(dense_model, tmp_path / "sha256-abc"))
    path, how = add_file(blob, paths, copy=True)
    assert (path.name, how) == ("sha256-abc.gguf", How.COPY)
    assert not path.samefile(blob)
    assert remove_file(path, paths).freed == blob.stat().st_size


def test_an_unusable_file_is_not_added(paths: Paths, tmp_path: Path, dense_model: Path) -> None:
    text = tmp_path / "text.gguf"
    text.write_text("no model")
    with pytest.raises(ModelRefused, match="not a GGUF"):
        add_file(text, paths)
    with pytest.raises(UnsuitableModel, match="no chat template"):
        add_file(write_model(tmp_path / "base.gguf", template=None), paths)
    for name in ("gone.gguf", "~nobody-of-this-name/gone.gguf", "x" * 300):
        with pytest.raises(UnsuitableModel, match="does not exist"):
            add_file(Path(name), paths)
    add_file(dense_model, paths)
    with pytest.raises(UnsuitableModel, match="already exists"):
        add_file(dense_model, paths)
    assert [file.name for file in paths.models[0].iterdir()] == [dense_model.name]


def test_a_first_part_is_used_from_where_it_is(
    paths: Paths, tmp_path: Path, dense_model: Path
) -> None:
    part = Path(shutil.copy(dense_model, tmp_path / "m-00001-of-00002.gguf"))
    with pytest.raises(UnsuitableModel) as caught:
        add_file(part, paths)
    assert "tutor model use FILE" in caught.value.remedy


def test_a_copy_that_fails_leaves_nothing(
    paths: Paths, dense_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_source: Path, target: Path) -> None:
        target.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(UnsuitableModel, match="No space left"):
        add_file(dense_model, paths, copy=True)
    assert list(paths.models[0].iterdir()) == []


def test_a_shelf_still_answers_when_its_files_are_gone(
    paths: Paths, tmp_path: Path, dense_model: Path
) -> None:
    """Another program or window may delete them while they are shown."""
    for name in ("a.gguf", "b.gguf"):
        add_file(Path(shutil.copy(dense_model, tmp_path / name)), paths)
    environ = {"TUTOR_HOME": str(paths.home), "HF_HOME": str(tmp_path), "OLLAMA_MODELS": "none"}
    shelf = Shelf.of(environ)
    own = [model for model in shelf.models if model.ours]
    assert [shelf.is_used(model) for model in own] == [True, False]
    for gone in own:
        gone.path.unlink()
        assert [shelf.is_used(model) for model in own] == [True, False]
        assert [shelf.quality(model) for model in own] == [None, None]
        assert [shelf.speed(model) for model in own] == [None, None]


def test_only_files_in_our_folder_are_deleted(
    paths: Paths, dense_model: Path, tmp_path: Path
) -> None:
    other = Path(shutil.copy(dense_model, tmp_path / "other.gguf"))
    paths.models[0].mkdir(parents=True)
    for file in (other, paths.models[0] / ".." / ".." / "other.gguf", paths.models[0] / "none"):
        with pytest.raises(NotInModelsFolder):
            remove_file(file, paths)
    assert other.exists()


def test_the_model_in_the_settings_is_chosen_turned_off_and_forgotten(
    paths: Paths, tmp_path: Path
) -> None:
    paths.home.mkdir()
    paths.settings.write_text(SETTINGS, encoding="utf-8")
    odd = tmp_path / 'it\'s "odd" \\ мой.gguf'
    odd.touch()
    use_model(odd, paths)
    assert load_settings(paths.settings).model == odd
    use_model(None, paths)
    with pytest.raises(NoSuchEntry, match="gone"):
        use_model(tmp_path / "none.gguf", paths)
    assert load_settings(paths.settings).model == Path()
    forget_model(paths)
    assert paths.settings.read_text(encoding="utf-8") == "# mine\n\ncontext = 2048\n"


def test_a_named_model_that_is_missing_is_none(paths: Paths, tmp_path: Path) -> None:
    assert used_model(tmp_path / "gone.gguf", paths) is None


def test_a_checksum_is_verified(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"abc")
    right = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    progress: list[tuple[int, int]] = []
    checked = verify(file, right, lambda done, total: progress.append((done, total)))
    assert (checked.right, checked.sha256, progress) == (True, right, [(3, 3)])
    assert not verify(file, "0" * 64).right
    with pytest.raises(Unreadable):
        verify(tmp_path / "none", right)


def test_measured_qualities_are_read_and_invalid_files_ignored(paths: Paths) -> None:
    assert "f" * 16 not in qualities(paths.calibrations)
    ways = {
        "before": {"accuracy": 0.48, "kappa": 0},
        "key terms": {"accuracy": 0.7, "kappa": 0.4},
        "all together": {"accuracy": 0.75, "kappa": 0.5},
    }
    untested = calibration(judge="1", model="f" * 16, points=7, found=ways, way="all together")
    Calibrations(paths.calibrations).keep(untested)
    (paths.calibrations[0] / "broken.json").write_text("{", encoding="utf-8")
    quality = qualities(paths.calibrations)["f" * 16]
    assert quality.calibration.points == 7
    assert quality.alone is not None
    assert quality.terms is not None
    assert quality.alone < quality.terms
    assert "48 % with the model alone" in quality.words
    test = {"test": {"accuracy": 0.891, "kappa": 0.8}, "apart": {"accuracy": 0.874, "kappa": 0.8}}
    tested = Calibration.model_validate(untested.model_dump() | {"tested": test})
    assert Quality(tested).words == (
        "right on 89 % of points in answers it had not seen, "
        "and on 87 % where the question was new to it too"
    ), "the figures that the verdict shows"
