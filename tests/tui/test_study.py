"""Sessions over all decks: on Today, in what is recorded, and at the end."""

from datetime import timedelta

import pytest
from rich.cells import cell_len

from tests.tui.conftest import wait_until
from tests.tui.doubles import NOON, BrokenProgress, StubTutor
from tests.tui.progressed import record
from tests.tui.steps import (
    QuestionScreen,
    TodayScreen,
    ended,
    graded,
    on,
    picture,
    running,
    sees,
    showing_verdict,
    shown,
    submit_answer,
    write,
)
from tutor.bank import Verdict, open_bank
from tutor.errors import TutorError
from tutor.progress import SessionState
from tutor.study import Preferences, planner_of
from tutor.study.agenda import agenda_of
from tutor.study.session_report import SessionAnswer, review_session, session_answers
from tutor.study.statistics import forecast
from tutor.tui.messages import StudyAsked
from tutor.tui.session_place import SessionPlace
from tutor.tui.session_summary import after_words, answer_line, done_words, marks_words, next_lines

WIDE = (100, 40)


async def test_enter_on_today_asks_what_is_due_and_new_in_all_decks(tutor: StubTutor) -> None:
    async with running(tutor) as (app, pilot):
        await on(pilot, TodayScreen)
        await sees(pilot, "0 due · 3 new · about 6 min")
        await pilot.press("enter")
        question = await on(pilot, QuestionScreen)
        assert question.place == SessionPlace("Статьи [bold]x · Плотность [/nope]", "1 of 3")
        await submit_answer(pilot)
        await pilot.press("escape")
        await on(pilot, TodayScreen)
        await sees(pilot, "Unfinished: Due and new")
        assert "question 2 of 3" in picture(app)
        await pilot.press("enter")
        await on(pilot, QuestionScreen)
    (session,) = tutor.progress.sessions()
    assert (session.kind, session.deck, session.position) == ("due", None, 1)


async def test_the_way_to_an_exam_is_shown_if_one_is_set(tutor: StubTutor) -> None:
    tutor.preferences = Preferences(exam=tutor.preferences.day(NOON) + timedelta(days=3))
    async with running(tutor) as (_, pilot):
        await sees(pilot, "Exam in 3 days: needs 2 answers a day, you average 0")


async def test_w_practises_what_needs_work(tutor: StubTutor) -> None:
    async with running(tutor) as (app, pilot):
        await on(pilot, TodayScreen)
        await sees(pilot, "3 new")
        assert "Needs work" not in picture(app)
        await graded(pilot)
        await pilot.press("escape")
        await on(pilot, TodayScreen)
        await sees(pilot, "Needs work · 1 question")
        await sees(pilot, "w Practise")
        await pilot.press("w")
        question = await on(pilot, QuestionScreen)
        assert question.asked.question.id == "papers.1.1"
        assert question.place.count == "1 of 1"
        await write(pilot, "начало")
        await pilot.press("escape")
        await on(pilot, TodayScreen)
        await sees(pilot, "Unfinished: Weak points")


async def test_a_failing_plan_is_reported_and_the_decks_stay(
    tutor: StubTutor, broken: BrokenProgress
) -> None:
    broken.failing["skipped"] = TutorError("No [/nope] plan.", remedy="Mend it.")
    async with running(tutor) as (app, pilot):
        await wait_until(pilot, lambda: app._notifications)
        (note,) = app._notifications
        assert (note.message, note.markup) == ("No [/nope] plan. Mend it.", False)
        assert "Статьи [bold]x" in picture(app)


async def test_the_end_says_what_changed_and_what_comes_next(tutor: StubTutor) -> None:
    async with showing_verdict(tutor, "点积", deck="transfer-zh", size=WIDE) as (app, pilot, _):
        await pilot.press("enter")
        assert "r  Another round of 迁移学习" in shown(await ended(pilot), "#result")
        tutor.grading.verdicts = (Verdict.MISSED, Verdict.MET, Verdict.MET)
        tutor.now += timedelta(hours=1)
        await pilot.press("w")
        question = await on(pilot, QuestionScreen)
        assert question.asked.question.id == "transfer-zh.1.1"
        await submit_answer(pilot, "方差")
        await pilot.press("enter")
        end = await ended(pilot)
        text = shown(end, "#result")
        assert "▼ from 62 %" in text
        assert "✓ 2 points you missed last time and met now:" in text
        assert "  维度大时点积的方差随之增大" in text
        assert "✗ 1 point you met last time and missed now:" in text
        await pilot.press("s")
        await on(pilot, QuestionScreen)
        session = app.session.state
        assert session is not None
        assert (session.kind, len(session.questions)) == ("due", 2)


async def test_the_end_of_a_session_whose_deck_is_gone(tutor: StubTutor) -> None:
    record(tutor, "transfer-zh.1.1", "x", 1)
    async with showing_verdict(tutor, "点积", deck="transfer-zh") as (app, pilot, _):
        tutor.bank = open_bank([], None)
        await pilot.press("enter")
        end = await ended(pilot)
        assert "✓ 1 point you missed last time and met now:" in shown(end, "#result")
        assert "Another round" not in shown(end, "#result")
        await pilot.press("r")
        assert app.screen is end


async def test_another_round(tutor: StubTutor) -> None:
    async with showing_verdict(tutor, deck="transfer-zh") as (_, pilot, _):
        await pilot.press("enter")
        await ended(pilot)
        await pilot.press("r")
        question = await on(pilot, QuestionScreen)
        assert question.asked.question.id == "transfer-zh.1.1"


async def test_nothing_due_and_nothing_new_is_no_dead_end(tutor: StubTutor) -> None:
    tutor.preferences = Preferences(new_per_day=0)
    async with running(tutor) as (app, pilot):
        await on(pilot, TodayScreen)
        await sees(pilot, "all done for today")
        app.post_message(StudyAsked("due"))
        end = await ended(pilot)
        assert "Nothing else is due today." in shown(end, "#result")
        assert not end.check_action("study", ("due",))
        await pilot.press("s", "w", "r")
        assert app.screen is end
        await pilot.press("enter")
        await on(pilot, TodayScreen)
    assert tutor.progress.sessions() == ()


# --- the end in words


TODAY = NOON.date()


def answer(
    earned: float, full: float = 4, *, before: float | None = None, gave_up: bool = False
) -> SessionAnswer:
    due = TODAY + timedelta(days=4)
    return SessionAnswer("q", earned, full, gave_up, before, seconds=90, due=due)


def test_the_answers_of_a_session_and_the_one_before(tutor: StubTutor) -> None:
    record(tutor, "papers.1.1", "xxx", 5)
    record(tutor, "papers.1.1", "mxx", 0.02)
    record(tutor, "papers.1.1", "mpx", 0.01)
    record(tutor, "papers.1.2", "m", 5)
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
    record(tutor, "transfer-zh.1.1", letters, 0)
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
