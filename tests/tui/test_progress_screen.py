"""The progress screen: every page, the way from each to a question, and an empty profile."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from threading import Event

import pytest
from textual.pilot import Pilot
from textual.widgets import TabbedContent

from tests.tui.conftest import wait_until
from tests.tui.doubles import NOON, BrokenProgress, StubTutor
from tests.tui.progressed import record, record_months, take_exam
from tests.tui.steps import QuestionScreen, TodayScreen, on, picture, running, sees, showing, shown
from tutor.bank import Verdict, open_bank
from tutor.errors import TutorError
from tutor.grading import self_grade
from tutor.paths import Paths
from tutor.progress import Attempt, Progress
from tutor.study import Preferences
from tutor.tui import TutorApp
from tutor.tui.progress import (
    LOOKING,
    NO_EXAM,
    NONE_AGAIN,
    NONE_GRADED,
    PAGES,
    ProgressScreen,
)

SIZE, WIDE = (80, 24), (120, 40)
TOPICAL = """section: {en: One}
questions:
  - id: topical.1
    topics: [flows]
    prompt: {en: "Why?"}
    rubric: [{id: why, point: {en: "Because."}}]
    answer: {en: "Because."}
"""


@pytest.fixture
def months(tutor: StubTutor) -> StubTutor:
    record_months(tutor)
    return tutor


@asynccontextmanager
async def opened(
    tutor: StubTutor, key: str = "1", size: tuple[int, int] = SIZE
) -> AsyncIterator[tuple[Pilot[None], ProgressScreen]]:
    """An app that shows the screen with its figures, turned to the page of this key."""
    async with TutorApp(tutor).run_test(size=size) as pilot:
        await on(pilot, TodayScreen)
        await pilot.press("p")
        screen = await on(pilot, ProgressScreen)
        await wait_until(
            pilot, lambda: screen.has_class("-known") or shown(screen, "#before") != LOOKING
        )
        if key != "1":
            await turned(pilot, key, list(PAGES)[int(key) - 1])
        yield pilot, screen


async def turned(pilot: Pilot[None], key: str, page: str) -> ProgressScreen:
    """The screen, turned to a page."""
    await pilot.press(key)
    screen = await on(pilot, ProgressScreen)
    await wait_until(pilot, lambda: screen.page == page)
    return screen


async def test_it_opens_on_an_overview(months: StubTutor) -> None:
    months.preferences = Preferences(exam=months.preferences.day(NOON) + timedelta(days=3))
    async with opened(months) as (pilot, screen):
        assert screen.page == "overview"
        assert "Exam in 3 days: " in picture(pilot.app)
        await pilot.resize_terminal(40, 20)
        await sees(pilot, "1 shaky, 0 new")
        tiles = screen.query_one("#tiles")
        lines = len(shown(screen, "#tiles").splitlines())
        await wait_until(pilot, lambda: tiles.size.height == lines)  # none is broken


async def test_the_points_missed_again_and_again_and_enter_asks_one(months: StubTutor) -> None:
    async with opened(months, "2") as (pilot, screen):
        await wait_until(pilot, lambda: "papers.1.1" in shown(screen, "#point"))
        assert shown(screen, "#head").startswith("2 points missed more than once; ✗ missed")
        seen = picture(pilot.app)
        assert "    ✗✗✗◐  Логарифм превращает его в сумму [bold]x." in seen
        assert "      ✗✗  维度大时点积的方差随之增大" in seen
        assert shown(screen, "#point").splitlines() == [
            "◐ Логарифм превращает его в сумму [bold]x.",
            "Как из `matrix[i][j]` получить определитель якобиана? [/nope] [bold]x",
            "papers.1.1  Not met in 4 of its last 4 answers.",
        ]
        await pilot.press("down")
        await wait_until(pilot, lambda: "transfer-zh.1.1" in shown(screen, "#point"))
        assert "请说明缩放点积注意力的公式" in shown(screen, "#point")
        await pilot.press("enter")
        question = await on(pilot, QuestionScreen)
        assert question.asked.question.id == "transfer-zh.1.1"
        assert question.place.count == "1 of 1"
    (session,) = months.progress.sessions()
    assert (session.kind, session.questions) == ("browse", ("transfer-zh.1.1",))


async def test_w_asks_all_weak_points(months: StubTutor) -> None:
    async with opened(months) as (pilot, _):
        await pilot.press("w")
        await on(pilot, QuestionScreen)
    (session,) = months.progress.sessions()
    assert (session.kind, len(session.questions)) == ("weak", 2)


async def test_pages_are_turned_by_number_by_arrow_and_by_mouse(months: StubTutor) -> None:
    async with opened(months) as (pilot, screen):
        for number, page in enumerate(PAGES, 1):
            await turned(pilot, str(number), page)
            await wait_until(pilot, lambda: screen.focused is not None)
            assert screen.focused is not None
            assert screen.query_one(TabbedContent).active_pane in screen.focused.ancestors
        await turned(pilot, "right", "overview")
        await turned(pilot, "left", "record")
        await pilot.click("#--content-tab-year")
        await wait_until(pilot, lambda: screen.page == "year")
        await pilot.press("escape")
        await on(pilot, TodayScreen)


async def test_the_calendar_fills_the_window(tutor: StubTutor) -> None:
    record(tutor, "papers.1.1")
    async with opened(tutor, "4") as (pilot, screen):
        narrow = shown(screen, "#map").splitlines()
        assert {len(line) for line in narrow[1:6]} == {5 + 53}
        await pilot.resize_terminal(*WIDE)
        await wait_until(pilot, lambda: len(shown(screen, "#map").splitlines()[1]) == 5 + 106)


async def test_mastery_starts_a_deck(months: StubTutor) -> None:
    async with opened(months, "3") as (pilot, screen):
        seen = picture(pilot.app)
        assert "  › Статьи [bold]x" in seen
        assert "  1        1      –  ██████▒▒▒▒▒▒     69 %" in seen
        await wait_until(pilot, lambda: screen.query_one("#known").has_focus)
        await pilot.press("down", "enter")
        question = await on(pilot, QuestionScreen)
        assert question.asked.question.id == "transfer-zh.1.1"
    (session,) = months.progress.sessions()
    assert (session.kind, session.deck) == ("deck", "transfer-zh")


@pytest.mark.parametrize(("key", "list_id", "last"), [("1", "#weakest", ""), ("3", "#known", "G")])
async def test_a_topic_is_started(
    tutor: StubTutor, paths: Paths, key: str, list_id: str, last: str
) -> None:
    folder = paths.home / "questions" / "topical"
    folder.mkdir(parents=True)
    (folder / "deck.yaml").write_text("title: {en: Topical}\nlanguage: en\n", encoding="utf-8")
    (folder / "1-one.yaml").write_text(TOPICAL, encoding="utf-8")
    tutor.bank = open_bank(paths.questions, None)
    record(tutor, "topical.1", "x", 1)
    async with opened(tutor, key, WIDE) as (pilot, screen):
        assert ("Weakest topics" in picture(pilot.app)) == (key == "1")
        await wait_until(pilot, lambda: screen.query_one(list_id).has_focus)
        await pilot.press(*last, "enter")
        question = await on(pilot, QuestionScreen)
        assert question.asked.question.id == "topical.1"
    (session,) = tutor.progress.sessions()
    assert (session.kind, session.topic) == ("topic", "flows")


async def test_agreement_and_exams_are_read_when_their_page_is_opened(months: StubTutor) -> None:
    last = [each.id for each in months.progress.attempts()][-1]
    months.progress.overrule(last, {"scale": Verdict.MET})
    take_exam(months)
    async with opened(months) as (pilot, screen):
        assert shown(screen, "#said") == "Reading the history …"
        await turned(pilot, "6", "record")
        await wait_until(pilot, lambda: "Your exams" in shown(screen, "#said"))
        text = shown(screen, "#said")
        points = sum(len(each.grade.points) for each in months.progress.attempts())
        assert f"{points - 1} of {points} points: a model, version 3, file f00ba5ed" in text
        assert "4 of 10 marks on 20 November; 1 answer not graded yet" in text


async def test_leaving_stops_reading_the_history(tutor: StubTutor) -> None:
    stopped = Event()
    endless = Endless(tutor.progress, record(tutor, "papers.1.2"), stopped)
    tutor.progress = endless  # type: ignore[assignment]
    async with opened(tutor, "6") as (pilot, _):
        await wait_until(pilot, lambda: endless.read > 10)
        await pilot.press("escape")
        await on(pilot, TodayScreen)
        await wait_until(pilot, stopped.is_set)


class Endless:
    """A progress whose history never ends."""

    def __init__(self, real: Progress, attempt: Attempt, stopped: Event) -> None:
        self._real, self._attempt, self._stopped = real, attempt, stopped
        self.read = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._real, name)

    def attempts(self) -> Iterator[Attempt]:
        try:
            while not self._stopped.wait(0.001):  # which lets the app run
                self.read += 1
                yield self._attempt
        finally:
            self._stopped.set()


async def test_an_empty_profile_says_what_will_be_shown(tutor: StubTutor) -> None:
    async with opened(tutor) as (pilot, screen):
        text = shown(screen, "#before")
        assert text.startswith("Nothing has been answered yet.")
        assert text.endswith("Press Enter to answer the first questions.")
        assert not screen.query_one("#pages").display
        await pilot.press("5", "right", "w")
        assert pilot.app.screen is screen
        await pilot.press("enter")
        question = await on(pilot, QuestionScreen)
        assert question.place.count == "1 of 3"


async def test_an_empty_bank_is_reported(tutor: StubTutor) -> None:
    tutor.bank = open_bank([], None)
    async with showing(tutor, ProgressScreen(tutor)) as (app, pilot, screen):
        await sees(pilot, "There are no questions yet.")
        await pilot.press("enter")
        assert app.screen is screen
        await pilot.press("escape")
        await on(pilot, TodayScreen)


async def test_questions_that_need_work_are_listed_if_no_point_was_missed_twice(
    tutor: StubTutor,
) -> None:
    record(tutor, "papers.1.1", "mmx")
    async with opened(tutor) as (pilot, screen):
        await wait_until(pilot, lambda: shown(screen, "#head") == NONE_AGAIN)
        await turned(pilot, "2", "missed")
        seen = picture(pilot.app)
        assert "Needs work · 1 question" in seen
        assert "Как из `matrix[i][j]` получить определитель" in seen
        await pilot.press("enter")
        question = await on(pilot, QuestionScreen)
        assert question.asked.question.id == "papers.1.1"


async def test_if_every_point_is_met_there_is_nothing_to_practise(tutor: StubTutor) -> None:
    record(tutor, "papers.1.1")
    async with opened(tutor) as (pilot, screen):
        await wait_until(pilot, lambda: shown(screen, "#head") == NONE_AGAIN)
        assert {"enter", "w"} & set(screen.active_bindings) == set()
        await pilot.press("w")
        assert pilot.app.screen is screen


@pytest.mark.parametrize(("call", "key"), [("skipped", "1"), ("past_exams", "6")])
async def test_figures_that_cannot_be_read_are_reported(
    tutor: StubTutor, broken: BrokenProgress, call: str, key: str
) -> None:
    record(tutor, "papers.1.1")
    async with running(tutor) as (_, pilot):
        await on(pilot, TodayScreen)
        await sees(pilot, "due")
        broken.failing[call] = TutorError("No [/nope] figures.", remedy="Mend it.")
        await pilot.press("p")
        screen = await on(pilot, ProgressScreen)
        if key != "1":
            await wait_until(pilot, lambda: shown(screen, "#head"))
            await turned(pilot, key, "record")
        await wait_until(pilot, lambda: "No [/nope] figures. Mend it." in screen.notice.text)
        await pilot.press("escape")
        await on(pilot, TodayScreen)


async def test_the_lack_of_graded_answers_and_exams_is_shown(tutor: StubTutor) -> None:
    asked = tutor.bank.question("papers.1.1")
    record(tutor, asked.id, grade=self_grade(asked, {}, "ru"))
    async with opened(tutor, "6") as (pilot, screen):
        await wait_until(pilot, lambda: NO_EXAM in shown(screen, "#said"))
        assert NONE_GRADED in shown(screen, "#said")
