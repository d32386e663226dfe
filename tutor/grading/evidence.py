"""Which of the answer's own sentences is named as evidence for a point.

The sentence with the most of the point's key terms, where one has any. Where a point is met in
words that no key term knows, the sentence most like the point in its wording: the cosine of
weighted runs of letters, with the point's text in all its languages and its key terms on one side.
Sentences tend to say different points, so one that is named already counts half for the others.
No model is asked: the sentence that alone raises a small model's log-odds most is far more often
another one (docs/measurements.md).
"""

import math
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise

from tutor.bank import Question, RubricPoint
from tutor.grading.grade import Evidence
from tutor.grading.keyterms.grader import Coverage
from tutor.grading.text import normalise

NAMED_ALREADY = 0.5
"""What the likeness of a sentence counts for each point that it is evidence for already."""
_RUN = 4
"""Letters; a word is taken with the spaces around it."""
_CHINESE = re.compile("[\u3400-\u9fff]+")
_WORD = re.compile("[^\\W\u3400-\u9fff]+")
_TERM_SIGNS = str.maketrans({"*": "", "…": " "})
_Runs = Mapping[str, float]


def term_evidence(coverage: Coverage, sentences: Sequence[str]) -> Evidence | None:
    """The sentence with the most terms, the first of equals; None where no sentence has any."""
    best = max(range(len(sentences)), key=coverage.by_sentence.__getitem__, default=None)
    if best is None or coverage.by_sentence[best] <= 0:
        return None
    return Evidence(sentence=best + 1, text=sentences[best])


def name_evidence(
    question: Question,
    coverage: Sequence[Coverage],
    sentences: Sequence[str],
    points: Collection[str],
) -> Mapping[str, Evidence]:
    """By id a sentence for each of `points`, unless no sentence has anything in common with it.

    `coverage` is of all points of the rubric; its sentences are those of `split_sentences`.
    """
    asked_for = [
        pair for pair in zip(question.rubric, coverage, strict=True) if pair[0].id in points
    ]
    evidence = {
        point.id: shown
        for point, covered in asked_for
        if point.terms and (shown := term_evidence(covered, sentences))
    }
    left = {point.id for point, _ in asked_for} - evidence.keys()
    if not left:
        return evidence
    likeness = _likeness(question.rubric, sentences)
    named = Counter(shown.sentence - 1 for shown in evidence.values())
    while left:
        worth, point, at = max(
            ((like * NAMED_ALREADY ** named[at], point, at)
             for point in sorted(left) for at, like in enumerate(likeness[point])),
            key=lambda each: each[0],
            default=(0.0, "", 0),
        )  # fmt: skip
        if worth <= 0:
            break
        evidence[point] = Evidence(sentence=at + 1, text=sentences[at])
        named[at] += 1
        left.remove(point)
    return evidence


def _likeness(
    rubric: Sequence[RubricPoint], sentences: Sequence[str]
) -> Mapping[str, tuple[float, ...]]:
    """By point id how like it is to each sentence, from 0 to 1.

    What stands in few of these texts weighs most (Spärck Jones 1972).
    """
    said = [Counter(_runs(sentence)) for sentence in sentences]
    by_point = {point.id: Counter(_runs(_wording(point))) for point in rubric}
    texts = (*said, *by_point.values())
    spread = Counter(run for text in texts for run in text)
    weights = {run: math.log((len(texts) + 1) / count) for run, count in spread.items()}
    weighted = [_weighted(text, weights) for text in said]
    return {
        id_: tuple(_cosine(_weighted(runs, weights), other) for other in weighted)
        for id_, runs in by_point.items()
    }


def _wording(point: RubricPoint) -> str:
    terms = (term.translate(_TERM_SIGNS) for group in point.terms for term in group)
    return "\n".join((*point.point.by_language().values(), *terms))


def _runs(text: str) -> Iterator[str]:
    """Runs of letters within words, and each Chinese character and pair of them."""
    text = normalise(text)
    for word in _WORD.findall(text):
        spaced = f" {word} "
        yield from (spaced[at : at + _RUN] for at in range(max(1, len(spaced) - _RUN + 1)))
    for row in _CHINESE.findall(text):
        yield from row
        yield from map("".join, pairwise(row))


def _weighted(runs: Mapping[str, int], weights: _Runs) -> _Runs:
    return {run: count * weights[run] for run, count in runs.items()}


def _cosine(one: _Runs, other: _Runs) -> float:
    both = sum(weight * other[run] for run, weight in one.items() if run in other)
    return both / (_length(one) * _length(other)) if both else 0.0


def _length(runs: _Runs) -> float:
    return math.sqrt(sum(weight**2 for weight in runs.values()))
