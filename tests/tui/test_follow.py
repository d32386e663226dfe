"""Follow-ups: another question about one point that was not met."""

from textual.pilot import Pilot
from textual.widgets import Footer

from tests.tui.conftest import wait_until
from tests.tui.doubles import BrokenProgress, StubTutor
from tests.tui.steps import (
    QuestionScreen,
    TodayScreen,
    VerdictScreen,
    asking,
    graded,
    notes,
    on,
    picture,
    press_fast,
    saved,
    sees,
    showing_verdict,
    shown,
)
from tests.tui.test_pictures import NARROW, SnapCompare
from tutor.bank import Verdict
from tutor.errors import TutorError
from tutor.study.follow_up import MISSING
from tutor.tui import TutorApp
from tutor.tui.follow_up import FollowUpScreen
from tutor.tui.help import HelpScreen


async def ask(pilot: Pilot[None], *keys: str) -> FollowUpScreen:
    """From the verdict to the follow-up about a point."""
    await pilot.press(*keys)
    press_fast(pilot, "plus", "plus")
    return await on(pilot, FollowUpScreen)


async def answer(pilot: Pilot[None], screen: FollowUpScreen, text: str) -> None:
    screen.editor.insert(text)
    await pilot.pause()
    await pilot.press("f5")


async def test_a_second_answer_is_graded_on_its_point_alone_and_saved_separately(
    tutor: StubTutor,
) -> None:
    async with showing_verdict(tutor, "якобиан треугольный") as (app, pilot, verdict):
        before = tutor.progress.standings()["papers.1.1"]
        screen = await ask(pilot, "down", "down")
        assert "point 3 of 3" in picture(app)
        assert "Логарифм" not in picture(app)
        assert "Как из `matrix[i][j]` получить определитель" in picture(app)
        tutor.grading.verdicts, tutor.grading.confidences = (Verdict.MET,), (0.91,)
        tutor.grading.remark = "Key terms graded this, since the model failed [/nope]."
        await answer(pilot, screen, "сумма логарифмов")
        await on(pilot, VerdictScreen)
        assert notes(app) == [tutor.grading.remark]
        await sees(pilot, "second answer: ✓ met 91 %")
        assert "missed 99 %" in picture(app)
        assert "2.5 of 4 marks · fair" in shown(verdict, "#score")
    (kept,) = tutor.progress.follow_ups()
    assert (kept.attempt, kept.point, kept.verdict) == (verdict.attempt.id, "log", Verdict.MET)
    assert (kept.answer, kept.confidence, kept.language) == ("сумма логарифмов", 0.91, "ru")
    assert kept.asked == MISSING["ru"]
    assert kept.grader == verdict.attempt.grade.grader
    assert tutor.progress.standings()["papers.1.1"] == before
    assert list(tutor.progress.attempts()) == [verdict.attempt]


async def test_a_model_that_writes_words_the_question(tutor: StubTutor) -> None:
    grading = tutor.grading
    grading.writes, grading.hold_question = True, True
    grading.question = "Что проще складывать, чем умножать?"
    async with showing_verdict(tutor, "якобиан треугольный") as (_, pilot, _):
        screen = await ask(pilot, "down", "down")
        assert shown(screen, "#asked") == f"{MISSING['ru']}\n…"
        assert grading.asked_about == [("papers.1.1", "якобиан треугольный", 3, "ru")]
        prepared = len(grading.prepared)
        grading.release.set()
        whole = f"{MISSING['ru']}\n{grading.question}"
        await wait_until(pilot, lambda: shown(screen, "#asked") == whole)
        assert len(grading.prepared) == prepared + 1
        await answer(pilot, screen, "сумма логарифмов")
        await on(pilot, VerdictScreen)
    (kept,) = tutor.progress.follow_ups()
    assert kept.asked == whole


async def test_leaving_stops_the_model_and_an_early_answer_does_not_wait_for_it(
    tutor: StubTutor,
) -> None:
    tutor.grading.writes, tutor.grading.hold_question = True, True
    async with showing_verdict(tutor, "якобиан треугольный") as (app, pilot, _):
        await ask(pilot, "down", "down")
        cancels = tutor.grading.cancels
        await pilot.press("escape")
        await on(pilot, VerdictScreen)
        assert tutor.grading.cancels == cancels + 1
        assert notes(app) == []
        screen = await ask(pilot)
        await answer(pilot, screen, "сумма логарифмов")
        await on(pilot, VerdictScreen)
    (kept,) = tutor.progress.follow_ups()
    assert kept.asked == MISSING["ru"]


async def test_a_point_is_asked_about_if_it_is_not_met_and_once_the_feedback_is_written(
    tutor: StubTutor,
) -> None:
    tutor.grading.hold_feedback = True
    async with showing_verdict(tutor) as (app, pilot, verdict):
        assert verdict.check_action("follow_up", ()) is False
        await pilot.press("plus", "down", "plus")
        assert app.screen is verdict
        assert verdict.check_action("follow_up", ()) is None
        tutor.grading.release.set()
        await wait_until(pilot, lambda: verdict.check_action("follow_up", ()))
        await pilot.press("space", "space")
        await saved(pilot, verdict)
        assert verdict.check_action("follow_up", ()) is False


