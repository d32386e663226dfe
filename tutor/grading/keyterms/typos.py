"""Decides whether a word may be another one with typing errors.

It is not if we know the word: 'projection' does not mean 'protection'. Nor if it is the opposite,
which is often only a letter or two away: 'überwacht' and 'unüberwacht', 'micro' and 'macro'.
"""

import re
from collections.abc import Container, Mapping
from functools import cache
from pathlib import Path

KNOWN = Path(__file__).with_name("known.txt")
"""Made from the bank by `bench/known_words.py`."""
SHORTEST = 5
"""Letters; shorter words never count as mistyped."""
_FORM = 2
"""Words that differ only in so many last letters are forms of one word."""
_ENDING = 3
"""The most letters of an ending."""
_OPPOSITES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "a": (("", "anti"),),
    "d": (("", "dis"), ("", "de")),
    "h": (("hyper", "hypo"), ("hypo", "hyper")),
    "i": (("", "in"), ("", "im"), ("", "ir"), ("intra", "inter"), ("inter", "intra")),
    "m": (("mini", "maxi"), ("maxi", "mini"), ("micro", "macro"), ("macro", "micro"),
          ("mikro", "makro"), ("makro", "mikro")),
    "n": (("", "non"), ("", "not"), ("", "nicht")),
    "p": (("pre", "post"), ("post", "pre")),
    "u": (("", "un"), ("unter", "über"), ("unter", "ueber")),
    "ü": (("", "un"), ("über", "unter")),
    "б": (("", "без"),),
    "м": (("мини", "макси"), ("макси", "мини"), ("микро", "макро"), ("макро", "микро")),
    "н": (("", "не"),),
}  # fmt: skip
"""By a word's first letter: what it may begin with, and what its opposite begins with instead.
Words with different first letters are never taken for one another."""
_VOWELS = frozenset("aeiouyäöüаеёиоуыэюяьй")
_ALTERNATING = tuple(map(frozenset, ("кчцт", "хшс", "гжзд", "стщ", "нлмт", "zctskh", "dtns")))
"""Consonants that alternate at the end of a stem: `пропустить`, `пропускать`."""
_SPELLINGS = (("ph", "f"), ("th", "t"), ("kk", "k"), ("ou", "o"), ("re", "er"))
_LETTERS = str.maketrans("czyäöü", "ksiaou")
"""Make one spelling of a word in two languages or countries, and of a plural with an umlaut."""
_INSIDE = re.compile(r"(?<=[a-z]{2})(?:ge|zu)(?=[a-z]{4})|(.)(?=\1)")
"""Removed: the 'ge' of 'vorhergesagt', and one of two doubled letters, the commonest mistake."""


def errors_allowed(length: int) -> int:
    """The most typing errors in a word of this length."""
    return 0 if length < SHORTEST else 1 if length < 9 else 2


def is_another(wanted: str, word: str, known: Container[str], *, begins: bool = False) -> bool:
    """Whether `word`, which is similar to `wanted`, is another word rather than a misspelling.

    `known` are correctly spelled words in addition to those of our bank. With `begins`, `wanted` is
    only the beginning of a word.
    """
    if _is_form(wanted, word, begins=begins):
        return False
    if _is_opposite(wanted, word) or _is_opposite(word, wanted):
        return True
    if word not in known and not is_known(word) and not _is_known_form(wanted, word):
        return False
    return not _is_form(_respelled(wanted), _respelled(word), begins=begins)


def is_known(word: str) -> bool:
    """Whether our bank has this word of at least `SHORTEST` letters."""
    return word in _known()


def _is_known_form(wanted: str, word: str) -> bool:
    """Whether our bank has another form of `word`, and it is not a form of `wanted`.

    The list has only some forms of a word, such as `переменной` but not `переменная`.
    """
    beginning = _beginning(word)
    return beginning in _known_beginnings() and not (
        wanted.startswith(beginning) or beginning.startswith(wanted)
    )


def _beginning(word: str) -> str:
    return word[: max(SHORTEST, len(word) - _ENDING)]


def _is_form(wanted: str, word: str, *, begins: bool) -> bool:
    """Whether the two words differ only in their endings."""
    length = len(wanted) if begins else min(len(wanted), len(word))
    same = max(0, length - _FORM)
    if wanted[:same] != word[:same]:
        return False
    changed = next(({a, b} for a, b in zip(wanted, word, strict=False) if a != b), None)
    return not begins or changed is None or _alternate(changed)


def _alternate(letters: set[str]) -> bool:
    """Whether forms of one word may have either of these two letters in the same place."""
    return bool(letters & _VOWELS) or any(letters <= group for group in _ALTERNATING)


def _is_opposite(word: str, other: str) -> bool:
    """Whether `other` begins with the opposite of what `word` begins with."""
    return any(
        word.startswith(prefix) and other.startswith(opposite + word[len(prefix) :][:3])
        for prefix, opposite in _OPPOSITES.get(word[0], ())
    )


def _respelled(word: str) -> str:
    """Bring different spellings of a word into one."""
    word = word.translate(_LETTERS)
    for spelling, plain in _SPELLINGS:
        word = word.replace(spelling, plain)
    return _INSIDE.sub("", word)


@cache
def _known() -> frozenset[str]:
    """All words of our bank's texts and terms that are long enough to be mistyped."""
    return frozenset(KNOWN.read_text(encoding="utf-8").split())


@cache
def _known_beginnings() -> frozenset[str]:
    return frozenset(map(_beginning, _known()))
