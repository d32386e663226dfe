"""Splits text into words, numbers and signs, normalised so that equal meanings compare equal."""

import re
import threading
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Literal, Protocol

from tutor.grading.visible import visible

_TABLE = Path(__file__).with_name("traditional.txt")
_LATEX = re.compile(
    r"\\(?:left|right|middle|[bB]igg?[lrm]?|math(?:bb|bf|bin|cal|frak|it|normal|op|rel|rm|scr|sf|tt)"
    r"|text(?:bf|it|normal|rm|sc|sf|tt)?|emph|underline|boldsymbol|bm|operatorname|limits|nolimits"
    r"|displaystyle|textstyle|mbox|q?quad)(?![a-zA-Z])\*?(?:\s*\{(\w+)\})?|\\[,;:!]"
)
"""Commands that change only how something looks, with a single word in their braces."""
_LATEX_NAMES = {
    "cdot": "*", "times": "*", "odot": "⊙", "sum": "∑", "prod": "∏", "leq": "≤", "leqslant": "≤",
    "le": "≤", "geq": "≥", "geqslant": "≥", "ge": "≥", "neq": "≠", "ne": "≠", "infty": "∞",
    "approx": "≈", "propto": "∝", "to": "→", "rightarrow": "→", "mid": "|", "vert": "|",
    "lvert": "|", "rvert": "|", "|": "‖", "Vert": "‖", "lVert": "‖", "rVert": "‖", "in": "∈",
    "top": "T", "intercal": "T", "partial": "∂", "nabla": "∇",
}  # fmt: skip
_THIN_SPACE = re.compile(r"\\[,;:! ]")
_LOWERING = re.compile(r"(?<=[^\W_])_\{?(?=[^\W_])")
_COMMAND = re.compile(r"\\([a-zA-Z]+|\|)(\s*\{)?")
_BRACES = re.compile(r"[{}$]")
_ROOT = re.compile(r"\\sqrt\s*\{([^{}]*)\}|\bsqrt\s*(?=\()|\\sqrt\b", re.IGNORECASE)
_ROOT_OF_ONE = re.compile(r"√\s*\(\s*(\w+)\s*\)")
_FRACTION = re.compile(r"\\[dtc]?frac(?![a-zA-Z])\s*(?:\{([^{}]*)\}|(\w))\s*(?:\{([^{}]*)\}|(\w))")
_INDEX = re.compile(r"([_^])\s*\{(-?\w+)\}")
_RAISED_ARGUMENT = re.compile(r"([_^])\s+(?=\w)")
_RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ⁿᵀ]+")
_SUM_OVER = re.compile("([∑∏ΣΠ])([\u2080-\u209c\u1d62-\u1d65\u2c7c]+)")
_HTML = re.compile(r"<su([bp])>([^<>]*)</su[bp]>", re.IGNORECASE)
_POWER = re.compile(r"(?<=[\w)])\*\*(?=-?\d|\(|[^\W_]\b(?!\*))")
_COMPARISONS = {">=": "≥", "<=": "≤", "!=": "≠", "->": "→", "||": "‖"}
_COMPARISON = re.compile(r"[><!]=|->|\|\|")
_SIGNS = str.maketrans({
    "−": "-", "–": "-", "—": "-", "‐": "-", "‑": "-", "·": "*", "×": "*", "∙": "*", "∗": "*",
    "∑": "σ", "Σ": "σ", "∏": "π", "ё": "е", "‘": "'", "’": "'", "´": "'", "`": "'", "ʼ": "'",
    "‛": "'", "′": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "（": "(", "）": ")",
    "，": ",", "∣": "|", "∥": "‖", "ς": "σ", "⁄": "/", "∕": "/", "≧": "≥", "⩾": "≥", "≦": "≤",
    "⩽": "≤", "⟶": "→",
    **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABEZHIKMNOPTYXo", strict=True)),
})  # fmt: skip
_CYRILLIC_LOOKS = "АВЕКМНОРСТУХаекмнорстух"
_LATIN_LOOKS = "ABEKMHOPCTYXaekmnopctyx"
_TO_LATIN = str.maketrans(_CYRILLIC_LOOKS, _LATIN_LOOKS)
_TO_CYRILLIC = str.maketrans(_LATIN_LOOKS, _CYRILLIC_LOOKS)
_CYRILLIC_SYMBOL = re.compile(
    rf"(?<!\w)[{_CYRILLIC_LOOKS}](?=[(_^])|(?<=[_^])[{_CYRILLIC_LOOKS}](?!\w)"
)
"""One Cyrillic letter where only a symbol makes sense: `О(1)`, `х_i`, `d_к`."""
_LETTERS = re.compile(r"[^\W\d_]+")
_TWO_SCRIPTS = re.compile(r"[A-Za-z][\u0400-\u04ff]|[\u0400-\u04ff][A-Za-z]", re.IGNORECASE)
_INFLECTED = re.compile(r"[A-Za-z]{2,}[\u0430-\u045f]+")
"""A Latin name with a Russian ending: `BERTом`."""
_STRESS = re.compile("(?<=[\u0400-\u04ff])[\u0300-\u036f]")
"""A stress mark on a Russian letter; in `c̃`, a mark makes another letter."""
_BEFORE_A_SIGN = (
    r"(?:^\s*|[=<>≤≥≈≠(^*/\[{,;:.!?\"'→~+]\s*|(?<![_^\w])[^\W\d_]{2,}\s+"
    r"|\d\s?e\s?|[\u3400-\u9fff]\s*)"
)
_MINUS = "\u2212"
_SIGNED = re.compile(
    rf"({_BEFORE_A_SIGN})(?:-|(?:minus|минус)\s+|负\s*)(?=\d)|([=<>≤≥≈≠(^*/]\s*)-\s+(?=\d)"
)
"""A minus that belongs to a number, not to a difference, a range, or a word like `GPT-3`."""
_JOINING = frozenset({_MINUS, ",", "'", "_"})
"""Signs within numbers; in a text without any of them, no token has to be split."""
_TOKEN = re.compile(
    r"[\u3400-\u9fff\uf900-\ufaff]"  # a Chinese character stands for itself
    r"|[^\W\d_\u3400-\u9fff\uf900-\ufaff]+(?:'[^\W\d_]+)?"
    r"|\u2212?\d{1,3}(?:(?:'\d{3})+|(?:_\d{3})+)(?!\d)(?:[.,]\d+)?"
    r"|\u2212?\d+(?:[.,]\d+)*"
    r"|[^\w\s]|_"
)
_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_CHINESE_ROW = re.compile(rf"{_CHINESE.pattern}+")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")
_THOUSANDS_BY_POINT = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+,\d+")


