"""Words, numbers and signs of a text, normalised so that equal meanings compare as equal."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import Protocol

_LATEX = re.compile(r"\\(?:left|right|mathbf|mathrm|mathbb|text|operatorname|,|;|!|quad)\b|[{}$]")
_LATEX_NAMES = {
    r"\cdot": "*", r"\times": "*", r"\odot": "⊙", r"\sum": "σ", r"\prod": "π", r"\sqrt": "√",
    r"\leq": "≤", r"\geq": "≥", r"\neq": "≠", r"\infty": "∞", r"\approx": "≈", r"\propto": "∝",
    r"\to": "→", r"\mid": "|", r"\in": "∈",
}  # fmt: skip
_SIGNS = str.maketrans({
    "−": "-", "–": "-", "—": "-", "‐": "-", "‑": "-", "·": "*", "×": "*", "∙": "*", "∗": "*",
    "∑": "σ", "Σ": "σ", "∏": "π", "ё": "е", "’": "'", "“": '"', "”": '"', "„": '"', "«": '"',
    "»": '"', "（": "(", "）": ")", "，": ",", "∣": "|", "ς": "σ",
})  # fmt: skip
_HIDDEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_TOKEN = re.compile(
    r"[\u3400-\u9fff\uf900-\ufaff]"  # a Chinese character stands for itself
    r"|[^\W\d_\u3400-\u9fff\uf900-\ufaff]+(?:'[^\W\d_]+)?"
    r"|\d+(?:[.,]\d+)*"
    r"|[^\w\s]|_"
)
_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")


def normalise(text: str) -> str:
    """`text` in one form: NFKC, no case, no invisible characters, one sign for every like sign.

    Sub- and superscripts become digits, LaTeX's commonest commands the signs they print.
    """
    text = _HIDDEN.sub("", unicodedata.normalize("NFKC", text.translate(_SIGNS)))
    for name, sign in _LATEX_NAMES.items():
        if name in text:
            text = re.sub(re.escape(name) + r"(?![a-zA-Z])", sign, text)
    text = _LATEX.sub("", text).replace("\\", "")
    return text.casefold().translate(_SIGNS)


def tokens(text: str) -> list[str]:
    """The words, numbers, Chinese characters and single signs of `text`, normalised."""
    return [_number(token) for token in _TOKEN.findall(normalise(text))]


def is_word(token: str) -> bool:
    """Whether a token carries meaning in prose: a word, a number or a Chinese character."""
    return token[0].isalnum()


def is_chinese(text: str) -> bool:
    """Whether there is a Chinese character in `text`."""
    return _CHINESE.search(text) is not None


def _number(token: str) -> str:
    """Decimal comma and decimal point are the same; groups of thousands close up."""
    if not token[0].isdigit() or ("," not in token and "." not in token):
        return token
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+", token):
        return token.replace(",", "")
    return token.replace(",", ".")


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str: ...  # noqa: N802 - the library's name


class Stemming:
    """Snowball stems, remembered. Russian by its letters; Latin words as English and German."""

    def __init__(self, make: Callable[[str], _Stemmer] | None = None) -> None:
        self._make = make or _snowball
        self._stemmers: dict[str, _Stemmer] = {}
        self._known: dict[str, frozenset[str]] = {}

    def stems(self, word: str) -> frozenset[str]:
        """The stems of a normalised word; numbers and signs are their own."""
        known = self._known.get(word)
        if known is None:
            known = self._known[word] = frozenset(self._compute(word))
        return known

    def _compute(self, word: str) -> Iterable[str]:
        if not word.isalpha() or is_chinese(word):
            return (word,)
        languages = ("russian",) if _CYRILLIC.search(word) else ("english", "german")
        return [self._stemmer(language).stemWord(word) for language in languages]

    def _stemmer(self, language: str) -> _Stemmer:
        if language not in self._stemmers:
            self._stemmers[language] = self._make(language)
        return self._stemmers[language]


def _snowball(language: str) -> _Stemmer:
    import snowballstemmer  # here, since three tables of rules are not needed to start

    stemmer: _Stemmer = snowballstemmer.stemmer(language)
    return stemmer
