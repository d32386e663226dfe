"""Whether the sentence that is named as evidence for a point is the one that says it.

`python -m bench.evidence`. By split, language and kind: how many points of `training/evidence` are
given a sentence that says them, by the key terms alone, by key terms and wording as sessions do,
by wording where a question has no key terms, and by the judge's log-odds of each sentence alone.
"""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel

from bench.table import print_table
from tutor.bank import Language, Question, open_bank
from tutor.grading import Evidence, KeyTermGrader, split_sentences
from tutor.grading.evidence import name_evidence, term_evidence
from tutor.paths import find_paths

POINTS = Path(__file__).parent.parent / "training/evidence/points.jsonl"
PARTS = ("all", "de", "en", "ru", "zh", "full", "paraphrase", "partial", "reversed")
WAYS = ("key terms", "key terms and wording", "wording alone", "the judge")


class ShownAnswer(BaseModel):
    """An answer, and where a reader found what it says."""

    question: str
    language: Language
    kind: str
    split: Literal["calibrate", "apart", "test"]
    answer: str
    shown: dict[str, tuple[int, ...]]
    """By point id the numbers of the sentences that say it, from 1."""
    judge: dict[str, int]
    """By point id the sentence that alone raises the judge's log-odds most."""


def main() -> None:
    """Print the table."""
    bank = open_bank([find_paths({}).resources / "questions"], None)
    grader = KeyTermGrader()
    points: Counter[tuple[str, str]] = Counter()
    right: Counter[tuple[str, str, str]] = Counter()
    for line in POINTS.read_text(encoding="utf-8").splitlines():
        answer = ShownAnswer.model_validate(json.loads(line))
        for way, named in ways(grader, bank.question(answer.question), answer).items():
            for part in ("all", answer.language, answer.kind):
                at = (answer.split, part)
                points[at] += len(answer.shown) * (way == WAYS[0])
                right[*at, way] += sum(named.get(id_) in says for id_, says in answer.shown.items())
    print_table(
        ["split", "answers", "points", *WAYS],
        [
            [*at, str(count), *(f"{right[*at, way] / count:.0%}" for way in WAYS)]
            for at, count in sorted(points.items(), key=lambda each: PARTS.index(each[0][1]))
        ],
    )


def ways(
    grader: KeyTermGrader, question: Question, answer: ShownAnswer
) -> Mapping[str, Mapping[str, int]]:
    """For each way by point id the number of the sentence that it names."""
    sentences = split_sentences(answer.answer)
    coverage = grader.coverage(question, answer.answer, answer.language)
    bare = question.model_copy(
        update={"rubric": tuple(p.model_copy(update={"terms": ()}) for p in question.rubric)}
    )
    without = grader.coverage(bare, answer.answer, answer.language)
    by_terms = ((each.point, term_evidence(each, sentences)) for each in coverage)
    return {
        "key terms": {id_: shown.sentence for id_, shown in by_terms if shown},
        "key terms and wording": _numbers(
            name_evidence(question, coverage, sentences, answer.shown)
        ),
        "wording alone": _numbers(name_evidence(bare, without, sentences, answer.shown)),
        "the judge": answer.judge,
    }


def _numbers(named: Mapping[str, Evidence]) -> Mapping[str, int]:
    return {id_: shown.sentence for id_, shown in named.items()}


if __name__ == "__main__":
    main()
