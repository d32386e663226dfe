"""What an adapter is trained on, and what it must never see."""

import json
import random
from collections import Counter
from pathlib import Path

import pytest

from bench.attack_families import strangers
from training.examples import (
    Example,
    Shares,
    Source,
    graded_halves,
    mixed,
    one_pass,
    table,
    training_samples,
    unseen_samples,
)
from training.split import has_twin, kept_apart
from tutor.bank import LANGUAGES, Bank, open_bank
from tutor.grading import WORTH
from tutor.measure import halves, read_graded
from tutor.paths import find_paths


@pytest.fixture(scope="module")
def bank() -> Bank:
    return open_bank([find_paths({}).resources / "questions"], None)


@pytest.fixture(scope="module")
def examples(bank: Bank) -> list[Example]:
    return one_pass(bank, (), random.Random(1))


def test_some_questions_that_are_kept_apart_have_a_twin_that_is_not(bank: Bank) -> None:
    apart = [question for question in bank.question_ids if kept_apart(bank, question)]
    assert any(has_twin(bank, question) for question in apart)


def test_nothing_but_the_training_split_is_trained_on(bank: Bank, examples: list[Example]) -> None:
    assert not any(kept_apart(bank, example.question.id) for example in examples)
    aside = {sample.answer for id_ in bank.question_ids for sample in bank.samples(id_)
             if sample.split != "train"}  # fmt: skip
    said = "\n".join(example.answer for example in examples)
    assert not [answer for answer in aside if answer in said]
    apart = {point.point for id_ in bank.question_ids if kept_apart(bank, id_)
             for point in bank.question(id_).rubric}  # fmt: skip
    assert not apart & {point.point for e in examples for point in e.question.rubric}
    assert all(kept_apart(bank, question.id) for question, _ in unseen_samples(bank))


def test_every_sample_answer_comes_once_with_its_verdicts(
    bank: Bank, examples: list[Example]
) -> None:
    human = {
        sample.answer: tuple(WORTH[sample.verdicts[p.id]] for p in question.rubric)
        for question, sample in training_samples(bank)
    }
    found = [example for example in examples if example.source is Source.SAMPLE]
    assert len(found) == len(human)
    for example in found:
        (said,) = [answer for answer in human if answer in example.answer]
        assert example.worths[: len(human[said])] == human[said]


@pytest.mark.no_cover
def test_points_of_other_questions_are_missed(bank: Bank, examples: list[Example]) -> None:
    foreign = [e for e in examples if e.question.rubric[-1].id == "foreign"]
    assert 0.4 < len(foreign) / sum(e.source is Source.SAMPLE for e in examples) < 0.6
    for example in foreign:
        own = bank.question(example.question.id)
        assert example.worths[-1] == 0
        assert example.question.rubric[-1].point not in [point.point for point in own.rubric]
        assert any(
            strangers(own, other) and example.question.rubric[-1].point in
            [point.point for point in other.rubric]
            for other in map(bank.question, bank.question_ids)
        )  # fmt: skip


def test_attacks_deserve_nothing_and_composed_answers_what_they_say(
    examples: list[Example],
) -> None:
    attacks = [example for example in examples if example.source is Source.ATTACK]
    assert {worth for example in attacks for worth in example.worths} == {0.0}
    assert Counter(example.language for example in attacks).keys() == set(LANGUAGES)
    for example in (e for e in examples if e.source is Source.COMPOSED):
        for point, worth in zip(example.question.rubric, example.worths, strict=True):
            assert (point.point.to(example.language) in example.answer) == (worth == 1)


def test_the_same_chance_makes_the_same(bank: Bank, examples: list[Example]) -> None:
    assert one_pass(bank, (), random.Random(1)) == examples


def test_every_language_is_spread_evenly(examples: list[Example]) -> None:
    for start in range(0, len(examples) - 16, 16):
        batch = examples[start : start + 16]
        assert {example.language for example in batch} == set(LANGUAGES)
    again = mixed(examples, random.Random(3))
    assert Counter(map(id, again)) == Counter(map(id, examples))


def test_of_answers_that_others_graded_one_half_of_the_questions(
    bank: Bank, tmp_path: Path
) -> None:
    row = {"lang": "en", "question": "Why?", "reference": "So.", "max": 4}
    lines = [row | {"qid": str(n), "answer": f"answer {n}", "score": n % 5} for n in range(40)]
    file = tmp_path / "set.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)))
    graded = graded_halves([file])
    assert [q.qid for q in graded] == [q.qid for q in halves(read_graded(file))[0]]
    found = one_pass(bank, graded, random.Random(1), Shares(graded=0.005))
    chosen = [example for example in found if example.source is Source.GRADED]
    assert len(chosen) == round(0.005 * sum(e.source is Source.SAMPLE for e in found))
    for example in chosen:
        assert example.whole
        assert example.worths == (int(example.answer.split()[1]) % 5 / 4,)


def test_the_table_counts_answers_and_verdicts(examples: list[Example]) -> None:
    rows = {(row[0], row[1]): row[2:] for row in table(examples)}
    assert rows["all", "all"][0] == str(len(examples))
    assert sum(int(rows["all", language][0]) for language in LANGUAGES) == len(examples)
    assert int(rows["all", "all"][1]) == sum(len(example.worths) for example in examples)
    assert rows["attacks", "all"][2:] == ["0%", "0%", "100%"]
