"""Lists within a sentence: `The three powers are …`, `Two kinds: …; …`, `Adenine and thymine`."""

import re
from collections.abc import Iterator, Sequence

from tutor.grading.text import word_set

_LEAST_LISTED, _LISTED_WORDS = 3, 3
"""So many names are a list, of so many words at most, an article aside."""
LONGEST_HEAD = 40
"""Characters of a lead-in that says no more than what is listed, and of a name."""
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
"""Words that a clause has and a name has not."""
BEGINNINGS = word_set("the a an each every der die das ein eine jede jeder jedes")
"""Articles, with which a clause or a name begins."""
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
"""What a lead-in says before a list that follows in its sentence."""
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
"""What stands between a count and as many names, if no colon does."""


def list_start(masked: str, start: int, cuts: Sequence[int]) -> int:
    """Where a lead-in ends that announces what `cuts` at semicolons; 0 where there is none."""
    colon = _COLON.search(masked, start, cuts[0])
    if colon is None or colon.start() - start > LONGEST_HEAD:
        return 0
    return colon.end() if _ANNOUNCES.search(masked, start, colon.start()) else 0


def may_list(text: str) -> bool:
    """Whether `counted_names` may find any: most sentences are ruled out by this at once."""
    return ":" in text or "：" in text or _COUNTS_FIRST.match(text) is not None


def counted_names(text: str, masked: str) -> list[str]:
    """As many names as the lead-in says, after it if it is long; none where they are not so many.

    `masked` is the text with letters for what must not be cut.
    """
    colon = _COLON.search(masked)
    follow = colon or _ARE.search(masked)
    if not follow:
        return []
    count = _count_in(masked[: follow.start()])
    has_verb = not VERBS.isdisjoint(masked[follow.end() :].casefold().split())
    if not colon and (count < _LEAST_LISTED or has_verb or not _COUNTS_FIRST.match(masked)):
        return []
    names = _names(text, masked, follow.end())
    if len(names) != count or not all(map(_says_something, names)):
        return []
    return names if follow.start() <= LONGEST_HEAD else [text[: follow.start()], *names]


def _count_in(lead_in: str) -> int:
    """How many things it counts, `the three powers`; 0 where it counts none."""
    for match in _overlapping(lead_in):
        number = match[3] or match[1].casefold()
        if number in _COUNTS and (match[3] or match[2].casefold() not in _NOT_COUNTED):
            return _COUNTS[number]
    return 0


def _overlapping(text: str) -> Iterator[re.Match[str]]:
    at = 0
    while match := _COUNT.search(text, at):
        yield match
        at = match.end(1) if match[1] else match.end()


def listed_names(text: str, masked: str) -> list[str]:
    """The names in a text that is nothing but a list of them, a lead-in aside."""
    colon = masked.find(": ") + 1 or masked.find("：") + 1
    names = [name.rstrip(".。") for name in _names(text, masked, colon)]
    is_list = len(names) >= _LEAST_LISTED and _BEFORE_THE_LAST.search(masked, colon)
    return names if is_list and all(_is_name(n) and _says_something(n) for n in names) else []


def _names(text: str, masked: str, start: int) -> list[str]:
    borders = [*_separated(masked[start:])]
    return [text[start + at : start + end].strip() for at, end in borders]


def _says_something(text: str) -> bool:
    return any(map(str.isalnum, text))


def _is_name(text: str) -> bool:
    words = text.casefold().split()
    with_article = words[:1] and words[0] in BEGINNINGS and VERBS.isdisjoint(words)
    return len(words) <= _LISTED_WORDS + bool(with_article) and len(text) <= LONGEST_HEAD


def _separated(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    for match in _SEPARATOR.finditer(text):
        yield at, match.start()
        at = match.end()
    yield at, len(text)
