"""A rubric's terms as people write them, to say what was looked for and not found."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from tutor.bank import Language, RubricPoint
from tutor.grading.text import is_chinese, is_cyrillic

_LETTERS: Mapping[Language, Callable[[str], bool]] = {
    "ru": is_cyrillic,
    "zh": is_chinese,
}


def spoken_words(points: Iterable[RubricPoint], language: Language) -> frozenset[str]:
    """The words of what the points say in `language`; none where they say nothing in it."""
    texts = (each.point.to(language) for each in points if language in each.point.languages)
    return frozenset(word for text in texts for word in _WORD.findall(text.casefold()))


def _share_spoken(term: str, spoken: Collection[str]) -> float:
    """How much of a term is among the words that are spoken."""
    words = _TERM_WORD.findall(term.casefold())
    found = (
        any(each.startswith(word[:-1]) for each in spoken) if word.endswith("*") else word in spoken
        for word in words
    )
    return sum(found) / len(words) if words else 0.0


_WORD, _TERM_WORD = re.compile(r"\w+"), re.compile(r"\w+\*?")


def readable_term(group: Sequence[str], language: Language, spoken: Collection[str]) -> str:
    """One term of a group without the signs that open it: `Daten*` is `Daten…`.

    Of those in the letters of `language` it is the first whose words are all `spoken` in it, else
    half of them: German and English have the same letters. One without a gap comes before one with.
    """
    is_own = _LETTERS.get(language)
    own = [
        term
        for term in group
        if (is_own(term) if is_own else not (is_cyrillic(term) or is_chinese(term)))
    ]
    term = max(
        own or group,
        key=lambda each: (int(2 * _share_spoken(each, spoken)), "…" not in each),
    )
    return " ".join(term.replace("*", "…").replace("... ", "… ").split())
