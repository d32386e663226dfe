"""Measures which answers are taken for answers to another question.

`python -m bench.other_questions SPLIT …` prints, for every kind of sample answer of these splits
and for good answers to other questions (two draws), how many there are, and how many are taken for
answers to another question.
"""

import random
import sys
from collections import Counter
from collections.abc import Iterator
from typing import cast

from bench.shared import our_bank, print_table
from tutor.bank import Bank, Question, Sample, Split
from tutor.evaluation.verdicts import samples_of, strangers_of
from tutor.grading import KeyTermGrader
from tutor.grading.other_questions import OtherQuestions

STRANGER = "another question's"


def main() -> None:
    """Print the table."""
    bank = our_bank()
    others = OtherQuestions(lambda: bank, KeyTermGrader())
    rows: list[list[str]] = []
    for split in cast("list[Split]", sys.argv[1:]):
        counts: dict[str, Counter[str]] = {}
        for kind, question, sample in _answers(bank, split):
            own = counts.setdefault(kind, Counter())
            own["answers"] += 1
            own["taken"] += bool(others.answered(question, sample.answer, sample.language))
        rows += [
            [split, kind, str(own["answers"]), str(own["taken"])]
            for kind, own in sorted(counts.items())
        ]
    print_table(["split", "kind", "answers", "taken for another's"], rows)


def _answers(bank: Bank, split: Split) -> Iterator[tuple[str, Question, Sample]]:
    samples = list(samples_of(bank, split))
    yield from ((sample.kind, question, sample) for question, sample in samples)
    for seed in (1, 2):
        drawn = strangers_of(samples, random.Random(seed))
        yield from ((STRANGER, question, sample) for question, sample in drawn)


if __name__ == "__main__":
    main()
