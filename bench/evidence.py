"""Measures how often the sentence named as evidence for a point is one that states it.

`python -m bench.evidence` prints, by split, language and kind, for how many points of
`training/evidence` the named sentence states the point. It compares key terms alone, key terms with
wording (as in sessions), wording without key terms, and the judge's log-odds of each sentence.
"""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel

from bench.shared import our_bank, print_table
from tutor.bank import Language, Question
from tutor.grading import Evidence, KeyTermGrader, split_sentences
from tutor.grading.evidence import name_evidence, term_evidence

POINTS = Path(__file__).parent.parent / "training/evidence/points.jsonl"
PARTS = ("all", "de", "en", "ru", "zh", "full", "paraphrase", "partial", "reversed")
WAYS = ("key terms", "key terms and wording", "wording alone", "the judge")


class ShownAnswer(BaseModel):
    """An answer, and the sentences in which a reader found its points."""

    question: str
    language: Language
    kind: str
    split: Literal["calibrate", "apart", "test"]
    answer: str
    shown: dict[str, tuple[int, ...]]
    """The numbers of the sentences that state a point, from 1, by point id."""
    judge: dict[str, int]
    """The sentence that alone raises the judge's log-odds most, by point id."""


def main() -> None:
    """Print the table."""
    bank = our_bank()
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
    """The number of the sentence that each way names, by way and point id."""
    sentences = split_sentences(answer.answer)
    coverage = grader.coverage(question, answer.answer, answer.language)
    bare = question.model_copy(
        update={"rubric": tuple(p.model_copy(update={"terms": ()}) for p in question.rubric)}
    )
    without = grader.coverage(bare, answer.answer, answer.language)
    by_terms = ((each.point.id, term_evidence(each, sentences)) for each in coverage)
    return {
        "key terms": {id_: shown.sentence for id_, shown in by_terms if shown},
        "key terms and wording": _numbers(name_evidence(coverage, sentences, answer.shown)),
        "wording alone": _numbers(name_evidence(without, sentences, answer.shown)),
        "the judge": answer.judge,
    }


def _numbers(named: Mapping[str, Evidence]) -> Mapping[str, int]:
    return {id_: shown.sentence for id_, shown in named.items()}


if __name__ == "__main__":
    main()
