"""`tutor grade --batch`: the answers of a class, interrupted, continued, side by side."""

import csv
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Ran, Run
from tests.support.banks import make_deck
from tests.support.patience import SECONDS
from tests.support.servers import Fake, faking, own_text
from tutor.cli.batch import BatchStopped, RowsFailed, side_by_side
from tutor.cli.batch_answers import AnswersUnreadable, read_answers
from tutor.cli.batch_grades import Grades, GradesUnusable
from tutor.cli.options import MOST_CHARACTERS
from tutor.cli.output import FileUnreadable
from tutor.errors import TutorError
from tutor.formatting import count_of

GOOD = "It is 2, since one is added to itself, and so it is even."
Rows = Sequence[Sequence[str]]


@pytest.fixture(autouse=True)
def deck(home: Path) -> Path:
    """Questions `mine.1.1` to `mine.1.5`."""
    return make_deck(home / "questions" / "mine", questions=5)


def table(file: Path, rows: Rows, heading: str = "id,question,answer", sign: str = ",") -> Path:
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened, delimiter=sign)
        writer.writerows([heading.split(","), *rows])
    return file


def some(count: int) -> list[list[str]]:
    """Every answer to another question than the one before, as in a class's own table."""
    return [[f"s{n}", f"mine.1.{n % 5 + 1}", f"{GOOD} {n}."] for n in range(count)]


def grades(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def fake() -> Iterator[Fake]:
    with faking(Fake()) as found:
        yield found


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "grades.jsonl"


Batch = Callable[..., Ran]


@pytest.fixture
def batch(run: Run, tmp_path: Path, out: Path) -> Batch:
    """Grade these rows, or the answers of this file, by key terms unless it says otherwise."""

    def batch(answers: Path | Rows, *more: str) -> Ran:
        file = answers if isinstance(answers, Path) else table(tmp_path / "answers.csv", answers)
        graders = more or ("--grader", "terms")
        return run("grade", "--batch", str(file), "--out", str(out), *graders)

    return batch


def test_every_answer_gets_the_line_that_it_gets_alone(
    run: Run, batch: Batch, tmp_path: Path, out: Path
) -> None:
    heading = "id,student,question,answer,language,mark"
    rows = [
        ["a", "Ann", "mine.1.1", GOOD, "", "x"],
        ["b", "Ян", "mine.1.2", "Gerade, eine\nzweite Zeile, \"so\".", "de", "x"],
        ["", "", "mine.1.3", "", "", "x"],
    ]  # fmt: skip
    ran = batch(table(tmp_path / "answers.csv", rows, heading))
    assert (ran.code, ran.out) == (0, "")
    assert "3 answers graded, 0 rows with an error" in ran.err
    found = grades(out)
    assert [(line["row"], line["id"], line["student"]) for line in found] == [
        (1, "a", "Ann"), (2, "b", "Ян"), (3, "3", ""),
    ]  # fmt: skip
    for line, (_, _, question, answer, language, _) in zip(found, rows, strict=True):
        more = ("--language", language) if language else ()
        alone = run(
            "grade", question, "--answer", answer, "--grader", "terms", "--json", *more
        ).json
        for name in alone.keys() - {"ms"}:
            assert line[name] == alone[name], name
    assert found[0]["score"] > 0.5
    assert found[2]["grader"] == "rule"


@pytest.mark.parametrize("sign", [";", "\t"])
def test_tables_of_other_countries_and_with_a_mark(
    batch: Batch, tmp_path: Path, out: Path, sign: str
) -> None:
    file = table(tmp_path / "answers.csv", [["a", "mine.1.1", GOOD]], sign=sign)
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"question", b" Question "))
    assert batch(file).code == 0
    assert grades(out)[0]["score"] > 0.5


def test_json_lines(batch: Batch, tmp_path: Path, out: Path) -> None:
    file = tmp_path / "answers.jsonl"
    lines = [
        {"question": "mine.1.1", "answer": GOOD, "id": 17},
        {"question": "mine.1.2", "answer": "нет", "language": "en", "more": [1]},
    ]
    file.write_text("\n\n".join(map(json.dumps, lines)), encoding="utf-8")
    assert batch(file).code == 0
    assert [(line["row"], line["id"]) for line in grades(out)] == [(1, "17"), (2, "2")]


