"""Which questions are due, new or weak, and the sessions made from them."""

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.support.services import NOW
from tutor.bank import Bank, Language, open_bank
from tutor.bank.problems import UnknownDeckError
from tutor.progress import Day, Draft, Rating, SessionState
from tutor.study import Preferences
from tutor.study.session_report import review_session
from tutor.study.weak_points import weak_points

from .builders import (
    TODAY,
    answered,
    days,
    ids,
    make_planner,
    write_deck,
)

DECKS = {"first": 4, "second": 12}


def draft(question: str, text: str = "So far") -> dict[str, Draft]:
    return {question: Draft(question, text, "en", NOW)}


DONE = {TODAY: Day(TODAY, attempts=9, new=4), TODAY - days(1): Day(TODAY - days(1), 5, 5)}


@pytest.mark.parametrize(
    ("preferences", "done", "new"),
    [
        (Preferences(new_per_day=4), {}, ("first.1", "second.1", "first.2", "second.2")),
        (Preferences(new_per_day=6), DONE, ("first.1", "second.1")),
        (Preferences(new_per_day=3), DONE, ()),
        (
            Preferences(new_per_day=1, exam=TODAY + days(10), exam_decks=("second",)),
            {},
            ids("second", (1, 2, 3, 4)),
        ),
    ],
    ids=["none done", "some done", "all done", "an exam wants more, and its decks first"],
)
def test_new_questions_are_as_many_as_wished_for_the_day(
    bank: Bank, preferences: Preferences, done: dict[date, Day], new: tuple[str, ...]
) -> None:
    planner = make_planner(bank, preferences=preferences, done=done)
    assert (planner.due, planner.new) == ((), new)


def test_the_longest_due_comes_first_and_what_was_just_answered_last(bank: Bank) -> None:
    planner = make_planner(
        bank,
        answered("first.1", NOW - timedelta(minutes=2), Rating.AGAIN),
        answered("first.2", NOW - days(30)),
        answered("first.3", NOW - timedelta(hours=1), Rating.AGAIN),
        answered("first.4", NOW - timedelta(hours=1), Rating.GOOD),
        answered("second.1", NOW - days(300)),
    )
    assert planner.due == ("second.1", "first.2", "first.3", "first.1")
    assert planner.due_by_deck() == {"first": 3, "second": 1}


def test_more_wished_retention_makes_more_due(bank: Bank) -> None:
    standing = answered("first.1", NOW - days(2), Rating.EASY)
    assert make_planner(bank, standing, preferences=Preferences(retention=0.8)).due == ()
    assert make_planner(bank, standing, preferences=Preferences(retention=0.99)).due == ("first.1",)


def test_a_skipped_question_is_left_alone_until_tomorrow(bank: Bank) -> None:
    skipped = {"first.1": TODAY, "first.2": TODAY, "first.3": TODAY - days(1)}
    planner = make_planner(bank, answered("first.1", NOW - days(30)), skipped=skipped)
    assert planner.due == ()
    assert planner.new[:2] == ("second.1", "first.3")
    tomorrow = make_planner(
        bank, answered("first.1", NOW - days(30)), skipped=skipped, now=NOW + days(1)
    )
    assert tomorrow.due == ("first.1",)
    assert planner.start("deck", deck="first").questions == ("first.3", "first.4")
    assert planner.start("browse", questions=["first.1"]).questions == ("first.1",)


def test_a_question_gone_from_the_bank_is_not_asked(bank: Bank) -> None:
    gone = answered("gone.1", NOW - days(30), points={"value": "x"})
    planner = make_planner(bank, gone)
    assert (planner.due, planner.weak, dict(planner.due_days)) == ((), (), {})
    for kind in ("due", "weak", "deck", "topic"):
        assert "gone.1" not in planner.start(kind).questions
    assert planner.start("browse", questions=("gone.1", "first.1")).questions == ("first.1",)


def test_the_default_session_is_what_was_begun_then_due_then_new(bank: Bank) -> None:
    planner = make_planner(
        bank, answered("second.3", NOW - days(30)), drafts=draft("first.2") | draft("first.1", " ")
    )
    session = planner.start(limit=4)
    assert session == SessionState(
        None, ("first.2", "second.3", "first.1", "second.1"), 0, NOW, kind="due"
    )
    assert planner.start(deck="second", limit=2).questions == ids("second", (3, 1))


