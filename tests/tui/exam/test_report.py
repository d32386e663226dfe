"""The report on an exam, and what its rows open."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from textual.pilot import Pilot

from tests.tui.conftest import wait_until
from tests.tui.doubles import NOON, StubTutor
from tests.tui.exam.steps import GradingScreen, ReportScreen, over, reported
from tests.tui.steps import QuestionScreen, TodayScreen, VerdictScreen, on, picture, showing, shown
from tutor.bank import Verdict
from tutor.study.exam import ExamState
from tutor.study.exam_text import Outcome, ReportRow, outcome_of
from tutor.tui import TutorApp
from tutor.tui.exam.report import row_lines
from tutor.tui.exam.setup import SetupScreen


@asynccontextmanager
async def report_of(
    tutor: StubTutor, exam: str = "e1"
) -> AsyncIterator[tuple[TutorApp, Pilot[None], ReportScreen]]:
    """The app with the report on an exam."""
    async with showing(tutor, ReportScreen(tutor, exam)) as (app, pilot, _):
        yield app, pilot, await reported(pilot)


def rows(report: ReportScreen) -> tuple[ReportRow, ...]:
    assert report.outcome is not None
    return report.outcome.rows


def outcome(tutor: StubTutor, state: ExamState) -> Outcome:
    exams = tutor.progress.past_exams()
    return outcome_of(state.record, tutor.bank, exams, tutor.languages)


def test_it_has_marks_times_and_what_is_not_answered(tutor: StubTutor) -> None:
    state = over(tutor, "раз", "два")
    found = outcome(tutor, state)
    full = sum(state.record.begun.questions.values())
    marks, times = found.head
    assert f"of {full:g} marks" in marks
    assert times == "2 of 3 answered · 10:00 of 30:00 min · longest: question 2, 2:10"
    leads = [row.lead for row in found.rows if row.does == ("question", state.questions[0])]
    assert leads[0].split()[-1] == "1:05"
    unanswered = [row for row in found.rows if row.does == ("question", state.questions[2])]
    assert [row.lead.split() for row in unanswered] == [["3", "–", "not", "answered"]]


def test_every_missed_point_is_below_its_question(tutor: StubTutor) -> None:
    state = over(tutor, "раз", "два", "три")
    rows = outcome(tutor, state).rows
    found = [row for row in rows if row.does == ("question", "papers.1.1")]
    assert "получить определитель" in found[0].text
    assert [(row.lead.split(), row.text) for row in found[1:]] == [
        (["◐", "partial"], "Определитель есть произведение диагонали."),
        (["✗", "missed"], "Логарифм превращает его в сумму [bold]x."),
    ]
    whole = [row for row in rows if row.does == ("question", "papers.1.2")]
    assert len(whole) == 1
    assert whole[0].lead.split()[1:5] == ["✓", "1", "of", "1"]
    assert len(state.record.attempts) == 3


async def test_enter_on_a_point_opens_the_verdict_and_r_asks_again(tutor: StubTutor) -> None:
    over(tutor, "раз", "два", "три")
    async with report_of(tutor) as (_, pilot, report):
        at = next(at for at, row in enumerate(rows(report)) if row.text.startswith("Логарифм"))
        report.rows.highlighted = at
        await pilot.press("enter")
        verdict = await on(pilot, VerdictScreen)
        assert verdict.attempt.exam is not None
        await pilot.press("space", "space", "escape")
        await wait_until(pilot, lambda: any("0.5 of 4" in row.lead for row in rows(report)))
        await pilot.press("enter")
        corrected = await on(pilot, VerdictScreen)
        assert corrected.attempt.grade.points[0].overruled is Verdict.MISSED
        await pilot.press("r")
        question = await on(pilot, QuestionScreen)
        assert question.asked.question.id == "papers.1.1"
        assert (question.place.count, question.asked.again) == ("papers.1.1", True)
        await pilot.press("escape")
        await on(pilot, TodayScreen)


async def test_a_double_click_opens_one_verdict(tutor: StubTutor) -> None:
    over(tutor, "раз")
    async with report_of(tutor) as (app, pilot, report):
        await pilot.click(report.rows, offset=(8, report.rows.highlighted or 0), times=2)
        await on(pilot, VerdictScreen)
        await wait_until(pilot, lambda: all(worker.is_finished for worker in app.workers))
        await pilot.press("escape")
        await wait_until(pilot, lambda: app.screen is report)


async def test_w_asks_every_question_that_lost_marks(tutor: StubTutor) -> None:
    state = over(tutor, "раз", "два")
    async with report_of(tutor) as (app, pilot, report):
        assert report.outcome is not None
        lost = report.outcome.lost
        assert state.questions[2] in lost
        assert "papers.1.2" not in set(lost) - {state.questions[2]}
        await pilot.press("ц")
        question = await on(pilot, QuestionScreen)
        assert question.asked.question.id == lost[0]
        session = app.session.state
        assert session is not None
        assert (session.kind, session.questions) == ("browse", lost)


async def test_with_everything_met_there_is_nothing_to_ask(tutor: StubTutor) -> None:
    tutor.grading.verdicts = (Verdict.MET,)
    over(tutor, "раз", "два", "три")
    async with report_of(tutor) as (app, pilot, report):
        assert report.outcome is not None
        assert report.outcome.lost == ()
        assert "100 % · very good" in report.outcome.head[0]
        assert not report.check_action("missed", ())
        await pilot.press("w")
        assert app.screen is report
        await pilot.press("escape")
        await on(pilot, TodayScreen)


async def test_it_is_compared_with_earlier_exams_and_opens_them(tutor: StubTutor) -> None:
    tutor.grading.verdicts = (Verdict.MISSED,)
    over(tutor, "a", "b", "c")
    tutor.grading.verdicts = (Verdict.MET,)
    tutor.now = NOON + timedelta(days=1)
    over(tutor, "a", "b", "c", exam="e2")
    async with report_of(tutor, "e2") as (app, pilot, report):
        message = "Previous exam (20 November, 12:00): 0 %; now 100 percentage points more"
        assert message in shown(report, "#mark")
        assert rows(report)[-1].does == ("exam", "e1")
        await pilot.press("end", "enter")
        await wait_until(pilot, lambda: app.screen is not report)
        earlier = await reported(pilot)
        assert earlier.outcome is not None
        assert earlier.outcome.head[0].startswith("0 of ")
        await pilot.press("e")
        await on(pilot, SetupScreen)


async def test_an_answer_whose_grade_was_undone_can_be_graded_again(tutor: StubTutor) -> None:
    over(tutor, "a")
    tutor.progress.undo()
    async with report_of(tutor) as (app, pilot, report):
        assert "1 answer not graded" in shown(report, "#mark")
        assert any("? not graded" in row.lead for row in rows(report))
        await pilot.press("c")
        await wait_until(pilot, lambda: app.screen is not report)
        again = await reported(pilot)
        assert not again.check_action("grade", ())
    assert len(list(tutor.progress.attempts())) == 1


async def test_an_abandoned_exam_says_so(tutor: StubTutor) -> None:
    over(tutor, "a", graded=False)
    tutor.progress.end_exam("e1", "abandoned")
    async with report_of(tutor) as (app, _, report):
        assert "This exam was abandoned" in shown(report, "#mark")
        assert not report.check_action("grade", ())
        assert not isinstance(app.screen, GradingScreen)


async def test_the_rows_are_laid_out_again_for_another_width(tutor: StubTutor) -> None:
    over(tutor, "раз", "два", "три")
    async with report_of(tutor) as (app, pilot, report):
        await pilot.press("down", "down")
        at = report.rows.highlighted
        await pilot.resize_terminal(50, 24)
        await wait_until(pilot, lambda: app.size.width == 50)
        await pilot.pause()
        assert report.rows.highlighted == at
        assert max(map(len, picture(app).splitlines())) <= 50


def test_a_long_text_continues_below_its_own_beginning() -> None:
    row = ReportRow("слово " * 20, "  ✗ missed  ", ("question", "papers.1.1"))
    lines = row_lines(row, 40).plain.splitlines()
    assert lines[0].startswith("  ✗ missed  слово")
    assert {line[:12] for line in lines[1:]} == {" " * 12}
    assert len(lines) > 3


def test_a_cut_text_has_one_line_by_cells() -> None:
    row = ReportRow("注意力" * 30, "  1 ", ("question", "papers.1.1"), cut=True)
    assert row_lines(row, 40).cell_length <= 40
    assert row_lines(row, 40).plain.endswith("…")