def test_rows_with_an_error_have_a_line_and_the_others_are_graded(
    batch: Batch, tmp_path: Path, out: Path
) -> None:
    file = tmp_path / "answers.csv"
    file.write_bytes(
        b"id,question,answer,language\n"
        b"a,mine.1.1,two,\n"
        b"b,nope.1,two,\n"
        b"c,mine.1.1\n"
        b"\n"
        b"d,mine.1.1,an answer, not in quotes, so cut\n"
        b"e,mine.1.1,two,fr\n"
        b"f,mine.1.1,two,zh\n"
        b"g,,two,\n"
        b"h,mine.1.1,gr\xfc\xdfe,\n"
        b'i,mine.1.1,"two" lines,\n'
        b"j,mine.1.1," + b"x" * (MOST_CHARACTERS + 1) + b",\n"
        b'k,mine.1.2,"last\nlines",en\n'
    )
    ran = batch(file)
    assert isinstance(ran.error, RowsFailed)
    assert "9 of 11 rows" in ran.error.message
    named = {line["id"]: line for line in grades(out)}
    assert list(named) == ["a", "b", "c", "4", "e", "f", "g", "8", "9", "10", "k"]
    assert [line["row"] for line in grades(out)] == list(range(1, 12))
    assert {name for name, line in named.items() if "error" not in line} == {"a", "k"}
    problems = [line["error"] for line in grades(out) if "error" in line]
    assert {problem["name"] for problem in problems} == {"RowUnreadable"}
    messages = [problem["message"] for problem in problems]
    for message, (line, field) in zip(
        messages,
        [
            (3, "question: there is no question nope.1"),
            (4, "answer: is missing"),
            (6, "has 5 fields, but the heading has 4"),
            (7, "language: has to be"),
            (8, "language: mine.1.1 is available in"),
            (9, "question: is empty"),
            (10, "is not UTF-8 text; it looks like Windows-1252"),
            (11, "',' expected after"),
            (12, "field larger than field limit"),
        ],
        strict=True,
    ):
        assert message.startswith(f"answers.csv, line {line}, {field}")


def test_json_lines_with_an_error(tmp_path: Path) -> None:
    file = tmp_path / "answers.jsonl"
    whole = json.dumps({"question": "mine.1.1", "answer": "two"})
    bad = ['{"question": 1', "[1]", '{"question": "q", "answer": "\\ud800"}', '"' + "x" * 900_000]
    file.write_text("\n".join([whole, *bad, whole]), encoding="utf-8")
    found = list(read_answers(file))
    assert [row.line for row in found] == [1, 2, 3, 4, 5, 6]
    assert [bool(row.problem) for row in found] == [False, True, True, True, True, False]
    assert [row.answer is None for row in found] == [bool(row.problem) for row in found]


@pytest.mark.parametrize("text", ["", "id,answer\na,b\n", "x" * 300_000])
def test_a_file_that_is_no_table_of_answers(
    batch: Batch, tmp_path: Path, out: Path, text: str
) -> None:
    file = tmp_path / "answers.csv"
    file.write_text(text, encoding="utf-8")
    error = batch(file).error
    assert isinstance(error, AnswersUnreadable)
    assert "no column question" in error.message
    assert isinstance(batch(tmp_path / "none").error, FileUnreadable)
    assert not out.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere such a name is refused")
def test_a_name_that_is_not_utf8_is_written_as_an_escape(batch: Batch, tmp_path: Path) -> None:
    file = table(tmp_path / os.fsdecode(b"gr\xfc\xdfe.csv"), [["a", "nope.1", "two"]])
    error = batch(file).error
    assert isinstance(error, RowsFailed)
    assert "1 of 1 row could not be graded" in error.message
    assert "1 row with an error" in batch(file).err, "the grades can still be read"


