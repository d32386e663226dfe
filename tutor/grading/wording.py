"""Measures how much of a sentence's wording is in a point, or anywhere in the question.

Key terms show how much of a point an answer mentions, but mentioning is not claiming: "BPE counts
pairs and splits the most frequent one" has every term of "counts pairs and merges the most frequent
one". The word that the point lacks gives it away. So this is the share of the sentence, not of the
point: a sentence that says what the point says has little else in it.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from tutor.bank import Question, RubricPoint
from tutor.grading.text import normalise

_RUN = 4
"""Letters in a run, counting the spaces around a word."""
_CHINESE = re.compile("[\u3400-\u9fff]+")
_WORD = re.compile("[^\\W\u3400-\u9fff]+")
_TERM_SIGNS = str.maketrans({"*": "", "…": " "})


@dataclass(frozen=True, slots=True)
class SharedWording:
    """Shares of a sentence's wording, from 0 to 1; wording that few points have weighs most."""

    with_point: float = 0.0
    """The share that is in one point."""
    with_question: float = 0.0
    """The share that is in the prompt, the model answer or any point."""


NOTHING_SHARED = SharedWording()
"""For a point that has nothing in common with any sentence."""


class QuestionWording:
    """The wording of one question, in all its languages."""

    def __init__(self, question: Question) -> None:
        self._points = {
            point.id: frozenset(letter_runs(wording(point))) for point in question.rubric
        }
        parts = [question.prompt, question.answer, *filter(None, (question.cover,))]
        texts = (text for part in parts for text in part.by_language().values())
        self._question = frozenset().union(*self._points.values(), *map(letter_runs, texts))
        self._points_with = Counter(run for runs in self._points.values() for run in runs)

    def shared(self, sentence: str, point: str) -> SharedWording:
        """What `sentence` shares with the question, and with the point with this id."""
        weights = {
            run: count * self._weight(run) for run, count in Counter(letter_runs(sentence)).items()
        }
        total = sum(weights.values())
        if not total:
            return NOTHING_SHARED
        in_point, in_question = (
            sum(weight for run, weight in weights.items() if run in runs)
            for runs in (self._points[point], self._question)
        )
        return SharedWording(in_point / total, in_question / total)

    def _weight(self, run: str) -> float:
        """The smoothed inverse document frequency (Spärck Jones 1972)."""
        return math.log((len(self._points) + 2) / (self._points_with[run] + 0.5))


def wording(point: RubricPoint) -> str:
    """Return a point's text in all its languages, and its key terms."""
    terms = (term.translate(_TERM_SIGNS) for group in point.terms for term in group)
    return "\n".join((*point.point.by_language().values(), *terms))


def letter_runs(text: str) -> Iterator[str]:
    """Yield runs of letters within words, and each Chinese character and pair of them."""
    text = normalise(text)
    for word in _WORD.findall(text):
        spaced = f" {word} "
        yield from (spaced[at : at + _RUN] for at in range(max(1, len(spaced) - _RUN + 1)))
    for row in _CHINESE.findall(text):
        yield from row
        yield from map("".join, pairwise(row))