async def test_a_draft_is_kept_after_escape_and_the_session_continues(
    tutor: StubTutor,
) -> None:
    async with showing_verdict(tutor) as (app, pilot, verdict):
        screen = await ask(pilot, "down", "down")
        screen.editor.insert("начало [/nope]")
        press_fast(pilot, "x", "escape", "y")
        await wait_until(pilot, lambda: app.screen is verdict)
        other = await ask(pilot, "up")
        assert not other.query_one(Footer).query("FooterKey.-command-palette")
        assert other.editor.text == ""
        await pilot.press("escape")
        await wait_until(pilot, lambda: app.screen is verdict)
        again = await ask(pilot, "down")
        assert again.editor.text == "начало [/nope]x"
        await pilot.press("escape")
        await wait_until(pilot, lambda: app.screen is verdict)
        await pilot.press("enter")
        following = await on(pilot, QuestionScreen)
        assert following.asked.question.id == "papers.1.2"
    assert list(tutor.progress.follow_ups()) == []


async def test_the_model_reads_the_point_ahead_and_then_the_next_question(
    tutor: StubTutor,
) -> None:
    async with showing_verdict(tutor) as (_, pilot, _):
        prepared = tutor.grading.prepared
        await wait_until(pilot, lambda: prepared[-1] == ("papers.1.2", "ru", ""))
        screen = await ask(pilot, "down")
        await wait_until(pilot, lambda: prepared[-1] == ("papers.1.1", "ru", ""))
        screen.editor.insert("сумма")
        await wait_until(pilot, lambda: prepared[-1] == ("papers.1.1", "ru", "сумма"))
        await pilot.press("escape")
        await wait_until(pilot, lambda: prepared[-1] == ("papers.1.2", "ru", ""))


async def test_an_empty_answer_is_not_graded_and_grading_can_be_cancelled(tutor: StubTutor) -> None:
    async with showing_verdict(tutor) as (app, pilot, _):
        screen = await ask(pilot, "down")
        await pilot.press("space", "f5")
        await sees(pilot, "You have not written anything yet.")
        assert len(tutor.grading.graded) == 1
        await pilot.press("backspace")
        tutor.grading.hold = True
        tutor.grading.started.clear()
        await answer(pilot, screen, "сумма")
        await wait_until(pilot, tutor.grading.started.is_set)
        assert screen.editor.read_only
        await pilot.press("f5", "escape")
        await wait_until(pilot, lambda: not screen.editor.read_only)
        assert app.screen is screen
        assert "grading was cancelled · 1 word" in picture(app)
        tutor.grading.started.clear()
        await pilot.press("f5")
        await wait_until(pilot, tutor.grading.started.is_set)
        await pilot.press("f1")
        await on(pilot, HelpScreen)
        tutor.grading.release.set()
        await on(pilot, VerdictScreen)
        await sees(pilot, "second answer: ✓ met")
        await pilot.press("escape")
        await on(pilot, TodayScreen)
    assert [each.answer for each in tutor.progress.follow_ups()] == ["сумма"]


async def test_quitting_while_a_second_answer_is_graded_does_not_hang(tutor: StubTutor) -> None:
    async with showing_verdict(tutor) as (_, pilot, _):
        screen = await ask(pilot, "down")
        tutor.grading.hold = True
        tutor.grading.started.clear()
        await answer(pilot, screen, "сумма")
        await wait_until(pilot, tutor.grading.started.is_set)
        before = tutor.grading.cancels
        await pilot.press("ctrl+q")
    assert tutor.grading.cancels > before


async def test_a_failing_grader_or_disk_is_reported_and_the_text_stays(
    tutor: StubTutor, broken: BrokenProgress
) -> None:
    async with showing_verdict(tutor) as (_, pilot, _):
        screen = await ask(pilot, "down")
        tutor.grading.error = TutorError("The model is gone [/nope].")
        await answer(pilot, screen, "сумма")
        await sees(pilot, "Not graded. The model is gone [/nope].")
        tutor.grading.error = None
        broken.failing["note"] = OSError(28, "No space left on device")
        await pilot.press("f5")
        await sees(pilot, "Not saved. No space left on device")
        assert screen.editor.text == "сумма"
        assert not screen.editor.read_only
        broken.failing.clear()
        await pilot.press("f5")
        await on(pilot, VerdictScreen)
    assert [each.answer for each in tutor.progress.follow_ups()] == ["сумма"]


async def test_after_dont_know_points_can_be_followed_up(tutor: StubTutor) -> None:
    async with asking(tutor) as (app, pilot, _):
        await pilot.press("f4")
        verdict = await on(pilot, VerdictScreen)
        await saved(pilot, verdict)
        screen = await ask(pilot)
        tutor.grading.confidences = (0.4,)
        await answer(pilot, screen, "она треугольная")
        await wait_until(pilot, lambda: app.screen is verdict)
        await sees(pilot, "second answer: ✓ met")
        assert "unsure 40 %" in picture(app)
        assert "you said you don't know" in shown(verdict, "#score")


async def asked_in_chinese(pilot: Pilot[None]) -> None:
    await graded(pilot, "先计算查询与键的点积。再除以维度的平方根。", deck="transfer-zh")
    await ask(pilot, "down")
    await pilot.pause()


def test_a_second_question_in_chinese(tutor: StubTutor, snap_compare: SnapCompare) -> None:
    tutor.grading.sentences = (1, 2, 2)
    assert snap_compare(TutorApp(tutor), terminal_size=NARROW, run_before=asked_in_chinese)
