"""Which sentence is chosen as evidence, with key terms and without."""

import math
from collections import Counter

import pytest

from bench.evidence import POINTS, ShownAnswer, ways
from tests.support.questions import question
from tutor.bank import Bank, Question, RubricPoint, Text
from tutor.grading import KeyTermGrader, split_sentences
from tutor.grading.evidence import name_evidence


def named(asked: Question, answer: str, *points: str) -> dict[str, str]:
    coverage = KeyTermGrader().coverage(asked, answer, "en")
    found = name_evidence(coverage, split_sentences(answer), points)
    return {id_: evidence.text for id_, evidence in found.items()}


def asked_for(**points: str) -> Question:
    rubric = tuple(RubricPoint(id=id_, point=Text(en=text)) for id_, text in points.items())
    return question(rubric=rubric)


def test_key_terms_decide_if_they_are_found() -> None:
    answer = "Tokens selected at random become [MASK]. Of them all 15 % are selected."
    assert named(question(), answer, "share") == {"share": "Of them all 15 % are selected."}


def test_without_key_terms_the_wording_decides() -> None:
    answer = "First some words go. The gradient covers only those positions. That is all."
    assert named(question(), answer, "loss") == {
        "loss": "The gradient covers only those positions."
    }


def test_wording_is_compared_in_every_language_of_the_point() -> None:
    answer = "Sie werden ersetzt. Выбирают не все токены."
    assert named(question(), answer, "share")["share"] == "Выбирают не все токены."


def test_a_sentence_already_chosen_counts_half() -> None:
    asked = asked_for(one="averages of the gradients", two="averages of squared gradients")
    answer = "It keeps averages of the gradients. Squares get one as well."
    assert named(asked, answer, "two")["two"].startswith("It keeps")
    assert named(asked, answer, "one", "two")["two"].startswith("Squares")


def test_two_points_may_share_a_sentence() -> None:
    asked = asked_for(one="moving averages of gradients", two="moving averages of squares")
    answer = "It has moving averages of gradients and of squares. I know no more."
    assert set(named(asked, answer, "one", "two").values()) == {split_sentences(answer)[0]}


@pytest.mark.parametrize("answer", ["", "Zzz! Qqq?", "✓"])
def test_no_evidence_if_nothing_is_alike(answer: str) -> None:
    assert named(question(), answer, "share", "split", "loss") == {}


def test_only_the_given_points_get_evidence() -> None:
    answer = "Of all tokens 15 % are selected. The loss covers selected positions only."
    assert named(question(), answer, "loss").keys() == {"loss"}


@pytest.mark.no_cover
def test_eight_of_ten_are_the_right_sentence(our_bank: Bank) -> None:
    """On answers that nothing was tuned on, in every language."""
    lines = POINTS.read_text(encoding="utf-8").splitlines()
    answers = [ShownAnswer.model_validate_json(line) for line in lines]
    grader = KeyTermGrader()
    right, points = Counter[str](), Counter[str]()
    for answer in answers:
        sentences = split_sentences(answer.answer)
        assert {at for says in answer.shown.values() for at in says} <= {
            number for number, _ in enumerate(sentences, 1)
        }
        if answer.split == "test":
            found = ways(grader, our_bank.question(answer.question), answer)[
                "key terms and wording"
            ]
            right[answer.language] += sum(found.get(i) in says for i, says in answer.shown.items())
            points[answer.language] += len(answer.shown)
    assert points.total() == 200
    assert all(right[language] >= math.ceil(0.8 * count) for language, count in points.items())
