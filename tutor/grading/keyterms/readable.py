"""A rubric's terms as people write them, to say what was looked for and not found."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from tutor.bank import Language, RubricPoint
from tutor.grading.text import is_chinese, is_cyrillic

_LETTERS: Mapping[Language, Callable[[str], bool]] = {
    "ru": is_cyrillic,
    "zh": is_chinese,
}


def spoken_words(points: Iterable[RubricPoint], language: Language) -> Mapping[str, str]:
    """The words of what the points say in `language`, in small letters and as they are written.

    None where they say nothing in it.
    """
    texts = (each.point.to(language) for each in points if language in each.point.languages)
    return {word.casefold(): word for text in texts for word in _WORD.findall(text)}


def _share_spoken(term: str, spoken: Collection[str]) -> float:
    """How much of a term is among the words that are spoken."""
    words = _TERM_WORD.findall(term.casefold())
    found = (
        any(each.startswith(word[:-1]) for each in spoken) if word.endswith("*") else word in spoken
        for word in words
    )
    return sum(found) / len(words) if words else 0.0


_WORD, _TERM_WORD, _OPEN = re.compile(r"\w+"), re.compile(r"\w+\*?"), re.compile(r"(\w+)\*")
_OPERATORS = " =≈<>"


def readable_term(group: Sequence[str], language: Language, spoken: Mapping[str, str]) -> str:
    """One term of a group without the signs that open it.

    `Daten*` is the word that is `spoken` and begins so, or `Daten…` where there is none.

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

    def whole(match: re.Match[str]) -> str:
        start = match[1].casefold()
        return next((spoken[word] for word in spoken if word.startswith(start)), f"{match[1]}…")

    written = _OPEN.sub(whole, term).replace("*", "…").replace("... ", "… ")
    return " ".join(written.split()).strip(_OPERATORS)
