"""The figures of the progress screen."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.progress.builders import make_attempt
from tests.support.services import NOW
from tutor.bank import Bank, Verdict
from tutor.grading import GraderId
from tutor.progress import Attempt, Day, Memory, Standing
from tutor.study.statistics import (
    Agreement,
    Streak,
    agreement,
    forecast,
    mastery_by_deck,
    mastery_by_topic,
    score_over_time,
    streak,
    year_of,
)

from .builders import TODAY, answered, by_question, days


def done_on(*ago: int, attempts: int = 1) -> dict[date, Day]:
    return {TODAY - days(n): Day(TODAY - days(n), attempts) for n in ago}


DECKS = {"first": 4, "second": 8}


def remembered(id_: str, last: float) -> Standing:
    """What is forgotten with one in ten after ten days."""
    memory = Memory(stability=10, difficulty=5, at=NOW)
    return replace(answered(id_, NOW, last=last), memory=memory)


def test_a_year_ends_with_today_and_has_weeks_from_monday_on() -> None:
    year = year_of(done_on(0, 1, 9, attempts=3), TODAY)
    assert (TODAY.weekday(), year.first.weekday(), len(year.weeks)) == (2, 0, 53)
    assert year.weeks[-3:] == ((0, 0, 0, 0, 0, 0, 0), (3, 0, 0, 0, 0, 0, 0), (0, 3, 3))


@pytest.mark.parametrize(
    ("ago", "expected"),
    [
        ((), Streak(0, 0)),
        ((0,), Streak(1, 1)),
        ((1, 2), Streak(2, 2)),
        ((2, 3, 4), Streak(0, 3)),
        ((0, 1, 3, 4, 5), Streak(2, 3)),
        ((-1, 0), Streak(1, 1)),
    ],
)
def test_a_streak_is_not_broken_before_the_day_is_over(
    ago: tuple[int, ...], expected: Streak
) -> None:
    assert streak(done_on(*ago), TODAY) == expected


def test_the_first_day_of_all_can_have_an_answer() -> None:
    assert streak([date.min, TODAY], TODAY) == Streak(1, 1)
    assert streak([date.min], date.min) == Streak(1, 1)


def test_mastery_is_score_times_what_is_remembered(bank: Bank) -> None:
    rows = (remembered("first.1", 1), remembered("first.3", 0.5), remembered("first.4", 0))
    standings = by_question(*rows, remembered("gone.1", 1))
    first, second = mastery_by_deck(bank, standings, NOW)
    assert (first.name, first.questions, first.answered, first.share) == ("first", 4, 3, 0.375)
    assert (first.known, first.shaky, first.new) == (1, 2, 1)
    assert (second.questions, second.answered, second.new, second.share) == (8, 0, 8, 0)
    later, _ = mastery_by_deck(bank, standings, NOW + days(10))
    assert later.share == pytest.approx(0.9 * 0.375), "after its stability: nine in ten"
    assert later.known == 1
    much_later, _ = mastery_by_deck(bank, standings, NOW + days(60))
    assert (much_later.known, much_later.shaky) == (0, 3), "it is no longer sure to be remembered"


def test_mastery_of_a_topic_is_over_all_decks(bank: Bank) -> None:
    topics = {
        row.name: row for row in mastery_by_topic(bank, by_question(answered("first.1", NOW)), NOW)
    }
    assert (topics["topic-1"].questions, topics["topic-1"].answered) == (3, 1)
    assert topics["topic-1"].share == pytest.approx(1 / 3)
    assert topics["generated"].questions == 12


def test_scores_are_reported_by_week() -> None:
    done = {
        TODAY: Day(TODAY, 3, scored=2, millionths=1_500_000, ms=120_000),
        TODAY - days(6): Day(TODAY - days(6), 1, scored=1, millionths=0, ms=60_000),
        TODAY - days(7): Day(TODAY - days(7), 2, scored=0, ms=0),
    }
    before, last = score_over_time(done, TODAY, weeks=2)
    assert (last.first, last.attempts, last.mean, last.minutes) == (TODAY - days(6), 4, 0.5, 3)
    assert (before.attempts, before.mean) == (2, None)


@given(st.lists(st.integers(-20, 40)), st.integers(1, 20))
def test_a_forecast_counts_everything_due_within_it_once(ahead: list[int], span: int) -> None:
    counts = forecast((TODAY + days(n) for n in ahead), TODAY, days=span)
    assert len(counts) == span
    assert sum(counts) == len([n for n in ahead if n < span])
    assert counts[0] == len([n for n in ahead if n <= 0])


TERMS = GraderId(name="terms", version="1")
MODEL = GraderId(name="model", version="1", model="f00", prompt="ba5")
OTHER = MODEL.model_copy(update={"model": "f01"})


def graded_by(grader: GraderId, **mine: Verdict | None) -> Attempt:
    """An attempt whose points are met, partial and missed, with the student's own verdicts."""
    attempt = make_attempt(1)
    grade = attempt.grade.model_copy(update={"grader": grader}).overrule(mine)
    return attempt.model_copy(update={"grade": grade})


def test_points_that_were_not_overruled_are_counted_by_grader() -> None:
    rows = agreement(
        [
            graded_by(TERMS, why=Verdict.MISSED, how=Verdict.MET, what=Verdict.MET),
            graded_by(MODEL),
            graded_by(OTHER, why=Verdict.MET),
            graded_by(MODEL, why=Verdict.MET),
            *(graded_by(GraderId(name=name, version="1")) for name in ("self", "rule")),
        ]
    )
    assert rows == (
        Agreement("model", "f00", "1", points=6, overruled=1),
        Agreement("model", "f01", "1", points=3, overruled=1),
        Agreement("terms", None, "1", points=3, overruled=2),
    )
    assert [row.agreed for row in rows] == [5, 2, 1]
    assert [row.share for row in rows] == pytest.approx([5 / 6, 2 / 3, 1 / 3])
