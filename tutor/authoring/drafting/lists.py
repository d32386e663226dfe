"""Finds lists that are not written as such.

They can be within a sentence, as in `The three powers are …`, `Two kinds: …`, `A, B and C`, or in a
Markdown table, each row of which becomes an item.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, zip_longest

from tutor.grading.text import is_chinese, word_set

_LEAST_LISTED = 3
"""Names in the shortest list."""
_LISTED_WORDS, _ANNOUNCED_WORDS = 3, 6
"""Words of the longest name in a list, without and with a lead-in; an article does not count."""
_CHINESE_A_WORD = 3
"""Characters of a Chinese name that count as one word."""
LONGEST_HEAD, _LONGEST_NAME = 40, 60
"""Characters of a lead-in that states no fact of its own, and of a name."""
_BRACKETS = re.compile(r"[(（][^()（）]{0,400}[)）]")
_COLON = re.compile(r":(?=\s)|：")
_SEPARATOR = re.compile(
    r",\s+(?:(?:and|or|und|oder|и|или)\s+)?|\s(?:and|or|und|oder|и|или)\s|[、，]|[和与及]"
)
_BEFORE_THE_LAST = re.compile(r"\s(?:and|or|und|oder|и|или)\s|、")
VERBS = word_set(
    "is are was were be has have had can cannot could may might must does do did will would should "
    "it they this these he she we you "
    "ist sind war waren wird werden wurde wurden hat haben kann können muss müssen darf soll "
    "sollen gibt es sie er "
    "это он она они является являются был была были может могут имеет имеют"
)
"""Words that occur in clauses but not in names."""
ARTICLES = word_set("the a an each every der die das ein eine jede jeder jedes")
"""Words that a clause or a name can begin with."""
_NOT_COUNTED = VERBS | word_set("of and or to in for von und oder zu für из и или")
_ANNOUNCES = re.compile(
    r"(?:\b(?:two|three|four|five|six|seven|eight|following|include|includes|zwei|drei|vier|fünf|"
    r"sechs|sieben|acht|folgend\w*|два|две|три|четыре|пять|шесть|семь|следующ\w*)\b"
    r"|\b(?:(?:dis)?advantages|reasons|causes|effects|steps|kinds|types|features|Vorteile|Nachteile|"
    r"Gründe|Ursachen|Folgen|Schritte|Arten|Merkmale|преимущества|недостатки|причины|последствия|"
    r"этапы|виды|признаки|черты)\b"
    r"|包括|分为|如下|原因|特点|优点|缺点|步骤|条件|要件|[两二三四五六七八]\s?[个种类项点])",
    re.IGNORECASE,
)
"""What a lead-in contains that announces a list."""
_COUNTS = {
    word: number
    for number, words in enumerate(
        (
            "two zwei два две 两 二",
            "three drei три 三",
            "four vier четыре 四",
            "five fünf пять 五",
            "six sechs шесть 六",
            "seven sieben семь 七",
            "eight acht восемь 八",
        ),
        2,
    )
    for word in (str(number), *words.split())
}
_COUNT = re.compile(
    r"(?<![\w-])([^\W\d_]+|[2-8])\s+([^\W\d_]{2,})|([两二三四五六七八])(?=\s?[个种类项点])"
)
"""A word, which may be a number, and what is counted."""
_COUNTS_FIRST = re.compile(
    rf"(?:(?:the|these|die|diese|эти)\s+)?(?:{'|'.join(_COUNTS)})(?!\w)", re.IGNORECASE
)
_ARE = re.compile(
    r"\s(?:are|were|sind|waren|heißen|lauten|umfassen|include|includes)\s|\s[—–]\s|是"
)
"""What can separate a count from as many names, besides a colon."""
_RULE = re.compile(r"\s*\|?(?:\s*:?-+:?\s*\|)+\s*(?::?-+:?)?\s*")
"""The line below the heading of a table."""


def list_start(masked: str, start: int, cuts: Sequence[int]) -> int:
    """The end of a lead-in that announces the items cut at `cuts`; 0 if there is none."""
    colon = _COLON.search(masked, start, cuts[0])
    if colon is None or colon.start() - start > LONGEST_HEAD:
        return 0
    return colon.end() if _ANNOUNCES.search(masked, start, colon.start()) else 0


def may_list(text: str) -> bool:
    """Whether `counted_names` may find any names; a quick test that excludes most sentences."""
    return ":" in text or "：" in text or _COUNTS_FIRST.match(text) is not None


def has_several(text: str) -> bool:
    """Whether `listed_names` may find any names; a quick test that excludes most sentences."""
    has_commas = "," in text or "，" in text or "、" in text
    return has_commas and _BEFORE_THE_LAST.search(text) is not None


def counted_names(text: str, masked: str) -> list[str]:
    """The names in a list whose lead-in gives their number, else none.

    A long lead-in is a fact of its own, and comes first. `masked` is the text with letters for what
    must not be cut.
    """
    colon = _COLON.search(masked)
    separator = colon or _ARE.search(masked)
    if not separator:
        return []
    count = _count_in(masked[: separator.start()])
    has_verb = not VERBS.isdisjoint(masked[separator.end() :].casefold().split())
    if not colon and (count < _LEAST_LISTED or has_verb or not _COUNTS_FIRST.match(masked)):
        return []
    names = _names(text, masked, separator.end())
    if len(names) != count or not all(map(_has_letters, names)):
        return []
    return names if separator.start() <= LONGEST_HEAD else [text[: separator.start()], *names]


def _count_in(lead_in: str) -> int:
    """The number of things that a lead-in counts: 3 for `the three powers`, 0 without a count."""
    for match in _overlapping(lead_in):
        number = match[3] or match[1].casefold()
        if number in _COUNTS and (match[3] or match[2].casefold() not in _NOT_COUNTED):
            return _COUNTS[number]
    return 0


def _overlapping(text: str) -> Iterator[re.Match[str]]:
    """Each word that may be a count, with the word after it, which may be a count too."""
    at = 0
    while match := _COUNT.search(text, at):
        yield match
        at = match.end(1) if match[1] else match.end()


def listed_names(text: str, masked: str, *, alone: bool) -> list[str]:
    """The names in a text that is nothing but a list of them, else none.

    A long lead-in is a fact of its own, and comes first. Names must be shorter if the text is not
    `alone` in its answer, since it may then be a sentence with a verb.
    """
    start = _list_begin(masked)
    separators = [match[0] for match in _SEPARATOR.finditer(masked, start)]
    if not any(map(_BEFORE_THE_LAST.search, separators if "、" in separators else separators[-1:])):
        return []
    names = [name.rstrip(".。") for name in _names(text, masked, start)]
    most = _ANNOUNCED_WORDS if 0 < start <= LONGEST_HEAD + 1 else _LISTED_WORDS - (not alone)
    is_list = len(names) >= _LEAST_LISTED and all(_is_name(name, most) for name in names)
    if not is_list or not all(map(_has_letters, names)):
        return []
    return names if start <= LONGEST_HEAD + 1 else [text[: start - 1].strip(), *names]


def lead_in(text: str, masked: str) -> str:
    """The text before the colon of a list, if it is short."""
    start = _list_begin(masked)
    return text[: start - 1].strip() if 0 < start <= LONGEST_HEAD + 1 else ""


def _list_begin(masked: str) -> int:
    """The position after the colon before a list; 0 if there is none."""
    return masked.find(": ") + 1 or masked.find("：") + 1


def _names(text: str, masked: str, start: int) -> list[str]:
    """The parts of the text from `start` on, between separators."""
    separators = [match.span() for match in _SEPARATOR.finditer(masked[start:])]
    begins = [0, *(end for _, end in separators)]
    ends = [*(begin for begin, _ in separators), len(masked) - start]
    return [
        text[start + begin : start + end].strip() for begin, end in zip(begins, ends, strict=True)
    ]


def _has_letters(text: str) -> bool:
    return any(map(str.isalnum, text))


def _is_name(text: str, most: int) -> bool:
    """Whether a text is a name and no clause: at most `most` words, without brackets."""
    text = _BRACKETS.sub("", text).strip()
    if is_chinese(text):
        return len(text) <= _CHINESE_A_WORD * most
    words = text.casefold().split()
    is_clause = not VERBS.isdisjoint(words)
    has_article = bool(words) and words[0] in ARTICLES and not is_clause
    limit = (min(most, _LISTED_WORDS) if is_clause else most) + has_article
    return len(words) <= limit and len(text) <= _LONGEST_NAME


def tables_as_lists(text: str) -> str:
    """`text` with each table row as a list item, such as `- Place: stroma (Calvin cycle)`.

    The names in brackets are those of the columns, if the table has a heading.
    """
    if "|" not in text:
        return text
    lines: list[str] = []
    for in_table, run in groupby(text.split("\n"), key=_may_be_row):
        rows = [*run]
        lines += _rows_as_items(rows) if in_table and len(rows) > 1 else rows
    return "\n".join(lines)


def _may_be_row(line: str) -> bool:
    return " | " in line or (line.strip()[:1] == line.strip()[-1:] == "|")


def _rows_as_items(rows: Sequence[str]) -> Iterator[str]:
    has_heading = len(rows) > 2 and "|" in rows[1] and _RULE.fullmatch(rows[1]) is not None
    columns = _cells(rows[0])[1:] if has_heading else []
    for row in rows[2:] if has_heading else rows:
        label, *cells = _cells(row)
        if len(cells) > 1:
            pairs = zip_longest(cells, columns[: len(cells)], fillvalue="")
            cells = [f"{cell} ({column})" if cell and column else cell for cell, column in pairs]
        item = ": ".join(filter(None, (label, ", ".join(filter(None, cells)))))
        if item:
            yield f"- {item}"


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip().removeprefix("|").removesuffix("|").split("|")]
