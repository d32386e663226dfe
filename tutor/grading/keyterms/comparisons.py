"""Decides whether a word is only what something else is compared with.

In "the GRU, unlike the LSTM, has no cell state" nothing is said of the LSTM.
"""

from collections.abc import Sequence

from tutor.grading.text import word_set

_COMPARING = (
    "unlike", "in contrast to", "as opposed to", "contrary to", "compared to", "compared with",
    "in comparison to", "in comparison with", "anders als", "im gegensatz zu", "im gegensatz zum",
    "im gegensatz zur", "im unterschied zu", "im unterschied zum", "im unterschied zur",
    "im vergleich zu", "im vergleich zum", "im vergleich zur", "im vergleich mit",
    "verglichen mit", "в отличие от", "по сравнению с", "по сравнению со", "в противоположность",
    "不 同 于", "不 像", "相 比", "相 比 于", "相 对 于", "有 别 于",
)  # fmt: skip
"""What stands before the word that something is compared with, as tokens."""
_BY_LAST = {
    last: [phrase for phrase in map(str.split, _COMPARING) if phrase[-1] == last]
    for last in {phrase.split()[-1] for phrase in _COMPARING}
}
_BETWEEN = word_set(
    "a an the in with for of at der die das den dem des ein eine einen einem einer eines bei beim "
    "im mit в на у с"
)
_MOST_BETWEEN = 2
"""The most articles and prepositions between the comparing words and what they name."""


def is_compared_with(tokens: Sequence[str], place: int) -> bool:
    """Whether something else is compared with the word at `place`."""
    for _ in range(_MOST_BETWEEN + 1):
        if place and any(
            _ends_with(tokens, place, each) for each in _BY_LAST.get(tokens[place - 1], ())
        ):
            return True
        if not place or tokens[place - 1] not in _BETWEEN:
            return False
        place -= 1
    return False


def _ends_with(tokens: Sequence[str], end: int, phrase: Sequence[str]) -> bool:
    return list(tokens[max(0, end - len(phrase)) : end]) == phrase
