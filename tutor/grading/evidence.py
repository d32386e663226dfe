"""Chooses one of the answer's own sentences as evidence for each point.

It is the sentence with most of the point's key terms. If no sentence has any, it is the one whose
wording is most like the point's text in all its languages and its key terms: the cosine of
weighted runs of letters. Sentences tend to say different points, so a sentence already chosen for
one point counts half for the others. No model is asked: the sentence that raises a small model's
log-odds most is far more often a wrong one (docs/measurements.md).
"""

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from tutor.bank import RubricPoint
from tutor.grading.grade import Evidence
from tutor.grading.keyterms.coverage import Coverage
from tutor.grading.wording import (
    NOTHING_SHARED,
    QuestionWording,
    SharedWording,
    letter_runs,
    wording,
)

NAMED_ALREADY = 0.5
"""Factor on a sentence's likeness for each point that it is already evidence for."""
_Runs = Mapping[str, float]


def term_evidence(coverage: Coverage, sentences: Sequence[str]) -> Evidence | None:
    """The sentence with the most terms, the first of equals; None if no sentence has any."""
    best = max(range(len(sentences)), key=coverage.by_sentence.__getitem__, default=None)
    if best is None or coverage.by_sentence[best] <= 0:
        return None
    return Evidence(sentence=best + 1, text=sentences[best])


def name_evidence(
    coverage: Sequence[Coverage],
    sentences: Sequence[str],
    points: Collection[str],
) -> Mapping[str, Evidence]:
    """Choose a sentence for each of the point ids in `points`; returns them by id.

    A point that shares nothing with any sentence gets none. `coverage` is that of all points of
    the rubric, by the sentences of `split_sentences`.
    """
    rubric = [covered.point for covered in coverage]
    evidence = {
        covered.point.id: best
        for covered in coverage
        if covered.point.id in points
        and covered.point.terms
        and (best := term_evidence(covered, sentences))
    }
    open_points = {point.id for point in rubric if point.id in points} - evidence.keys()
    likeness = _likeness(rubric, sentences) if open_points else {}
    uses = Counter(chosen.sentence - 1 for chosen in evidence.values())
    while open_points:
        score, point, at = max(
            ((like * NAMED_ALREADY ** uses[at], point, at)
             for point in sorted(open_points) for at, like in enumerate(likeness[point])),
            key=lambda candidate: candidate[0],
            default=(0.0, "", 0),
        )  # fmt: skip
        if score <= 0:
            break
        evidence[point] = Evidence(sentence=at + 1, text=sentences[at])
        uses[at] += 1
        open_points.remove(point)
    return evidence


def shared_wording(
    question_wording: QuestionWording,
    coverage: Sequence[Coverage],
    sentences: Sequence[str],
) -> list[SharedWording]:
    """What each point of the rubric shares with the sentence that would be its evidence."""
    ids = [covered.point.id for covered in coverage]
    evidence = name_evidence(coverage, sentences, ids)
    return [
        question_wording.shared(evidence[id_].text, id_) if id_ in evidence else NOTHING_SHARED
        for id_ in ids
    ]


def _likeness(
    rubric: Sequence[RubricPoint], sentences: Sequence[str]
) -> Mapping[str, tuple[float, ...]]:
    """How like each sentence is to each point, from 0 to 1, by the point's id.

    Runs of letters that few of these texts have weigh most (Spärck Jones 1972).
    """
    by_sentence = [Counter(letter_runs(sentence)) for sentence in sentences]
    by_point = {point.id: Counter(letter_runs(wording(point))) for point in rubric}
    texts = (*by_sentence, *by_point.values())
    spread = Counter(run for text in texts for run in text)
    weights = {run: math.log((len(texts) + 1) / count) for run, count in spread.items()}
    weighted = [_weighted(runs, weights) for runs in by_sentence]
    return {
        id_: tuple(_cosine(_weighted(runs, weights), sentence) for sentence in weighted)
        for id_, runs in by_point.items()
    }


def _weighted(runs: Mapping[str, int], weights: _Runs) -> _Runs:
    return {run: count * weights[run] for run, count in runs.items()}


def _cosine(runs: _Runs, other: _Runs) -> float:
    product = sum(weight * other[run] for run, weight in runs.items() if run in other)
    return product / (_length(runs) * _length(other)) if product else 0.0


def _length(runs: _Runs) -> float:
    return math.sqrt(sum(weight**2 for weight in runs.values()))
