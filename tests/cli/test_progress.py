"""`tutor progress` and `tutor today`, next to a running tutor: figures, tables, JSON, samples."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.pages import make_profile
from tests.support.attempts import attempt_with
from tutor.bank import Bank, Verdict
from tutor.bank.problems import UnknownDeckError
from tutor.cli.progress_view import prompt_line
from tutor.clock import utc_now
from tutor.formatting import day_words, percent
from tutor.grading import KeyTermGrader, self_grade
from tutor.paths import Paths
from tutor.progress import Progress, open_progress
from tutor.progress.archive.samples import SamplesExist
from tutor.progress.read_only import read_state
from tutor.study import Planner, Preferences

ELECTRA, LECTURE = "papers-ru.5.3", "lectures-de.10.1"

# --- figures


@pytest.fixture
def studied(paths: Paths, our_bank: Bank) -> Iterator[Progress]:
    """One question missed three times, the last time today, and one met today; still open."""
    now, day = datetime.now(UTC), Preferences().day
    with open_progress(paths, clock=lambda: now) as opened:
        for ago, id_, verdict in (
            (2, ELECTRA, Verdict.MISSED),
            (1, ELECTRA, Verdict.MISSED),
            (0, ELECTRA, Verdict.MISSED),
            (0, LECTURE, Verdict.MET),
        ):
            at, question = now - timedelta(days=ago), our_bank.question(id_)
            grade = self_grade(question, {point.id: verdict for point in question.rubric}, "en")
            opened.record(attempt_with(grade, at, day=day(at)))
        yield opened


def deck_of(data: dict[str, list[dict[str, object]]], deck: str) -> dict[str, object]:
    return next(row for row in data["decks"] if row["deck"] == deck)


def test_the_weakest_points_are_counted(run: Run, studied: Progress, our_bank: Bank) -> None:
    now, day = datetime.now(UTC), Preferences().day
    for question in map(our_bank.question, ("modern.1.1", "modern.1.2", "compute.1.1")):
        missed = dict.fromkeys((point.id for point in question.rubric), Verdict.MISSED)
        grade = self_grade(question, missed, "en")
        for ago in (1, 0):
            at = now - timedelta(days=ago)
            studied.record(attempt_with(grade, at, day=day(at)))
    lines = run("progress", "show").out.splitlines()
    (heading,) = (line for line in lines if line.startswith("Weak points"))
    assert re.fullmatch(r".* \(the weakest 10 of 1\d\):", heading)
    assert sum(line.startswith("✗✗") for line in lines) == 10


@pytest.mark.usefixtures("studied")
def test_show_as_json(run: Run) -> None:
    data = run("progress", "show", "--json").json
    assert (data["due"], data["plan"]) == (1, None)
    assert data["new"] == Preferences().new_per_day - 1
    assert data["streak"] == {"current": 3, "longest": 3}
    assert deck_of(data, "lectures-de")["answered"] == 1
    assert deck_of(data, "papers-ru")["mastery"] == 0
    assert {row["question"] for row in data["missed"]} == {ELECTRA}
    assert {row["verdicts"] for row in data["missed"]} == {"xxx"}
    assert data["today"] == {"answers": 2, "first": 1, "mean": 0.5, "minutes": 0.17}
    assert sum(data["days"].values()) == 4
    assert sum(week["answers"] for week in data["weeks"][-2:]) == 4
    assert {date.fromisoformat(week["first"]).weekday() for week in data["weeks"]} == {0}
    assert len(data["weeks"]) == 12
    assert (len(data["ahead"]), data["ahead"][0]) == (14, 1)
    known = {row["topic"]: row["answered"] for row in data["topics"]}
    assert sum(known.values()) >= 2
    assert (data["exams"], data["graders"]) == ([], [])


@pytest.mark.usefixtures("studied")
def test_show_as_text(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    exam = Preferences().day(datetime.now(UTC)) + timedelta(days=23)
    monkeypatch.setenv("TUTOR_EXAM_DATE", exam.isoformat())
    ran = run("progress", "show")
    lines = ran.out.splitlines()
    assert lines[0].startswith("Due now: 1 (")
    assert lines[1] == "Streak: 3 days (best 3)"
    assert lines[2] == "Last 7 days: 4 answers (0 the week before)"
    assert lines[4].startswith("Known: 1 of ")
    assert lines[5] == "Today: 2 answers, 1 for the first time, mean 50 %, 0 min"
    assert lines[6].startswith("Left for today: 1 due, ")
    assert lines[7].startswith("Exam in 23 days: ")
    order = [
        "last 7 days",
        "known  shaky  new  mastery  weakest topic",
        "Weak points, missed more than once (",
        f"✗✗✗       {ELECTRA}  ",
        "known  shaky  new  mastery  deck",
        "known  shaky  new  mastery  topic",
        "answers, week from  Mon",
        "month  ",
        "week from   answers  days  mean marks",
        "due  ",
    ]
    starts = [next(at for at, line in enumerate(lines) if line.startswith(each)) for each in order]
    assert starts == sorted(starts)
    headings = [line.split() for line in lines if "  " in line and not line.startswith("✗")]
    assert ["known", "shaky", "new", "mastery", "deck"] in headings
    mastery = [line.split("  ")[-1].strip() for line in lines[starts[4] + 1 : starts[5]]]
    assert "Deep Learning und Sprachverarbeitung: zwölf Vorlesungen" in mastery
    begin = [lines[start + 1].split()[1] for start in starts[-3:]]
    assert "0" not in begin, "months, weeks and due begin where there is something"
    calendar = lines[starts[6] + 1 : lines.index("", starts[6])]
    assert sum(sum(map(int, line.split()[1:])) for line in calendar) == 4
    assert not any(line.startswith(("exam  ", "grader")) for line in lines)
    assert "secret" not in ran.out


def test_what_is_skipped_or_undone_does_not_count(run: Run, studied: Progress) -> None:
    studied.skip(ELECTRA, Preferences().day(datetime.now(UTC)))
    assert run("progress", "show", "--json").json["due"] == 0
    studied.undo()
    data = run("progress", "show", "--json").json
    assert deck_of(data, "lectures-de")["answered"] == 0
    assert data["new"] == Preferences().new_per_day


def test_show_without_a_history(run: Run, home: Path) -> None:
    data = run("progress", "show", "--json").json
    assert (data["due"], data["new"], data["missed"]) == (0, Preferences().new_per_day, [])
    assert data["streak"] == {"current": 0, "longest": 0}
    said = run("progress", "show").out
    assert said.startswith("Due now: 0 (0 tomorrow)\nStreak: 0 days (best 0)\n")
    assert "\nToday: nothing answered yet\nLeft for today: 0 due, 10 new, about 20 min\n" in said
    assert not list(home.glob("attempts*"))
    rows = said.split("\n\n")[1].splitlines()
    assert said.count("\n\n") == 1, "one table: the others would be empty"
    assert rows[0].split() == ["known", "shaky", "new", "mastery", "deck"]
    assert all(row.split()[:2] == ["0", "0"] and row.split()[3] == "–" for row in rows[1:])


@pytest.fixture(params=["UTC-14", "UTC+12"])
def far_away(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One of two time zones; in one of them the day is not that of UTC."""
    if not hasattr(time, "tzset"):
        pytest.skip("the time zone cannot be changed")
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("far_away")
def test_exams_are_on_the_students_day(run: Run, home: Path) -> None:
    now = datetime.now(UTC)
    make_profile(home, now)
    day = now.astimezone().date()
    assert f"\n{day}  2.5 " in run("progress", "show").out
    page = run("progress", "report", "--html", "-").out
    assert f'<th scope="row">{day_words(day)} {day.year}</th><td>2.5 of 10' in page


