"""`tutor grade`, with the key terms and with a real random-weight model."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tutor.engine import ModelRefused
from tutor.errors import TutorError

ID = "papers-ru.5.3"
ANSWER = (
    "Лучше всего генератор от 1/4 до 1/2 размера дискриминатора. "
    "При равных размерах шаг обучения стоит вдвое больше вычислений."
)


def test_terms_as_json(run: Run) -> None:
    ran = run("grade", ID, "--answer", ANSWER, "--grader", "terms", "--json")
    assert ran.code == 0
    said = ran.json
    assert (said["question"], said["grader"], said["feedback"]) == (ID, "terms", "")
    assert 0 < said["score"] < 1
    assert {tuple(point) for point in said["points"]} == {
        ("id", "verdict", "confidence", "evidence", "weight")
    }
    assert said["ms"] >= 0
    total = sum(point["weight"] for point in said["points"])
    worth = {"met": 1.0, "partial": 0.5, "missed": 0.0}
    earned = sum(point["weight"] * worth[point["verdict"]] for point in said["points"])
    assert said["score"] == pytest.approx(earned / total, abs=1e-6)


def test_the_rubric_is_in_a_language_that_the_student_reads(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUTOR_LANGUAGES", '["en"]')
    command = ("grade", "compute.1.1", "--answer", "Nothing.", "--grader", "terms")
    assert "\n✗ missed  The dot products are " in run(*command).out, "next to its verdict"
    assert "\n✗ missed  Скалярные произведения " in run(*command, "--language", "ru").out


def test_the_three_ways_of_giving_the_answer_agree(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "answer.txt"
    file.write_text("\ufeff" + ANSWER, encoding="utf-8")
    said = [
        run("grade", ID, *way, "--grader", "terms", "--json", stdin=ANSWER).json["points"]
        for way in (("--answer", ANSWER), ("--file", str(file)), ("-",))
    ]
    assert said[0] == said[1] == said[2]


def test_as_text_every_verdict_is_a_mark_and_a_word(run: Run) -> None:
    ran = run("grade", ID, "--answer", ANSWER, "--grader", "terms")
    lines = ran.out.splitlines()
    assert lines[0].startswith(f"{ID}  ")
    assert all(lines), "no feedback, and no space for it"
    marks = [line[:9].split()[:2] for line in lines if line and line[0] in "✓◐✗"]
    assert {tuple(mark) for mark in marks} <= {("✓", "met"), ("◐", "partial"), ("✗", "missed")}


def test_what_would_steer_a_terminal_is_shown_and_not_obeyed(run: Run) -> None:
    answer = "\x1b]0;title\x07\x1b[31mГенератор от 1/4 до 1/2 дискриминатора\u202e."
    ran = run("grade", ID, "--answer", answer, "--grader", "terms")
    assert "\\x1b[31m" in ran.out
    assert not {"\x1b", "\x07", "\u202e"} & set(ran.out)


def test_named_errors(run: Run, tmp_path: Path) -> None:
    for arguments, message in (
        (("nope.1", "--answer", "x"), "nope.1"),
        ((ID, "--file", str(tmp_path / "none")), "cannot be read"),
        ((ID, "--answer", "x" * 200_001), "200,001 characters"),
        ((ID, "--answer", "x", "--grader", "model"), "no model"),
        ((ID, "--answer", "x", "--model", str(tmp_path / "none.gguf")), "no model file"),
    ):
        error = run("grade", *arguments).error
        assert isinstance(error, TutorError)
        assert message in error.message


@pytest.mark.native
def test_a_model_grades(run: Run, dense_model: Path) -> None:
    ran = run("grade", ID, "--answer", "Да. Нет.", "--model", str(dense_model), "--json")
    said = ran.json
    assert (ran.code, said["grader"]) == (0, "model")
    assert said["model"]
    assert said["prompt"]
    assert all(1 / 3 <= point["confidence"] <= 1 for point in said["points"])
    assert "weak grader" in said["remark"]


def test_a_problem_with_the_model_is_reported_once(run: Run) -> None:
    ran = run("grade", ID, "--answer", ANSWER, "--server", "http://127.0.0.1:9")
    problem = "the server at http://127.0.0.1:9/ cannot be reached"
    assert ran.code == 0
    assert ran.err.splitlines() == [problem, f"Key terms graded this, since {problem}."]


@pytest.mark.native
def test_a_model_file_that_is_none(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "page.gguf"
    path.write_text("<html>", encoding="utf-8")
    error = run("grade", ID, "--answer", "x", "--model", str(path), "--grader", "model").error
    assert isinstance(error, ModelRefused)
    said = run("grade", ID, "--answer", "нечто", "--model", str(path), "--json").json
    assert said["grader"] == "terms"
    assert "not a GGUF file" in said["remark"]


def test_from_outside_an_error_is_one_line_what_to_do_and_one(cached: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tutor", "progress", "import", "\x1b[31mнет"],
        capture_output=True,
        env={**os.environ, "TUTOR_HOME": str(cached), "PYTHONIOENCODING": "latin-1"},
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (1, b"")
    said = ran.stderr.decode().splitlines()
    assert said == [
        "tutor: \\x1b[31mнет cannot be read: No such file or directory.",
        "Check the path, and that you may read the file.",
    ]