def normalise(text: str) -> str:
    """Return visible text in NFKC and lower case, with one sign for all that look alike.

    Superscripts become `^2`, subscripts digits, and LaTeX's commonest commands the signs they
    print. Traditional Chinese becomes simplified, and look-alike letters those that are meant.
    """
    text = visible(text)
    if "<su" in text:
        text = _HTML.sub(lambda match: ("_" if match[1] in "bB" else "^") + match[2], text)
    text = text.replace("`", "'") if text.isascii() else _composed(text)
    if "**" in text:
        text = _POWER.sub("^", text)
    if "\\" in text or "qrt" in text or "QRT" in text:
        text = _printed(text)
    text = _COMPARISON.sub(lambda match: _COMPARISONS[match[0]], _BRACES.sub("", text))
    text = text.replace("\\", "")
    if text.isascii():
        return text.lower()
    text = _ROOT_OF_ONE.sub(r"√\1", text)
    if _CYRILLIC.search(text):  # letters typed with the wrong keyboard
        text = _CYRILLIC_SYMBOL.sub(lambda match: match[0].translate(_TO_LATIN), text)
        text = _LETTERS.sub(lambda match: _in_one_script(match[0]), text)
    return text.casefold().translate(_SIGNS)


def _composed(text: str) -> str:
    """NFKC without stress marks; what it would make indistinguishable is replaced before."""
    text = _RAISED.sub(r"^\g<0>", _SUM_OVER.sub(r"\1_\2", text).translate(_SIGNS))
    text = _STRESS.sub("", unicodedata.normalize("NFKC", text))
    return text.translate(_simplified()) if _CHINESE.search(text) else text


def _in_one_script(word: str) -> str:
    """Convert a word of Latin and Cyrillic letters to the script that most of it is in."""
    if not _TWO_SCRIPTS.search(word) or _INFLECTED.fullmatch(word):
        return word
    latin, cyrillic = word.translate(_TO_LATIN), word.translate(_TO_CYRILLIC)
    if not _CYRILLIC.search(latin) and 2 * len(_CYRILLIC.findall(word)) <= len(word):
        return latin
    return cyrillic if all(map(_CYRILLIC.match, cyrillic)) else word


@cache
def _simplified() -> Mapping[int, int]:
    """A translation table from traditional to simplified characters."""
    lines = _TABLE.read_text(encoding="utf-8").splitlines()
    pairs = "".join(line for line in lines if not line.startswith("#"))
    return str.maketrans(pairs[::2], pairs[1::2])


def _printed(text: str) -> str:
    """Replace LaTeX by what it prints: first signs, then indices, then roots, then fractions."""
    text = _COMMAND.sub(_printed_command, _LATEX.sub(r"\1", text))
    text = _INDEX.sub(r"\1\2", _RAISED_ARGUMENT.sub(r"\1", text))
    text = _ROOT.sub(lambda match: f"√({match[1]})" if match[1] else "√", text)
    return _FRACTION.sub(_quotient, text)


def _quotient(fraction: re.Match[str]) -> str:
    over, under = (_bracketed(fraction[at] or fraction[at + 1]) for at in (1, 3))
    factor = fraction.string[fraction.end() : fraction.end() + 1]
    return f"{over}/{under}{' ' if factor.isalnum() else ''}"


def as_typed(formula: str) -> str:
    r"""Write a LaTeX formula as people type it: `V_{max}` as Vmax, `6\,CO_2` as 6 CO2."""
    printed = _printed(_THIN_SPACE.sub(" ", formula)) if "\\" in formula else formula
    plain = _BRACES.sub("", printed).replace("\\", "")
    return " ".join(_LOWERING.sub("", plain).split())


