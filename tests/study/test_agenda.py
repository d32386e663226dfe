"""What there is to do today, and how the last days went."""

from datetime import date
from pathlib import Path

import pytest

from tests.support.services import NOW
from tutor.bank import Bank
from tutor.progress import Day
from tutor.study.agenda import (
    agenda_of,
    minutes_for,
    minutes_words,
    streak_words,
    week_words,
)
from tutor.study.statistics import ANSWER_SECONDS, Streak, is_known, last_days, seconds_per_answer
from tutor.study.weak_points import WeakQuestion, weak_points, weak_questions

from .builders import TODAY, answered, days, make_planner, make_unreadable_bank

MISSED = {"value": "x", "reason": "mp", "parity": "m"}
DECKS = {"first": 4, "second": 8}


def done(*days_ago: tuple[int, int, int]) -> dict[date, Day]:
    """Days by how long ago they were, how many answers they had and the seconds of each."""
    return {
        TODAY - days(ago): Day(TODAY - days(ago), count, scored=count, ms=count * seconds * 1000)
        for ago, count, seconds in days_ago
    }


def test_an_agenda_of_nothing(bank: Bank) -> None:
    agenda = agenda_of(make_planner(bank))
    assert (agenda.due, agenda.new, agenda.left, agenda.done) == (0, 10, 10, 0)
    assert agenda.words == "0 due · 10 new · about 20 min"
    assert (agenda.weak, agenda.needs, agenda.plan, agenda.streak) == (0, (), None, Streak(0, 0))
    assert [day.day for day in agenda.week] == [TODAY - days(ago) for ago in range(6, -1, -1)]


def test_what_needs_work_is_reported_by_what_it_asks(bank: Bank) -> None:
    weak = answered("first.2", NOW - days(1), last=0.3, points=MISSED)
    worse = answered("second.1", NOW - days(1), last=0.1, points={"value": "x", "reason": "x"})
    agenda = agenda_of(make_planner(bank, weak, worse, done=done((0, 2, 60))), shown=1)
    assert (agenda.weak, agenda.done) == (2, 2)
    (needs,) = agenda.needs
    assert needs.weak == WeakQuestion("second.1", missed=2, partial=0)
    assert needs.prompt == "What is 1 doubled, and why?"


def test_a_question_that_cannot_be_read_goes_by_its_id(tmp_path: Path) -> None:
    bank = make_unreadable_bank(tmp_path)
    (needs,) = agenda_of(make_planner(bank, answered("first.1", NOW, points=MISSED))).needs
    assert needs.prompt == "first.1"


def test_weak_questions_count_their_points(bank: Bank) -> None:
    rows = (
        answered("first.1", NOW, points=MISSED),
        answered("first.2", NOW, points={"value": "p"}),
    )
    both, one = weak_questions(weak_points(rows, bank))
    assert (both.missed, both.partial, both.words) == (1, 1, "1 missed, 1 partial")
    assert one.words == "1 point partial"
    assert WeakQuestion("q", 2, 0).words == "2 points missed"


@pytest.mark.parametrize(
    ("spent", "seconds"),
    [
        ((), ANSWER_SECONDS),
        (((0, 3, 60),), 60),
        (((0, 1, 60), (1, 1, 90), (2, 1, 5_000)), 90),
        (((0, 4, 0),), ANSWER_SECONDS),
        (tuple((ago, 1, 50 if ago < 28 else 900) for ago in range(60)), 50),
    ],
    ids=[
        "nothing known",
        "one day",
        "the median, one day was slept through",
        "untimed",
        "only recent days",
    ],
)
def test_how_long_an_answer_takes(spent: tuple[tuple[int, int, int], ...], seconds: float) -> None:
    assert seconds_per_answer(done(*spent)) == seconds


def test_what_was_given_up_is_no_answer_that_took_no_time() -> None:
    given_up = Day(TODAY, 2, scored=0, ms=8_000)
    assert seconds_per_answer({TODAY: given_up}) == ANSWER_SECONDS
    answered_too = Day(TODAY, 3, scored=1, ms=98_000)
    assert seconds_per_answer({TODAY: answered_too}) == 98


@pytest.mark.parametrize(("questions", "minutes"), [(0, 0), (1, 2), (4, 8), (21, 40), (40, 80)])
def test_minutes_are_rounded_as_they_grow(questions: int, minutes: int) -> None:
    assert minutes_for(questions, {}) == minutes


def test_minutes_in_words() -> None:
    said = [minutes_words(minutes) for minutes in (0, 45, 60, 80)]
    assert said == ["about 0 min", "about 45 min", "about 1 h", "about 1 h 20 min"]


def test_a_streak_asks_to_be_kept() -> None:
    assert streak_words(Streak(4, 9), done=1) == "4-day streak"
    assert streak_words(Streak(4, 9), done=0) == "4-day streak, one answer keeps it"
    assert streak_words(Streak(0, 9), done=0) == ""


def test_a_week_in_words() -> None:
    week = last_days({TODAY: Day(TODAY, 3, scored=2, millionths=1_500_000)}, TODAY)
    assert week_words(week) == "3 answers, mean 75 %"
    assert week_words(last_days({}, TODAY)) == "0 answers"


@pytest.mark.parametrize(
    ("last", "ago", "known"), [(0.75, 0, True), (0.74, 0, False), (1.0, 1, True), (1.0, 300, False)]
)
def test_known_is_answered_well_and_still_remembered(last: float, ago: int, *, known: bool) -> None:
    assert is_known(answered("first.1", NOW - days(ago), last=last), NOW) is known
