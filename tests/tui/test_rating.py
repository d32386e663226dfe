"""How an answer is rated, when its question comes again, and which score is to be expected."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.pilot import Pilot
from textual.widgets import Footer, Markdown
from textual.widgets._footer import FooterKey

from tests.tui.conftest import wait_until
from tests.tui.doubles import NOON, BrokenProgress, StubTutor
from tests.tui.steps import QuestionScreen, VerdictScreen, judge, on, saved, shown, start
from tutor.bank import Verdict
from tutor.errors import TutorError
from tutor.formatting import when_words
from tutor.progress import Attempt, Rating
from tutor.study import Preferences
from tutor.tui import TutorApp
from tutor.tui.rating import next_day, rated, rating_words
from tutor.tui.widgets.help import ScreenHelp

SIZE = (80, 24)
TODAY = date(2026, 11, 20)
MET, PARTIAL, MISSED = (Verdict.MET,), (Verdict.PARTIAL,), (Verdict.MISSED,)


def the_attempt(tutor: StubTutor) -> Attempt:
    (attempt,) = tutor.progress.attempts()
    return attempt


async def until_told(pilot: Pilot[None], verdict: VerdictScreen, words: str) -> None:
    await wait_until(pilot, lambda: words in shown(verdict, "#score"))
    await saved(pilot, verdict)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 11, 19), "today"),
        (TODAY, "today"),
        (date(2026, 11, 21), "tomorrow, 21 November"),
        (date(2026, 11, 24), "in 4 days, 24 November"),
        (date(2027, 1, 6), "in 47 days, 6 January 2027"),
    ],
)
def test_a_day_ahead_in_words(day: date, words: str) -> None:
    assert when_words(day, TODAY) == words


@given(st.dates(TODAY + timedelta(days=2)))
def test_a_day_ahead_names_itself_and_the_days_until_then(day: date) -> None:
    words = when_words(day, TODAY)
    assert words.startswith(f"in {(day - TODAY).days} days, {day.day} ")
    assert (str(day.year) in words) == (day.year != TODAY.year)


async def test_the_rating_of_the_score_and_its_day_are_shown(tutor: StubTutor) -> None:
    tutor.examiner.verdicts = MET
    app = TutorApp(tutor)
    async with app.run_test(size=SIZE) as pilot:
        await start(pilot)
        verdict = await judge(pilot)
        attempt = the_attempt(tutor)
        day = next_day(tutor, attempt)
        assert day is not None
        assert day > TODAY + timedelta(days=1)
        told = f"rated easy · again in {(day - TODAY).days} days, {day.day} "
        assert told in shown(verdict, "#score")


@pytest.mark.parametrize("key", ["1", "2", "3", "4"])
async def test_a_number_rates_the_answer_and_is_kept(tutor: StubTutor, key: str) -> None:
    app = TutorApp(tutor)
    async with app.run_test(size=SIZE) as pilot:
        await start(pilot)
        verdict = await judge(pilot)
        assert "   rated hard · again tomorrow, 21 November" in shown(verdict, "#score")
        await pilot.press(key)
        await saved(pilot, verdict)
        rating = Rating(int(key))
        attempt = the_attempt(tutor)
        assert attempt.rating is rating
        assert attempt.rated is (None if rating is Rating.HARD else rating)
        assert verdict.attempt == attempt
        assert tutor.progress.standings()["papers.1.1"].rating is rating
        day = next_day(tutor, attempt)
        await until_told(pilot, verdict, f"   {rating_words(attempt, day, TODAY)}")


async def test_the_scores_own_rating_takes_the_students_back(tutor: StubTutor) -> None:
    app = TutorApp(tutor)
    async with app.run_test(size=SIZE) as pilot:
        await start(pilot)
        verdict = await judge(pilot)
        await pilot.press("1")
        await until_told(pilot, verdict, "   you: again · today")
        await pilot.press("2")
        await until_told(pilot, verdict, "   rated hard · again tomorrow")
    assert the_attempt(tutor).rated is None


async def test_a_rating_can_be_undone(tutor: StubTutor) -> None:
    app = TutorApp(tutor)
    async with app.run_test(size=SIZE) as pilot:
        await start(pilot)
        verdict = await judge(pilot)
        await pilot.press("4")
        await until_told(pilot, verdict, "   you: easy · again in ")
        await pilot.press("u")
        await until_told(pilot, verdict, "   rated hard · again tomorrow, 21 November")
        assert verdict.attempt == the_attempt(tutor)
        await pilot.press("u")
        question = await on(pilot, QuestionScreen)
        assert question.editor.text == "да"


async def test_overruling_changes_rating_and_day(tutor: StubTutor) -> None:
    app = TutorApp(tutor)
    async with app.run_test(size=SIZE) as pilot:
        await start(pilot)
        verdict = await judge(pilot)
        await pilot.press("down", "space", "space", "down", "space")
        await until_told(pilot, verdict, "4 of 4 · very good")
        await until_told(pilot, verdict, "rated easy · again in ")
        await pilot.press("u")
        await until_told(pilot, verdict, "3 of 4 · good")
        await pilot.press("u")
        await until_told(pilot, verdict, "2 of 4 · just enough")
        assert verdict.attempt == the_attempt(tutor)


async def test_an_own_rating_outlives_an_overruling(tutor: StubTutor) -> None:
    app = TutorApp(tutor)
    async with app.run_test(size=SIZE) as pilot:
        await start(pilot)
        verdict = await judge(pilot)
        await pilot.press("1", "space")
        await saved(pilot, verdict)
        await until_told(pilot, verdict, "1.5 of 4")
        assert "you: again · today" in shown(verdict, "#score")
    attempt = the_attempt(tutor)
    assert (attempt.rated, attempt.grade.earned) == (Rating.AGAIN, 1.5)


async def test_the_day_keeps_to_the_exam(tutor: StubTutor) -> None:
    tutor.examiner.verdicts = MET
    tutor.wishes = Preferences(exam=TODAY + timedelta(days=3))
    app = TutorApp(tutor)
    async with app.run_test(size=SIZE) as pilot:
        await start(pilot)
        verdict = await judge(pilot)
        await until_told(pilot, verdict, "rated easy · again tomorrow, 21 November")
        assert next_day(tutor, verdict.attempt) == TODAY + timedelta(days=1)


async def test_a_rating_that_cannot_be_saved_is_told_and_can_be_tried_again(
    tutor: StubTutor,
) -> None:
    broken = BrokenProgress(tutor.progress)
    app = TutorApp(replace(tutor, progress=broken))  # type: ignore[arg-type]
    async with app.run_test(size=SIZE) as pilot:
        await start(pilot)
        verdict = await judge(pilot)
        broken.failing["rate"] = TutorError("The disc is full.", remedy="Free some space.")
        await pilot.press("3")
        await wait_until(pilot, lambda: "NOT saved" in shown(verdict, "#score"))
        broken.failing.clear()
        await pilot.press("space")
        await until_told(pilot, verdict, "1.5 of 4")
    attempt = the_attempt(tutor)
    assert (attempt.rated, attempt.grade.earned) == (Rating.GOOD, 1.5)


async def test_giving_up_costs_nothing_but_the_rating(tutor: StubTutor) -> None:
    app = TutorApp(tutor)
    async with app.run_test(size=SIZE) as pilot:
        await start(pilot)
        await pilot.press("f4")
        verdict = await on(pilot, VerdictScreen)
        await until_told(pilot, verdict, "   rated again · today")
        assert verdict.query_one("#model-answer").display
    attempt = the_attempt(tutor)
    day = tutor.progress.days()[TODAY]
    assert (attempt.rating, next_day(tutor, attempt)) == (Rating.AGAIN, TODAY)
    assert (day.attempts, day.scored, day.mean) == (1, 0, None)
    assert tutor.progress.standings()["papers.1.1"].points == ()


async def test_nothing_is_told_of_a_day_once_another_answer_counts(tutor: StubTutor) -> None:
    app = TutorApp(tutor)
    async with app.run_test(size=SIZE) as pilot:
        await start(pilot)
        first = (await judge(pilot)).attempt
        tutor.now = NOON + timedelta(minutes=1)
        await pilot.press("r")
        await on(pilot, QuestionScreen)
        await judge(pilot, "!")
    assert next_day(tutor, first) is None
    assert rating_words(rated(first, Rating.GOOD), None, TODAY) == "you: good"


async def test_the_expected_score_stands_beside_that_of_the_verdicts(tutor: StubTutor) -> None:
    tutor.examiner.expected = (0.9, 0.55, 0.1)
    app = TutorApp(tutor)
    async with app.run_test(size=SIZE) as pilot:
        await start(pilot)
        verdict = await judge(pilot)
        assert shown(verdict, "#score").startswith("2.5 of 4 · fair   2.5 expected   rated hard")
        await pilot.press("down", "down", "space")
        await until_told(pilot, verdict, "3.5 of 4 · good   3.4 expected")


async def test_a_grade_without_probabilities_has_no_expected_score(tutor: StubTutor) -> None:
    app = TutorApp(tutor)
    async with app.run_test(size=SIZE) as pilot:
        await start(pilot)
        verdict = await judge(pilot)
        assert "expected" not in shown(verdict, "#score")


@pytest.mark.parametrize("width", [60, 80, 100, 120])
async def test_the_footer_is_never_cut(tutor: StubTutor, width: int) -> None:
    app = TutorApp(tutor)
    async with app.run_test(size=(width, 24)) as pilot:
        await start(pilot)
        await judge(pilot)
        await pilot.press("down", "down")
        await pilot.pause()
        keys = list(app.screen.query_one(Footer).query(FooterKey))
        palette = next(key for key in keys if key.has_class("-command-palette"))
        assert all(key.region.right <= palette.region.x for key in keys if key is not palette)
        actions = {key.action for key in keys}
        assert {"next", "overrule", "follow_up", "today"} <= actions
        assert ("undo" in actions) == (width >= 80)
        assert ("flag" in actions) == (width >= 100)


async def test_keys_come_back_where_there_is_room_again(tutor: StubTutor) -> None:
    app = TutorApp(tutor)
    async with app.run_test(size=SIZE) as pilot:
        await start(pilot)
        await judge(pilot)
        footer = app.screen.query_one(Footer)

        def flag_is_shown() -> bool:
            return any(key.action == "flag" for key in footer.query(FooterKey))

        assert not flag_is_shown()
        await pilot.resize_terminal(130, 24)
        await wait_until(pilot, flag_is_shown)
        await pilot.resize_terminal(80, 24)
        await wait_until(pilot, lambda: not flag_is_shown())


async def test_help_tells_of_the_screen_and_of_what_has_the_focus(tutor: StubTutor) -> None:
    app = TutorApp(tutor)
    async with app.run_test(size=(120, 40)) as pilot:
        await start(pilot)
        await judge(pilot)
        await pilot.press("f1")
        await wait_until(pilot, lambda: app.screen.query("#help-box"))
        panel = app.screen.query_one(ScreenHelp).query_one(Markdown)
        await wait_until(pilot, lambda: "is the score to be expected" in panel.source)
        assert "which deletes it; its text is a draft again" in " ".join(panel.source.split())
        assert "its sentence is underlined" in panel.source
        keys = app.screen.query_one(Footer).query(FooterKey)
        palette = next(key for key in keys if key.has_class("-command-palette"))
        assert all(key.region.right <= palette.region.x for key in keys if key is not palette)
        box = app.screen.query_one("#help-box")
        box.focus()
        await pilot.press("down", "down")
        assert "is the score to be expected" in panel.source
        await pilot.press("f1")
        await wait_until(pilot, lambda: not app.screen.query(ScreenHelp))
