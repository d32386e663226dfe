"""How rare a word is, which tells how much it says of one answer."""

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

_TELLING = 1.5
"""What numbers, names with a digit in them and acronyms count more."""
_LONG = 10
"""Letters from which on a word is as telling as a longer one."""


class Rarity:
    """How rare words are in the texts of the bank: common ones tell nothing of one answer.

    Not thread-safe: it remembers stems. The texts are read when the first word is asked for: a
    tenth of a second for a thousand.
    """

    def __init__(self, texts: Iterable[str], stemming: Stemming) -> None:
        self._texts = texts
        self._stemming = stemming

    def of(self, word: str, language: Language) -> float:
        """More for what fewer texts have, for numbers and acronyms, and for long words."""
        count, seen = self._counts
        is_long = len(word) > 2 and is_chinese(word)
        parts = character_pairs(word) if is_long else (self.stem(word, language),)
        texts = min(seen[part] for part in parts)
        telling = any(map(str.isdigit, word)) or (len(word) > 1 and word.isupper())
        rare = math.log((count + 2) / (texts + 1))
        return (_TELLING if telling else 1) * rare + min(len(word), _LONG) / _LONG

    def stem(self, word: str, language: Language) -> str:
        """What all forms of a word have in common."""
        small = word.casefold().removesuffix("'s")
        return self._stemming.stem(small, _tongue(small, german=language == "de"))

    @cached_property
    def _counts(self) -> tuple[int, Mapping[str, int]]:
        """How many texts there are, and in how many each stem and pair of characters is."""
        words: Counter[tuple[str, bool]] = Counter()
        count = 0
        for text in self._texts:
            count += 1
            distinct = frozenset(filter(is_word, tokens(text)))
            german = not GERMAN_WORDS.isdisjoint(distinct)
            words.update((word, german) for word in distinct)
            words.update((pair, False) for pair in frozenset(character_pairs(text)))
        seen: Counter[str] = Counter()
        for (word, german), texts in words.items():
            seen[self._stemming.stem(word, _tongue(word, german=german))] += texts
        return count, seen


def _tongue(word: str, *, german: bool) -> Tongue:
    if is_cyrillic(word):
        return "russian"
    return "german" if german else "english"
