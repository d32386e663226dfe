"""Recognises words without sentences: the rubric's shuffled, or babble between the key terms.

A grader that looks for words, or a model that notices only what an answer is about, gives full
marks for either. The bounds are such that no sample answer is taken for one (a test).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tutor.bank import Language, Question
from tutor.grading.keyterms.typos import SHORTEST, is_known
from tutor.grading.per_question import PerQuestion
from tutor.grading.text import Stemming, is_chinese, tokens

LEAST_SHUFFLED = 24
"""Words; with fewer, the order may be kept or broken by chance."""
OURS = 0.95
"""Words are shuffled only if at least this share of them is in the points."""
IN_ORDER = 0.2
"""They are shuffled if at most this share of triples of neighbours is in our texts too; in a copy,
nearly all are."""
LEAST_UNKNOWN = 20
"""Long words that are neither in the question nor in our bank, for babble without any other."""


class WordSalad:
    """Recognises both. Not thread-safe: it caches questions' texts."""

    def __init__(self, stemming: Stemming) -> None:
        self._stemming = stemming
        self._texts = PerQuestion(
            lambda question: [self._read(question, each) for each in question.prompt.languages]
        )

    def is_shuffled(self, question: Question, answer: str) -> bool:
        """Whether the words are those of the points, but hardly ever in the same order."""
        stems = self._stems(answer)
        if len(stems) < LEAST_SHUFFLED:
            return False
        return any(
            sum(stem in texts.point_stems for stem in stems) >= OURS * len(stems)
            and sum(each in texts.triples for each in _triples(stems)) <= IN_ORDER * len(stems)
            for texts in self._texts.of(question)
        )

    def is_babble(self, question: Question, answer: str) -> bool:
        """Whether no long word is a real one, except for the question's own."""
        long = [word for word in tokens(answer) if _is_long(word)]
        if len(long) < LEAST_UNKNOWN:
            return False
        ours = frozenset[str]().union(*(texts.words for texts in self._texts.of(question)))
        others = [word for word in long if word not in ours]
        return len(others) >= LEAST_UNKNOWN and not any(map(is_known, others))

    def _read(self, question: Question, language: Language) -> "_Texts":
        points = [point.point.to(language) for point in question.rubric]
        terms = (term for point in question.rubric for group in point.terms for term in group)
        all_texts = (*points, question.answer.to(language), question.prompt.to(language))
        return _Texts(
            point_stems=frozenset(stem for text in points for stem in self._stems(text)),
            triples=frozenset(each for text in all_texts for each in _triples(self._stems(text))),
            words=frozenset(word for text in (*all_texts, *terms) for word in tokens(text)),
        )

    def _stems(self, text: str) -> list[str]:
        """The stems of words, but not numbers: a calculation has them in any order."""
        return [min(self._stemming.stems(word)) for word in tokens(text) if word.isalpha()]


@dataclass(frozen=True)
class _Texts:
    """A question's texts in one language."""

    point_stems: frozenset[str]
    triples: frozenset[tuple[str, str, str]]
    """Stems that follow one another in points, model answer or prompt."""
    words: frozenset[str]
    """All words as they are written, key terms included."""


def _triples(words: Sequence[str]) -> list[tuple[str, str, str]]:
    return list(zip(words, words[1:], words[2:], strict=False))


def _is_long(word: str) -> bool:
    return len(word) >= SHORTEST and word.isalpha() and not is_chinese(word)
