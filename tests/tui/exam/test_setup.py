"""Setting up an exam, and continuing or abandoning one that is unfinished."""

from datetime import timedelta

from textual.events import Key
from textual.widgets import Input, Static

from tests.study.builders import make_small_bank
from tests.tui.conftest import wait_until
from tests.tui.doubles import NOON, BrokenProgress, StubTutor
from tests.tui.exam.steps import (
    LeftScreen,
    ReportScreen,
    RunningScreen,
    ask_exam,
    begun,
    choose,
    handed_in,
    over,
    reported,
    the_exam,
)
from tests.tui.steps import TodayScreen, on, picture, press_fast, running, sees, shown
from tutor.errors import TutorError
from tutor.paths import Paths
from tutor.tui.dialogs import ChoiceScreen
from tutor.tui.exam.resume import PastExams
from tutor.tui.exam.setup import DeckChoice, SetupScreen


async def test_enter_starts_the_proposed_exam(tutor: StubTutor) -> None:
    async with running(tutor) as (app, pilot):
        setup = await ask_exam(pilot, SetupScreen)
        assert shown(setup, "#start") == (
            "Press Enter to start: 3 questions, 30 min (2 explain · 1 derive)"
        )
        assert shown(setup, "#number-note") == "there are only 3"
        assert shown(setup, "#there") == "3 questions (2 explain · 1 derive)"
        assert setup.query_one("#seed", Input).value == f"{NOON.timestamp():.0f}"[-6:]
        await wait_until(pilot, lambda: all(worker.is_finished for worker in app.workers))
        assert not setup.past.display
        assert "Earlier exams" not in picture(app)
        await pilot.press("enter", "enter")
        await on(pilot, RunningScreen)
    begun = the_exam(tutor).record.begun
    assert (begun.minutes, begun.decks, begun.mix) == (30, (), {})
    assert set(begun.questions) == set(tutor.bank.question_ids)


async def test_what_is_typed_at_once_goes_into_the_field_that_has_the_focus_then(
    tutor: StubTutor,
) -> None:
    async with running(tutor) as (app, pilot):
        setup = await ask_exam(pilot, SetupScreen)
        for name in ("tab", "tab", "1", "tab", "2", "down", "3", "shift+tab", "4", "up", "5"):
            app.post_message(Key(name, name if len(name) == 1 else None))
        await wait_until(pilot, lambda: setup.query_one("#recall", Input).value == "5")
        fields = {each.id: each.value for each in setup.query(Input)}
        assert (fields["explain"], fields["derive"]) == ("4", "3")
        assert fields["number"] == "10"


async def test_the_exam_waits_until_the_help_is_closed(tutor: StubTutor) -> None:
    async with running(tutor) as (app, pilot):
        setup = await ask_exam(pilot, SetupScreen)
        press_fast(pilot, "enter", "f1")
        await wait_until(pilot, tutor.progress.open_exams)
        await app.workers.wait_for_complete()
        await wait_until(pilot, lambda: app.screen is not setup)
        assert not isinstance(app.screen, RunningScreen)
        await pilot.press("escape")
        screen = await on(pilot, RunningScreen)
        assert app.screen_stack[1:] == [screen]


async def test_everything_can_be_chosen(tutor: StubTutor) -> None:
    async with running(tutor) as (app, pilot):
        setup = await ask_exam(pilot, SetupScreen)
        await pilot.press("1", "down", "4", "5", "down", "0", "down", "2", "down", "1", "down")
        await pilot.press("7", "tab", "down", "space")
        await sees(pilot, "1 question, 45 min (1 explain)")
        assert setup.query_one(DeckChoice).chosen == ("papers",)
        assert "[ ]   1  迁移学习" in picture(app)
        await pilot.press("enter")
        await on(pilot, RunningScreen)
    begun = the_exam(tutor).record.begun
    assert (begun.minutes, begun.decks, begun.seed) == (45, ("papers",), 7)
    assert begun.mix == {"recall": 0, "explain": 2, "derive": 1}
    assert list(begun.questions) == ["papers.1.2"]


