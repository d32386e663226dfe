"""Recognises a good answer to another question of the bank.

To a judge that sees one question only, such an answer sounds as right as one in the student's own
words. But it has the key terms of the question that it answers.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import nlargest
from operator import mul

from tutor.bank import Bank, BankError, Language, Question
from tutor.grading.key_term_grader import KeyTermGrader
from tutor.grading.keyterms.coverage import Coverage
from tutor.grading.wording import letter_runs, wording

LITTLE = 0.25
"""The share of this question's key terms above which an answer is about this question."""
FAR_MORE, FAR_MORE_ELSEWHERE = 0.5, 0.75
"""How much larger the share of another question's has to be, in the same deck and in another. For
answers to their own question it was larger by at most 0.44 and 0.7 (training/runs.md)."""
CANDIDATES = 5
"""The questions whose key terms are looked for: those most like the answer in their wording."""
MOST = 2_000
"""The questions of a bank that are compared, so that the first use takes a second or two."""


class OtherQuestions:
    """Compares answers with all questions of a bank, which are read on first use."""

    def __init__(self, bank: Callable[[], Bank], terms: KeyTermGrader) -> None:
        """`bank` returns the bank as it is now; it is another object after a deck has changed."""
        self._bank = bank
        self._terms = terms
        self._read: tuple[Bank, _Wordings] | None = None

    def answered(self, question: Question, answer: str, language: Language) -> str:
        """The id of the question that `answer` answers instead of this one; empty if none."""
        if not _is_comparable(question):
            return ""
        own = self._terms.coverage(question, answer, language)
        if _mean(own, [point.touched for point in own]) > LITTLE:
            return ""
        share = _mean(own, [point.share for point in own])
        for other in self._wordings.most_like(answer):
            if other.id != question.id:
                covered = self._terms.coverage(other, answer, language)
                more = _mean(covered, [point.share for point in covered]) - share
                if more >= (FAR_MORE if _deck(other) == _deck(question) else FAR_MORE_ELSEWHERE):
                    return other.id
        return ""

    @property
    def _wordings(self) -> "_Wordings":
        bank = self._bank()
        if self._read is None or self._read[0] is not bank:
            self._read = bank, _Wordings(_comparable(bank))
        return self._read[1]


class _Wordings:
    """The wording of many rubrics."""

    def __init__(self, questions: Iterable[Question]) -> None:
        self._rubrics = [
            (each, frozenset(run for point in each.rubric for run in letter_runs(wording(point))))
            for each in questions
        ]
        self._rubrics_with = Counter(run for _, runs in self._rubrics for run in runs)

    def most_like(self, answer: str) -> Iterator[Question]:
        """The questions whose rubrics have most of the answer's wording, the likest first."""
        runs = frozenset(letter_runs(answer))

        def likeness(rubric: tuple[Question, frozenset[str]]) -> float:
            shared = runs & rubric[1]
            rarity = (math.log(len(self._rubrics) / self._rubrics_with[run]) for run in shared)
            return math.fsum(rarity) / math.sqrt(1 + len(rubric[1]))

        yield from (question for question, _ in nlargest(CANDIDATES, self._rubrics, key=likeness))


def _comparable(bank: Bank) -> Iterator[Question]:
    for id_ in bank.question_ids[:MOST]:
        try:
            question = bank.question(id_)
        except BankError:  # its file has changed since the start
            continue
        if _is_comparable(question):
            yield question


def _is_comparable(question: Question) -> bool:
    """Whether key terms that people chose say what the question is about."""
    return (
        not question.drafted
        and len(question.rubric) > 1
        and all(point.terms for point in question.rubric)
    )


def _deck(question: Question) -> str:
    return question.id.partition(".")[0]


def _mean(coverage: Sequence[Coverage], shares: Sequence[float]) -> float:
    """The mean of the points' shares, by their weights."""
    weights = [each.point.weight for each in coverage]
    return math.fsum(map(mul, weights, shares)) / math.fsum(weights)
