"""Guesses in which of the four languages a deck is written."""

import re
from collections import Counter
from collections.abc import Iterable
from itertools import islice

from tutor.bank import Language
from tutor.grading.text import word_set

_CHINESE = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_LATIN = re.compile("[a-zäöüß]+")
_GERMAN = word_set(
    "der die das den dem des und oder ist sind ein eine einer einem nicht mit von zu auf für im "
    "wird werden welche welcher was wie wer warum wann durch bei aus sich als auch"
)
_ENGLISH = word_set(
    "the a an and or is are was were what which who why how when of to in on for by with from it "
    "that this does do not be as at"
)
_CHINESE_WEIGHT = 4
"""Letters that say about as much as one Chinese character."""
_SAMPLED = 500
"""Texts that are looked at."""


def guess_language(texts: Iterable[str]) -> Language:
    """The language of most of these texts, by their script and their commonest words.

    English if nothing suggests another.
    """
    votes = Counter(_language_of(text[:2_000].casefold()) for text in islice(texts, _SAMPLED))
    return votes.most_common(1)[0][0] if votes else "en"


def _language_of(text: str) -> Language:
    words = _LATIN.findall(text)
    latin = sum(map(len, words))
    chinese = _CHINESE_WEIGHT * len(_CHINESE.findall(text))
    cyrillic = len(_CYRILLIC.findall(text))
    if max(chinese, cyrillic) > latin / 2:
        return "zh" if chinese > cyrillic else "ru"
    german = sum(word in _GERMAN for word in words) + len(re.findall("[äöüß]", text))
    return "de" if german > sum(word in _ENGLISH for word in words) else "en"
