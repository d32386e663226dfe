"""Decides which words of an answer are denied.

A clause ends at a sign or a conjunction. A negation denies its whole clause, since German puts it
last and English before or after ('X is not used'); in Chinese it denies what follows. Two negations
in a clause cancel each other. 'Instead of' and 'without' deny only the next few words.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, pairwise

from tutor.grading.text import is_chinese, is_number, word_set

_NEGATIONS = word_set(
    "not no never cannot neither none nothing nobody nowhere impossible unable hardly barely "
    "scarcely dont doesnt didnt isnt arent wasnt werent cant wont couldnt wouldnt shouldnt "
    "hasnt havent hadnt neednt mustnt aint "
    "nicht kein keine keinen keinem keiner keines nichts niemand nie niemals nirgends weder kaum "
    "keineswegs keinesfalls mitnichten unmöglich unmoeglich "
    "не нет нельзя невозможно неспособен неспособна неспособны неверно вряд"
)
_NO_ONE = word_set("none nothing nobody")
"""Their clause may only describe a word before it: 'text nobody had to label'."""
_CONCORD = word_set("nor ни")
"""These belong to an earlier negation."""
_FAILING = word_set("fail fails failed failing")
"""These deny if 'to' follows."""
_CHINESE_NEGATIONS: Mapping[str, str] = {
    "不": "",
    "没": "",
    "未": "",
    "无": "法从需须力",
    "难": "以于",
}
"""First characters, each with the characters one of which must follow, if any: 无法, 难以."""
_TAKING = frozenset("有用能会是需要")
"""After these and one more character, 的 belongs to what is denied: 不用新的方法."""
_NON = frozenset("并绝而决")
"""并非: after other words, 非 is part of a name, as 'non' is."""
_INSTEAD: Mapping[str, str] = {
    "instead": "of", "rather": "than", "вместо": "", "statt": "", "anstatt": "", "anstelle": "",
    "without": "", "ohne": "", "без": "", "lacks": "", "lacking": "", "无": "",
}  # fmt: skip
"""What denies the next few words, each with the word that must follow, if any."""
_NOT_WITHOUT = frozenset("论数限非法从需须力")
"""Before these, 无 is part of another word (无论) or negates the clause."""
_UNDOING = word_set("without ohne без")
"""'Not without' is no negation; alone, they deny only what follows."""
_LIGHT = word_set(
    "a an the any all of in at on to with by der die das dem den des ein eine einen einem einer "
    "von im in am an auf zu в на с по"
)
_REACH_AT_FIRST, _REACH = 1, 2
"""How many words, not counting light ones, 'instead of' denies at the beginning of a clause, where
the clause's own verb follows without a sign, and elsewhere."""
_NOT_ONLY = word_set(
    "only just merely simply necessarily nur bloss allein только лишь просто 仅 但 只 光 单"
)
_NO_NEGATION = frozenset(
    ("不", after) for after in "断过管论止少久妨如超等足然像"
) | frozenset(("未", after) for after in "来知必免") | frozenset(
    (("no", "matter"), ("no", "doubt"), ("не", "менее"), ("не", "более"), ("не", "больше"),
     ("не", "меньше"))
)  # fmt: skip
"""Words that begin like a negation but do not negate: 不断, 不过, 未来."""
_MOMENTS = frozenset("刻间期代序步点长")
"""不同时刻 means different moments, but 不同时 means 'not at once'."""
_BORDERS = word_set(
    '. , ; : ! ? ( ) [ ] " - 。 、 and but or because since while whereas although though '
    "if that when so then therefore which und aber sondern oder weil denn während "
    "obwohl wenn daher и а но или потому поэтому хотя если зато"
) | {"\n", "\r"}
_CHINESE_BORDERS: Mapping[str, tuple[str, str, str]] = {
    "而": ("", "", ""),
    "但": ("", "", ""),
    "却": ("冷退忘了", "", ""),
    "并": ("合归兼", "行列联发排入非不没未", ""),
    "且": ("暂况尚", "", ""),
    "所": ("", "", "以"),
    "因": ("", "", "为此而"),
    "也": ("", "许", ""),
    "就": ("成造", "绪业近", ""),
}
"""First characters of conjunctions. They begin another word after the first characters listed, or
before the second. If there are third ones, only one of these may follow."""
_COMPARING = word_set("than als чем")
_MORE = word_set("more less fewer most mehr weniger больше меньше более менее later earlier")
_YET = word_set("noch еще пока 还 尚")
_LIMIT = re.compile(r"exceed|surpass|überschr|übersteig|превы")
"""'Does not exceed 512' sets a limit and denies nothing, like 'no longer than 512' and 'yet'."""
_ABOVE = word_set("больше длиннее выше дольше über above beyond over")
"""These set a limit before a number."""
_ABLE = word_set("unmöglich unmoeglich möglich moeglich lage fähig faehig")
"""What is denied may follow after a comma: 'unmöglich, es parallel zu rechnen'."""
_DENYING = _NEGATIONS | _CONCORD | _UNDOING | word_set("едва 无")
_MARKS = _NEGATIONS | _FAILING | _CHINESE_NEGATIONS.keys() | {"非"}
_TRIGGERS = _MARKS | _CONCORD | _INSTEAD.keys()
_DENYING_STEMS = re.compile(
    r"un(?![dits])\w{4}|in(?:dep|suf|eff|cap)|non\w|nicht\w|не(?![йск])\w{4}|prevent|avoid|exclud|"
    r"lose|lost|verhinder|vermeid|verlor|verlier|fehlt|предотвр|избе|теря|отсе|omit|"
    r"remov|weak|schwach|слаб"
)
"""Beginnings of words that deny by themselves: 'unreliable', 'unzuverlässig', 'ненадёжный'."""
_REMOVED = frozenset((("去", "掉"), ("leaves", "out")))


