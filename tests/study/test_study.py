"""What is asked next, and how a session continues."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.study.builders import ids
from tutor.bank import Bank
from tutor.progress import Draft, Memory, SessionState, Standing
from tutor.study.scheduler import choose
from tutor.study.session import without_missing
from tutor.study.statistics import mastery_by_deck

NOW = datetime(2026, 3, 4, tzinfo=UTC)
DECKS = {"first": 4, "second": 12}


def stands(id_: str, last: float, days_ago: float = 1) -> Standing:
    return Standing(
        question=id_,
        attempts=1,
        last=last,
        best=last,
        last_at=NOW - timedelta(days=days_ago),
        missed=(),
        attempt="a1",
    )


def by_question(*standings: Standing) -> dict[str, Standing]:
    return {standing.question: standing for standing in standings}


def drafted(*ids_: str, text: str = "So far") -> dict[str, Draft]:
    return {id_: Draft(question=id_, text=text, language="en", at=NOW) for id_ in ids_}


def session_of(deck: str | None, questions: tuple[str, ...], position: int) -> SessionState:
    return SessionState(
        deck=deck, questions=questions, position=position, started=NOW - timedelta(days=2)
    )


def test_a_summary_counts_unanswered_questions_as_nothing(bank: Bank) -> None:
    rows = (stands("first.1", 1), stands("first.3", 0.5), stands("gone.1", 1))
    fresh = Memory(stability=10, difficulty=5, at=NOW)
    standings = by_question(*(replace(row, memory=fresh) for row in rows))
    first, second = mastery_by_deck(bank, standings, NOW)
    assert (first.name, first.questions, first.answered, first.share) == ("first", 4, 2, 0.375)
    assert (first.known, first.shaky, first.new) == (1, 1, 2)
    assert (second.questions, second.answered, second.new) == (12, 0, 12)


def test_an_answer_that_earned_nothing_is_an_answer(bank: Bank) -> None:
    first, _ = mastery_by_deck(bank, by_question(stands("first.1", 0)), NOW)
    assert (first.answered, first.shaky, first.share) == (1, 1, 0.0)


def test_what_is_being_forgotten_counts_less(bank: Bank) -> None:
    memory = Memory(stability=10, difficulty=5, at=NOW)
    standings = by_question(replace(stands("first.1", 1), memory=memory))
    later, _ = mastery_by_deck(bank, standings, NOW + timedelta(days=10))
    assert later.share == pytest.approx(0.9 / 4), "after its stability: nine in ten, of four"
    assert later.known == 1
    much_later, _ = mastery_by_deck(bank, standings, NOW + timedelta(days=60))
    assert (much_later.known, much_later.shaky) == (0, 1), "it is no longer sure to be remembered"


def test_drafts_come_first_then_new_ones_then_the_weakest_and_oldest(bank: Bank) -> None:
    standings = by_question(
        stands("second.1", 0.9),
        stands("second.2", 0.2, days_ago=1),
        stands("second.3", 0.2, days_ago=5),
        stands("second.4", 0),
    )
    drafts = drafted("second.7", "second.1") | drafted("second.6", text=" \n")
    order = choose(bank.deck("second"), standings, drafts)
    assert order == ids("second", (1, 7, 5, 6, 8, 9, 10, 11, 12, 4, 3, 2))


@given(
    scores=st.dictionaries(st.integers(1, 12), st.floats(0, 1)), begun=st.sets(st.integers(1, 12))
)
def test_every_question_of_the_deck_is_chosen_once(
    bank: Bank, scores: dict[int, float], begun: set[int]
) -> None:
    standings = by_question(*(stands(f"second.{n}", score) for n, score in scores.items()))
    order = choose(bank.deck("second"), standings, drafted(*ids("second", begun)))
    assert sorted(order) == sorted(ids("second", range(1, 13)))
    assert set(order[: len(begun)]) == set(ids("second", begun))
    rest = [standings[id_].last for id_ in order[len(begun) :] if id_ in standings]
    assert rest == sorted(rest)


def test_an_unfinished_session_continues_where_it_was(bank: Bank) -> None:
    session = session_of("first", ids("first", (3, 1, 2)), 1)
    assert without_missing(session, bank) == session


def test_questions_gone_from_the_bank_are_skipped(bank: Bank) -> None:
    questions = ("first.8", "first.3", "first.9", "first.1", "first.2")
    rest = without_missing(session_of("first", questions, 3), bank)
    assert rest is not None
    assert rest.questions == ids("first", (3, 1, 2))
    assert rest.questions[rest.position] == "first.1"


@pytest.mark.parametrize(
    "session",
    [
        session_of("first", ("first.1", "first.2"), 2),
        session_of("first", ("first.1", "first.99"), 1),
        session_of("first", (), 0),
    ],
    ids=["finished", "rest-is-gone", "empty"],
)
def test_what_is_over_is_not_resumed(bank: Bank, session: SessionState) -> None:
    assert without_missing(session, bank) is None
