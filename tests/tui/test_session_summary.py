"""The end of a session in words, and what each of its questions earned."""

from datetime import timedelta

import pytest
from rich.cells import cell_len

from tests.tui.doubles import NOON, StubTutor
from tests.tui.progressed import make_attempt
from tutor.progress import SessionState
from tutor.study import planner_of
from tutor.study.agenda import agenda_of
from tutor.study.session_report import SessionAnswer, review_session, session_answers
from tutor.study.statistics import forecast
from tutor.tui.session_summary import after_words, answer_line, done_words, marks_words, next_lines

TODAY = NOON.date()


def answer(
    earned: float, full: float = 4, *, before: float | None = None, gave_up: bool = False
) -> SessionAnswer:
    due = TODAY + timedelta(days=4)
    return SessionAnswer("q", earned, full, gave_up, before, seconds=90, due=due)


def test_the_answers_of_a_session_and_the_one_before(tutor: StubTutor) -> None:
    tutor.progress.record(make_attempt(tutor, "papers.1.1", "xxx", 5))
    tutor.progress.record(make_attempt(tutor, "papers.1.1", "mxx", 0.02))
    tutor.progress.record(make_attempt(tutor, "papers.1.1", "mpx", 0.01))
    tutor.progress.record(make_attempt(tutor, "papers.1.2", "m", 5))
    asked = ("papers.1.1", "papers.1.2", "transfer-zh.1.1")
    session = SessionState(None, asked, 3, NOON - timedelta(hours=1), kind="due")
    (found,) = session_answers(session, planner_of(tutor), tutor.progress.attempts)
    assert (found.question, found.earned, found.full) == ("papers.1.1", 2.5, 4)
    assert (found.before, found.improved, found.seconds) == (0, True, 180)
    assert found.due is not None
    assert found.due >= TODAY


def test_marks_leave_out_what_was_given_up() -> None:
    answers = (answer(3), answer(2), answer(0, gave_up=True))
    assert marks_words(answers) == "5 of 8 marks · 62 % · fair"
    assert done_words(answers, 3) == "2 answered, 1 “don't know” · 5 minutes"
    assert marks_words((answer(0, gave_up=True),)) == ""
    assert marks_words((answer(1, 1),)) == "1 of 1 mark · 100 % · very good"
    assert done_words((), 3) == "Nothing was answered in this session."
    assert done_words((), 0) == "There is nothing to ask here."


@pytest.mark.parametrize(
    ("letters", "left", "expected"),
    [
        ("x", "1 due · 2 new", ""),
        ("p", "0 due · 2 new", "Due tomorrow: 1 question."),
        ("m", "0 due · 2 new", "The next question is due in "),
    ],
)
def test_the_end_says_when_something_falls_due(
    tutor: StubTutor, letters: str, left: str, expected: str
) -> None:
    tutor.progress.record(make_attempt(tutor, "transfer-zh.1.1", letters, 0))
    session = SessionState("transfer-zh", ("transfer-zh.1.1",), 1, NOON)
    planner = planner_of(tutor)
    agenda = agenda_of(planner, shown=0)
    _, tomorrow = forecast(planner.due_days.values(), planner.today, days=2)
    lines = list(next_lines(review_session(session, planner), agenda, tomorrow))
    assert agenda.words.startswith(left)
    assert [line.startswith(expected) for line in lines] == [True] * bool(expected)


@pytest.mark.parametrize(
    ("given", "mark", "expected"),
    [
        (answer(4), "★", "first time"),
        (answer(3, before=0.75), "✓", "as before"),
        (answer(2, before=0.25), "◐", "▲ from 25 %"),
        (answer(1, before=0.5), "✗", "▼ from 50 %"),
        (answer(0, gave_up=True, before=0.5), "✗", "don't know"),
    ],
)
def test_a_question_has_a_mark_and_says_how_it_changed(
    given: SessionAnswer, mark: str, expected: str
) -> None:
    (after,) = after_words([given], TODAY)
    line = answer_line(given, "Was ist\n[/nope] ein Modell?", after, 76).plain
    assert line.startswith(f"{mark} ")
    assert expected in line
    assert line.endswith("in 4 days")
    assert "Was ist [/nope] ein Modell?" in line
    assert cell_len(line) == 76
    assert cell_len(answer_line(given, "注意力机制" * 20, after, 35).plain) == 35