def test_weak_points_weigh_by_points_and_by_how_late_they_were_missed(bank: Bank) -> None:
    planner = make_planner(
        bank,
        answered("first.1", NOW, points={"value": "mmx", "reason": "m"}),
        answered("first.2", NOW, points={"value": "xxx", "reason": "xxp"}),
        answered("first.3", NOW, points={"value": "xxxm"}),
    )
    assert [(weak.question, weak.point, weak.times) for weak in planner.weak] == [
        ("first.2", "value", 3),
        ("first.2", "reason", 3),
        ("first.1", "value", 1),
    ]
    again = weak_points(planner.standings.values(), bank, least=2)
    assert {weak.question for weak in again} == {"first.2"}
    assert planner.start("weak").questions == ("first.2", "first.1")
    partial = answered("first.2", NOW, points={"value": "p", "reason": "p", "parity": "p"})
    planner = make_planner(bank, answered("first.1", NOW, points={"value": "x"}), partial)
    assert planner.weak[0].question == "first.1"
    assert planner.start("weak").questions == ("first.2", "first.1"), "many outweigh one"


def test_a_session_over_a_topic_takes_it_from_all_decks(bank: Bank) -> None:
    planner = make_planner(bank, answered("first.1", NOW))
    session = planner.start("topic", topic="topic-1")
    assert session.questions == ("first.1", "second.1", "second.8")
    assert (session.kind, session.topic, session.deck) == ("topic", "topic-1", None)
    assert planner.start("topic", topic="none").done
    assert "topic-1" in bank.topics


def test_browsing_asks_all_that_was_chosen_once_in_that_order(bank: Bank) -> None:
    chosen = ("second.7", "first.1", "second.7", *ids("second", range(1, 13)))
    session = make_planner(bank).start("browse", questions=chosen)
    assert session.questions[:2] == ("second.7", "first.1")
    assert len(session.questions) == 13


def test_a_session_needs_a_deck_that_exists(bank: Bank) -> None:
    with pytest.raises(UnknownDeckError, match="nowhere"):
        make_planner(bank).start("deck", deck="nowhere")


def test_the_end_tells_what_changed_and_what_comes_next(bank: Bank) -> None:
    start = NOW - timedelta(minutes=30)
    session = SessionState(None, ids("first", (1, 2, 3)), 3, start, kind="due")
    rows = (
        answered("first.1", NOW, Rating.EASY, points={"value": "xm", "reason": "m"}),
        answered("first.2", NOW, Rating.GOOD, last=0.7, points={"value": "mp", "reason": "xx"}),
        answered("first.3", NOW - days(20), points={"value": "xm"}),
    )
    report = review_session(session, make_planner(bank, *rows))
    assert (report.answered, report.asked, report.mean) == (2, 3, 0.85)
    assert (report.won, report.lost) == ((("first.1", "value"),), (("first.2", "value"),))
    assert report.weakest == "first.2"
    assert (report.following, report.count) == ("due", 1)
    assert report.next_day is not None
    assert report.next_day > TODAY


def test_giving_up_costs_the_mean_nothing(bank: Bank) -> None:
    session = SessionState(None, ids("first", (1, 2)), 2, NOW - days(1), kind="due")
    tried = answered("first.1", NOW, Rating.GOOD, last=0.7)
    before = {"value": "xm", "reason": "mx"}
    given_up = replace(answered("first.2", NOW, Rating.AGAIN, last=0, points=before), gave_up=True)
    report = review_session(session, make_planner(bank, tried, given_up))
    assert (report.won, report.lost) == ((), ()), "its points are as the answer before left them"
    assert (report.answered, report.mean) == (2, 0.7)
    alone = review_session(session, make_planner(bank, given_up))
    assert (alone.answered, alone.mean) == (1, None)


@pytest.mark.parametrize(
    ("new_per_day", "points", "following"),
    [(3, "m", ("new", 3)), (0, "x", ("weak", 1)), (0, "m", ("rest", 0))],
)
def test_no_session_ends_without_a_next_step(
    bank: Bank, new_per_day: int, points: str, following: tuple[str, int]
) -> None:
    row = answered("first.1", NOW, Rating.GOOD, points={"value": points})
    planner = make_planner(bank, row, preferences=Preferences(new_per_day=new_per_day))
    report = review_session(SessionState(None, (), 0, NOW), planner)
    assert (report.following, report.count) == following
    assert (report.answered, report.mean, report.weakest) == (0, None, None)


