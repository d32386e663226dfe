"""How much of what a sentence says stands in a point, or anywhere in the question.

Key terms tell how much of a point an answer mentions, and mention is no claim: "BPE counts pairs
and splits the most frequent one" has every term of "counts pairs and merges the most frequent
one". What gives it away is the word that the point does not have. So the share is taken the other
way round, of the sentence: who says what the point says has little else to say in its sentence.
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
"""Letters; a word is taken with the spaces around it."""
_CHINESE = re.compile("[\u3400-\u9fff]+")
_WORD = re.compile("[^\\W\u3400-\u9fff]+")
_TERM_SIGNS = str.maketrans({"*": "", "…": " "})


@dataclass(frozen=True, slots=True)
class SharedWording:
    """Shares of a sentence's wording, from 0 to 1; what few points have weighs most."""

    with_point: float = 0.0
    """What one point has as well."""
    with_question: float = 0.0
    """What the prompt, the model answer or any point has as well."""


NOTHING_SHARED = SharedWording()
"""For a point that no sentence has anything in common with."""


class QuestionWording:
    """The wording of one question, in all its languages."""

    def __init__(self, question: Question) -> None:
        self._points = {
            point.id: frozenset(letter_runs(wording(point))) for point in question.rubric
        }
        texts = [question.prompt, question.answer, *filter(None, (question.cover,))]
        said = (text for each in texts for text in each.by_language().values())
        self._question = frozenset().union(*self._points.values(), *map(letter_runs, said))
        self._spread = Counter(run for runs in self._points.values() for run in runs)

    def shared(self, sentence: str, point: str) -> SharedWording:
        """What `sentence` shares with the point with this id, and with the question."""
        weights = {
            run: count * self._weight(run) for run, count in Counter(letter_runs(sentence)).items()
        }
        whole = sum(weights.values())
        if not whole:
            return NOTHING_SHARED
        own, every = self._points[point], self._question
        return SharedWording(
            sum(weight for run, weight in weights.items() if run in own) / whole,
            sum(weight for run, weight in weights.items() if run in every) / whole,
        )

    def _weight(self, run: str) -> float:
        """Inverse document frequency, smoothed (Spärck Jones 1972)."""
        return math.log((len(self._points) + 2) / (self._spread[run] + 0.5))


def wording(point: RubricPoint) -> str:
    """A point's text in all its languages, and its key terms."""
    terms = (term.translate(_TERM_SIGNS) for group in point.terms for term in group)
    return "\n".join((*point.point.by_language().values(), *terms))


def letter_runs(text: str) -> Iterator[str]:
    """Runs of letters within words, and each Chinese character and pair of them."""
    text = normalise(text)
    for word in _WORD.findall(text):
        spaced = f" {word} "
        yield from (spaced[at : at + _RUN] for at in range(max(1, len(spaced) - _RUN + 1)))
    for row in _CHINESE.findall(text):
        yield from row
        yield from map("".join, pairwise(row))
