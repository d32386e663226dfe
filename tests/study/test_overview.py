"""The overview shows where the student stands."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.services import NOW
from tutor.bank import Bank
from tutor.progress import Day
from tutor.study import Preferences
from tutor.study.exam_plan import plan_words
from tutor.study.overview import (
    Said,
    Tile,
    overview_lines,
    overview_of,
    step_words,
    tiles,
    year_words,
)
from tutor.study.statistics import step_of, year_of

from .builders import TODAY, answered, days, make_planner, make_unreadable_bank

AGAIN = {"value": "xpx", "reason": "mmx", "parity": "mm"}
DAYS = st.dictionaries(st.integers(0, 500), st.integers(1, 60))
DECKS = {"first": 4, "second": 8}


def on_days(ago: dict[int, int]) -> dict[date, Day]:
    return {TODAY - days(n): Day(TODAY - days(n), count) for n, count in ago.items()}


@given(DAYS)
def test_a_year_adds_up_by_day_and_by_month(ago: dict[int, int]) -> None:
    year = year_of(on_days(ago), TODAY)
    assert year.first.weekday() == 0
    inside = {n: count for n, count in ago.items() if TODAY - days(n) >= year.first}
    assert sum(map(sum, year.weeks)) == year.attempts == sum(inside.values())
    assert sum(count > 0 for week in year.weeks for count in week) == year.days == len(inside)
    last = year.weeks[-1]
    assert year.first + timedelta(days=7 * 52 + len(last) - 1) == TODAY


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_every_month_that_begins_within_a_year_has_its_week(last: date) -> None:
    year = year_of({}, last)
    columns = year.columns()
    begun = [month.first for month in year.months if month.first.day == 1]
    assert [month for _, month in columns][: len(begun)] == [day.month for day in begun]
    for (at, _), first in zip(columns, begun, strict=False):
        assert 0 <= (first - year.first).days - 7 * at < 7
    assert len(columns) - len(begun) <= 1, "one may begin after today, in today's week"


@pytest.mark.parametrize(
    ("answers", "step"), [(0, 0), (1, 1), (4, 1), (5, 2), (9, 2), (10, 3), (19, 3), (20, 4)]
)
def test_steps_are_as_they_are_reported(answers: int, step: int) -> None:
    assert step_of(answers) == step
    assert step_words() == ("none", "1 to 4", "5 to 9", "10 to 19", "20 or more")


def test_an_overview_of_a_student(bank: Bank) -> None:
    weak = answered("second.1", NOW, last=0.4, points=AGAIN)
    once = answered("first.2", NOW - days(1), points={"value": "x", "reason": "m"})
    done = {
        TODAY: Day(TODAY, 2, new=1, scored=2, millionths=1_400_000, ms=150_000),
        TODAY - days(1): Day(TODAY - days(1), 1, new=1, scored=1, millionths=1_000_000),
    }
    overview = overview_of(make_planner(bank, weak, once, done=done), shown=1)
    assert [(each.question, each.point) for each in overview.again] == [("second.1", "value")]
    (missed,) = overview.missed
    assert missed.point == Said("The result is 2.", "en")
    assert missed.prompt == Said("What is 1 doubled, and why?", "en")
    agenda = overview.agenda
    assert (agenda.weak, agenda.streak.current, agenda.done, agenda.needs) == (2, 2, 2, ())
    assert not overview.empty
    assert [row.name for row in overview.decks] == ["first", "second"]
    begun = [row.name for row in overview.topics if row.answered]
    assert [row.name for row in overview.topics][: len(begun)] == begun
    assert overview.weakest == overview.topics[: min(4, len(begun))]
    words = "Today: 2 answers, 1 for the first time, mean 70 %, 2 min"
    left = f"Left for today: {agenda.due} due, 9 new, about {agenda.minutes} min"
    assert list(overview_lines(overview)) == [words, left]
    assert year_words(overview) == ("Streak: 2 days (best 2)\nIn 53 weeks: 3 answers on 2 days")
    assert tiles(overview) == (
        Tile("Due now", str(agenda.due), f"{overview.ahead[1]} tomorrow"),
        Tile("Streak", "2 days", "best 2"),
        Tile("Last 7 days", "3 answers", "0 the week before"),
        Tile("Mean marks", "80 %", "last 7 days"),
        Tile("Known", "1 of 12", "1 shaky, 10 new"),
    )
    assert [day.attempts for day in agenda.week] == [0, 0, 0, 0, 0, 1, 2]
    assert {week.first.weekday() for week in overview.weeks} == {0}, "as in the calendar"
    assert overview.weeks[-1].first <= overview.today < overview.weeks[-1].first + days(7)
    assert [week.attempts for week in overview.weeks[-2:]] == [0, 3]
    assert plan_words(agenda.plan) == ""


def test_a_deck_that_is_no_longer_studied_is_not_due(bank: Bank) -> None:
    standings = (answered("first.1", NOW - days(40)), answered("second.1", NOW - days(40)))
    planner = make_planner(bank, *standings, preferences=Preferences(decks=("first",)))
    overview = overview_of(planner)
    assert overview.agenda.due == overview.ahead[0] == sum(overview.ahead) == 1


def test_an_overview_of_nothing(bank: Bank) -> None:
    overview = overview_of(make_planner(bank))
    assert overview.empty
    assert (overview.agenda.due, overview.agenda.weak, overview.again, overview.missed) == (
        0,
        0,
        (),
        (),
    )
    assert next(overview_lines(overview)) == "Today: nothing answered yet"
    assert (overview.weakest, tiles(overview)[3]) == ((), Tile("Mean marks", "–", "last 7 days"))
    assert overview_of(make_planner(bank, answered("first.1", NOW))).empty, "it counts days"
    tomorrow = TODAY + days(1)  # as after a flight to the west
    assert not overview_of(make_planner(bank, done={tomorrow: Day(tomorrow, 1)})).empty


@pytest.mark.parametrize(
    ("before", "now", "note"),
    [
        (500_000, 750_000, "▲ from 50 %"),
        (750_000, 500_000, "▼ from 75 %"),
        (1, 1, "as the week before"),
    ],
)
def test_the_mean_is_compared_with_the_week_before(
    bank: Bank, before: int, now: int, note: str
) -> None:
    done = {
        day: Day(day, 1, scored=1, millionths=mean)
        for day, mean in ((TODAY, now), (TODAY - days(8), before))
    }
    assert tiles(overview_of(make_planner(bank, done=done)))[3].note == note


def test_no_more_points_are_read_than_are_reported(bank: Bank) -> None:
    rows = [answered(id_, NOW, points=AGAIN) for id_ in bank.question_ids]
    overview = overview_of(make_planner(bank, *rows), shown=3)
    assert len(overview.again) == len(rows)
    assert [missed.weak for missed in overview.missed] == list(overview.again[:3])


def test_what_is_left_of_an_exam_ahead(bank: Bank) -> None:
    preferences = Preferences(exam=TODAY + days(10))
    words = plan_words(make_planner(bank, preferences=preferences).plan)
    assert words == "Exam in 10 days: needs 3 answers a day, you average 0"


def test_what_cannot_be_read_goes_by_its_id(bank: Bank, tmp_path: Path) -> None:
    gone = answered("first.1", NOW, points={"gone": "xx"})
    (missed,) = overview_of(make_planner(bank, gone)).missed
    assert missed.point == Said("gone")
    assert missed.prompt.language == "en"
    weak = answered("first.1", NOW, points={"value": "xx"})
    (missed,) = overview_of(make_planner(make_unreadable_bank(tmp_path), weak)).missed
    assert (missed.point, missed.prompt) == (Said("value"), Said("first.1"))
