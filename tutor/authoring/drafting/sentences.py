"""Finds the sentences of a model answer.

Model answers are better written than what students type. So more full stops can be recognised as
those of abbreviations, and some sentences as ones that state no fact.
"""

import re
from collections.abc import Iterator

from tutor.grading.sentences import After, split_sentences, what_follows
from tutor.grading.text import word_set

_NARROWEST = 40
"""Characters of a line so long that the text is wrapped, rather than a list."""
_SHORTENED = word_set(
    "chr med phil jur rer nat gem okt sept abs ziff lt bzgl einschl ausschl zit geb gest sog ebd "
    "ок см обл род ум илл пер изд approx ca"
)
"""Abbreviations that never end a sentence of a model answer."""
_SHORT = 3
"""Letters of the longest word that counts as an abbreviation before a number: `Okt. 1806`."""
_VERSUS = re.compile(r"(?:^|\s)[A-Z]\w*,?\s+vs?\.$")
"""The beginning of a case's name, `R v. Brown`."""
_IN_A_YEAR = re.compile(r"(?:[^\W\d_]+\s+){1,2}\d{3,4}\s?гг?\.")
_ERA = re.compile(r"(?:\d|Jh\.)\s+[vn]\.$")
"""The first half of `v. Chr.`"""
_TAIL = 80
"""Characters before a full stop that are looked at."""
_REFERS = re.compile(
    r"(?:(?:cf|vgl|siehe|см|ср)\b|see\s+(?:also|above|below|(?:fig|tab|ch|sec|eq|app|lecture|slide|"
    r"p\.|pp\.|page|\W?\d))|参见|参看|详见|见(?=[图表第《]))",
    re.IGNORECASE,
)
"""The beginning of a sentence that only says where to read more."""
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
"""The beginning of a sentence that says nothing without the one before."""
_IN_BRACKETS = re.compile(r"[(（][^()（）]{0,400}[)）]\W*")
_SOURCE = re.compile(
    r"§|第\s?[\d一二三四五六七八九十百]+\s?[条章页节]|\b(?:Art|Abs|S|pp?|ch|Kap|гл|ст|с|стр)\.\s?\d"
)
"""A reference to a source inside brackets."""


def sentence_spans(text: str, masked: str) -> list[tuple[int, int]]:
    """The start and end of each sentence; `masked` has letters for what must not be cut."""
    capitals = next((character.isupper() for character in text if character.isalpha()), False)
    spans: list[tuple[int, int]] = []
    for start, end in _unwrapped_spans(masked):
        if spans and "\n" not in masked[spans[-1][1] : start]:
            before, after = text[slice(*spans[-1])][-_TAIL:], text[start:end]
            if _continues(before, after, capitals=capitals):
                spans[-1] = (spans[-1][0], end)
                continue
        spans.append((start, end))
    return spans


def _continues(before: str, after: str, *, capitals: bool) -> bool:
    """Whether the full stop that ends `before` is that of an abbreviation.

    With `capitals`, sentences begin with a capital letter, so a word in lower case begins none.
    """
    if not before.endswith("."):
        return False
    last = re.split(r"[\s.]", before[:-1])[-1].lstrip("(„“\"'«[")
    first = re.split(r"[\s,;:.]", after, maxsplit=1)[0]
    if after.startswith("§") or (after[0].isdigit() and last.isalpha() and len(last) <= _SHORT):
        return True
    if capitals and len(first) > 1 and first.isalpha() and first.islower():
        return True
    if _VERSUS.search(before) or (first == "Chr" and _ERA.search(before)):
        return True
    return last.casefold() in _SHORTENED or bool(_IN_A_YEAR.fullmatch(before))


def _unwrapped_spans(masked: str) -> Iterator[tuple[int, int]]:
    """The start and end of each sentence; one that is wrapped over several lines counts as one."""
    sentences = split_sentences(masked)
    is_wrapped = max(map(len, masked.splitlines()), default=0) >= _NARROWEST
    begin: int | None = None
    end = 0
    for sentence, after in zip(sentences, what_follows(masked, sentences), strict=True):
        start = masked.index(sentence, end)
        end = start + len(sentence)
        begin = start if begin is None else begin
        if after is not After.WRAP or not is_wrapped:
            yield begin, end
            begin = None


def refers(text: str) -> bool:
    """Whether a sentence only says where to read more: `See Fig. 3.`, `(Art. 5 GG)`."""
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