async def test_all_levels_are_seen_and_one_without_questions_is_named_before_the_start(
    tutor: StubTutor,
) -> None:
    async with running(tutor) as (app, pilot):
        setup = await ask_exam(pilot, SetupScreen)
        await pilot.press("tab", "tab", "3")
        await wait_until(pilot, lambda: shown(setup, "#mix-note") == "no recall questions")
        assert shown(setup, "#start").endswith("(2 explain · 1 derive)")
        fields = [setup.query_one(f"#{level}") for level in ("recall", "explain", "derive")]
        for width in (80, 40):
            await pilot.resize_terminal(width, 24)
            await wait_until(pilot, lambda: fields[-1].region.right <= width)  # noqa: B023
            await wait_until(pilot, lambda: "questions" in picture(app).split("recall")[2])
            assert all(field.region.width and field.region.right <= width for field in fields)


async def test_wrong_input_is_reported_by_its_field_and_starts_nothing(tutor: StubTutor) -> None:
    async with running(tutor) as (app, pilot):
        setup = await ask_exam(pilot, SetupScreen)
        await pilot.press("tab", "x", "tab", "tab", "-", "1", "enter")
        assert shown(setup, "#minutes-note").startswith("✗ minutes, such as 30")
        assert shown(setup, "#mix-note") == "✗ a part cannot be below 0"
        assert shown(setup, "#start") == "Correct the fields marked ✗"
        assert setup.query_one("#minutes-note", Static).has_class("-wrong")
        assert app.focused is setup.query_one("#minutes")
        assert tutor.progress.open_exams() == {}
        await pilot.press("5", "enter")
        await wait_until(pilot, lambda: app.focused is setup.query_one("#recall"))


async def test_without_a_deck_nothing_starts(tutor: StubTutor) -> None:
    async with running(tutor) as (app, pilot):
        setup = await ask_exam(pilot, SetupScreen)
        setup.decks.focus()
        await pilot.press("space", "down", "space", "enter")
        await wait_until(pilot, lambda: shown(setup, "#there") == "✗ choose a deck")
        await pilot.press("enter")
        assert app.screen is setup
        await pilot.press("space")
        await sees(pilot, "Press Enter to start: 1 question")


async def test_earlier_exams_are_listed_and_open_their_reports(tutor: StubTutor) -> None:
    over(tutor, "a", "b")
    tutor.now = NOON + timedelta(days=1)
    over(tutor, exam="e2", graded=False)
    tutor.progress.end_exam("e2", "abandoned")
    async with running(tutor) as (_, pilot):
        setup = await ask_exam(pilot, SetupScreen)
        past = setup.query_one(PastExams)
        await wait_until(pilot, lambda: past.option_count == 2)
        lines = [str(past.get_option_at_index(at).prompt) for at in range(2)]
        assert lines[0].startswith(
            "21 November, 12:00       –              abandoned · 3 questions"
        )
        assert lines[1].startswith("20 November, 12:00    39 % not yet      3 questions")
        assert lines[1].endswith("3 questions · 30 min · seed 5")
        past.focus()
        await pilot.press("down", "enter")
        report = await reported(pilot)
        assert report.outcome is not None
        assert report.outcome.head[0].endswith("39 % · not yet")
        await pilot.press("escape")
        await on(pilot, SetupScreen)
        await pilot.press("escape")
        await on(pilot, TodayScreen)


async def test_an_empty_bank_is_explained(tutor: StubTutor, paths: Paths) -> None:
    tutor.bank = make_small_bank(paths.home / "none", {})
    async with running(tutor) as (app, pilot):
        setup = await ask_exam(pilot, SetupScreen)
        assert shown(setup, "#start").startswith("There are no questions yet.")
        await pilot.press("enter")
        assert app.screen is setup
        await pilot.press("escape")
        await on(pilot, TodayScreen)


