"""The plan for an exam: it can be done, and doing it is enough."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.bank import Bank
from tutor.progress import Day, Rating, Standing
from tutor.study import Preferences
from tutor.study.exam_plan import FINAL_WEEK, VIEWS, latest_days, pace, plan_until

from .builders import TODAY, answered, by_question, days, make_planner, make_small_bank, noon

QUESTIONS = tuple(f"q.{number}" for number in range(12))
STANDINGS = st.dictionaries(
    st.sampled_from(QUESTIONS), st.tuples(st.integers(0, 40), st.integers(1, 4))
)


def seen(ago: int, attempts: int, question: str) -> Standing:
    at = noon(TODAY - days(ago))
    standing = answered(question, at)
    for _ in range(attempts - 1):
        standing = answered(question, at, before=standing)
    return standing


def left_of(standing: Standing | None, exam: date) -> tuple[int, bool]:
    """How many views are left, and whether one must be in the final week, counted independently."""
    if standing is None:
        return VIEWS, True
    late = standing.last_at.date() >= exam - days(FINAL_WEEK)
    return max(VIEWS - standing.attempts, 0 if late else 1), not late


def can_be_done(views_left: list[tuple[int, bool]], left: int, a_day: int) -> bool:
    """Whether `a_day` questions on each day are enough, each question at most once a day."""
    rest = [list(each) for each in views_left]
    for day in range(left):
        final_week = left - day <= FINAL_WEEK
        for row in sorted(rest, key=lambda row: -row[0])[:a_day]:
            if row[0] > (0 if final_week else 1 if row[1] else 0):
                row[0] -= 1
    return not any(number for number, _ in rest)


@given(STANDINGS, st.integers(1, 30))
def test_what_is_needed_is_enough_and_one_less_is_not(
    stood: dict[str, tuple[int, int]], left: int
) -> None:
    standings = by_question(*(seen(*how, question) for question, how in stood.items()))
    exam = TODAY + days(left)
    plan = plan_until(exam, QUESTIONS, standings, {}, TODAY)
    assert plan is not None
    views_left = [left_of(standings.get(question), exam) for question in QUESTIONS]
    assert plan.views_left == sum(number for number, _ in views_left)
    assert plan.new == len(QUESTIONS) - len(standings)
    assert left < 2 or can_be_done(views_left, left, plan.needed)
    assert plan.needed == 0 or not can_be_done(views_left, left, plan.needed - 1)


@pytest.mark.parametrize("late", [0, 1, 100])
def test_there_is_no_plan_once_the_day_has_come(late: int) -> None:
    assert plan_until(TODAY - days(late), QUESTIONS, {}, {}, TODAY) is None
    assert latest_days(TODAY - days(late), QUESTIONS, {}, TODAY) == {}


def test_a_plan_holds_while_the_pace_is_enough() -> None:
    exam = TODAY + days(14)
    done = {TODAY - days(ago): Day(TODAY - days(ago), attempts=2) for ago in range(1, 8)}
    plan = plan_until(exam, QUESTIONS, {}, done, TODAY)
    assert plan is not None
    assert (plan.needed, plan.pace, plan.holds) == (2, 2, True)
    slower = dict(list(done.items())[:6]) | {TODAY - days(30): Day(TODAY - days(30), 50)}
    plan = plan_until(exam, QUESTIONS, {}, slower, TODAY)
    assert plan is not None
    assert (plan.pace, plan.holds) == (12 / 7, False)


def test_the_pace_is_the_recent_one() -> None:
    assert pace({}, TODAY) == 0
    assert pace({TODAY: Day(TODAY, 9)}, TODAY) == 9
    begun = {TODAY - days(2): Day(TODAY - days(2), 9), TODAY: Day(TODAY, 50)}
    assert pace(begun, TODAY) == 4.5


DECKS = {"first": 23, "other": 5}


@given(
    left=st.integers(2, 40),
    seed=st.integers(0, 10**6),
    new_per_day=st.integers(0, 8),
    known=st.integers(0, 23),
)
def test_who_does_what_is_asked_sees_everything_in_time(
    bank: Bank, left: int, seed: int, new_per_day: int, known: int
) -> None:
    random = Random(seed)
    exam = TODAY + days(left)
    preferences = Preferences(exam=exam, exam_decks=("first",), new_per_day=new_per_day)
    standings = by_question(
        *(answered(f"first.{n}", noon(TODAY - days(random.randint(1, 60)))) for n in range(known))
    )
    done: dict[date, Day] = {}
    for day in (TODAY + days(ahead) for ahead in range(left)):
        new = 0
        for asked in ("due", "new"):
            planner = make_planner(
                bank, *standings.values(), preferences=preferences, done=done, now=noon(day)
            )
            chosen = planner.due if asked == "due" else planner.new
            new += len(chosen) if asked == "new" else 0
            for question in chosen:
                rating = Rating(random.randint(1, 4))
                before = standings.get(question)
                standings[question] = answered(question, noon(day), rating, before)
        done[day] = Day(day, attempts=1, new=new)
    for question in (f"first.{n}" for n in range(1, 24)):
        assert standings[question].attempts >= VIEWS
        assert standings[question].on >= exam - days(FINAL_WEEK)


@given(left=st.integers(1, 30), number=st.integers(1, 60))
def test_the_final_week_is_spread_and_no_interval_leads_past_it(left: int, number: int) -> None:
    exam = TODAY + days(left)
    questions = [f"q.{n}" for n in range(number)]
    standings = by_question(*(answered(id_, noon(TODAY - days(40))) for id_ in questions))
    latest = latest_days(exam, questions, standings, TODAY)
    assert latest.keys() == set(questions)
    first, span = max(exam - days(FINAL_WEEK), TODAY), min(left, FINAL_WEEK)
    counts = [list(latest.values()).count(first + days(n)) for n in range(span)]
    assert sum(counts) == number
    assert max(counts) - min(counts) <= 1


def test_the_share_of_today_is_done_once_it_is_done() -> None:
    exam = TODAY + days(4)
    questions = [f"q.{n}" for n in range(8)]
    standings = by_question(*(seen(40, 3, id_) for id_ in questions))
    today = [
        id_ for id_, day in latest_days(exam, questions, standings, TODAY).items() if day <= TODAY
    ]
    assert len(today) == 2
    for id_ in today:
        standings[id_] = answered(id_, noon(TODAY), before=standings[id_])
    again = latest_days(exam, questions, standings, TODAY)
    assert len(again) == 6
    assert min(again.values()) > TODAY


@pytest.mark.parametrize("exam", [date.min, TODAY, TODAY + days(3), date.max])
@pytest.mark.parametrize("on", [date.min, TODAY, date.max])
def test_the_plan_has_room_for_every_date(exam: date, on: date) -> None:
    standings = by_question(replace(seen(0, 1, "q.0"), day=on))
    latest = latest_days(exam, QUESTIONS, standings, TODAY)
    assert list(latest) == ["q.0"] * (exam > TODAY)
    assert all(day < exam for day in latest.values())


def test_a_bank_without_the_exams_decks_has_nothing_to_do(tmp_path: Path) -> None:
    bank = make_small_bank(tmp_path / "questions", {"one": 2})
    preferences = Preferences(exam=TODAY + days(3), exam_decks=("gone",), new_per_day=0)
    planner = make_planner(bank, preferences=preferences)
    assert planner.plan is not None
    assert (planner.plan.needed, planner.plan.holds, planner.new) == (0, True, ())