def negated(words: Sequence[str]) -> list[bool]:
    """Return for every token whether it is denied."""
    flags = [False] * len(words)
    if _TRIGGERS.isdisjoint(words) and not any(word.endswith("n't") for word in words):
        return flags
    for _, places in groupby(range(len(words)), key=_clauses(words).__getitem__):
        clause = list(places)
        first = _first_negated(words, clause)
        if first is not None:
            for place in range(first, _last_negated(words, first, clause) + 1):
                flags[place] = True
        if any(_negates(words, place) for place in clause):
            continue
        for place in clause:
            if _is_instead(words, place):
                for denied in _places_after_instead(words, place, clause):
                    flags[denied] = True
    return flags


def not_only(words: Sequence[str]) -> list[bool]:
    """Return for every word whether it is the 'only' of a 'not only'."""
    previous = ("", *words)
    return [
        word in _NOT_ONLY and bool(before) and denies((before, "x"))
        for before, word in zip(previous, words, strict=False)
    ]


def is_negative(words: Sequence[str]) -> bool:
    """Whether these words of a rubric point say that something is not so, in any way."""
    removed = any(pair in _REMOVED for pair in pairwise(words))
    return denies(words) or removed or any(map(_DENYING_STEMS.match, words))


def denies(words: Sequence[str]) -> bool:
    """Whether one of these words makes `negated` count others as denied."""
    return any(
        word in _DENYING
        or word.endswith("n't")
        or (word in _TRIGGERS and (_negates(words, place) or _is_instead(words, place)))
        for place, word in enumerate(words)
    )


def is_chinese_border(words: Sequence[str], place: int) -> bool:
    """Whether the Chinese character at `place` begins a conjunction, not another word."""
    rule = _CHINESE_BORDERS.get(words[place])
    if rule is None:
        return False
    not_after, not_before, only_before = rule
    before, after = _around(words, place)
    if before and before in not_after:
        return False
    return after in only_before if only_before and after else after not in tuple(not_before)


