"""Which word may be another one with a typing error in it.

Not a word that we know: who writes 'projection' does not mean 'protection'. And not the opposite,
which is often but a letter or two away: 'überwacht' and 'unüberwacht', 'micro' and 'macro'.
"""

import re
from collections.abc import Container, Mapping
from functools import cache
from pathlib import Path

KNOWN = Path(__file__).with_name("known.txt")
"""Made of the bank by `bench/known_words.py`."""
SHORTEST = 5
"""Letters of a word that may be mistyped."""
_FORM = 2
"""Words that differ in so many last letters only are forms of one."""
_ENDING = 3
"""Letters that an ending has at most."""
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
"""By a word's first letter what it may begin with, and with what instead its opposite: words with
different first letters are never taken for one another."""
_VOWELS = frozenset("aeiouyäöüаеёиоуыэюяьй")
_ALTERNATING = tuple(map(frozenset, ("кчцт", "хшс", "гжзд", "стщ", "нлмт", "zctskh", "dtns")))
"""Consonants of which one stands for another at the end of a stem: `пропустить`, `пропускать`."""
_SPELLINGS = (("ph", "f"), ("th", "t"), ("kk", "k"), ("ou", "o"), ("re", "er"))
_LETTERS = str.maketrans("czyäöü", "ksiaou")
"""One word in two languages, or in two countries, and a plural's umlaut."""
_INSIDE = re.compile(r"(?<=[a-z]{2})(?:ge|zu)(?=[a-z]{4})|(.)(?=\1)")
"""'Vorhergesagt' is 'vorhersagt', and doubled letters are what is mistyped most."""


def errors_allowed(length: int) -> int:
    """How many typing errors a word of this length may have."""
    return 0 if length < SHORTEST else 1 if length < 9 else 2


def is_another(wanted: str, word: str, known: Container[str], *, begins: bool = False) -> bool:
    """Whether `word`, which is near to `wanted`, is not that one mistyped.

    `known` are words that are spelled right here besides those that we know; with `begins` only
    the beginning of a word is wanted.
    """
    if _is_form(wanted, word, begins=begins):
        return False
    if _is_opposite(wanted, word) or _is_opposite(word, wanted):
        return True
    if word not in known and not is_known(word) and not _is_known_form(wanted, word):
        return False
    return not _is_form(_plain(wanted), _plain(word), begins=begins)


def is_known(word: str) -> bool:
    """Whether a word of `SHORTEST` letters and more is one of our bank's."""
    return word in _known()


def _is_known_form(wanted: str, word: str) -> bool:
    """Whether another form of `word` is one of our bank's, and not one of `wanted`.

    A list of words has only some forms of each: `переменной` and not `переменная`.
    """
    beginning = _beginning(word)
    return beginning in _known_beginnings() and not (
        wanted.startswith(beginning) or beginning.startswith(wanted)
    )


def _beginning(word: str) -> str:
    return word[: max(SHORTEST, len(word) - _ENDING)]


def _is_form(wanted: str, word: str, *, begins: bool) -> bool:
    """Whether the two differ in their endings only."""
    length = len(wanted) if begins else min(len(wanted), len(word))
    same = max(0, length - _FORM)
    if wanted[:same] != word[:same]:
        return False
    changed = next((pair for pair in zip(wanted, word, strict=False) if len({*pair}) > 1), None)
    return not begins or changed is None or _alternate(*changed)


def _alternate(one: str, other: str) -> bool:
    """Whether forms of one word may have these letters in one place."""
    return bool({one, other} & _VOWELS) or any({one, other} <= letters for letters in _ALTERNATING)


def _is_opposite(one: str, other: str) -> bool:
    """Whether the second begins with the opposite of what the first begins with."""
    return any(
        one.startswith(first) and other.startswith(second + one[len(first) :][:3])
        for first, second in _OPPOSITES.get(one[0], ())
    )


def _plain(word: str) -> str:
    """In one spelling."""
    word = word.translate(_LETTERS)
    for spelling, plain in _SPELLINGS:
        word = word.replace(spelling, plain)
    return _INSIDE.sub("", word)


@cache
def _known() -> frozenset[str]:
    """The words of our bank's texts and terms, all that can be mistyped."""
    return frozenset(KNOWN.read_text(encoding="utf-8").split())


@cache
def _known_beginnings() -> frozenset[str]:
    return frozenset(map(_beginning, _known()))
