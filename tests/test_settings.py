"""The settings, where each comes from, and how one is changed in the file."""

import os
from datetime import date
from pathlib import Path

import pytest

from tutor.settings import Settings, SettingsInvalid, load_settings
from tutor.settings_file import (
    Origin,
    SettingsNotWritten,
    SettingWrong,
    StoredSettings,
    write_setting,
)

COMMENTED = """\
# my settings
new_per_day = 5   # not too many

# for spring
exam_date = 2027-03-01
cover = false
"""


@pytest.fixture
def file(home: Path) -> Path:
    home.mkdir()
    path = home / "settings.toml"
    path.write_text(COMMENTED, encoding="utf-8")
    return path


def test_arguments_before_environment_before_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("context = 1000\nthreads = 3\nfeedback = false\n", encoding="utf-8")
    monkeypatch.setenv("TUTOR_THREADS", "5")
    monkeypatch.setenv("TUTOR_CONTEXT", "2000")
    settings = load_settings(file, {"context": 3000, "model": None})
    assert (settings.context, settings.threads, settings.feedback) == (3000, 5, False)
    assert load_settings(tmp_path / "none.toml").session_length == Settings().session_length


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("contxt = 1", "contxt"),
        ("context = 1", "context"),
        ("context = ", "TOML"),
        ("retention = 1", "retention"),
        ("new_per_day = -1", "new_per_day"),
        ('exam_date = "soon"', "exam_date"),
        ("easy_from = 2", "easy_from"),
        ("good_from = 0.99", "ascending"),
        ('languages = ["fr"]', "languages"),
    ],
)
def test_settings_that_cannot_be_used(tmp_path: Path, text: str, named: str) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsInvalid) as caught:
        load_settings(file)
    assert named in caught.value.message + caught.value.remedy
    assert str(file) in caught.value.message + caught.value.remedy


def test_where_each_value_comes_from(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTOR_COVER", "1")
    monkeypatch.setenv("tutor_retention", "0.8")
    stored = StoredSettings.read(file, {"model": Path("m.gguf"), "server": None})
    origins = {name: stored.origin(name) for name in Settings.model_fields}
    assert origins["model"] is Origin.COMMAND_LINE
    assert (origins["cover"], stored.value("cover")) == (Origin.ENVIRONMENT, True)
    assert (origins["retention"], stored.value("retention")) == (Origin.ENVIRONMENT, 0.8)
    assert (origins["new_per_day"], stored.value("new_per_day")) == (Origin.FILE, 5)
    assert (origins["server"], stored.value("server")) == (Origin.DEFAULT, None)


def test_one_changes_and_the_rest_stays(file: Path) -> None:
    stored = StoredSettings.read(file, {}).write("new_per_day", "7")
    assert stored.value("new_per_day") == 7
    assert file.read_text("utf-8") == COMMENTED.replace("= 5", "= 7")
    stored = stored.write("session_length", 20)
    assert file.read_text("utf-8") == COMMENTED.replace("= 5", "= 7") + "session_length = 20\n"
    stored = stored.write("session_length", None).write("cover", None)
    assert file.read_text("utf-8") == COMMENTED.replace("= 5", "= 7").replace("cover = false\n", "")
    assert stored.origin("cover") is Origin.DEFAULT


@pytest.mark.parametrize(
    ("name", "typed", "line", "value"),
    [
        ("exam_date", "2027-05-06", "exam_date = 2027-05-06", date(2027, 5, 6)),
        ("retention", "0.85", "retention = 0.85", 0.85),
        ("feedback", False, "feedback = false", False),
        ("server_template", "/a b/t.jinja", 'server_template = "/a b/t.jinja"', None),
        ("exam_decks", ("one", "two"), 'exam_decks = ["one", "two"]', ("one", "two")),
        ("theme", 'a "b" \\c', 'theme = "a \\"b\\" \\\\c"', 'a "b" \\c'),
        ("model", "", 'model = ""', Path()),
    ],
)
def test_every_kind_of_value_is_read_back(
    home: Path, name: str, typed: object, line: str, value: object
) -> None:
    file = home / "settings.toml"
    stored = StoredSettings.read(file, {}).write(name, typed)
    assert file.read_text("utf-8") == line + "\n"
    assert stored.value(name) == (Path("/a b/t.jinja") if value is None else value)
    if os.name == "posix":
        assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("new_per_day", "many", "whole number"),
        ("retention", "nan", "more than 0.99"),
        ("exam_date", "soon", "year-month-day"),
        ("hard_from", "0.9", "hard_from, good_from and easy_from must be in ascending order"),
    ],
)
def test_a_value_that_cannot_be_is_refused_in_words(
    file: Path, name: str, typed: str, said: str
) -> None:
    stored = StoredSettings.read(file, {})
    with pytest.raises(SettingWrong, match=said):
        stored.checked(name, typed)
    with pytest.raises(SettingWrong):
        stored.write(name, typed)
    assert file.read_text("utf-8") == COMMENTED


def test_a_file_that_was_broken_meanwhile_is_not_touched(file: Path) -> None:
    stored = StoredSettings.read(file, {})
    file.write_text("new_per_day = ", encoding="utf-8")
    with pytest.raises(SettingsInvalid):
        stored.write("cover", True)
    with pytest.raises(SettingsNotWritten, match="cannot be changed"):
        stored.write("cover", None)
    file.write_text("sesion_length = 3\n", encoding="utf-8")
    with pytest.raises(SettingsInvalid, match="sesion_length"):
        stored.write("cover", True)
    assert file.read_text("utf-8") == "sesion_length = 3\n"


@pytest.mark.skipif("os.name != 'posix'")
def test_a_link_stays_a_link(file: Path, tmp_path: Path) -> None:
    target = file.rename(tmp_path / "dotfiles.toml")
    file.symlink_to(target)
    write_setting(file, "new_per_day", 9)
    assert file.is_symlink()
    assert "new_per_day = 9" in target.read_text("utf-8")


def test_a_folder_instead_of_the_file_is_reported_when_writing(tmp_path: Path) -> None:
    stored = StoredSettings.read(tmp_path, {})
    assert stored.in_file == frozenset()
    with pytest.raises(SettingsNotWritten):
        stored.write("new_per_day", 3)


@pytest.mark.skipif("os.name != 'posix' or os.getuid() == 0")
def test_a_folder_that_cannot_be_written_is_reported(file: Path) -> None:
    folder = file.parent
    folder.chmod(0o500)
    try:
        with pytest.raises(SettingsNotWritten, match="cannot be changed"):
            write_setting(file, "new_per_day", 9)
    finally:
        folder.chmod(0o700)
    assert file.read_text("utf-8") == COMMENTED