def _around(words: Sequence[str], place: int) -> tuple[str, str]:
    """The word before `place` and the one after it; empty if there is none."""
    return (
        words[place - 1] if place else "",
        words[place + 1] if place + 1 < len(words) else "",
    )


def _clauses(words: Sequence[str]) -> list[int]:
    """The number of each token's clause; a border belongs to the clause that follows it."""
    numbers: list[int] = []
    clause = 0
    for place, word in enumerate(words):
        if word in _BORDERS:
            before, after = _around(words, place)
            is_hyphen = word == "-" and after[:1].isalnum()
            clause += not (is_hyphen or (word == "," and before in _ABLE))
        elif word in _CHINESE_BORDERS:
            clause += is_chinese_border(words, place)
        numbers.append(clause)
    return numbers


def _first_negated(words: Sequence[str], clause: Sequence[int]) -> int | None:
    """The place from which on a clause is negated; None if it is not."""
    negations = [place for place in clause if _negates(words, place)]
    if not negations:
        negations = [place for place in clause[:2] if words[place] in _CONCORD]
    if not negations or _sets_a_limit(words, clause):
        return None
    is_undone = any(words[place] in _UNDOING for place in clause)
    if (len(negations) + is_undone) % 2 == 0:
        return None
    negation = words[negations[0]]
    return negations[0] if is_chinese(negation) or negation in _NO_ONE else clause[0]


def _last_negated(words: Sequence[str], first: int, clause: Sequence[int]) -> int:
    """The last place that a negation at `first` denies; 没用的 and 没见过的 are mere qualities."""
    if words[first] in _CHINESE_NEGATIONS:
        far = 2 if words[first + 1 : first + 2] and words[first + 1] in _TAKING else 3
        for place in range(first + 2, min(first + far, clause[-1]) + 1):
            if words[place] == "的":
                return place
    return clause[-1]


def _sets_a_limit(words: Sequence[str], clause: Sequence[int]) -> bool:
    """Whether a clause says how far something goes, rather than that it is not so."""
    for place in clause:
        word = words[place]
        before, after = _around(words, place)
        if word == "yet":
            return True
        if word in _COMPARING and before != "rather":
            if before in _MORE or any(map(is_number, words[place + 1 : place + 3])):
                return True
        elif _LIMIT.match(word) or (word in _ABOVE and after and is_number(after)):
            return True
    return False


def _negates(words: Sequence[str], place: int) -> bool:
    """Whether the word at `place` negates its clause."""
    word = words[place]
    if word not in _MARKS and not word.endswith("n't"):
        return False
    before, after = _around(words, place)
    if before in _YET or (before == after and before not in ("", "并")):  # 是不是 means 'whether'
        return False
    if after in _NOT_ONLY or (word, after) in _NO_NEGATION:
        return False
    if word in _FAILING:
        return after == "to"
    if word == "非":
        return before in _NON
    if word == "不":
        return not _is_other_word(*words[place + 1 : place + 4])
    needed = _CHINESE_NEGATIONS.get(word, "")
    return not needed or after in tuple(needed)


def _is_other_word(after: str = "", second: str = "", third: str = "") -> bool:
    """Whether 不 and the next characters are a word that does not negate: 不同, 不多于."""
    if after == "同":
        return second != "时" or third in _MOMENTS
    return second == "于"


def _is_instead(words: Sequence[str], place: int) -> bool:
    """Whether 'instead of', or a synonym, is at `place`."""
    needed = _INSTEAD.get(words[place])
    _, after = _around(words, place)
    return needed in ("", after) and not (words[place] == "无" and after in _NOT_WITHOUT)


def _places_after_instead(words: Sequence[str], place: int, clause: Sequence[int]) -> Iterator[int]:
    """What an 'instead of' at `place` denies."""
    left = _REACH_AT_FIRST if place <= clause[0] + 1 else _REACH
    start = place + 1 + (_INSTEAD[words[place]] != "")
    for denied in range(start, clause[-1] + 1):
        if not left:
            return
        yield denied
        left -= words[denied] not in _LIGHT
