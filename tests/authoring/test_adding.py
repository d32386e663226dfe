"""Questions made from a form."""

import os
import shutil
from datetime import timedelta

import pytest

from tests.authoring.conftest import NOON, Reopen
from tests.support.banks import make_deck
from tutor.authoring.adding import (
    FormKeeper,
    QuestionForm,
    QuestionRefused,
    add_question,
    bank_texts,
    deck_used_last,
    own_decks,
    plan_question,
)
from tutor.authoring.drafting import Drafter
from tutor.bank import Bank, check
from tutor.paths import Paths
from tutor.progress import Standing

FORM = QuestionForm(
    deck="mine",
    prompt="Why: do cells pump #1 ions?",
    answer="Pumps keep up the membrane potential.\n\nNerve cells fire because of it.",
    points="- Pumps keep up the membrane potential. (2)\n\n2) Nerve cells fire.\n",
)


@pytest.fixture
def drafter(bank: Bank) -> Drafter:
    return Drafter(bank_texts(bank))


def test_points_have_marks_and_key_terms(bank: Bank, drafter: Drafter) -> None:
    planned = plan_question(FORM, bank, drafter)
    first, second = planned.question.rubric
    assert (first.point.en, first.weight) == ("Pumps keep up the membrane potential.", 2)
    assert (second.point.en, second.weight) == ("Nerve cells fire.", 1)
    assert first.terms
    assert second.terms
    assert planned.question.drafted
    assert planned.objections == ()


def test_without_points_they_are_drafted_from_the_answer(bank: Bank, drafter: Drafter) -> None:
    planned = plan_question(FORM.model_copy(update={"points": " \n"}), bank, drafter)
    assert planned.question.drafted
    assert len(planned.question.rubric) == 2


def test_points_alone_are_the_answer(bank: Bank, drafter: Drafter) -> None:
    planned = plan_question(FORM.model_copy(update={"answer": ""}), bank, drafter)
    assert planned.question.answer.en == "Pumps keep up the membrane potential.\nNerve cells fire."


def test_what_the_check_objects_to_is_shown(bank: Bank, drafter: Drafter) -> None:
    form = FORM.model_copy(update={"answer": "I do not know."})
    (first, *_) = plan_question(form, bank, drafter).objections
    assert "grade the point p1 as missed" in first.message


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"prompt": " "}, "The question is missing"),
        ({"answer": "", "points": ""}, "The answer is missing"),
        ({"points": "x\n" * 13}, "There are 13 points"),
        ({"points": "x (0)"}, "at most 10 marks"),
        ({"points": "x (11)"}, "at most 10 marks"),
        ({"answer": "x" * 8001}, "longer than 8,000"),
    ],
)
def test_what_makes_no_question_is_reported(
    bank: Bank, drafter: Drafter, change: dict[str, str], message: str
) -> None:
    with pytest.raises(QuestionRefused, match=message):
        plan_question(FORM.model_copy(update=change), bank, drafter)


def test_it_follows_the_last_question(
    bank: Bank, paths: Paths, reopen: Reopen, drafter: Drafter
) -> None:
    file = bank.info("mine.1.1").file
    before = file.read_text("utf-8") + "# my comment\n"
    file.write_text(before, "utf-8")
    assert add_question(FORM, reopen(), paths, drafter) == "mine.1.3"
    assert file.read_text("utf-8").startswith(before)
    assert reopen().question("mine.1.3").prompt.en == FORM.prompt
    assert add_question(FORM, bank, paths, drafter) == "mine.1.4", "the bank is older than the file"
    errors = [each for each in check([file.parent]) if each.severity == "error"]
    assert errors == []


def test_a_deck_that_has_just_been_removed_is_reported(
    bank: Bank, paths: Paths, drafter: Drafter
) -> None:
    shutil.rmtree(bank.deck("mine").folder)
    with pytest.raises(QuestionRefused, match="mine is no longer in"):
        add_question(FORM, bank, paths, drafter)


def test_a_section_that_cannot_be_added_to_stays(
    bank: Bank, paths: Paths, reopen: Reopen, drafter: Drafter
) -> None:
    file = bank.info("mine.1.1").file
    head, rest = file.read_text("utf-8").split("questions:\n")
    text = "questions:\n" + rest + head
    file.write_text(text, "utf-8")
    assert add_question(FORM, reopen(), paths, drafter) == "mine.2.1"
    assert file.read_text("utf-8") == text
    assert reopen().info("mine.2.1").section.key == "2-questions"


def test_a_new_deck_is_made(bank: Bank, paths: Paths, reopen: Reopen, drafter: Drafter) -> None:
    form = FORM.model_copy(update={"deck": "", "title": "Über Зёрна: 'x'", "language": "de"})
    assert add_question(form, bank, paths, drafter) == "ueber-zerna-x.1.1"
    now = reopen()
    assert now.deck("ueber-zerna-x").title.de == "Über Зёрна: 'x'"
    assert add_question(form, now, paths, drafter) == "ueber-zerna-x-2.1.1"
    chinese = form.model_copy(update={"title": "细胞", "language": "zh"})
    assert add_question(chinese, reopen(), paths, drafter) == "deck-5935.1.1"
    long = form.model_copy(update={"title": "x" * 50})
    assert add_question(long, reopen(), paths, drafter) == f"{'x' * 40}.1.1"
    assert add_question(long, reopen(), paths, drafter) == f"{'x' * 38}-2.1.1"
    assert len(own_decks(reopen(), paths)) == 6


def test_the_deck_used_last_was_changed_or_answered_last(paths: Paths, reopen: Reopen) -> None:
    make_deck(paths.own_questions / "another")
    decks = own_decks(reopen(), paths)
    long_ago = (NOON - timedelta(days=9)).timestamp()
    for deck in decks:
        for section in deck.sections:
            os.utime(section.file, (long_ago, long_ago))
    mine = next(deck for deck in decks if deck.id == "mine")
    os.utime(mine.sections[0].file, (long_ago + 1, long_ago + 1))
    assert deck_used_last(decks, {}) == mine
    question = "another.1.1"
    standing = Standing(question, 1, 0.5, 0.5, NOON, (), "a1")
    assert deck_used_last(decks, {question: standing}).id == "another"
    mine.sections[0].file.unlink()
    assert deck_used_last(decks, {question: standing}).id == "another"


def test_what_was_typed_survives(paths: Paths) -> None:
    keeper = FormKeeper(paths)
    assert keeper.read().is_empty
    keeper.keep(FORM)
    assert FormKeeper(paths).read() == FORM
    (paths.edits / "new-question.json").write_text("{", "utf-8")
    assert keeper.read().is_empty
    keeper.drop()
    keeper.drop()
    assert not (paths.edits / "new-question.json").exists()
