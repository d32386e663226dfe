"""The bank's sample answers are the written and marked ones, and meet the quotas."""

from collections import Counter
from collections.abc import Sequence

import pytest

from tests.support.soak import SOAK
from training.marking import Marked, paired
from training.samples import ANSWERS, all_samples, kept_apart, packs, read_pack
from tutor.bank import Bank, Sample, Verdict
from tutor.evaluation.sample_counts import TAUGHT_FROM
from tutor.evaluation.statistics import accuracy, cohen_kappa
from tutor.grading import KeyTermGrader

OWN = {"lectures-de": "de", "transformer-bert-zh": "zh", "transfer-21-zh": "zh", "modern": "zh"}
"""The decks' languages; the others are Russian."""


@pytest.fixture(scope="module")
def samples(our_bank: Bank) -> Sequence[Sample]:
    return [*all_samples(our_bank, ANSWERS)]


@pytest.fixture(scope="module")
def blind(our_bank: Bank) -> Sequence[Marked]:
    """The packs of answers that were written blind."""
    return [read_pack(pack, our_bank) for pack in packs(ANSWERS) if not pack.is_earlier]


def test_the_bank_has_exactly_the_written_and_marked_answers(
    our_bank: Bank, samples: Sequence[Sample]
) -> None:
    """If this fails after a change, run `python -m training samples`."""
    in_bank = [sample for id_ in our_bank.question_ids for sample in our_bank.samples(id_)]
    assert sorted(map(repr, in_bank)) == sorted(map(repr, samples))


def test_blind_answers_meet_the_quotas_of_questions_kinds_and_languages(
    our_bank: Bank, blind: Sequence[Marked]
) -> None:
    answers = [answer for pack in blind for answer in pack.answers.values()]
    counts = Counter(answer.question for answer in answers)
    assert counts == dict.fromkeys(our_bank.question_ids, 12)
    assert len({(answer.question, answer.answer) for answer in answers}) == len(answers)
    kinds = Counter(answer.kind for answer in answers)
    quotas = {"full": 20, "paraphrase": 20, "partial": 25, "reversed": 20, "wrong": 10}
    for kind, share in {**quotas, "off-topic": 5}.items():
        assert kinds[kind] / len(answers) == pytest.approx(share / 100, abs=0.01)  # type: ignore[index]
    own = sum(
        answer.language == OWN.get(our_bank.info(answer.question).deck, "ru") for answer in answers
    )
    assert own / len(answers) == pytest.approx(0.6, abs=0.03)
    english = sum(answer.language == "en" for answer in answers)
    assert english / len(answers) == pytest.approx(0.3, abs=0.03)


def test_a_fifth_of_every_deck_is_kept_apart_and_the_rest_is_split(
    our_bank: Bank, samples: Sequence[Sample]
) -> None:
    for deck in our_bank.decks:
        apart = set(kept_apart(deck))
        assert len(apart) == round(len(deck.questions) / 5)
        ours = [each for each in samples if our_bank.info(each.question).deck == deck.id]
        assert {each.question for each in ours if each.split == "apart"} == apart
    counts = Counter(each.split for each in samples if each.split != "apart")
    assert counts["calibrate"] == pytest.approx(counts["test"], rel=0.2)


def test_two_markers_agree(blind: Sequence[Marked]) -> None:
    """Where nearly every point has the same verdict, agreement counts instead of kappa."""
    for part, pairs in paired(blind).items():
        commonest = Counter(one for one, _ in pairs).most_common(1)[0][1] / len(pairs)
        assert cohen_kappa(pairs) >= 0.85 or (commonest > 0.95 and accuracy(pairs) >= 0.98), part


def test_wrong_answers_use_the_words_of_the_points_they_miss(
    our_bank: Bank, samples: Sequence[Sample]
) -> None:
    """At least a third does; else a judge that counts words would look as good as one that reads.

    This uses a third of the samples, and all of them in `make soak`.
    """
    grader = KeyTermGrader()
    touched = [
        point.touched
        for sample in samples[:: 1 if SOAK else 3]
        if sample.kind == "wrong"
        for point in grader.coverage(
            our_bank.question(sample.question), sample.answer, sample.language
        )
        if sample.verdicts[point.point.id] is Verdict.MISSED
    ]
    assert sum(share >= TAUGHT_FROM for share in touched) >= len(touched) / 3
