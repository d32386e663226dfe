"""The sentences of a model answer, which is better written than what students type.

So more full stops are recognised as those of abbreviations, and some sentences to be no facts.
"""

import re
from collections.abc import Iterator

from tutor.grading.sentences import After, split_sentences, what_follows
from tutor.grading.text import word_set

_NARROWEST = 40
"""Characters of a line from which on text is wrapped, and not a list."""
_SHORTENED = word_set(
    "chr med phil jur rer nat gem okt sept abs ziff lt bzgl einschl ausschl zit geb gest sog ebd "
    "ок см обл род ум илл пер изд approx ca"
)
"""Abbreviations that end no sentence of a model answer, whatever follows."""
_SHORT = 3
"""Letters of a word with a full stop behind which a number may follow: `Okt. 1806`."""
_AGAINST = re.compile(r"(?:^|\s)[A-Z]\w*,?\s+vs?\.$")
"""The middle of a case's name, `R v. Brown`."""
_IN_A_YEAR = re.compile(r"(?:[^\W\d_]+\s+){1,2}\d{3,4}\s?гг?\.")
_ERA = re.compile(r"(?:\d|Jh\.)\s+[vn]\.$")
"""The first half of `v. Chr.`"""
_TAIL = 80
"""Characters before a full stop that tell what it is."""
_REFERS = re.compile(
    r"(?:(?:cf|vgl|siehe|см|ср)\b|see\s+(?:also|above|below|(?:fig|tab|ch|sec|eq|app|lecture|slide|"
    r"p\.|pp\.|page|\W?\d))|参见|参看|详见|见(?=[图表第《]))",
    re.IGNORECASE,
)
"""How a sentence begins that only says where to read on."""
_LEANS = re.compile(
    r"(?:(?:it|they|he|she|this|we|one)\s+(?:does|do|did)\s+(?:so|this|that|it)"
    r"|(?:this|that|it)\s+(?:happen(?:s|ed)|occur(?:s|red)|(?:is|was)\s+(?:done|achieved|because|why))"
    r"|(?:dies|das|es)\s+(?:geschieht|geschah|erfolgte?|passierte?|gelingt|gelang|liegt\s+daran|lag\s+daran)"
    r"|(?:sie|er|es|man)\s+(?:tut|tun|macht|machen|erreicht|erreichen)\s+(?:das|dies)"
    r"|(?:это|он|она|оно|они)\s+(?:происходит|достигается|осуществляется|объясняется|связано"
    r"|(?:делает|делают)\s+это)"
    r"|делает\s+(?:это|он|она|оно)|делают\s+(?:это|они))\b"
    r"|(?:这是因为|其原因|原因是|这样做)",
    re.IGNORECASE,
)
"""How a sentence begins that says nothing without the one before."""
_IN_BRACKETS = re.compile(r"[(（][^()（）]{0,400}[)）]\W*")
_SOURCE = re.compile(
    r"§|第\s?[\d一二三四五六七八九十百]+\s?[条章页节]|\b(?:Art|Abs|S|pp?|ch|Kap|гл|ст|с|стр)\.\s?\d"
)
"""What brackets have that name a source."""


def sentence_spans(text: str, masked: str) -> list[tuple[int, int]]:
    """Where sentences begin and end; `masked` has letters for what must not be cut."""
    capitals = next((sign.isupper() for sign in text if sign.isalpha()), False)
    found: list[tuple[int, int]] = []
    for start, end in _as_split(masked):
        if found and "\n" not in masked[found[-1][1] : start]:
            before, after = text[slice(*found[-1])][-_TAIL:], text[start:end]
            if _continues(before, after, capitals=capitals):
                found[-1] = (found[-1][0], end)
                continue
        found.append((start, end))
    return found


def _continues(before: str, after: str, *, capitals: bool) -> bool:
    """Whether the full stop that ends `before` is that of an abbreviation.

    With `capitals` sentences begin with one, so that a small word begins none.
    """
    if not before.endswith("."):
        return False
    last = re.split(r"[\s.]", before[:-1])[-1].lstrip("(„“\"'«[")
    first = re.split(r"[\s,;:.]", after, maxsplit=1)[0]
    if after.startswith("§") or (after[0].isdigit() and last.isalpha() and len(last) <= _SHORT):
        return True
    if capitals and len(first) > 1 and first.isalpha() and first.islower():
        return True
    if _AGAINST.search(before) or (first == "Chr" and _ERA.search(before)):
        return True
    return last.casefold() in _SHORTENED or bool(_IN_A_YEAR.fullmatch(before))


def _as_split(masked: str) -> Iterator[tuple[int, int]]:
    """Where sentences begin and end; one that was wrapped is one."""
    sentences = split_sentences(masked)
    begin: int | None = None
    wide = max(map(len, masked.splitlines()), default=0) >= _NARROWEST
    at = 0
    for sentence, after in zip(sentences, what_follows(masked, sentences), strict=True):
        start = masked.index(sentence, at)
        at = start + len(sentence)
        begin = start if begin is None else begin
        if after is not After.WRAP or not wide:
            yield begin, at
            begin = None


def refers(text: str) -> bool:
    """Whether a sentence only says where to read on: `See Fig. 3.`, `(Art. 5 GG)`."""
    return bool(_REFERS.match(text) or (_IN_BRACKETS.fullmatch(text) and _SOURCE.search(text)))


def without_sources(text: str) -> str:
    """The text without brackets that name a source: `(Art. 5 GG)`, `（《民法典》第13条）`."""
    if "(" not in text and "（" not in text:
        return text
    return _IN_BRACKETS.sub(
        lambda brackets: " " if _SOURCE.search(brackets[0]) else brackets[0], text
    )


def leans(text: str) -> bool:
    """Whether a sentence says nothing without the one before: `It does so by …`, or brackets."""
    return bool(_LEANS.match(text) or _IN_BRACKETS.fullmatch(text))