async def test_what_cannot_be_saved_is_reported_and_can_be_tried_again(
    tutor: StubTutor, broken: BrokenProgress
) -> None:
    broken.failing["note"] = TutorError("The disc is full [/nope].", remedy="Free some.")
    broken.failing["past_exams"] = TutorError("No [bold]list.")
    async with running(tutor) as (_, pilot):
        setup = await ask_exam(pilot, SetupScreen)
        await wait_until(
            pilot,
            lambda: setup.notice.text == "✗ Your earlier exams cannot be listed. No [bold]list.",
        )
        await pilot.press("enter")
        message = "✗ Not started. The disc is full [/nope]. Free some."
        await wait_until(pilot, lambda: setup.notice.text == message)
        broken.failing.clear()
        await pilot.press("enter")
        await on(pilot, RunningScreen)
    assert len(tutor.progress.open_exams()) == 1


async def test_a_report_that_cannot_be_read_is_reported(
    tutor: StubTutor, broken: BrokenProgress
) -> None:
    over(tutor, "a")
    broken.failing["exam"] = OSError(5, "Input/output error")
    async with running(tutor) as (_, pilot):
        setup = await ask_exam(pilot, SetupScreen)
        await wait_until(pilot, lambda: setup.past.option_count)
        setup.past.focus()
        await pilot.press("enter")
        report = await on(pilot, ReportScreen)
        await wait_until(pilot, lambda: "Input/output error" in report.notice.text)
        await pilot.press("escape")
        await on(pilot, SetupScreen)


# --- an unfinished exam


async def test_an_unfinished_exam_can_be_abandoned_after_a_question(tutor: StubTutor) -> None:
    state = begun(tutor)
    handed_in(tutor, state, 0, "да")
    async with running(tutor) as (app, pilot):
        left = await ask_exam(pilot, LeftScreen)
        await wait_until(pilot, lambda: left.check_action("abandon", ()))
        await pilot.press("x", "enter")
        assert tutor.progress.open_exams() != {}
        assert "x Abandon" in picture(app)
        await pilot.press("ч")
        assert "Abandon this exam?" in shown(await on(pilot, ChoiceScreen), "#choice-text")
        await choose(pilot, "yes")
        await on(pilot, SetupScreen)
    assert tutor.progress.open_exams() == {}
    assert tutor.progress.exam("e1").abandoned
    assert list(tutor.progress.attempts()) == []


async def test_a_running_exam_comes_before_one_to_be_graded(tutor: StubTutor) -> None:
    over(tutor, "a", graded=False)
    tutor.now = NOON + timedelta(hours=1)
    begun(tutor, exam="e2")
    async with running(tutor) as (app, pilot):
        left = await ask_exam(pilot, LeftScreen)
        await wait_until(pilot, lambda: "exam of 20 November, 13:00" in shown(left, "#status"))
        assert left.past.option_count == 1
        left.past.focus()
        await pilot.press("enter")
        report = await reported(pilot)
        await pilot.press("c")
        await wait_until(pilot, lambda: list(tutor.progress.open_exams()) == ["e2"])
        await wait_until(pilot, lambda: app.screen is not report)
        await reported(pilot)
    assert len(tutor.grading.graded) == 1


async def test_a_new_exam_can_be_set_up_next_to_one_to_be_graded(tutor: StubTutor) -> None:
    over(tutor, "a", graded=False)
    async with running(tutor) as (_, pilot):
        left = await ask_exam(pilot, LeftScreen)
        await wait_until(pilot, lambda: left.check_action("another", ()))
        await pilot.press("e")
        await on(pilot, SetupScreen)
        await pilot.press("enter")
        await on(pilot, RunningScreen)
        await pilot.press("escape")
        await on(pilot, TodayScreen)
    assert {exam.ended for exam in tutor.progress.open_exams().values()} == {True, False}


async def test_an_exam_that_cannot_be_read_is_reported_and_esc_goes_back(
    tutor: StubTutor, broken: BrokenProgress
) -> None:
    begun(tutor)
    broken.failing["exam"] = TutorError("Unreadable [/nope].")
    async with running(tutor) as (_, pilot):
        left = await ask_exam(pilot, LeftScreen)
        await wait_until(pilot, lambda: left.notice.text == "✗ Unreadable [/nope].")
        await pilot.press("enter", "x", "e", "escape")
        await on(pilot, TodayScreen)