@pytest.mark.parametrize("content", ["my notes", "my notes\n", '{"row": 1}\n', "[]\n{\n"])
def test_a_file_of_another_program_is_not_written_to(batch: Batch, out: Path, content: str) -> None:
    out.write_text(content, encoding="utf-8")
    error = batch(some(2)).error
    assert isinstance(error, GradesUnusable)
    assert "--out" in error.remedy
    assert out.read_text(encoding="utf-8") == content


def test_two_runs_do_not_write_to_one_file(batch: Batch, out: Path) -> None:
    assert batch(some(2)).code == 0
    running = Grades(out)
    try:
        error = batch(some(3)).error
    finally:
        running.close()
    assert isinstance(error, GradesUnusable)
    assert "another run is writing to it" in error.message
    assert batch(some(3)).code == 0
    assert not list(out.parent.glob("*.lock"))


@pytest.mark.parametrize("cut", [0, 1, 30, 2000])
def test_what_is_graded_is_not_graded_again_and_a_half_line_is_repaired(
    batch: Batch, out: Path, cut: int
) -> None:
    assert batch(some(12)).code == 0
    whole = out.read_bytes()
    out.write_bytes(whole[: len(whole) - cut])
    ran = batch(some(12))
    lost = whole.count(b"\n") - whole[: len(whole) - cut].count(b"\n")
    assert f"{count_of(lost, 'answer')} graded, {12 - lost} graded before" in ran.err
    assert _without_times(out.read_bytes()) == _without_times(whole)
    assert lost or out.read_bytes() == whole


def _without_times(raw: bytes) -> list[dict[str, Any]]:
    return [{**json.loads(line), "ms": 0} for line in raw.splitlines()]


def test_a_changed_answer_or_question_is_graded_again(batch: Batch, out: Path, deck: Path) -> None:
    rows = some(5)
    batch(rows)
    rows[3][2] = "Something else."
    assert "1 answer graded, 4 graded before" in batch(rows).err
    section = deck / "01-part.yaml"
    section.write_text(section.read_text(encoding="utf-8").replace("is 2.", "is two."), "utf-8")
    assert "1 answer graded, 4 graded before" in batch(rows).err
    assert [line["row"] for line in grades(out)] == [1, 1, 2, 3, 4, 4, 5]


def test_only_fixed_rows_are_graded_and_their_errors_go(batch: Batch, out: Path) -> None:
    rows = some(6)
    rows[1][1] = rows[4][1] = "nope.1"
    assert isinstance(batch(rows).error, RowsFailed)
    rows[1][1] = "mine.1.2"
    ran = batch(rows)
    assert isinstance(ran.error, RowsFailed)
    assert "1 answer graded, 4 graded before, 1 row with an error" in ran.err
    assert [line["row"] for line in grades(out)] == [1, 2, 3, 4, 5, 6]
    assert ["error" in line for line in grades(out)] == [False] * 4 + [True, False]


@pytest.mark.no_cover
@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_interrupted_in_the_middle_it_continues(
    batch: Batch, tmp_path: Path, out: Path, home: Path, how: signal.Signals
) -> None:
    file = table(tmp_path / "answers.csv", some(3000))
    command = [sys.executable, "-m", "tutor", "grade", "--batch", str(file), "--out", str(out)]
    child = subprocess.Popen(
        [*command, "--grader", "terms"],
        env={**os.environ, "TUTOR_HOME": str(home)},
        stderr=subprocess.PIPE,
    )
    with child:
        while not out.exists() or out.stat().st_size < 50_000:
            assert child.poll() is None
            time.sleep(0.001)
        child.send_signal(how)
        _, said = child.communicate(timeout=SECONDS)
    before = out.read_bytes().split(b"\n")[:-1]
    assert 10 < len(before) < 3000
    if how is signal.SIGINT:
        assert child.returncode == 130
        assert b"stopped: " in said
        assert b"run the same command again to continue" in said
        assert [json.loads(line)["row"] for line in before] == sorted(
            json.loads(line)["row"] for line in before
        )
    ran = batch(some(len(before) + 50))
    assert f"50 answers graded, {len(before):,} graded before" in ran.err
    assert [line["id"] for line in grades(out)] == [f"s{n}" for n in range(len(before) + 50)]
    assert set(before) < set(out.read_bytes().splitlines()), "and nothing was graded twice"