def _printed_command(command: re.Match[str]) -> str:
    """What a command prints; an unknown one stays, separated from its argument by a space."""
    name, brace = command[1], command[2] or ""
    if name in _LATEX_NAMES:
        return _LATEX_NAMES[name] + brace
    has_argument = name.endswith("frac") or name == "sqrt"
    return f"\\{name}{brace if has_argument else brace and ' {'}"


def _bracketed(formula: str) -> str:
    """Put a formula in brackets, unless it is one name, number or root."""
    formula = _ROOT_OF_ONE.sub(r"√\1", formula.strip())
    return formula if re.fullmatch(r"√?(?:[∂∇]\s*)?[\w^*]+", formula) else f"({formula})"


def tokens(text: str) -> list[str]:
    """Split `text` into normalised words, numbers, Chinese characters and single signs."""
    text = normalise(text)
    if "-" in text or "минус" in text or "minus" in text or "负" in text:
        text = _SIGNED.sub(lambda match: (match[1] or match[2] or "") + _MINUS, text)
    words: list[str] = _TOKEN.findall(text)
    if _JOINING.isdisjoint(text):
        return words
    separate: list[str] = []
    for token in words:
        if len(token) > 1 and token[-1].isdigit():
            separate += _numbers(token)
        else:
            separate.append(token)
    return separate


def is_word(token: str) -> bool:
    """Whether a token carries meaning in prose: a word, a number or a Chinese character."""
    return token[-1].isalnum()


def is_number(token: str) -> bool:
    """Whether a token is a number, with or without a sign."""
    return token[-1].isdigit()


def word_set(text: str) -> frozenset[str]:
    """The words between spaces, for lists of words that are written as one line."""
    return frozenset(text.split())


def is_cyrillic(text: str) -> bool:
    """Whether `text` has a Cyrillic letter."""
    return _CYRILLIC.search(text) is not None


def is_chinese(text: str) -> bool:
    """Whether `text` has a Chinese character."""
    return _CHINESE.search(text) is not None


def character_pairs(text: str) -> Iterator[str]:
    """Yield every pair of adjacent Chinese characters, since nothing shows where words end."""
    for row in _CHINESE_ROW.findall(text):
        yield from map("".join, pairwise(row))


def _numbers(token: str) -> Iterator[str]:
    """Write a number with a decimal point and no thousands separators, or split a list of them."""
    sign = "-" if token[0] == _MINUS else ""
    digits = token.removeprefix(_MINUS).replace("'", "").replace("_", "")
    if digits.isdigit() or "," not in digits:
        yield sign + digits
    elif _THOUSANDS.fullmatch(digits):
        yield sign + digits.replace(",", "")
    elif _THOUSANDS_BY_POINT.fullmatch(digits):
        yield sign + digits.replace(".", "").replace(",", ".")
    elif digits.count(",") == 1 and "." not in digits:
        yield sign + digits.replace(",", ".")
    else:
        first, *others = digits.split(",")
        yield sign + first
        for other in others:
            yield from (",", other)


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str: ...  # noqa: N802 - the library's name


Tongue = Literal["german", "english", "russian"]
"""A language that has a Snowball stemmer."""
_RUSSIAN: tuple[Tongue, ...] = ("russian",)
_LATIN: tuple[Tongue, ...] = ("english", "german")
_REMEMBERED = 50_000
"""Words whose stems are cached; a class of thousands makes ever new typing errors."""


class Stemming:
    """Caches Snowball stems. Thread-safe, unlike the stemmers themselves."""

    def __init__(self) -> None:
        self._stemmers: dict[str, _Stemmer] = {}
        self._cache: dict[tuple[str, Tongue], str] = {}
        self._lock = threading.Lock()

    def stem(self, word: str, tongue: Tongue) -> str:
        """The stem of a normalised word in `tongue`; numbers and signs stay as they are.

        A Cyrillic word has a stem only in Russian, and any other word only in the others.
        """
        stem = self._cache.get((word, tongue))
        if stem is None:
            if len(self._cache) >= _REMEMBERED:
                self._cache.clear()
            stem = self._cache[word, tongue] = self._compute(word, tongue)
        return stem

    def stems(self, word: str) -> frozenset[str]:
        """The stems of a word whose language is not known; Latin letters may be two languages."""
        tongues = _RUSSIAN if _CYRILLIC.search(word) else _LATIN
        return frozenset(self.stem(word, tongue) for tongue in tongues)

    def _compute(self, word: str, tongue: Tongue) -> str:
        cyrillic = _CYRILLIC.search(word) is not None
        if not word.isalpha() or is_chinese(word) or cyrillic != (tongue == "russian"):
            return word
        with self._lock:
            if tongue not in self._stemmers:
                self._stemmers[tongue] = _snowball(tongue)
            return self._stemmers[tongue].stemWord(word)


def _snowball(language: str) -> _Stemmer:
    import snowballstemmer  # late: not needed to start

    stemmer: _Stemmer = snowballstemmer.stemmer(language)
    return stemmer
