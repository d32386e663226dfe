"""Today: what to start, what needs work, and the last days, in every size."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from tests.tui.conftest import wait_until
from tests.tui.doubles import NOON, StubTutor
from tests.tui.exam.steps import begun
from tests.tui.progressed import make_attempt, record_months
from tests.tui.steps import QuestionScreen, TodayScreen, on, picture, press_fast, sees, shown
from tutor.progress import Day, SessionState
from tutor.study.agenda import NeedsWork
from tutor.study.statistics import Mastery
from tutor.study.weak_points import WeakQuestion
from tutor.tui import TutorApp
from tutor.tui.dialogs import ChoiceScreen
from tutor.tui.exam.resume import LeftScreen
from tutor.tui.widgets.deck_list import (
    DeckColumns,
    DeckRow,
    StartRow,
    known_bar,
    start_line,
)
from tutor.tui.widgets.needs_list import needs_line
from tutor.tui.widgets.week_line import week_line

SIZE, SMALL, LARGE = (80, 24), (40, 20), (160, 50)


@pytest.fixture
def months(tutor: StubTutor) -> StubTutor:
    record_months(tutor)
    return tutor


async def opened(pilot: Pilot[None]) -> TodayScreen:
    """Today, with its agenda."""
    today = await on(pilot, TodayScreen)
    await wait_until(pilot, lambda: today.agenda is not None)
    await pilot.pause()
    return today


@asynccontextmanager
async def today_of(
    tutor: StubTutor, size: tuple[int, int] = SIZE
) -> AsyncIterator[tuple[Pilot[None], TodayScreen]]:
    """An app that shows it."""
    async with TutorApp(tutor).run_test(size=size) as pilot:
        yield pilot, await opened(pilot)


async def test_arrows_go_from_list_to_list(months: StubTutor) -> None:
    async with today_of(months) as (pilot, today):
        await pilot.press("down", "down", "down")
        assert today.needs.has_focus
        await pilot.press("up")
        assert today.decks.chosen_id == "transfer-zh"
        assert today.decks.has_focus
        await pilot.press("right")
        assert today.needs.has_focus
        await pilot.press("left", "up", "up", "up")
        assert (today.decks.has_focus, today.decks.chosen_id) == (True, ":due")


async def test_enter_asks_a_question_that_needs_work(months: StubTutor) -> None:
    async with today_of(months) as (pilot, today):
        await pilot.press("G", "down", "j")
        assert today.needs.has_focus
        assert today.needs.chosen_id == "transfer-zh.1.1"
        assert picture(pilot.app).count("›") == 1, "no more than one row is chosen"
        await pilot.press("enter")
        question = await on(pilot, QuestionScreen)
        assert question.asked.question.id == "transfer-zh.1.1"


async def test_an_unfinished_session_is_continued_by_enter_and_by_c(tutor: StubTutor) -> None:
    session = SessionState("papers", ("papers.1.1", "papers.1.2"), 1, NOON)
    tutor.progress.save_session(session)
    for pressed in ("enter", "c"):
        async with today_of(tutor) as (pilot, _):
            assert "› Unfinished: Статьи [bold]x" in picture(pilot.app)
            await pilot.press(pressed)
            question = await on(pilot, QuestionScreen)
            assert question.asked.question.id == "papers.1.2"


@pytest.fixture
def two_left(tutor: StubTutor) -> StubTutor:
    """Two sessions that were begun; the one over all decks was left last."""
    deck = SessionState("papers", ("papers.1.1", "papers.1.2"), 1, NOON)
    due = SessionState(None, ("transfer-zh.1.1", "papers.1.2"), 1, NOON, kind="due")
    for session in (deck, due):
        tutor.progress.save_session(session)
    return tutor


async def test_all_unfinished_sessions_are_listed_and_each_is_resumed(two_left: StubTutor) -> None:
    async with today_of(two_left) as (pilot, today):
        seen = picture(pilot.app)
        assert "› Unfinished: Due and new" in seen
        assert "  Unfinished: Статьи [bold]x" in seen
        await pilot.press("down", "down")
        assert today.decks.chosen_id == ":left1"
        press_fast(pilot, "enter", "up")
        question = await on(pilot, QuestionScreen)
        assert question.place.title.startswith("Статьи [bold]x")
        assert question.place.count == "2 of 2"
        await pilot.press("escape")
        today = await opened(pilot)
        assert "› Unfinished: Статьи [bold]x" in picture(pilot.app), (
            "what was left last comes first"
        )
    assert len(two_left.progress.sessions()) == 2


async def test_ending_a_session_asks_and_keeps_the_others(two_left: StubTutor) -> None:
    async with today_of(two_left) as (pilot, _):
        assert "x End" in picture(pilot.app)
        await pilot.press("x")
        await on(pilot, ChoiceScreen)
        assert "End “Due and new” at question 2 of 2?" in picture(pilot.app)
        await pilot.press("enter")
        today = await opened(pilot)
        assert len(two_left.progress.sessions()) == 2, "Enter keeps it"
        await pilot.press("x")
        await on(pilot, ChoiceScreen)
        await pilot.press("down", "enter")
        await wait_until(pilot, lambda: picture(pilot.app).count("Unfinished:") == 1)
        await pilot.press("down")
        await wait_until(pilot, lambda: "x End" not in picture(pilot.app))
        assert pilot.app.screen is today
    (left,) = two_left.progress.sessions()
    assert left.deck == "papers"


async def test_without_anything_unfinished_c_does_nothing(tutor: StubTutor) -> None:
    async with today_of(tutor) as (pilot, today):
        await pilot.press("c", "w")
        assert pilot.app.screen is today
        assert "Continue" not in picture(pilot.app)


async def test_an_unfinished_exam_is_continued(tutor: StubTutor) -> None:
    begun(tutor)
    async with today_of(tutor) as (pilot, today):
        assert "Unfinished exam" in picture(pilot.app)
        assert today.decks.chosen_id == ":exam"
        await pilot.press("enter")
        await on(pilot, LeftScreen)
        await pilot.press("escape")
        await on(pilot, TodayScreen)
        assert "c Continue" in picture(pilot.app)
        await pilot.press("c")
        await on(pilot, LeftScreen)


async def test_the_streak_has_room_before_the_bar(months: StubTutor) -> None:
    async with today_of(months, (60, 24)) as (pilot, today):
        assert "Friday 20 November · 4-day streak" in picture(pilot.app)
        assert shown(today, "#done") == "2 of 3 done"
        await pilot.resize_terminal(*SIZE)
        await wait_until(pilot, lambda: shown(today, "#done").startswith("██"))


async def test_a_small_window_drops_columns_and_a_large_one_has_two_lists_abreast(
    months: StubTutor,
) -> None:
    async with today_of(months, SMALL) as (pilot, today):
        assert "known" not in picture(pilot.app)
        assert today.query_one("#week").region.bottom < 20
        await pilot.resize_terminal(*SIZE)
        await sees(pilot, "█ known")
        await pilot.resize_terminal(*LARGE)
        await wait_until(pilot, lambda: today.needs.region.x > today.decks.region.right)
        assert today.needs.region.y == today.decks.region.y
        await sees(pilot, "RU de en")
        await pilot.resize_terminal(*SIZE)
        await wait_until(pilot, lambda: today.needs.region.y > today.decks.region.y)


async def test_a_question_that_is_gone_from_the_bank_is_left_out(tutor: StubTutor) -> None:
    gone = make_attempt(tutor, "papers.1.1", "x", 1).model_copy(update={"question": "gone.1"})
    tutor.progress.record(gone)
    async with today_of(tutor) as (_, today):
        assert not today.needs.display


# --- the lines

DECK = Mastery("deck", 40, 16, 10, 0.3)


@pytest.mark.parametrize(
    ("width", "columns"),
    [
        (20, ()),
        (21, ("due",)),
        (34, ("due", "new")),
        (45, ("due", "new", "bar")),
        (60, ("due", "answered", "new", "bar")),
        (72, ("languages", "due", "answered", "new", "bar")),
    ],
)
def test_columns_are_dropped_if_they_do_not_fit(width: int, columns: tuple[str, ...]) -> None:
    assert tuple(DeckColumns().widths(width)) == columns
    row = DeckRow("自然语言处理中的迁移学习：二十一个问题", "ZH en", DECK, 3)
    assert cell_len(DeckColumns().line(row, width).plain) == width
    assert cell_len(DeckColumns().heading("Decks", width).plain) == width


def test_a_title_is_shown_before_numbers_and_languages() -> None:
    assert "languages" in DeckColumns(40).widths(96)
    assert tuple(DeckColumns(40).widths(95)) == ("due", "answered", "new", "bar")
    assert tuple(DeckColumns(40).widths(83)) == ("due", "new", "bar")
    row = DeckRow("Five papers: text generation, pre-training", "RU en", DECK, 3)
    assert row.title in DeckColumns(42).line(row, 74).plain


def test_a_title_longer_than_its_room_is_cut_after_a_word() -> None:
    title = "Deep learning and language processing: twelve lectures"
    row = DeckColumns(54).line(DeckRow(title, "", DECK, 3), 74).plain
    assert row.startswith("Deep learning and language processing…  ")
    assert DeckColumns(54).cut_title(title, 74).rstrip() == title
    assert DeckColumns(54).cut_title(title, 98) == ""


async def test_the_chosen_deck_has_its_whole_title_below_the_list(tutor: StubTutor) -> None:
    title = "Deep learning and language"
    rows = [DeckRow(title, "", DECK, 3), DeckRow("Deck", "", Mastery("other", 1, 0, 0, 0), 0)]
    async with today_of(tutor, (40, 24)) as (pilot, today):
        today.decks.show_decks((), rows, "deck")
        await pilot.pause()
        assert title in picture(pilot.app)
        await pilot.press("down")
        assert title not in picture(pilot.app)


def test_a_deck_shows_its_numbers() -> None:
    row = DeckColumns().line(DeckRow("Deck", "DE en", DECK, None), 60).plain.split()
    assert row == ["Deck", "10", "6", "24", "███▒▒░░░░░░░"]
    assert DeckColumns().line(DeckRow("Deck", "", DECK, 0), 30).plain.split() == ["Deck", "–", "24"]


@pytest.mark.parametrize(
    ("mastery", "drawn"),
    [
        (Mastery("d", 100, 1, 1, 0), "█░░░░░░░░░"),
        (Mastery("d", 100, 100, 99, 0), "█████████▒"),
        (Mastery("d", 3, 2, 1, 0), "████▒▒▒░░░"),
        (Mastery("d", 0, 0, 0, 0), ""),
    ],
)
def test_a_bar_shows_whatever_there_is(mastery: Mastery, drawn: str) -> None:
    assert sorted(known_bar(mastery, 10)) == sorted(drawn)


def test_a_start_keeps_its_title_if_room_is_short() -> None:
    row = StartRow(":due", "Due and new", "12 due · 8 new · about 40 min", "12 due · 8 new")
    assert start_line(row, 60).plain.endswith("12 due · 8 new · about 40 min")
    assert start_line(row, 36).plain == "Due and new           12 due · 8 new"


def test_a_need_is_a_mark_and_words() -> None:
    needs = NeedsWork(WeakQuestion("q", 2, 1), "Why [/nope]\nso?")
    assert needs_line(needs, 60).plain.startswith("✗ Why [/nope] so?")
    assert needs_line(needs, 60).plain.endswith("  2 missed, 1 partial")
    assert needs_line(needs, 30).plain == "✗ Why [/nope] so?            3"
    partial = NeedsWork(WeakQuestion("q", 0, 1), "Why?")
    assert needs_line(partial, 60).plain.startswith("◐ Why?")


def test_a_week_is_a_column_a_day() -> None:
    monday = date(2026, 3, 2)
    counts = (1, 0, 8, 4, 2, 6, 0)
    week = [Day(monday + timedelta(days=at), count) for at, count in enumerate(counts)]
    assert week_line(week, 36).plain == "M▁ T· W█ T▄ F▂ S▆ S· 21 answers"
    assert week_line(week, 80).plain == (
        "Last 7 days   M ▁  T ·  W █  T ▄  F ▂  S ▆  S ·   21 answers"
    )


async def test_garbage_is_collected_again_after_the_first_screen(tutor: StubTutor) -> None:
    gc.disable()
    try:
        async with TutorApp(tutor).run_test(size=(80, 24)) as pilot:
            await wait_until(pilot, gc.isenabled)
            assert gc.isenabled()
    finally:
        gc.enable()
