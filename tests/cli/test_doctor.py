"""`tutor doctor`: says in plain words what is wrong and what to type."""

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.support.judges import put_judge, tiny_judge
from tutor import __version__
from tutor.cli.doctor import Part, build, doctor_lines, terminal
from tutor.cli.terminal import Terminal
from tutor.engine.cpu_features import Build


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A terminal of the usual size, and a user without other programs."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")
    monkeypatch.setenv("HOME", str(tmp_path / "user"))


def models_line(run: Run) -> str:
    (line,) = [line for line in run("doctor").out.splitlines() if "Models:" in line]
    return line


def test_without_a_model_it_says_how_to_get_one(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutor.models.catalog.load_judge", lambda _resources: None)
    ran = run("doctor")
    assert ran.code == 0
    for said in ("tutor model pull judge", "tutor model add FILE", "GiB of memory free"):
        assert said in ran.out
    lines = ran.out.splitlines()
    for beginning in ("! Models: 0 models installed.", "✓ Progress: nothing answered yet."):
        assert any(line.startswith(beginning) for line in lines)
    report = run("doctor", "--json").json
    assert report["versions"]["tutor"] == __version__
    assert report["paths"]["profile"] == str(home)
    assert report["model"]["file"] is None
    assert report["bank"]["questions"] >= 18
    assert report["progress"] == {"attempts": 0}
    assert report["machine"]["memory_free_gib"] > 0
    assert len(report["to_do"]) == 2


def test_the_judge_is_reported(
    run: Run, home: Path, dense_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = tiny_judge(tmp_path, dense_model)
    monkeypatch.setattr("tutor.models.catalog.load_judge", lambda _resources: judge)
    put_judge(home / "models", dense_model, judge)
    said = run("doctor", "--json").json["models"]
    assert (said["used"], said["judges"]) == (None, "built-in judge")
    assert "advice" not in said
    assert models_line(run) == (
        "✓ Models: 1 model installed. The built-in judge is in use. "
        "It is trained for these questions. It grades unless you choose another model."
    )


def test_choosing_key_terms_is_no_problem(run: Run, home: Path) -> None:
    (home / "settings.toml").write_text('model = ""\n', encoding="utf-8")
    lines = run("doctor").out.splitlines()
    assert "✓ Model in use: none; key terms grade, as the settings say." in lines
    assert models_line(run).startswith("✓")
    assert "grades" not in models_line(run)


@pytest.mark.native
def test_the_figures_of_a_model_are_reported(run: Run, home: Path, dense_model: Path) -> None:
    (home / "models").mkdir(parents=True)
    shutil.copy(dense_model, home / "models" / "own.gguf")
    assert Path(run("doctor", "--json").json["model"]["file"]).name == "own.gguf"
    said = run("doctor", "--json", "--model", str(dense_model)).json
    assert said["model"]["file"] == str(dense_model)
    assert (said["model"]["name"], said["model"]["architecture"]) == ("tiny random", "llama")
    assert said["model"]["prefill_tokens_per_second"] > 0
    assert said["models"]["used"] == dense_model.name
    assert "it fits" in said["models"]["memory"]
    assert said["build"]["loads"]
    assert said["build"]["uses"]
    assert [line for line in said["to_do"] if "pull" in line] == []


def test_a_damaged_model_or_a_broken_catalogue_keeps_it_from_working(
    run: Run, home: Path, dense_model: Path
) -> None:
    (home / "models").mkdir(parents=True)
    (home / "models/cut.gguf").write_bytes(dense_model.read_bytes()[:1000])
    ran = run("doctor", "--json")
    assert ran.code == 1
    assert "damaged" in ran.json["models"]["error"]
    assert "tutor model remove, then tutor model pull" in ran.json["to_do"]
    (home / "models.toml").write_text("[[model]]\nid = 'x y'\n", encoding="utf-8")
    ran = run("doctor", "--json")
    assert ran.code == 1
    assert "id: " in ran.json["models"]["error"]


def test_problems_come_first_each_with_what_to_do(run: Run, home: Path) -> None:
    deck = home / "questions" / "mine"
    deck.mkdir(parents=True)
    (deck / "deck.yaml").write_text("title: [", encoding="utf-8")
    ran = run("doctor", "--model", str(home / "none.gguf"))
    assert ran.code == 1
    lines = ran.out.splitlines()
    marks = [line[0] for line in lines if line[:2] in ("✗ ", "! ", "✓ ")]
    assert marks == sorted(marks, key="✗!✓".index)
    problem = next(at for at, line in enumerate(lines) if line.startswith("✗ Model in use"))
    assert "no model file" in lines[problem]
    assert lines[problem + 1].startswith("  Check the path")
    assert "see tutor bank check" in ran.out
    assert lines[-1].startswith(f"{marks.count('✗')} problems")


def test_without_unicode_marks_are_letters() -> None:
    lines = doctor_lines([Part("Decks", {}, "1 deck"), Part("Models", {}, problem="none")])
    printed = [Terminal(ascii_only=True).text(line) for line in lines]
    assert printed == ["x Models: none.", "+ Decks: 1 deck.", "", "1 problem."]


@pytest.mark.parametrize(
    ("found", "problem", "advice"),
    [
        (None, "not installed", "pip install"),
        (Build(problem="no libllama.so"), "no libllama.so", "make clean, then make run"),
        (Build(uses=("AVX512",), has=frozenset()), "AVX512, which this processor lacks", "make"),
        (Build(uses=("AVX",), has=frozenset({"AVX", "AVX2"})), "", "uses AVX2 would be faster"),
        (Build(uses=("AVX2",), has=frozenset({"AVX2"})), "", ""),
    ],
    ids=["missing", "damaged", "for another processor", "slower than possible", "right"],
)
def test_the_build(
    monkeypatch: pytest.MonkeyPatch, found: Build | None, problem: str, advice: str
) -> None:
    monkeypatch.setattr("tutor.cli.doctor.can_run_models", lambda: found is not None)
    monkeypatch.setattr("tutor.engine.cpu_features.inspect_build", lambda: found)
    part = build()
    for words, said in ((part.problem, problem), (part.advice, advice)):
        assert said in words
        assert bool(said) == bool(words)


def test_while_llama_cpp_is_compiled_nothing_is_wrong(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    state = tmp_path / "background.json"
    monkeypatch.setenv("TUTOR_SETUP", str(state))
    monkeypatch.setattr("tutor.cli.doctor.can_run_models", lambda: False)
    said = {"stage": "compiling", "done": 34, "total": 83, "compiled": False, "problem": "",
            "log": "/x/log"}  # fmt: skip
    state.write_text(json.dumps(said), encoding="utf-8")
    ran = run("doctor", "--json")
    assert ran.code == 0
    assert ran.json["setup"] == {"stage": "compiling", "done": "34 of 83", "log": "/x/log"}
    assert not ran.json["build"]["loads"]
    state.write_text(json.dumps(said | {"stage": "failed", "problem": "No g++."}), encoding="utf-8")
    ran = run("doctor", "--json")
    assert ran.code == 1
    assert ran.json["setup"]["error"] == "No g++."
    assert any("make run" in line for line in ran.json["to_do"])


@pytest.mark.parametrize(
    ("environ", "key", "said"),
    [
        ({"NO_COLOR": "1", "TERM": "xterm"}, "colour", "off (NO_COLOR)"),
        ({"COLORTERM": "truecolor", "TERM": "xterm"}, "colour", "truecolor"),
        ({"TERM": "screen-256color"}, "colour", "256 colours"),
        ({"TERM": "linux"}, "colour", "basic"),
        ({"TERM": "xterm-kitty"}, "keys", "Kitty's protocol"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, "keys", "Kitty's protocol"),
        ({"TERM": "xterm-256color"}, "keys", "unknown"),
    ],
)
def test_the_terminal(environ: dict[str, str], key: str, said: str) -> None:
    assert said in str(terminal(environ).data[key])


def test_what_a_terminal_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("locale.getencoding", lambda: "UTF-8")
    assert terminal({"TERM": "xterm-256color"}).advice == ""
    if os.name == "posix":
        for environ in ({}, {"TERM": "dumb"}):
            assert "export TERM=xterm-256color" in terminal(environ).advice
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setattr("locale.getencoding", lambda: "ISO-8859-1")
    advice = terminal({"TERM": "xterm"}).advice
    assert "80 columns and 24 lines" in advice
    assert "LC_ALL=C.UTF-8" in advice or "chcp 65001" in advice
