"""Words without a sentence: the rubric's in another order, or syllables between the key terms.

A grader that looks for words, or a model that hears only what an answer is about, gives full marks
for either. The bounds are such that no sample answer is taken for one (a test).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tutor.bank import Language, Question
from tutor.grading.keyterms.typos import SHORTEST, is_known
from tutor.grading.per_question import PerQuestion
from tutor.grading.text import Stemming, is_chinese, tokens

LEAST_SHUFFLED = 24
"""Words; in fewer, chance alone may keep the order or break it."""
OURS = 0.95
"""The share of the words that the points have."""
IN_ORDER = 0.2
"""The share of triples of neighbours that our texts have as well; in a copy it is nearly 1."""
LEAST_UNKNOWN = 20
"""Long words that neither the question nor any text of our bank knows, and no other long word."""


class WordSalad:
    """Recognises both. Not thread-safe: it remembers what questions say."""

    def __init__(self, stemming: Stemming) -> None:
        self._stemming = stemming
        self._texts = PerQuestion(
            lambda question: [self._of(question, each) for each in question.prompt.languages]
        )

    def is_shuffled(self, question: Question, answer: str) -> bool:
        """Whether the words are those of the points, and hardly three stand as they do in them."""
        said = self._stems(answer)
        if len(said) < LEAST_SHUFFLED:
            return False
        return any(
            sum(word in texts.of_points for word in said) >= OURS * len(said)
            and sum(each in texts.triples for each in _triples(said)) <= IN_ORDER * len(said)
            for texts in self._texts.of(question)
        )

    def is_babble(self, question: Question, answer: str) -> bool:
        """Whether no long word is one, but for the question's own."""
        long = [word for word in tokens(answer) if _is_long(word)]
        if len(long) < LEAST_UNKNOWN:
            return False
        ours = frozenset[str]().union(*(texts.words for texts in self._texts.of(question)))
        unknown = [word for word in long if word not in ours]
        return len(unknown) >= LEAST_UNKNOWN and not any(map(is_known, unknown))

    def _of(self, question: Question, language: Language) -> "_Texts":
        points = [point.point.to(language) for point in question.rubric]
        terms = (term for point in question.rubric for group in point.terms for term in group)
        all_texts = (*points, question.answer.to(language), question.prompt.to(language))
        return _Texts(
            of_points=frozenset(word for text in points for word in self._stems(text)),
            triples=frozenset(each for text in all_texts for each in _triples(self._stems(text))),
            words=frozenset(word for text in (*all_texts, *terms) for word in tokens(text)),
        )

    def _stems(self, text: str) -> list[str]:
        """Of words alone: a calculation has the same numbers in many orders."""
        return [min(self._stemming.stems(word)) for word in tokens(text) if word.isalpha()]


@dataclass(frozen=True)
class _Texts:
    """What a question's texts in one language consist of."""

    of_points: frozenset[str]
    """Stems."""
    triples: frozenset[tuple[str, str, str]]
    """Stems that follow one another."""
    words: frozenset[str]
    """As they are written, key terms included."""


def _triples(words: Sequence[str]) -> list[tuple[str, str, str]]:
    return list(zip(words, words[1:], words[2:], strict=False))


def _is_long(word: str) -> bool:
    return len(word) >= SHORTEST and word.isalpha() and not is_chinese(word)
