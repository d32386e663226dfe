"""The progress screen: every page, from every page to a question, and nothing to see yet."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from threading import Event

import pytest
from textual.pilot import Pilot
from textual.widgets import TabbedContent

from tests.tui.conftest import wait_until
from tests.tui.doubles import NOON, BrokenProgress, StubTutor
from tests.tui.progressed import make_attempt, record_months, sit_exam
from tests.tui.steps import QuestionScreen, TodayScreen, on, picture, shown
from tutor.bank import Verdict, open_bank
from tutor.errors import TutorError
from tutor.paths import Paths
from tutor.progress import Attempt, Day, Progress
from tutor.progress.agreement import Agreement
from tutor.study import Preferences
from tutor.study.exam_report import Mark
from tutor.study.overview import SatExam, Tile
from tutor.study.statistics import year_of
from tutor.tui import TutorApp
from tutor.tui.charts import (
    columns,
    due_table,
    exam_lines,
    grader_lines,
    legend,
    month_table,
    score_table,
    tile_rows,
    year_map,
)
from tutor.tui.messages import ScreenAsked
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


async def opened(pilot: Pilot[None]) -> ProgressScreen:
    """The screen, with its figures."""
    await on(pilot, TodayScreen)
    await pilot.press("p")
    screen = await on(pilot, ProgressScreen)
    await wait_until(
        pilot, lambda: screen.has_class("-known") or shown(screen, "#before") != LOOKING
    )
    return screen


async def turned(pilot: Pilot[None], key: str, page: str) -> ProgressScreen:
    """The screen, turned to a page."""
    await pilot.press(key)
    screen = await on(pilot, ProgressScreen)
    await wait_until(pilot, lambda: screen.page == page)
    return screen


async def test_it_opens_on_an_overview(months: StubTutor) -> None:
    months.preferences = Preferences(exam=months.preferences.day(NOON) + timedelta(days=3))
    app = TutorApp(months)
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(pilot)
        assert screen.page == "overview"
        seen = picture(app)
        assert "  Due now      Streak   Last 7 days     Mean marks     Known" in seen
        assert "  best 4   10 a week ago   ▼ from 100 %   1 shaky, 0 new" in seen
        assert "Today: 2 answers, mean 56 %, 3 min" in seen
        assert "Exam in 3 days: " in seen
        assert "   ·  ·  ·  1  1  2  2  " in seen
        assert "  Sa Su Mo Tu We Th Fr    Fr Sa" in seen
        assert "Due, next 14 days" in seen
        await pilot.resize_terminal(40, 20)
        await wait_until(pilot, lambda: "1 shaky, 0 new" in picture(app))
        tiles = screen.query_one("#tiles")
        lines = len(shown(screen, "#tiles").splitlines())
        await wait_until(pilot, lambda: tiles.size.height == lines)  # none is broken


async def test_the_overview_asks_the_weakest_topics(months: StubTutor, paths: Paths) -> None:
    add_topical(paths)
    around = replace(months, bank=open_bank(paths.questions, None))
    around.progress.record(make_attempt(around, "topical.1", "x", 1))
    app = TutorApp(around)
    async with app.run_test(size=WIDE) as pilot:
        screen = await opened(pilot)
        assert "Weakest topics" in picture(app)
        await wait_until(pilot, lambda: screen.query_one("#weakest").has_focus)
        await pilot.press("enter")
        question = await on(pilot, QuestionScreen)
        assert question.asked.question.id == "topical.1"


async def test_the_points_missed_again_and_again_and_enter_asks_one(months: StubTutor) -> None:
    app = TutorApp(months)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        screen = await turned(pilot, "2", "missed")
        await wait_until(pilot, lambda: "papers.1.1" in shown(screen, "#point"))
        assert shown(screen, "#head").startswith("2 points missed more than once; ✗ missed")
        seen = picture(app)
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
    app = TutorApp(months)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        await pilot.press("w")
        await on(pilot, QuestionScreen)
    (session,) = months.progress.sessions()
    assert (session.kind, len(session.questions)) == ("weak", 2)


async def test_pages_are_turned_by_number_by_arrow_and_by_mouse(months: StubTutor) -> None:
    app = TutorApp(months)
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(pilot)
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


async def test_the_weeks_behind_and_ahead_and_the_calendar(months: StubTutor) -> None:
    app = TutorApp(months)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        await turned(pilot, "5", "weeks")
        seen = picture(app)
        assert "     7 Nov  ██████████  100 %  ███···    10 " in seen
        assert "    14 Nov  ██████▋···   67 %  █▊····     6 " in seen
        assert "Fri 20 Nov  ██████    1" in seen
        assert "Thu  3 Dec  ······" in seen
        screen = await turned(pilot, "4", "year")
        seen = picture(app)
        assert "Streak: 4 days (best 4)" in seen
        assert "· none   ░ 1 to 4   ▒ 5 to 9   ▓ 10 to 19   █ 20 or more  answers a day" in seen
        narrow = shown(screen, "#map").splitlines()
        assert {len(line) for line in narrow[1:6]} == {5 + 53}
        assert {"░", "▒", "▓", "█"} <= set("".join(narrow[1:8]))
        await pilot.resize_terminal(*WIDE)
        await wait_until(pilot, lambda: len(shown(screen, "#map").splitlines()[1]) == 5 + 106)


async def test_mastery_starts_a_deck(months: StubTutor) -> None:
    app = TutorApp(months)
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        screen = await turned(pilot, "3", "mastery")
        seen = picture(app)
        assert "  › Статьи [bold]x" in seen
        assert "  1        1      –  ██████▒▒▒▒▒▒     69 %" in seen
        await wait_until(pilot, lambda: screen.query_one("#known").has_focus)
        await pilot.press("down", "enter")
        question = await on(pilot, QuestionScreen)
        assert question.asked.question.id == "transfer-zh.1.1"
    (session,) = months.progress.sessions()
    assert (session.kind, session.deck) == ("deck", "transfer-zh")


def add_topical(paths: Paths) -> None:
    """A deck of one question about a topic."""
    folder = paths.home / "questions" / "topical"
    folder.mkdir(parents=True)
    (folder / "deck.yaml").write_text("title: {en: Topical}\nlanguage: en\n", encoding="utf-8")
    (folder / "1-one.yaml").write_text(TOPICAL, encoding="utf-8")


async def test_mastery_starts_a_topic(months: StubTutor, paths: Paths) -> None:
    add_topical(paths)
    app = TutorApp(replace(months, bank=open_bank(paths.questions, None)))
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        await turned(pilot, "3", "mastery")
        screen = await on(pilot, ProgressScreen)
        await wait_until(pilot, lambda: screen.query_one("#known").has_focus)
        await pilot.press("G", "enter")
        question = await on(pilot, QuestionScreen)
        assert question.asked.question.id == "topical.1"
    (session,) = months.progress.sessions()
    assert (session.kind, session.topic) == ("topic", "flows")


async def test_agreement_and_exams_are_read_when_their_page_is_opened(months: StubTutor) -> None:
    last = [each.id for each in months.progress.attempts()][-1]
    months.progress.overrule(last, {"scale": Verdict.MET})
    sit_exam(months)
    app = TutorApp(months)
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(pilot)
        assert shown(screen, "#said") == "Reading the history …"
        await turned(pilot, "6", "record")
        await wait_until(pilot, lambda: "Your exams" in shown(screen, "#said"))
        told = shown(screen, "#said")
        points = sum(len(each.grade.points) for each in months.progress.attempts())
        assert f"{points - 1} of {points} points: the model, version 3, file f00ba5ed" in told
        assert "4 of 10 marks on 20 Nov 2026; 1 answer not graded yet" in told


async def test_leaving_stops_the_reading(months: StubTutor) -> None:
    stopped = Event()
    endless = Endless(months.progress, make_attempt(months, "papers.1.2", "m", 0), stopped)
    app = TutorApp(replace(months, progress=endless))  # type: ignore[arg-type]
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        await turned(pilot, "6", "record")
        await wait_until(pilot, lambda: endless.read > 100)
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
            while True:
                self.read += 1
                yield self._attempt
        finally:
            self._stopped.set()


async def test_an_empty_profile_is_told_what_will_be_here(tutor: StubTutor) -> None:
    app = TutorApp(tutor)
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(pilot)
        told = shown(screen, "#before")
        assert told.startswith("Nothing has been answered yet.")
        assert told.endswith("Press Enter to answer the first questions.")
        assert not screen.query_one("#pages").display
        await pilot.press("5", "right", "w")
        assert app.screen is screen
        await pilot.press("enter")
        question = await on(pilot, QuestionScreen)
        assert question.place.count == "1 of 3"


async def test_an_empty_bank_is_told_too(tutor: StubTutor) -> None:
    app = TutorApp(replace(tutor, bank=open_bank([], None)))
    async with app.run_test(size=SIZE) as pilot:
        app.post_message(ScreenAsked("progress"))
        screen = await on(pilot, ProgressScreen)
        await wait_until(pilot, lambda: "There are no questions yet." in picture(app))
        await pilot.press("enter")
        assert app.screen is screen
        await pilot.press("escape")
        await on(pilot, TodayScreen)


async def test_what_is_missed_once_is_not_missed_again_and_again(tutor: StubTutor) -> None:
    tutor.progress.record(make_attempt(tutor, "papers.1.1", "mmx", 0))
    app = TutorApp(tutor)
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(pilot)
        told = f"{NONE_AGAIN}\n1 question needs work: press w to practise."
        await wait_until(pilot, lambda: shown(screen, "#head") == told)
        await turned(pilot, "2", "missed")
        await pilot.press("enter")
        assert app.screen is screen


async def test_where_all_is_met_there_is_nothing_weak_to_ask(tutor: StubTutor) -> None:
    tutor.progress.record(make_attempt(tutor, "papers.1.1", "m", 0))
    app = TutorApp(tutor)
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(pilot)
        await wait_until(pilot, lambda: shown(screen, "#head") == NONE_AGAIN)
        assert {"enter", "w"} & set(screen.active_bindings) == set()
        await pilot.press("w")
        assert app.screen is screen


@pytest.mark.parametrize(("call", "key"), [("skipped", "1"), ("past_exams", "6")])
async def test_what_cannot_be_read_is_told(months: StubTutor, call: str, key: str) -> None:
    broken = BrokenProgress(months.progress)
    app = TutorApp(replace(months, progress=broken))  # type: ignore[arg-type]
    async with app.run_test(size=SIZE) as pilot:
        await on(pilot, TodayScreen)
        await wait_until(pilot, lambda: "due" in picture(app))
        broken.failing[call] = TutorError("No [/nope] figures.", remedy="Mend it.")
        await pilot.press("p")
        screen = await on(pilot, ProgressScreen)
        await wait_until(pilot, lambda: key == "1" or screen.page == "overview")
        if key != "1":
            await wait_until(pilot, lambda: shown(screen, "#head"))
            await turned(pilot, key, "record")
        await wait_until(pilot, lambda: "No [/nope] figures. Mend it." in screen.notice.text)
        await pilot.press("escape")
        await on(pilot, TodayScreen)


# --- the drawings

MONDAY = date(2026, 3, 2)


def test_a_map_has_a_row_for_each_day_and_the_months_above() -> None:
    days = {MONDAY: Day(MONDAY, 20), date(2026, 1, 1): Day(date(2026, 1, 1), 4)}
    lines = year_map(year_of(days, MONDAY), 75).plain.splitlines()
    assert [line[:3] for line in lines[1:]] == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    assert lines[1] == "Mon  " + "·" * 52 + "█"
    assert lines[4] == "Thu  " + "·" * 43 + "░" + "·" * 8
    assert lines[0].index("Jan") == 5 + 43
    assert "Mar" not in lines[0], "it begins in the last week, where there is no room for a name"


def test_a_map_takes_the_room_there_is() -> None:
    year = year_of({MONDAY: Day(MONDAY, 1)}, MONDAY)
    assert year_map(year, 111).plain.splitlines()[1] == "Mon  " + "··" * 52 + "░░"
    assert year_map(year, 110).plain.splitlines()[1] == "Mon  " + "·" * 52 + "░"
    assert year_map(year, 25).plain.splitlines()[1] == "Mon  " + "·" * 19 + "░"
    assert year_map(year, 1).plain.splitlines()[1] == "Mon  ░"
    assert legend(80).plain.startswith("· none   ░ 1 to 4")
    assert legend(34).plain.splitlines() == [
        "· none   ░ 1 to 4   ▒ 5 to 9",
        "▓ 10 to 19",
        "█ 20 or more  answers a day",
    ]


def test_tables_have_bars_and_numbers() -> None:
    year = year_of({MONDAY: Day(MONDAY, 2, scored=1, millionths=500_000)}, MONDAY)
    assert score_table(year.months[-1:]).plain.splitlines() == [
        "Week from  mean marks         answers",
        "    1 Mar  █████·····   50 %  ██████     2",
    ]
    assert score_table(year.months[-1:], roomy=False).plain.splitlines() == [
        "Week from  mean marks       answers",
        "    1 Mar  █████·····   50 %      2",
    ]
    january = date(2026, 1, 12)
    first = {january: Day(january, 1, scored=1, millionths=1_000_000)}
    year = year_of({MONDAY: Day(MONDAY, 2, scored=1, millionths=500_000), **first}, MONDAY)
    assert month_table(year.months).plain.splitlines() == [
        "Month     answers  days  mean marks",
        "Mar 2026        2     1        50 %",
        "Feb 2026        –     –           –",
        "Jan 2026        1     1       100 %",
    ], "and no month before the first answer"
    assert due_table((4, 0, 1), MONDAY).plain.splitlines() == [
        "Due           questions",
        "Mon  2 Mar  ██████    4",
        "Tue  3 Mar  ······    –",
        "Wed  4 Mar  █▌····    1",
    ]


def test_graders_and_exams_have_a_line_each() -> None:
    rows = (Agreement("terms", None, "2", 8, 2), Agreement("model", "f00ba5ed99", "3", 1, 0))
    assert [line.plain for line in grader_lines(rows)] == [
        "███████▌··   75 %  6 of 8 points: key terms, version 2",
        "██████████  100 %  1 of 1 point: the model, version 3, file f00ba5ed",
    ]
    exam = SatExam(NOON, Mark("e", 4.5, 10, 2), 2)
    (line,) = exam_lines((exam,))
    assert (
        line.plain == "████▌·····   45 %  4.5 of 10 marks on 20 Nov 2026; 2 answers not graded yet"
    )


def test_columns_stand_over_their_numbers() -> None:
    assert columns((16, 0, 1, 132), ("Mo", "Tu", "We", "Th"), height=2).plain.splitlines() == [
        "          ██",
        "▂▂    ▁▁  ██",
        "16  ·  1 132",
        "Mo Tu We  Th",
    ]


def test_tiles_are_a_line_each_where_room_is_short() -> None:
    both = (Tile("Due now", "3", "1 tomorrow"), Tile("Streak", "4 days", "best 9 days"))
    assert tile_rows(both, 24).plain.splitlines() == [
        "Due now      Streak",
        "3            4 days",
        "1 tomorrow   best 9 days",
    ]
    assert tile_rows(both, 23).plain.splitlines() == [
        "Due now  3",
        "         1 tomorrow",
        "Streak   4 days",
        "         best 9 days",
    ]
    three = (*both, Tile("Known", "1 of 9", "8 new"))
    assert tile_rows(three, 29).plain.splitlines() == [
        "Due now  3       1 tomorrow",
        "Streak   4 days  best 9 days",
        "Known    1 of 9  8 new",
    ]


async def test_nothing_judged_and_no_exam_is_told(tutor: StubTutor) -> None:
    attempt = make_attempt(tutor, "papers.1.1", "m", 0)
    own = attempt.grade.model_copy(
        update={"grader": attempt.grade.grader.model_copy(update={"name": "self"})}
    )
    tutor.progress.record(attempt.model_copy(update={"grade": own}))
    app = TutorApp(tutor)
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(pilot)
        await turned(pilot, "6", "record")
        await wait_until(pilot, lambda: NO_EXAM in shown(screen, "#said"))
        assert NONE_GRADED in shown(screen, "#said")
