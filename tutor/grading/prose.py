"""Writes an answer as plain running text, which is what the judge was trained on.

In a list it took every item for a point that is met, whatever the item said; capitals, emphasis and
repetition impressed it too (docs/measurements.md). None of these states anything.
"""

import re
from collections.abc import Iterator

from tutor.grading.sentences import After, split_sentences, what_follows
from tutor.grading.text import is_chinese

_ITEM = "- "
_MARK = re.compile(
    r"^[^\S\n]*(?:(?:[-*+•▪◦‣·–—>]|\#{1,6})(?=\s)|[①-⑳]|[一二三四五六七八九十]{1,2}[、：]"
    r"|[(（]?\d{1,2}(?:[)）]|[.:](?=\s|$)|[、：．])|[(（]?(?:[a-zа-яё]|[ivx]{1,4})[)）]"
    r"|(?:point|punkt|пункт)\s\d{1,2}[.:)]"
    r"|第[一二三四五六七八九十\d]{1,2}[点条]?[、，,：:])[^\S\n]*(?=\S)",
    re.IGNORECASE | re.MULTILINE,
)
"""Matches what begins an item: `-`, `##`, `①`, `一、`, `1.`, `(2)`, `b)`, `Point 1:`. Alone on its
line, a number may be the answer."""
_NUMBER = re.compile(
    r"(?:(?:^|(?<=[\s;,；，、。]))[(（]?(\d{1,2})[)）]"
    r"|(?:^|(?<=\s))(?:(?:point|punkt|пункт)\s)?(\d{1,2}):(?=\s)"
    r"|(?:^|(?<=[.;:,!?]\s)|(?<=[;,；，。：]))(\d{1,2})(?:\.(?=\s)|[、：．])"
    r"|^(\d{1,2})[^\S\n]*(?:[-–—=>]+|→|)(?=\s))[^\S\n]*",
    re.IGNORECASE | re.MULTILINE,
)
"""Matches what may be the number of an item, anywhere in the answer."""
_LETTER = re.compile(r"^[^\S\n]*([a-zа-я])[.:)][^\S\n]+", re.IGNORECASE | re.MULTILINE)
"""Matches what may be the letter of an item."""
_ALPHABETS = "abcdefghijklmnopqrstuvwxyz", "абвгдежзиклмнопрстуфхцчшэюя"
_EMPHASIS = re.compile(
    r"(?<![^\W\u3400-\u9fff])(\*\*|__)(?=\w)(.{1,200}?)(?<=[\w.:!?])\1(?![^\W\u3400-\u9fff])"
)
_EXCITED = re.compile(r"(?<=[^\W\d]{2})(?:[!?]+(?=\s|$)|[！？]+)")
"""Matches what ends an exclamation or question, but no factorial: `n!`."""
_ENDS = ".!?…:。！？："
_CHINESE = {".": "。", ":": "："}
_WEAK_ENDS = " ;,；，､、"
_WORD = re.compile(r"(?<![^\W\d_])[^\W\d_\u3400-\u9fff]{4,}(?![^\W\d_])")
"""Matches a word that is no abbreviation, nor within Chinese text."""
_FEWEST_CAPITALS = 4
"""An answer with fewer such words in capitals may have only names."""
_HEADING = 24
"""The most characters of a heading; the line below has more."""


def as_prose(answer: str) -> str:
    """Return `answer` on one line, each sentence once and ended, without marks of items.

    A line ends its sentence unless that may continue on the next one. An answer all in capitals
    gets small letters. What students also write in running text stays as it is.
    """
    if len(_WORD.findall(answer)) >= _FEWEST_CAPITALS and answer.isupper():
        answer = ". ".join(each.capitalize() for each in answer.split(". "))
    answer = _EXCITED.sub(_calm, _EMPHASIS.sub(r"\2", answer))
    answer = _MARK.sub(_ITEM, _one_item_a_line(answer)).strip()
    said: set[str] = set()
    pieces: list[str] = []
    for sentence, between in _sentences(answer):
        words = sentence.casefold().rstrip(_ENDS + _WEAK_ENDS)
        if words not in said:
            said.add(words)
            pieces += [sentence, between]
    return "".join(pieces[:-1]).rstrip(_WEAK_ENDS)


def _sentences(answer: str) -> Iterator[tuple[str, str]]:
    """Yield each sentence, ended if its line ends, and what comes between it and the next."""
    sentences = split_sentences(answer)
    follows = what_follows(answer, sentences)
    end = 0
    for sentence, after, following in zip(sentences, follows, (*sentences[1:], ""), strict=False):
        end = answer.index(sentence, end) + len(sentence)
        between = answer[end : answer.index(following, end)]
        text = " ".join(sentence.removeprefix(_ITEM).splitlines())
        if "\n" in between:
            is_item = sentence.startswith(_ITEM) or following.startswith(_ITEM)
            is_heading = not is_item and len(text) <= _HEADING < len(following)
            text = text if after is After.WRAP else _ended(text, ":" if is_heading else ".")
            between = " "
        yield text, between


def _ended(text: str, sign: str) -> str:
    text = text.rstrip(_WEAK_ENDS)
    if not text or text[-1] in _ENDS:
        return text
    return text + (_CHINESE[sign] if is_chinese(text[-1]) else sign)


def _calm(match: re.Match[str]) -> str:
    return "." if match[0][0] in "!?" else "。"


def _one_item_a_line(answer: str) -> str:
    """Begin a line with each number or letter if they count up, as in `1) … 2) …`."""
    numbers: list[re.Match[str]] = []
    for match in _NUMBER.finditer(answer):
        if int(match[match.lastindex or 1]) == len(numbers) + 1:
            numbers.append(match)
    letters: list[re.Match[str]] = []
    for match in _LETTER.finditer(answer):
        if any(row.startswith(match[1].lower(), len(letters)) for row in _ALPHABETS):
            letters.append(match)
    items = max(numbers, letters, key=len)
    if len(items) < 2:
        return answer
    starts = [0, *(match.end() for match in items)]
    ends = [*(match.start() for match in items), len(answer)]
    texts = (answer[start:end].strip() for start, end in zip(starts, ends, strict=True))
    return f"\n{_ITEM}".join(texts)