def test_a_server_grades_side_by_side_and_the_order_is_kept(
    batch: Batch, out: Path, fake: Fake
) -> None:
    ran = batch(some(40), "--server", fake.url, "--jobs", "4")
    assert ran.code == 0, ran.err
    assert [line["id"] for line in grades(out)] == [f"s{n}" for n in range(40)]
    assert {line["grader"] for line in grades(out)} == {"model"}
    asked = [own_text(sent) for sent in fake.prompts]
    assert all(any(f"[2] {n}.\n" in text for text in asked) for n in range(40))
    assert "0 answers graded, 40 graded before" in batch(some(40), "--server", fake.url).err
    batch(some(3))
    found = [line["grader"] for line in grades(out)]
    assert found[:6] == ["model", "terms"] * 3, "grades of another grader do not count"


def test_a_server_that_fails_ends_the_run_which_can_be_continued(batch: Batch, out: Path) -> None:
    """Key terms must not quietly grade the rest of the class."""
    with faking(Fake(fault="half", spared=60)) as fake:
        ran = batch(some(30), "--server", fake.url)
        assert isinstance(ran.error, BatchStopped)
        assert "answers.csv, line " in ran.error.message
        assert "run the same command again to continue" in ran.err
        done = len(grades(out))
        assert 0 < done < 30
        assert {line["grader"] for line in grades(out)} == {"model"}
        fake.fault = ""
        ran = batch(some(30), "--server", fake.url)
        assert f"{count_of(30 - done, 'answer')} graded, {done} graded before" in ran.err
    assert [line["id"] for line in grades(out)] == [f"s{n}" for n in range(30)]


def test_an_answer_that_the_model_cannot_take_is_reported_and_the_rest_is_graded(
    batch: Batch, out: Path
) -> None:
    rows = some(6)
    rows[2][2] = "long " * 1000
    with faking(Fake(context=4096)) as fake:
        ran = batch(rows, "--server", fake.url)
    assert isinstance(ran.error, RowsFailed)
    problem = grades(out)[2]["error"]
    assert problem["name"] == "PromptTooLong"
    assert problem["message"].startswith("answers.csv, line 4, the answer is too long")
    assert sum("error" in line for line in grades(out)) == 1


@pytest.mark.native
def test_a_local_model_grades_one_after_another(batch: Batch, out: Path, dense_model: Path) -> None:
    ran = batch(some(7), "--model", str(dense_model))
    assert ran.code == 0, ran.err
    assert [(line["id"], line["grader"]) for line in grades(out)] == [
        (f"s{n}", "model") for n in range(7)
    ]
    assert all(line["feedback"] == "" for line in grades(out))


def test_named_errors_before_anything_is_graded(batch: Batch, out: Path, tmp_path: Path) -> None:
    for more, message in (
        (("--grader", "model"), "there is no model to grade with"),
        (("--server", "http://example.org"), "another machine"),
        (("--server", "http://127.0.0.1:9"), "cannot be reached"),
        (("--model", str(tmp_path / "none.gguf")), "no model file"),
    ):
        error = batch(some(2), *more).error
        assert isinstance(error, TutorError)
        assert message in error.message
    assert not out.exists()


def test_side_by_side_never_holds_more_than_its_jobs() -> None:
    running, most, taken = 0, 0, 0
    lock = threading.Lock()
    together = threading.Barrier(3, timeout=SECONDS)

    def work(number: int) -> int:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        together.wait()
        with lock:
            running -= 1
        return number

    def items() -> Iterator[int]:
        nonlocal taken
        for number in range(30):
            taken += 1
            assert taken <= number + 1
            yield number

    assert sorted(side_by_side(work, items(), 3, lambda: None)) == list(range(30))
    assert most == 3


def test_an_error_side_by_side_stops_what_is_under_way() -> None:
    stopped = threading.Event()

    def work(number: int) -> int:
        if number == 2:
            raise BatchStopped("gone")
        assert stopped.wait(SECONDS)
        return number

    with pytest.raises(BatchStopped):
        list(side_by_side(work, range(9), 3, stopped.set))
    assert stopped.is_set()