def test_exams_and_graders_have_tables(run: Run, home: Path) -> None:
    now = datetime.now(UTC)
    make_profile(home, now)
    data = run("progress", "show", "--json").json
    (exam,) = data["exams"]
    assert (exam["earned"], exam["full"], exam["questions"], exam["waiting"]) == (2.5, 10, 2, 1)
    (grader,) = data["graders"]
    assert (grader["points"], grader["overruled"]) == (26, 1)
    lines = [line.split() for line in run("progress", "show").out.splitlines()]
    assert [f"{now.astimezone():%Y-%m-%d}", "2.5", "10", "25", "%", "1"] in lines
    assert ["model", "f00ba5ed12345678", "<i>1</i>", "26", "1", "96", "%"] in lines


# --- agreement and samples


@pytest.fixture
def graded(paths: Paths, our_bank: Bank) -> Iterator[Progress]:
    """Two answers graded by key terms, one of them overruled; still open."""
    at = datetime(2026, 11, 20, 12, tzinfo=UTC)
    with open_progress(paths, clock=lambda: at) as opened:
        for number, id_ in enumerate((ELECTRA, LECTURE)):
            question, language = our_bank.question(id_), our_bank.deck_of(id_).language
            answer = question.answer.to(language)
            grade = KeyTermGrader().grade(question, answer, language)
            opened.record(attempt_with(grade, at, f"secret{number}", answer))
        opened.overrule("secret0", {our_bank.question(ELECTRA).rubric[0].id: Verdict.MISSED})
        yield opened


