"""Writing an answer: drafts, hints, languages, and grading that is cancelled or fails."""

from datetime import timedelta

import pytest

from tests.support.patience import SECONDS
from tests.tui.conftest import wait_until
from tests.tui.doubles import NOON, BrokenProgress, StubTutor
from tests.tui.steps import (
    QuestionScreen,
    TodayScreen,
    VerdictScreen,
    asking,
    ended,
    grading,
    noted,
    notes,
    on,
    picture,
    press_fast,
    running,
    sees,
    showing_verdict,
    shown,
    start,
    submit_answer,
    type_keys,
    write,
)
from tutor.bank import Verdict
from tutor.engine import EngineState, Status
from tutor.errors import TutorError
from tutor.progress import Draft
from tutor.study import planner_of
from tutor.tui.autosave import SavePace
from tutor.tui.commands import Palette


def kept(tutor: StubTutor, question: str = "papers.1.1") -> str | None:
    draft = tutor.progress.draft(question)
    return None if draft is None else draft.text


async def test_the_question_is_read_ahead_and_what_is_typed_is_saved(tutor: StubTutor) -> None:
    async with asking(tutor) as (_, pilot, _):
        assert tutor.grading.prepared == [("papers.1.1", "ru", "")]
        question = await type_keys(pilot, "масштаб")
        assert question.editor.text == "масштаб"
        await wait_until(pilot, lambda: kept(tutor) == "масштаб")
        await sees(pilot, "saved · 1 word")
        await wait_until(pilot, lambda: ("papers.1.1", "ru", "масштаб") in tutor.grading.prepared)


async def test_escape_keeps_draft_and_hints_and_enter_restores_them(tutor: StubTutor) -> None:
    async with asking(tutor) as (_, pilot, _):
        await write(pilot, "черновик")
        await pilot.press("f3", "escape")
        await on(pilot, TodayScreen)
        assert kept(tutor) == "черновик"
        question = await start(pilot)
        assert question.editor.text == "черновик"
        assert question.editor.cursor_location == (0, 8)
        assert question.hints == 1
        assert "Hint 1" in shown(question, "#hints")
        await write(pilot, "!")
        assert question.editor.text == "черновик!"


async def test_quitting_keeps_the_draft_and_does_not_wait_for_the_grade(tutor: StubTutor) -> None:
    async with grading(tutor) as (app, pilot, _):
        await pilot.press("ctrl+з")
        await wait_until(pilot, lambda: isinstance(app.screen, Palette))
        app.exit()
    assert kept(tutor) == "слово"
    assert tutor.grading.cancels > 0


async def test_grading_can_be_cancelled(tutor: StubTutor) -> None:
    async with grading(tutor) as (_, pilot, question):
        assert question.editor.read_only
        await sees(pilot, "grading … 0 s · Esc cancels")
        await pilot.press("x", "escape")
        await wait_until(pilot, lambda: not question.editor.read_only)
        assert question.editor.text == "слово"
        tutor.grading.hold = False
        await submit_answer(pilot, " дело")
    assert [answer for _, answer, _ in tutor.grading.graded] == ["слово", "слово дело"]
    assert len(list(tutor.progress.attempts())) == 1


async def test_while_the_model_takes_its_time_the_key_terms_suggest(tutor: StubTutor) -> None:
    async with grading(tutor) as (_, pilot, _):
        await pilot.press("f5")
        assert not list(tutor.progress.attempts()), "there is nothing to take yet"
        tutor.now += timedelta(seconds=2)
        await sees(pilot, "F5 accepts")
        await pilot.press("f5")
        await wait_until(pilot, lambda: tutor.progress.standings())
    (attempt,) = tutor.progress.attempts()
    assert {point.verdict for point in attempt.grade.points} == {Verdict.PARTIAL}
    assert tutor.grading.cancels > 0


async def test_while_the_model_loads_the_key_terms_suggest_at_once(tutor: StubTutor) -> None:
    """And the model's grade replaces what they suggest, unless the student takes it."""
    assert EngineState.LOADING.is_on_its_way
    tutor.grading.hold = True
    tutor.grading.status = Status(EngineState.RESTARTING)
    async with asking(tutor) as (_, pilot, _):
        await write(pilot, "слово")
        await pilot.press("f5")
        await sees(pilot, "waiting for the model … 0 s · key terms:")
        tutor.grading.change(Status(EngineState.JUDGING))
        tutor.grading.release.set()
        await wait_until(pilot, lambda: tutor.progress.standings())
    (attempt,) = tutor.progress.attempts()
    assert attempt.grade.grader.name == "model"


async def test_two_quick_presses_make_one_attempt(tutor: StubTutor) -> None:
    tutor.grading.hold = True
    async with asking(tutor) as (_, pilot, _):
        await write(pilot, "слово")
        await pilot.press("f5", "ctrl+j", "ctrl+enter")
        await wait_until(pilot, tutor.grading.started.is_set)
        tutor.grading.release.set()
        await wait_until(pilot, lambda: tutor.progress.standings())
        await pilot.press("f5")
    assert len(tutor.grading.graded) == 1
    assert len(list(tutor.progress.attempts())) == 1


