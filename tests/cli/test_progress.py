"""`tutor progress`: read next to a running tutor, as a table, as JSON, as samples."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tutor.bank import Bank, Language, Question, Verdict
from tutor.bank.problems import UnknownDeckError
from tutor.formatting import percent
from tutor.grading import KeyTermGrader
from tutor.paths import Paths
from tutor.progress import Attempt, Progress, open_progress
from tutor.progress.archive.samples import SamplesExist

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
FIRST, OTHER = "papers-ru.5.3", "lectures-de.10.1"


@pytest.fixture
def progress(paths: Paths, our_bank: Bank) -> Iterator[Progress]:
    """Two graded answers, one of them overruled; the profile stays open during the test."""
    with open_progress(paths, clock=lambda: NOON) as opened:
        for number, id_ in enumerate((FIRST, OTHER)):
            language = our_bank.deck(our_bank.info(id_).deck).language
            opened.record(answered(f"secret{number}", our_bank.question(id_), language))
        opened.overrule("secret0", {our_bank.question(FIRST).rubric[0].id: Verdict.MISSED})
        yield opened


def answered(id_: str, question: Question, language: Language) -> Attempt:
    answer = question.answer.to(language)
    grade = KeyTermGrader().grade(question, answer, language)
    return Attempt(
        id=id_,
        question=question.id,
        at=NOON,
        language=language,
        answer=answer,
        grade=grade,
        seconds=5,
    )


def test_agreement_as_json(run: Run, progress: Progress) -> None:
    (row,) = run("progress", "agreement", "--json").json["graders"]
    points = sum(len(attempt.grade.points) for attempt in progress.attempts())
    assert (row["grader"], row["model"], row["points"], row["overruled"]) == (
        "terms",
        None,
        points,
        1,
    )
    assert row["share"] == pytest.approx(1 - 1 / points, abs=1e-4)


def test_agreement_as_a_table(run: Run, progress: Progress) -> None:
    head, row = run("progress", "agreement").out.splitlines()
    assert head.split() == ["grader", "model", "version", "points", "overruled", "agreed"]
    grades = [attempt.grade for attempt in progress.attempts()]
    points = sum(len(grade.points) for grade in grades)
    version = grades[0].grader.version
    agreed = percent(1 - 1 / points)
    assert row.split() == ["terms", "–", version, str(points), "1", *agreed.split()]


def test_agreement_without_a_history(run: Run, home: Path) -> None:
    ran = run("progress", "agreement")
    assert (ran.code, ran.out, ran.err) == (0, "", "No answers graded yet.\n")
    assert run("progress", "agreement", "--json").json == {"graders": []}
    assert not list(home.glob("attempts*"))


@pytest.mark.usefixtures("progress")
def test_samples_are_those_that_were_overruled(run: Run) -> None:
    ran = run("progress", "samples")
    assert ran.out.startswith("# papers-ru/5-electra.samples.yaml\nsamples:\n- question: " + FIRST)
    assert OTHER not in ran.out
    assert "secret" not in ran.out
    assert "2026" not in ran.out
    assert ran.err == "1 sample\n"


@pytest.mark.usefixtures("progress")
def test_all_samples_or_those_of_a_deck(run: Run) -> None:
    assert run("progress", "samples", "--all").out.count("- question: ") == 2
    ran = run("progress", "samples", "--all", "--deck", "lectures-de")
    assert ran.out.count("- question: ") == ran.out.count(f"- question: {OTHER}") == 1
    assert isinstance(run("progress", "samples", "--deck", "nowhere").error, UnknownDeckError)


@pytest.mark.usefixtures("progress")
def test_samples_replace_files_only_with_force(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "export"
    ran = run("progress", "samples", "--out", str(out))
    file = out / "papers-ru" / "5-electra.samples.yaml"
    assert ran.out == f"{file}\n"
    before = file.read_bytes()
    assert isinstance(run("progress", "samples", "--all", "--out", str(out)).error, SamplesExist)
    assert [path for path in out.rglob("*") if path.is_file()] == [file]
    assert run("progress", "samples", "--out", str(out), "--force").code == 0
    assert file.read_bytes() == before
