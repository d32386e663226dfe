"""`tutor exam`: whole exams through a pipe and on a real pseudo-terminal, with key terms."""

from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Ran, Run, lines
from tests.support.banks import make_deck
from tests.support.profiles import open_profile
from tests.support.terminal import Open
from tutor.cli.exam import ExamRefused
from tutor.cli.linemode.input import LineUnreadable
from tutor.errors import TutorError
from tutor.study.exam import ExamState, resume_exam

START = ("exam", "start", "--deck", "mine", "--number", "3", "--seed", "1", "--grader", "terms")
REASON = "add itself"
"""Earns something, so that it is not compared with all other questions, which takes a second."""

pytestmark = pytest.mark.usefixtures("cached")


@pytest.fixture(autouse=True)
def deck(home: Path) -> None:
    make_deck(home / "questions" / "mine", questions=3)


def resume(run: Run, *typed: str) -> Ran:
    return run("exam", "resume", "--grader", "terms", stdin=lines(*typed))


def exams(run: Run) -> list[dict[str, Any]]:
    """The list of exams, newest first."""
    listed: list[dict[str, Any]] = run("exam", "list", "--json").json["exams"]
    return listed


def left_exam(home: Path) -> ExamState:
    with open_profile(home) as progress:
        (exam,) = progress.open_exams()
        return resume_exam(progress, exam)


def answers(home: Path) -> list[str]:
    """Those that are graded."""
    with open_profile(home) as progress:
        return sorted(attempt.answer for attempt in progress.attempts())


def written(home: Path) -> list[str]:
    state = left_exam(home)
    return [state.written[id_].text if id_ in state.written else "" for id_ in state.questions]


def test_an_exam_is_answered_graded_and_reported(run: Run) -> None:
    typed = lines("erste", "Zeile", ".", "вторая", ".", "第三", ".", ":end")
    ran = run(*START, stdin=typed)
    assert ran.code == 0, ran.error
    assert "3 questions, 30 min" in ran.err
    asked = [line for line in ran.out.splitlines() if line.startswith("Question ")]
    assert [line.split(".")[0] for line in asked] == [f"Question {n} of 3" for n in (1, 2, 3)]
    assert "All 3 questions are answered" in ran.out
    assert "Graded 3 of 3 answers." in ran.err
    assert "0 of 10.5 marks · 0 % · not yet" in ran.out
    assert "Questions, and the points that were missed" in ran.out
    (row,) = exams(run)
    assert (row["state"], row["questions"], row["answered"]) == ("graded", 3, 3)


def test_nothing_is_graded_before_the_end_and_nothing_is_lost(run: Run, home: Path) -> None:
    ran = run(*START, stdin=lines("eins", ".", "zwei"))
    assert ran.code == 0
    assert "Exam interrupted, 1 question unanswered" in ran.err
    assert written(home) == ["eins", "zwei", ""]
    assert answers(home) == []
    ran = resume(run, "drei", ":end")
    assert "So far you have 1 line:\nzwei" in ran.out
    assert answers(home) == ["eins", "zwei\ndrei"]


def test_every_question_can_be_gone_back_to(run: Run, home: Path) -> None:
    typed = lines("a", ":next", "b", ":back", "more", ":go 3", "c", ":drop", "d", ":clear", "e")
    assert run(*START, stdin=typed).code == 0
    assert written(home) == ["a\nmore", "b", "e"]


def test_what_cannot_be_done_is_reported(run: Run) -> None:
    which = "Say which question, from 1 to 3."
    refused = {
        ":back": "This is the first question. :end ends the exam.",
        ":go 4": which,
        ":go x": which,
        ":go " + "9" * 5000: which,
    }
    heard = run(*START, stdin=lines(*refused, ":language zh")).err.splitlines()
    *said, language = heard[-2 - len(refused) : -1]
    assert said == list(refused.values())
    assert language.startswith("The question is available in de for German, en for English")


def test_the_language_is_chosen_and_kept(run: Run, home: Path) -> None:
    assert "Was ist" in run(*START, stdin=lines(":language de", "ja", ".")).out
    answers = left_exam(home).record.answers
    assert [each.language for each in answers.values()] == ["de"]


def test_as_json_each_line_is_an_event(run: Run) -> None:
    ran = run(*START, "--json", stdin=lines(REASON, ".", ":overview", ":time", ":end"))
    assert ran.code == 0, ran.error
    found = ran.events()
    kinds = [each["event"] for each in found]
    first = ["exam", "question", "question", "overview", "time", "ended", "graded", "report"]
    assert kinds == first
    question = found[1]
    assert (question["number"], question["count"], question["answer"]) == (1, 3, "")
    assert "hints" not in question
    report = found[-1]
    assert (report["answered"], report["waiting"], report["state"]) == (1, 0, "graded")
    assert report == {"event": "report"} | run("exam", "report", "--json").json