def test_agreement(run: Run, graded: Progress) -> None:
    (row,) = run("progress", "agreement", "--json").json["graders"]
    grades = [attempt.grade for attempt in graded.attempts()]
    points = sum(len(grade.points) for grade in grades)
    assert (row["grader"], row["model"], row["points"]) == ("terms", None, points)
    assert row["overruled"] == 1
    assert row["share"] == pytest.approx(1 - 1 / points, abs=1e-4)
    head, line = run("progress", "agreement").out.splitlines()
    assert head.split() == ["grader", "model", "version", "points", "overruled", "agreed"]
    version, agreed = grades[0].grader.version, percent(1 - 1 / points)
    assert line.split() == ["terms", "–", version, str(points), "1", *agreed.split()]


def test_agreement_without_a_history(run: Run, home: Path) -> None:
    ran = run("progress", "agreement")
    assert (ran.code, ran.out, ran.err) == (0, "", "No answers graded yet.\n")
    assert run("progress", "agreement", "--json").json == {"graders": []}
    assert not list(home.glob("attempts*"))


@pytest.mark.usefixtures("graded")
def test_samples_are_those_that_were_overruled_or_all_or_those_of_a_deck(run: Run) -> None:
    ran = run("progress", "samples")
    assert ran.out.startswith(
        "# papers-ru/5-electra.samples.yaml\nsamples:\n- question: " + ELECTRA
    )
    assert LECTURE not in ran.out
    assert ran.err == "1 sample\n"
    assert run("progress", "samples", "--all").out.count("- question: ") == 2
    ran = run("progress", "samples", "--all", "--deck", "lectures-de")
    assert ran.out.count("- question: ") == ran.out.count(f"- question: {LECTURE}") == 1
    assert isinstance(run("progress", "samples", "--deck", "nowhere").error, UnknownDeckError)


@pytest.mark.usefixtures("graded")
def test_samples_replace_files_only_with_force(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "export"
    ran = run("progress", "samples", "--out", str(out))
    assert ran.out == f"{out / 'papers-ru' / '5-electra.samples.yaml'}\n"
    assert isinstance(run("progress", "samples", "--all", "--out", str(out)).error, SamplesExist)
    assert run("progress", "samples", "--out", str(out), "--force").code == 0


# --- today


@pytest.fixture
def profile(cached: Path) -> Paths:
    """Four decks, of which one question each was answered three days in a row."""
    return make_profile(cached, datetime.now(UTC))


def test_an_empty_profile(run: Run) -> None:
    assert run("today").out == "0 due · 10 new · about 20 min\n"
    data = run("today", "--json").json
    assert data == {"due": 0, "new": 10, "minutes": 20, "streak": 0, "done": 0}


def test_what_is_due_and_the_streak(run: Run, profile: Paths) -> None:
    out = run("today").out
    assert out.count("\n") == 1
    assert out.endswith(" · 3-day streak\n")
    shown, data = run("progress", "show", "--json").json, run("today", "--json").json
    assert (data["due"], data["new"]) == (shown["due"], shown["new"])
    assert data["minutes"] == shown["minutes"]
    assert data["done"] == shown["today"]["answers"]


def test_a_running_tutor_is_not_disturbed(run: Run, profile: Paths) -> None:
    with open_progress(profile, clock=utc_now) as progress:
        progress.undo()
        run("today")  # compiles the decks that are new
        files = sorted(
            (file, file.read_bytes()) for file in profile.home.rglob("*") if file.is_file()
        )
        assert read_state(profile).standings == dict(progress.standings())
        assert run("today").code == 0
        assert files == sorted((file, file.read_bytes()) for file, _ in files)


@pytest.mark.parametrize("damage", [b"", b"{", b"\x00" * 20, None])
def test_without_a_usable_checkpoint_the_history_is_read(
    profile: Paths, damage: bytes | None
) -> None:
    before = read_state(profile)
    if damage is None:
        profile.state.unlink()
    else:
        profile.state.write_bytes(damage)
    assert read_state(profile) == before
    assert before.standings


def test_it_needs_neither_the_parser_nor_pydantic(profile: Paths) -> None:
    code = (
        "import sys; sys.argv[1:] = ['today', '--json']; from tutor.__main__ import main; main();"
        "print([m for m in ('typer', 'pydantic', 'textual', 'yaml', 'fsrs') if m in sys.modules])"
    )
    environ = {"TUTOR_HOME": str(profile.home), "PATH": ""}
    prompt_line(environ, as_json=True)  # compiles the decks that are new
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, env=environ, text=True
    )
    line, heavy = done.stdout.splitlines()
    assert json.loads(line)["streak"] == 3
    assert heavy == "[]"


def test_it_looks_for_no_weak_points(profile: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    """That takes as long as everything else, and a shell prompt waits for it."""
    monkeypatch.delattr(Planner, "weak")
    assert prompt_line({"TUTOR_HOME": str(profile.home)}, as_json=False)


def test_settings_count(cached: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUTOR_NEW_PER_DAY", "3")
    environ = {"TUTOR_HOME": str(cached), "TUTOR_NEW_PER_DAY": "3"}
    assert prompt_line(environ, as_json=False).startswith("0 due · 3 new")