async def test_a_failing_grader_and_a_bug_are_reported_and_the_text_stays(
    tutor: StubTutor,
) -> None:
    tutor.grading.error = TutorError("The model is gone [/nope].", remedy="Start again.")
    async with asking(tutor) as (_, pilot, question):
        await write(pilot, "слово")
        await pilot.press("f5")
        await sees(pilot, "The model is gone [/nope]. Start again.")
        assert question.editor.text == "слово"
        assert not question.editor.read_only
        tutor.grading.error = ZeroDivisionError("by [bold]nought")
        await pilot.press("f5")
        await sees(pilot, "ZeroDivisionError: by [bold]nought")
        tutor.grading.error = None
        await pilot.press("f5")
        await wait_until(pilot, lambda: tutor.progress.standings())


async def test_an_empty_answer_is_not_graded_and_hints_are_counted(tutor: StubTutor) -> None:
    async with asking(tutor) as (_, pilot, question):
        await pilot.press("space", "f5")
        await sees(pilot, "You have not written anything yet.")
        assert tutor.grading.graded == []
        await pilot.press("f3")
        assert "Hint 1: Посмотрите на форму матрицы [/nope]." in shown(question, "#hints")
        assert "Hint 2" not in shown(question, "#hints")
        await pilot.press("f3", "f3", "f3")
        assert "Hint 2: Что стоит выше диагонали?" in shown(question, "#hints")
        await submit_answer(pilot)
    (attempt,) = tutor.progress.attempts()
    assert attempt.hints == 2


async def test_f2_goes_through_the_languages(tutor: StubTutor) -> None:
    async with asking(tutor) as (app, pilot, question):
        assert "F2: Deutsch, English" in shown(question, "#about")
        await pilot.press("f2")
        assert shown(question, "#prompt").startswith("Wie ergibt sich aus `matrix[i][j]`")
        await pilot.press("f2")
        assert shown(question, "#prompt").startswith("How does `matrix[i][j]`")
        await submit_answer(pilot, "sum")
        assert "The Jacobian is triangular [/nope]." in picture(app)
        await pilot.press("enter")
        following = await on(pilot, QuestionScreen)
        assert following.language == "en"
    assert tutor.grading.graded == [("papers.1.1", "sum", "en")]


async def test_a_draft_is_restored_in_its_language_and_deleted_once_empty(
    tutor: StubTutor,
) -> None:
    draft = Draft(question="papers.1.1", text="die", language="de", at=NOON)
    tutor.progress.save_draft(draft)
    async with asking(tutor) as (_, pilot, question):
        assert (question.language, question.editor.text) == ("de", "die")
        await pilot.press("backspace", "backspace", "backspace", "escape")
        await on(pilot, TodayScreen)
    assert kept(tutor) is None


async def test_an_answer_submitted_at_once_is_not_saved_as_a_draft(
    tutor: StubTutor, broken: BrokenProgress
) -> None:
    broken.failing["save_draft"] = OSError("It is saved with its grade.")
    async with running(tutor) as (app, pilot):
        session = app.session
        session.begin("deck", deck="papers")
        asked = session.ask("papers.1.1")
        pace = SavePace(settle=SECONDS, longest=SECONDS)
        await app.push_screen(QuestionScreen(tutor, session, asked, pace=pace))
        verdict = await submit_answer(pilot, "да")
        assert verdict.attempt.answer == "да"
        assert "It is saved" not in picture(app)


async def test_a_draft_that_cannot_be_saved_is_reported_before_leaving(
    tutor: StubTutor, broken: BrokenProgress
) -> None:
    broken.failing["save_draft"] = OSError(28, "No space left on device")
    async with asking(tutor) as (app, pilot, question):
        for key in ("escape", "f8"):
            await write(pilot, "слово")
            await sees(pilot, "No space left on device")
            await pilot.press(key)
            assert (app.screen, tutor.progress.skipped()) == (question, {})
        broken.failing.clear()
        await pilot.press("escape")
        await on(pilot, TodayScreen)
    assert kept(tutor) == "словослово"


async def test_what_is_typed_after_starting_over_stays(tutor: StubTutor) -> None:
    async with asking(tutor) as (_, pilot, question):
        await write(pilot, "слово")
        press_fast(pilot, "f9", "x")
        await wait_until(pilot, lambda: question.editor.text == "x")
        await wait_until(pilot, lambda: kept(tutor) == "x")