def test_what_cannot_be_an_exam_is_refused(run: Run) -> None:
    for option, value, said in (
        ("--minutes", "soon", "--minutes: minutes, such as 30, or none for no limit"),
        ("--levels", "recall=0", "--levels: at least one part has to be above 0"),
        ("--levels", "hard=1", "--levels: hard is not one of recall, explain, derive"),
    ):
        ran = run("exam", "start", option, value)
        assert (ran.code, said in ran.err) == (2, True)
    assert exams(run) == []


def test_a_preview_draws_and_begins_nothing(run: Run) -> None:
    ran = run("exam", "start", "--deck", "mine", "--levels", "recall,derive=2", "--preview")
    assert ran.code == 0
    assert "3 questions, 30 min (1 recall · 1 explain · 1 derive)" in ran.err
    assert "there are only 3 of 10" in ran.err
    assert exams(run) == []


def test_one_exam_at_a_time_and_one_can_be_abandoned(run: Run) -> None:
    run(*START, stdin=lines("eins", ":quit"))
    refused = run(*START).error
    assert isinstance(refused, ExamRefused)
    assert "tutor exam resume" in refused.remedy
    assert run("exam", "abandon", stdin="n\n").code == 1
    assert exams(run)[0]["state"] == "unfinished"
    assert run("exam", "abandon", "--yes").code == 0
    assert exams(run)[0]["state"] == "abandoned"
    assert "%" not in run("exam", "list").out
    assert "This exam was abandoned" in run("exam", "report").out
    for command in ("resume", "abandon", "grade"):
        assert isinstance(run("exam", command).error, ExamRefused)


def test_what_is_not_graded_is_graded_later(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    class NoGrader(TutorError):
        pass

    def refuse(*_: object) -> None:
        raise NoGrader("no grader")

    with monkeypatch.context() as broken:
        broken.setattr("tutor.cli.exam.session_grading", refuse)
        ran = run(*START, stdin=lines(REASON, ".", ":end"))
        assert isinstance(ran.error, NoGrader)
    (row,) = exams(run)
    assert (row["state"], row["waiting"]) == ("to be graded", 1)
    ran = run("exam", "grade", row["exam"][:6], "--grader", "terms")
    assert ran.code == 0
    assert exams(run)[0]["state"] == "graded"


def test_a_report_is_named_by_the_beginning_of_an_id(run: Run) -> None:
    assert isinstance(run("exam", "report").error, ExamRefused)
    for seed in ("1", "2"):
        run(*START, "--seed", seed, stdin=lines(REASON, ".", ":end"))
    newest, first = exams(run)
    assert run("exam", "report", "--json").json["exam"] == newest["exam"]
    report = run("exam", "report", first["exam"][:8], "--json").json
    assert (report["exam"], report["change"]) == (first["exam"], None)
    assert run("exam", "report", newest["exam"], "--json").json["change"] == 0
    assert isinstance(run("exam", "report", "zzz").error, ExamRefused)


def test_an_unreadable_line_ends_a_pipe_and_keeps_the_rest(run: Run, home: Path) -> None:
    ran = run(*START, stdin=lines("eins") + "x" * 900_000 + "\n")
    assert isinstance(ran.error, LineUnreadable)
    assert written(home)[0] == "eins"


# --- on a terminal


def test_the_time_runs_out_while_a_line_is_typed(open_terminal: Open, home: Path) -> None:
    terminal = open_terminal(*START, "--minutes", "0.1")
    terminal.wait_for("Type your answer")
    terminal.press("add\nitself")  # no Enter: a terminal keeps such a line to itself
    terminal.wait_for("The time is up.")
    terminal.wait_for("1 of 3 answered")
    assert terminal.ended() == 0
    assert answers(home) == ["add\nitself"]


def test_ctrl_d_hands_in_and_an_end_with_gaps_is_asked_twice(
    open_terminal: Open, home: Path
) -> None:
    terminal = open_terminal(*START)
    terminal.wait_for("Type your answer")
    terminal.press(f"{REASON}\n\x04")
    terminal.wait_for("Question 2 of 3")
    terminal.press(":end\n")
    terminal.wait_for(":end now")
    terminal.press(":end now\n")
    terminal.wait_for("Questions, and the points that were missed")
    assert terminal.ended() == 0
    assert answers(home) == [REASON]


def test_ctrl_c_keeps_every_finished_line(open_terminal: Open, home: Path) -> None:
    terminal = open_terminal(*START)
    terminal.wait_for("Type your answer")
    terminal.press("eins\nzwei\n:repeat\n")
    terminal.wait_for("So far you have 2 lines")
    terminal.press("\x03")
    terminal.wait_for("`tutor exam resume` continues")
    assert terminal.ended() == 130
    assert written(home) == ["eins\nzwei", "", ""]
    again = open_terminal("exam", "resume", "--grader", "terms")
    again.wait_for("So far you have 2 lines")
    again.press("\x04\x04")
    again.wait_for("Exam interrupted")
    assert again.ended() == 0
