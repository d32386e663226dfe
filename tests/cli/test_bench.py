"""`tutor bench`, with the key terms and with a tiny random-weight model.

On our decks where it shows what the key terms are worth, else on a deck with short texts, of which
the tiny model has a token for each letter.
"""

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.support.banks import make_deck
from tutor.cli.bench import NoModel, NothingToMeasure
from tutor.evaluation import verdicts
from tutor.grading import Calibration
from tutor.grading.calibration import Accuracy
from tutor.grading.service import NotCalibrated


@pytest.fixture(autouse=True)
def few_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Intervals by few draws: how wide they are is tested elsewhere."""
    assert verdicts.rows.__kwdefaults__ is not None
    monkeypatch.setitem(verdicts.rows.__kwdefaults__, "rounds", 10)


def deck(home: Path, name: str, split: str) -> None:
    """A deck of 5 questions with 10 sample answers, all for this use."""
    folder = make_deck(home / "questions" / name, questions=5)
    samples = folder / "01-part.samples.yaml"
    text = samples.read_text("utf-8")
    samples.write_text(text.replace("    kind:", f"    split: {split}\n    kind:"), "utf-8")


def cells(table: str) -> list[list[str]]:
    lines = [line for line in table.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]


def test_key_terms_are_measured_calibrated_and_kept(run: Run, home: Path) -> None:
    ran = run("bench", "grading", "--terms", "--limit", "20", "--keep")
    assert ran.code == 0, ran.error
    rows = cells(ran.out)
    assert rows[0] == ["samples", "way", "points", "accuracy", "kappa"]
    at = rows.index(["probability of the verdict", "points", "mean probability", "right"])
    assert sum(int(row[1]) for row in rows[at + 2 :]) == int(rows[2][2])
    assert "Expected calibration error: 0." in ran.out
    by_way = {row[1]: row for row in rows if row[0] == "all"}
    assert list(by_way) == [
        "always the commonest verdict",
        "word overlap",
        "key terms, before",
        "key terms, calibrated",
    ]
    kappa = {way: float(row[4].partition(" ")[0]) for way, row in by_way.items()}
    assert kappa["key terms, calibrated"] > 0.1 > kappa["always the commonest verdict"]
    kept = Calibration.model_validate_json((home / "calibrations" / "terms.json").read_bytes())
    assert (kept.model, kept.points) == (None, int(by_way["key terms, before"][2]))
    answer = ("--answer", "Ein Vektor ist eine Zahl.", "--grader", "terms", "--json")
    graded = run("grade", "lectures-de.1.1", *answer).json
    assert graded["calibration"] == kept.id


def test_figures_on_a_split_are_kept_with_the_calibration(run: Run, home: Path) -> None:
    deck(home, "mine", "calibrate")
    deck(home, "unseen", "apart")
    samples = home / "questions" / "unseen" / "01-part.samples.yaml"
    samples.write_text(samples.read_text("utf-8").replace("reason: missed", "reason: met"), "utf-8")
    by_terms = ("bench", "grading", "--split", "apart", "--deck", "unseen", "--grader", "terms")
    ran = run(*by_terms, "--keep")
    assert isinstance(ran.error, NotCalibrated)
    assert run("bench", "grading", "--terms", "--deck", "mine", "--keep").code == 0
    file = home / "calibrations" / "terms.json"
    before = Calibration.model_validate_json(file.read_bytes())
    said = run(*by_terms, "--keep", "--json").json
    kept = Calibration.model_validate_json(file.read_bytes())
    assert kept.tested["apart"].accuracy == said["accuracy"] < before.found["key terms"].accuracy
    assert kept.accuracy("own.1.1", built_in=False) == Accuracy(said["accuracy"], seen=False)
    assert kept.unseen == tuple(sorted(f"unseen.1.{number}" for number in range(1, 6)))
    assert kept.accuracy(kept.unseen[0], built_in=True) == Accuracy(said["accuracy"], seen=False)
    by_fitting = before.found["key terms"].accuracy
    assert kept.accuracy("seen.1.1", built_in=True) == Accuracy(by_fitting, seen=True)
    assert kept.id == before.id


@pytest.mark.native
def test_a_random_model_is_measured_and_gets_little_weight(
    run: Run, home: Path, dense_model: Path
) -> None:
    deck(home, "mine", "calibrate")
    ran = run("bench", "grading", "--model", str(dense_model), "--deck", "mine", "--keep")
    assert ran.code == 0, ran.error
    ways = {row[1] for row in cells(ran.out) if row[0] == "all"}
    assert {"labels, before", "likelihood gain", "all together"} <= ways
    (file,) = (home / "calibrations").glob("*.json")
    kept = Calibration.model_validate_json(file.read_bytes())
    assert (kept.model, kept.form) == (file.stem, "single")
    assert kept.found["key terms"].accuracy > 0.6


@pytest.mark.native
def test_speed_is_reported_kept_and_listed(run: Run, home: Path, dense_model: Path) -> None:
    (home / "models").mkdir(parents=True)
    shutil.copyfile(dense_model, home / "models" / "mine.gguf")
    assert "tokens a second" not in run("model", "list").err
    ran = run("bench", "speed", "--json")
    assert ran.code == 0, ran.error
    said = json.loads(ran.out)
    assert said["prefill"] > 0
    assert said["memory"] > 1 << 20
    assert said["paused"] < said["cold"]
    assert "mine.gguf reads" in run("model", "list").err
    (mine,) = (m for m in run("model", "list", "--json").json["found"] if m["name"] == "mine.gguf")
    assert mine["speed"]["prefill"] == said["prefill"]


@pytest.mark.parametrize("ways", [("--terms",), ("--split", "test", "--grader", "terms")])
def test_a_deck_without_sample_answers_cannot_be_measured(
    run: Run, home: Path, ways: tuple[str, ...]
) -> None:
    deck(home, "mine", "train")
    error = run("bench", "grading", *ways, "--deck", "mine").error
    assert isinstance(error, NothingToMeasure)
    assert error.remedy


def test_an_unknown_form_is_wrong_usage(run: Run) -> None:
    assert run("bench", "grading", "--form", "best", "--limit", "20").code == 2


def test_without_a_model_there_is_no_speed(run: Run) -> None:
    assert isinstance(run("bench", "speed").error, NoModel)


def test_a_file_of_graded_answers(run: Run, tmp_path: Path) -> None:
    answers = (("Green plants make sugar from light and water.", 1.0), ("They like sugar.", 0.5),
               ("No idea about that.", 0.0))  # fmt: skip
    rows = [
        {
            "lang": "en", "qid": f"q{number}", "question": "What do green plants make of light?",
            "reference": "Green plants make sugar from light and water.", "answer": answer,
            "score": score, "max": 1,
        }
        for number in range(4)
        for answer, score in answers
    ]  # fmt: skip
    file = tmp_path / "plants.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    table = cells(run("bench", "grading", "--terms", "--file", str(file)).out)
    assert [row[1] for row in table[2:]] == [
        "word overlap", "key terms, expected", "key terms, verdicts",
    ]  # fmt: skip
    assert all(float(row[3].split()[0]) > 0.7 for row in table[2:])


def test_any_file_of_marked_answers_is_measured(run: Run, tmp_path: Path) -> None:
    rows = [
        {
            "question": question,
            "language": "de",
            "kind": kind,
            "answer": "Man weiß nicht, wie die Entscheidung zustande kommt.",
            "verdicts": {"gone": "met", "black-box": "met"},
        }
        for question, kind in (("lectures-de.1.1", "full"), ("nowhere.1.1", "partial"))
    ]
    file = tmp_path / "marked.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    ran = run("bench", "grading", "--marked", str(file), "--grader", "terms", "--json")
    assert ran.code == 0, ran.error
    assert (ran.json["grader"], ran.json["answers"], ran.json["points"]) == ("terms", 1, 1)
    assert ran.json["skipped"] == 3
    assert set(ran.json["by_kind"]) == {"full"}
    table = run("bench", "grading", "--marked", str(file), "--grader", "terms")
    assert [row[0] for row in cells(table.out)] == ["answers", "---", "all", "full", "de"]
    assert "3 points were skipped" in table.err
