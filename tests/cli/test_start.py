"""`tutor` itself: help, version, no terminal; and `tutor doctor`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tutor import __version__
from tutor.settings import Settings, SettingsInvalid, load_settings


def test_version(run: Run) -> None:
    assert run("--version").out == f"tutor {__version__}\n"


def test_without_a_terminal_it_says_how_to_continue(run: Run) -> None:
    ran = run()
    assert (ran.code, ran.out) == (1, "")
    assert "tutor grade ID --answer TEXT" in ran.err


def test_doctor_without_a_model(run: Run, home: Path) -> None:
    ran = run("doctor", "--json")
    said = ran.json
    assert ran.code == 0
    assert said["versions"]["tutor"] == __version__
    assert said["paths"]["profile"] == str(home)
    assert said["model"]["file"] is None
    assert said["bank"]["questions"] >= 18
    assert said["progress"] == {"attempts": 0}
    assert said["machine"]["memory_free_gib"] > 0


@pytest.mark.native
def test_doctor_probes_the_model(run: Run, dense_model: Path) -> None:
    said = run("doctor", "--json", "--model", str(dense_model)).json["model"]
    assert (said["name"], said["architecture"]) == ("tiny random", "llama")
    assert said["prefill_tokens_per_second"] > 0


def test_doctor_tells_what_does_not_work(run: Run, home: Path, tmp_path: Path) -> None:
    deck = home / "questions" / "mine"
    deck.mkdir(parents=True)
    (deck / "deck.yaml").write_text("title: [", encoding="utf-8")
    ran = run("doctor", "--model", str(tmp_path / "none.gguf"))
    assert ran.code == 1
    assert "no model file" in ran.out
    assert "see tutor bank check" in ran.out


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


@pytest.mark.native
def test_where_a_model_is_looked_for(
    run: Run, home: Path, dense_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The argument, TUTOR_MODEL, the settings file, then the models folder of the profile."""

    def copy(name: str) -> Path:
        return Path(shutil.copy(dense_model, tmp_path / name))

    def used(*arguments: str) -> str:
        return Path(run("doctor", "--json", *arguments).json["model"]["file"]).name

    (home / "models").mkdir(parents=True)
    shutil.copy(dense_model, home / "models" / "own.gguf")
    assert used() == "own.gguf"
    settings = f"model = '{copy('set.gguf')}'\n"
    (home / "settings.toml").write_text(settings, encoding="utf-8")
    assert used() == "set.gguf"
    monkeypatch.setenv("TUTOR_MODEL", str(copy("environment.gguf")))
    assert used() == "environment.gguf"
    assert used("--model", str(copy("argument.gguf"))) == "argument.gguf"


@pytest.mark.parametrize(
    ("text", "named"),
    [("contxt = 1", "contxt"), ("context = 1", "context"), ("context = ", "TOML")],
)
def test_settings_that_cannot_be_used(tmp_path: Path, text: str, named: str) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsInvalid) as caught:
        load_settings(file)
    assert named in caught.value.message + caught.value.remedy
    assert str(file) in caught.value.message + caught.value.remedy


def test_profile_folder_is_its_owners_alone(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dense_model: Path
) -> None:
    home = tmp_path / "new"
    monkeypatch.setenv("TUTOR_HOME", str(home))
    run("grade", "papers-ru.5.3", "--answer", "нечто", "--model", str(dense_model))
    assert home.is_dir()
    if os.name == "posix":
        assert home.stat().st_mode & 0o777 == 0o700
        files = [path for path in home.rglob("*") if path.is_file()]
        assert files
        assert {path.stat().st_mode & 0o777 for path in files} == {0o600}


@pytest.mark.parametrize(
    ("typed", "word", "offered"), [("tutor pro", 1, "progress"), ("tutor model ver", 2, "verify")]
)
def test_the_shell_completes_commands(typed: str, word: int, offered: str) -> None:
    environ = {**os.environ, "_TUTOR_COMPLETE": "complete_bash"}
    environ |= {"COMP_WORDS": typed, "COMP_CWORD": str(word)}
    program = "import sys; sys.argv[0] = 'tutor'; from tutor.__main__ import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=False, env=environ, text=True
    )
    assert done.stdout.split() == [offered]
