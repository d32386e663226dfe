"""What an adapter is trained on, and what it must never see."""

import pytest

from training.examples import Group, groups, table
from training.samples import kept_apart
from tutor.bank import Bank, open_bank
from tutor.paths import find_paths


@pytest.fixture(scope="module")
def bank() -> Bank:
    return open_bank([find_paths({}).resources / "questions"], None)


@pytest.fixture(scope="module")
def found(bank: Bank) -> list[Group]:
    return groups(bank, "train")


def test_every_answer_of_the_split_comes_once_and_no_other(bank: Bank, found: list[Group]) -> None:
    wanted = [
        (id_, sample.answer)
        for id_ in bank.question_ids
        for sample in bank.samples(id_)
        if sample.split == "train"
    ]
    given = [(group.question.id, sample.answer) for group in found for sample in group.samples]
    assert sorted(given) == sorted(wanted)


def test_nothing_of_questions_kept_apart_is_trained_on(bank: Bank, found: list[Group]) -> None:
    apart = {id_ for deck in bank.decks for id_ in kept_apart(deck)}
    assert len(apart) > 40
    assert not apart & {group.question.id for group in found}


def test_an_answer_is_asked_about_in_its_own_language_where_the_question_has_it(
    found: list[Group],
) -> None:
    for group in found:
        for sample in group.samples:
            if sample.language in group.question.prompt.languages:
                said = group.question.prompt.to(group.language)
                assert said == group.question.prompt.to(sample.language)


def test_the_table_counts_answers_and_points(found: list[Group]) -> None:
    headings = {(row[0], row[1]): row[2:] for row in table(found)}
    answers, points, *shares = headings["all", "all"]
    assert int(answers) == sum(len(group.samples) for group in found)
    rubric = (len(group.question.rubric) * len(group.samples) for group in found)
    assert int(points) == sum(rubric)
    assert sum(int(share.rstrip("%")) for share in shares) in (99, 100, 101)
