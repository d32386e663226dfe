"""Measures how rare a word is, and so how much it says about one answer."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property

from tutor.bank import Language
from tutor.grading.keyterms.words import GERMAN_WORDS
from tutor.grading.text import (
    Stemming,
    Tongue,
    character_pairs,
    is_chinese,
    is_cyrillic,
    is_word,
    tokens,
)

_DISTINCTIVE = 1.5
"""The factor for numbers, names with a digit in them and acronyms."""
_LONG = 10
"""Letters of a long word; further ones make it no rarer."""


class Rarity:
    """How rare words are in the texts of the bank. A common word says nothing about one answer.

    Not thread-safe: it remembers stems. The texts are read when the first word is looked up, which
    takes a tenth of a second for a thousand texts.
    """

    def __init__(self, texts: Iterable[str], stemming: Stemming) -> None:
        self._texts = texts
        self._stemming = stemming

    def of(self, word: str, language: Language) -> float:
        """A word's rarity, higher if fewer texts have it, for numbers, acronyms and long words."""
        text_count, texts_with = self._counts
        in_pairs = len(word) > 2 and is_chinese(word)
        parts = character_pairs(word) if in_pairs else (self.stem(word, language),)
        texts = min(texts_with[part] for part in parts)
        is_distinctive = any(map(str.isdigit, word)) or (len(word) > 1 and word.isupper())
        rarity = math.log((text_count + 2) / (texts + 1))
        return (_DISTINCTIVE if is_distinctive else 1) * rarity + min(len(word), _LONG) / _LONG

    def stem(self, word: str, language: Language) -> str:
        """The stem that all forms of a word share."""
        lower = word.casefold().removesuffix("'s")
        return self._stemming.stem(lower, _tongue(lower, german=language == "de"))

    @cached_property
    def _counts(self) -> tuple[int, Mapping[str, int]]:
        """The number of texts, and how many of them have each stem or pair of characters."""
        words: Counter[tuple[str, bool]] = Counter()
        count = 0
        for text in self._texts:
            count += 1
            distinct = frozenset(filter(is_word, tokens(text)))
            german = not GERMAN_WORDS.isdisjoint(distinct)
            words.update((word, german) for word in distinct)
            words.update((pair, False) for pair in frozenset(character_pairs(text)))
        texts_with: Counter[str] = Counter()
        for (word, german), texts in words.items():
            texts_with[self._stemming.stem(word, _tongue(word, german=german))] += texts
        return count, texts_with


def _tongue(word: str, *, german: bool) -> Tongue:
    if is_cyrillic(word):
        return "russian"
    return "german" if german else "english"
