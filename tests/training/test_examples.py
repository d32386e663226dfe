"""What an adapter is trained on, and what it must never see."""

from collections import Counter

import pytest

from training.examples import KEPT, MOST_ASKED, Group, groups, table, thinned, with_strangers
from training.samples import kept_apart
from tutor.bank import Bank, Verdict, open_bank
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


def test_a_good_answer_to_a_question_of_another_section_states_no_point(found: list[Group]) -> None:
    good = {
        sample.answer
        for group in found
        for sample in group.samples
        if sample.kind in ("full", "paraphrase")
    }
    strangers = 0
    for before, group in zip(found, with_strangers(found, 1), strict=True):
        *own, last = group.samples
        if len(own) < len(before.samples):
            continue
        strangers += 1
        assert tuple(own) == before.samples
        assert last.answer in good - {sample.answer for sample in before.samples}
        assert {*last.verdicts.values()} == {Verdict.MISSED}
        assert [*last.verdicts] == [point.id for point in group.question.rubric]
    assert strangers > len(found) // 2
    assert with_strangers(found, 1) == with_strangers(found, 1)


def test_fewer_answers_of_easy_kinds_and_fewer_points_of_each(found: list[Group]) -> None:
    some = thinned(found, 1)
    before = Counter(sample.kind for group in found for sample in group.samples)
    after = Counter(sample.kind for group in some for sample in group.samples)
    for kind, count in before.items():
        assert after[kind] == pytest.approx(count * KEPT.get(kind, 1), rel=0.25)
    for group in some:
        for sample, asked in zip(group.samples, group.asked, strict=True):
            assert asked <= sample.verdicts.keys()
            assert len(asked) == min(MOST_ASKED[sample.kind], len(sample.verdicts))
