"""Writes a rubric's terms as people do, to show what was looked for and not found."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from tutor.bank import Language, RubricPoint
from tutor.grading.text import is_chinese, is_cyrillic

_LETTERS: Mapping[Language, Callable[[str], bool]] = {"ru": is_cyrillic, "zh": is_chinese}
_WORD, _TERM_WORD, _OPEN = re.compile(r"\w+"), re.compile(r"\w+\*?"), re.compile(r"(\w+)\*")
_OPERATORS = " =≈<>"


def spoken_words(points: Iterable[RubricPoint], language: Language) -> Mapping[str, str]:
    """The words of the points in `language`, by their casefolded form."""
    texts = (each.point.to(language) for each in points if language in each.point.languages)
    return {word.casefold(): word for text in texts for word in _WORD.findall(text)}


def readable_term(group: Sequence[str], language: Language, spoken: Mapping[str, str]) -> str:
    """Write one term of a group without the signs that leave it open.

    `Daten*` becomes the `spoken` word that begins like this, or `Daten…` if there is none.

    Terms in the letters of `language` come first. Since German and English have the same letters,
    it is the first term whose words are all `spoken`, else half of them, preferably without a gap.
    """
    is_own = _LETTERS.get(language, _is_latin)
    term = max(
        list(filter(is_own, group)) or group,
        key=lambda each: (int(2 * _share_spoken(each, spoken)), "…" not in each),
    )

    def complete(match: re.Match[str]) -> str:
        start = match[1].casefold()
        return next((spoken[word] for word in spoken if word.startswith(start)), f"{match[1]}…")

    written = _OPEN.sub(complete, term).replace("*", "…").replace("... ", "… ")
    return " ".join(written.split()).strip(_OPERATORS)


def _share_spoken(term: str, spoken: Collection[str]) -> float:
    """The share of the term's words that are spoken."""
    words = _TERM_WORD.findall(term.casefold())
    are_spoken = (
        any(each.startswith(word[:-1]) for each in spoken) if word.endswith("*") else word in spoken
        for word in words
    )
    return sum(are_spoken) / len(words) if words else 0.0


def _is_latin(term: str) -> bool:
    return not (is_cyrillic(term) or is_chinese(term))
