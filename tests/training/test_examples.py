"""The training data, and what it must not contain."""

from collections import Counter

import pytest

from training.examples import (
    MOST_ASKED,
    SHARES,
    Group,
    drawn,
    groups,
    table,
    thinned,
    with_strangers,
)
from training.recipe import Recipe
from tutor.bank import Bank, Verdict


@pytest.fixture(scope="module")
def trained(our_bank: Bank) -> list[Group]:
    return groups(our_bank, "train")


def test_exactly_the_answers_of_the_split_are_used_once_each(
    our_bank: Bank, trained: list[Group]
) -> None:
    expected = [
        (id_, sample.answer)
        for id_ in our_bank.question_ids
        for sample in our_bank.samples(id_)
        if sample.split == "train"
    ]
    given = [(group.question.id, sample.answer) for group in trained for sample in group.samples]
    assert sorted(given) == sorted(expected)


def test_a_group_uses_the_language_of_its_answers_if_possible(
    trained: list[Group],
) -> None:
    for group in trained:
        for sample in group.samples:
            if sample.language in group.question.prompt.languages:
                prompt_text = group.question.prompt.to(group.language)
                assert prompt_text == group.question.prompt.to(sample.language)


def test_the_table_counts_answers_and_points(trained: list[Group]) -> None:
    headings = {(row[0], row[1]): row[2:] for row in table(trained)}
    answers, points, *shares = headings["all", "all"]
    assert int(answers) == sum(len(group.samples) for group in trained)
    rubric = (len(group.question.rubric) * len(group.samples) for group in trained)
    assert int(points) == sum(rubric)
    assert sum(int(share.rstrip("%")) for share in shares) in (99, 100, 101)


def test_a_good_answer_to_another_question_misses_every_point(trained: list[Group]) -> None:
    good = {
        sample.answer
        for group in trained
        for sample in group.samples
        if sample.kind in ("full", "paraphrase")
    }
    strangers = 0
    for before, group in zip(trained, with_strangers(trained, 1), strict=True):
        *own, last = group.samples
        if len(own) < len(before.samples):
            continue
        strangers += 1
        assert tuple(own) == before.samples
        assert last.answer in good - {sample.answer for sample in before.samples}
        assert {*last.verdicts.values()} == {Verdict.MISSED}
        assert [*last.verdicts] == [point.id for point in group.question.rubric]
    assert strangers > len(trained) // 2
    assert with_strangers(trained, 1) == with_strangers(trained, 1)


def test_thinning_drops_answers_of_easy_kinds_and_points(trained: list[Group]) -> None:
    thinner = thinned(trained, 1)
    before = Counter(sample.kind for group in trained for sample in group.samples)
    after = Counter(sample.kind for group in thinner for sample in group.samples)
    for kind, count in before.items():
        assert after[kind] == pytest.approx(count * SHARES.get(kind, 1), rel=0.25)
    for group in thinner:
        for sample, asked in zip(group.samples, group.asked, strict=True):
            assert asked <= sample.verdicts.keys()
            assert len(asked) == min(MOST_ASKED[sample.kind], len(sample.verdicts))


def test_every_draw_asks_about_other_points(trained: list[Group]) -> None:
    recipe = Recipe(draws=2)
    both = drawn(trained, recipe)
    half = len(both) // 2
    asked = [
        {
            (group.question.id, sample.answer): points
            for group in draw
            for sample, points in zip(group.samples, group.asked, strict=True)
            if sample.kind == "reversed"
        }
        for draw in (both[:half], both[half:])
    ]
    assert asked[0].keys() == asked[1].keys()
    assert asked[0] != asked[1]
    assert both == drawn(trained, recipe)