def test_only_the_decks_to_study_are_asked_across_decks(bank: Bank) -> None:
    wrong = {"value": "mx"}
    known = (
        answered("first.1", NOW - days(30), points=wrong),
        answered("second.1", NOW - days(30), points=wrong),
    )
    planner = make_planner(bank, *known, preferences=Preferences(decks=("second",), new_per_day=3))
    assert planner.due == ("second.1",)
    assert planner.new == ids("second", (2, 3, 4))
    assert [weak.question for weak in planner.weak] == ["second.1"]
    assert planner.start("due").questions == ("second.1", *planner.new)
    assert planner.start("weak").questions == ("second.1",)
    everywhere = planner.start("topic", topic="generated")
    assert {id_.split(".")[0] for id_ in everywhere.questions} == {"second"}
    assert planner.start("browse", questions=["first.2"]).questions == ("first.2",)
    assert len(planner.start("deck", deck="first").questions) == 4, (
        "a deck that is started is complete"
    )
    assert planner.start("weak", deck="first").questions == ("first.1",)
    assert "first.1" in planner.due_days, "what is answered comes again once it is studied again"


def test_only_what_is_there_in_a_language_that_is_read_is_asked(bank: Bank) -> None:
    assert make_planner(bank, preferences=Preferences(languages=("zh",))).new == ()
    reading = make_planner(bank, preferences=Preferences(languages=("zh", "ru")))
    assert reading.new == make_planner(bank).new


def test_new_questions_begin_with_the_language_that_is_read_best(tmp_path: Path) -> None:
    write_deck(tmp_path / "first", "first", 2)
    write_deck(tmp_path / "second", "second", 2)
    for file in (tmp_path / "first").iterdir():
        text = file.read_text(encoding="utf-8")
        text = text.replace("language: de", "language: zh").replace("de:", "zh:")
        file.write_text(text, encoding="utf-8")
    bank = open_bank([tmp_path], None)
    assert bank.problems == ()

    def new(*languages: Language) -> tuple[str, ...]:
        return make_planner(bank, preferences=Preferences(languages=languages)).new

    assert new() == new("en") == ("first.1", "second.1", "first.2", "second.2")
    assert new("zh", "en") == ("first.1", "first.2", "second.1", "second.2")
    assert new("de", "en") == ("second.1", "second.2", "first.1", "first.2")


def test_what_is_to_be_derived_comes_last_in_every_round(tmp_path: Path) -> None:
    for deck, level in (("first", "derive"), ("second", "explain")):
        write_deck(tmp_path / deck, deck, 2)
        for file in (tmp_path / deck).iterdir():
            text = re.sub("level: .*", f"level: {level}", file.read_text(encoding="utf-8"))
            file.write_text(text, encoding="utf-8")
    planner = make_planner(open_bank([tmp_path], None))
    assert planner.new == ("second.1", "first.1", "second.2", "first.2")


def test_the_way_to_an_exam_leaves_out_what_is_not_studied(bank: Bank) -> None:
    exam = TODAY + days(10)
    plan = make_planner(bank, preferences=Preferences(exam=exam, decks=("first",))).plan
    named = make_planner(bank, preferences=Preferences(exam=exam, exam_decks=("first",))).plan
    assert plan == named
    assert plan is not None


def test_drafts_come_first_then_new_ones_then_the_weakest_and_oldest(bank: Bank) -> None:
    standings = (
        answered("second.1", NOW, last=0.9),
        answered("second.2", NOW - days(1), last=0.2),
        answered("second.3", NOW - days(5), last=0.2),
        answered("second.4", NOW, last=0),
    )
    drafts = draft("second.7") | draft("second.1") | draft("second.6", text=" \n")
    session = make_planner(bank, *standings, drafts=drafts).start("deck", deck="second")
    assert session.questions == ids("second", (1, 7, 5, 6, 8, 9, 10, 11, 12, 4, 3, 2))
