"""How an answer is rated, and when its question comes again."""

from datetime import date, timedelta

from textual.pilot import Pilot
from textual.widgets import Markdown

from tests.tui.conftest import wait_until
from tests.tui.doubles import StubTutor
from tests.tui.progressed import record
from tests.tui.steps import (
    VerdictScreen,
    on,
    saved,
    showing_verdict,
    shown,
)
from tutor.bank import Verdict
from tutor.progress import Attempt, Rating
from tutor.study import Preferences, StudySession
from tutor.study.session import rated
from tutor.tui.help import HelpScreen
from tutor.tui.labels import in_lines, rating_choices, soon

TODAY = date(2026, 11, 20)


def the_attempt(tutor: StubTutor) -> Attempt:
    (attempt,) = tutor.progress.attempts()
    return attempt


def next_day(tutor: StubTutor, attempt: Attempt) -> date | None:
    return StudySession(tutor).answered(attempt).due


async def until_shown(pilot: Pilot[None], verdict: VerdictScreen, *words: str) -> None:
    def is_shown() -> bool:
        head = shown(verdict, "#score") + shown(verdict, "#ratings")
        return all(word in head for word in words)

    await wait_until(pilot, is_shown)
    await saved(pilot, verdict)


async def test_the_day_next_to_a_rating_keeps_to_the_exam(tutor: StubTutor) -> None:
    tutor.grading.verdicts = (Verdict.MET,)
    tutor.preferences = Preferences(exam=TODAY + timedelta(days=3))
    async with showing_verdict(tutor) as (_, _, verdict):
        assert next_day(tutor, the_attempt(tutor)) == TODAY + timedelta(days=1)
        assert "[4 EASY tomorrow]" in shown(verdict, "#ratings")


async def test_a_number_rates_the_answer_and_the_rating_by_score_removes_that(
    tutor: StubTutor,
) -> None:
    async with showing_verdict(tutor) as (_, pilot, verdict):
        assert "[2 HARD tomorrow]" in shown(verdict, "#ratings")
        for key in "1342":
            await pilot.press(key)
            await saved(pilot, verdict)
            rating = Rating(int(key))
            attempt = the_attempt(tutor)
            assert attempt.rating is rating
            assert attempt.rated is (None if rating is Rating.HARD else rating)
            assert verdict.attempt == attempt
            assert tutor.progress.standings()["papers.1.1"].rating is rating
            day = next_day(tutor, attempt)
            assert day is not None
            await until_shown(pilot, verdict, f"[{key} {rating.name} {soon(day, TODAY)}]")


async def test_overruling_changes_rating_and_day(tutor: StubTutor) -> None:
    async with showing_verdict(tutor) as (_, pilot, verdict):
        await pilot.press("down", "space", "space", "down", "space")
        await until_shown(pilot, verdict, "4 of 4 marks · very good")
        await until_shown(pilot, verdict, "[4 EASY in ")
        await pilot.press("u")
        await until_shown(pilot, verdict, "3 of 4 marks · good")
        assert verdict.attempt == the_attempt(tutor)


def test_no_due_day_is_shown_once_another_answer_counts(tutor: StubTutor) -> None:
    first = record(tutor, "papers.1.1", ago=1)
    record(tutor, "papers.1.1")
    assert next_day(tutor, first) is None
    assert [*rating_choices(rated(first, Rating.GOOD).rating, {}, TODAY)][2] == "[3 GOOD]"


async def test_help_describes_the_screen_and_the_focused_widget(tutor: StubTutor) -> None:
    async with showing_verdict(tutor, size=(120, 40)) as (app, pilot, _):
        await pilot.press("f1")
        panel = (await on(pilot, HelpScreen)).query_one(Markdown)
        await wait_until(pilot, lambda: "It decides when the question comes back" in panel.source)
        assert "the answer becomes a draft again" in " ".join(panel.source.split())
        assert "its sentence is underlined" in panel.source
        keys = shown(app.screen, "#help-keys")
        assert all(
            name in keys for name in ("Next", "Correct", "Point below", "1-4", "Rate", "Report")
        )
        assert keys.count("Correct") == 1, "once, although it is bound in two alphabets"
        for close, reopen in (("f1", "question_mark"), ("q", "")):
            await pilot.press(close)
            await on(pilot, VerdictScreen)
            await pilot.press(*filter(None, [reopen]))


def test_a_narrow_window_breaks_lines_between_the_ratings() -> None:
    choices = ("[1 AGAIN today]", "2 hard tomorrow", "3 good in 2 days")
    assert in_lines(choices, 40).splitlines() == ["[1 AGAIN today]   2 hard tomorrow", choices[2]]
    assert in_lines(choices, 10).splitlines() == [*choices]