@pytest.mark.parametrize("keys", ["escape x f5 f4 f8", "f8 x f5 f4 f9"])
async def test_a_question_that_was_left_takes_no_more_keys(tutor: StubTutor, keys: str) -> None:
    async with asking(tutor) as (app, pilot, question):
        await write(pilot, "слово")
        press_fast(pilot, *keys.split())
        await wait_until(pilot, lambda: app.screen is not question)
        await app.workers.wait_for_complete()
    assert tutor.grading.graded == []
    assert list(tutor.progress.attempts()) == []
    assert bool(tutor.progress.skipped()) is keys.startswith("f8")
    assert kept(tutor) == "слово"


async def test_keys_take_effect_in_the_order_in_which_they_are_pressed(tutor: StubTutor) -> None:
    async with asking(tutor) as (_, pilot, _):
        press_fast(pilot, "f2", "x", "f3", "escape")
        await on(pilot, TodayScreen)
    draft = tutor.progress.draft("papers.1.1")
    assert draft is not None
    assert (draft.text, draft.language, draft.hints) == ("x", "de", 1)


# --- postponing, and starting over


async def test_a_skipped_question_is_postponed_and_the_next_one_asked(tutor: StubTutor) -> None:
    async with asking(tutor) as (app, pilot, _):
        await write(pilot, "начало")
        await pilot.press("f8")
        await wait_until(pilot, lambda: app.screen.query("#answer") and notes(app))
        following = await on(pilot, QuestionScreen)
        assert following.asked.question.id == "papers.1.2"
        assert notes(app) == ["Skipped until tomorrow. Your draft is kept."]
        await pilot.press("escape")
        await on(pilot, TodayScreen)
        await sees(pilot, "question 2 of 2")
    assert kept(tutor) == "начало"
    assert tutor.progress.skipped() == {"papers.1.1": NOON.date()}
    assert "papers.1.1" not in planner_of(tutor).new
    assert list(tutor.progress.attempts()) == []
    tutor.now = NOON + timedelta(days=1)
    assert "papers.1.1" in planner_of(tutor).new


async def test_skipping_the_last_question_ends_the_session(tutor: StubTutor) -> None:
    async with asking(tutor, "down") as (_, pilot, _):
        await pilot.press("f8")
        end = await ended(pilot)
        assert "Nothing was answered in this session." in shown(end, "#result")
        await wait_until(pilot, lambda: not tutor.progress.sessions())
        await pilot.press("enter")
        await on(pilot, TodayScreen)


async def test_a_question_that_cannot_be_postponed_stays(
    tutor: StubTutor, broken: BrokenProgress
) -> None:
    broken.failing["skip"] = TutorError("The disc is full [/nope].", remedy="Free some space.")
    async with asking(tutor) as (app, pilot, question):
        await write(pilot, "слово")
        await pilot.press("f8")
        await sees(pilot, "Not postponed. The disc is full [/nope].")
        assert app.screen is question
        assert question.editor.text == "слово"
        broken.failing.clear()
        await pilot.press("f8")
        await wait_until(pilot, lambda: tutor.progress.skipped())


async def test_nothing_is_skipped_while_grading_or_at_a_retry(tutor: StubTutor) -> None:
    async with grading(tutor) as (app, pilot, _):
        await pilot.press("f8")
        tutor.grading.release.set()
        await on(pilot, VerdictScreen)
        await pilot.press("r")
        again = await on(pilot, QuestionScreen)
        assert not again.check_action("skip", ())
        await pilot.press("f8")
        assert app.screen is again
    assert tutor.progress.skipped() == {}


async def test_start_over_empties_the_editor_and_shows_the_earlier_answer(
    tutor: StubTutor,
) -> None:
    async with showing_verdict(tutor, "первая [/nope]") as (app, pilot, _):
        await pilot.press("r")
        question = await on(pilot, QuestionScreen)
        assert "your earlier answer · 2 words" in picture(app)
        assert "Your earlier answer" not in picture(app)
        assert question.editor.cursor_location == (0, 14)
        await pilot.press("f9")
        assert question.editor.text == ""
        assert shown(question, "#earlier") == "Your earlier answer\nпервая [/nope]"
        await sees(pilot, "первая [/nope]")
        await pilot.press("ctrl+z")
        assert question.editor.text == "первая [/nope]"
        await pilot.press("ctrl+y")
        await submit_answer(pilot, "вторая")
        await pilot.press("enter")
        following = await on(pilot, QuestionScreen)
        assert following.asked.question.id == "papers.1.2"
    assert [each.answer for each in tutor.progress.attempts()] == ["первая [/nope]", "вторая"]


async def test_start_over_empties_the_editor_of_a_first_answer_too(tutor: StubTutor) -> None:
    async with asking(tutor) as (app, pilot, question):
        await pilot.press("f9")
        assert notes(app) == []
        await write(pilot, "слово")
        await pilot.press("f9")
        assert question.editor.text == ""
        await noted(pilot, "Press Ctrl+Z to bring your text back.")
        assert not question.query_one("#earlier-box").display
        await pilot.press("ctrl+z")
        assert question.editor.text == "слово"
        await wait_until(pilot, lambda: notes(app) == [])
