"""Which words of an answer stand in a negated clause.

A clause ends at a sign or a conjunction; a negation in it holds for all of it, since German puts it
last and English before or behind ('X is not used'); in Chinese for what follows it. Two negations
in a clause undo each other.
"""

import re
from collections.abc import Sequence
from itertools import groupby

from tutor.grading.text import is_chinese, word_set

_NEGATIONS = word_set(
    "not no never cannot neither nor dont doesnt didnt isnt arent wasnt werent cant wont "
    "nicht kein keine keinen keinem keiner keines nie niemals weder не нет нельзя 不 没 沒"
)
_UNDOING = word_set("without ohne без")
"""'Not without' is no negation; alone they negate only what follows them, which we let stand."""
_NOT_ONLY = word_set(
    "only just merely simply necessarily nur bloss allein только лишь просто 仅 但 只 光 单"
)
_NO_NEGATION = frozenset(
    ("不", after) for after in "同断过管论止少久妨如"
) | frozenset((("no", "matter"), ("no", "doubt"), ("не", "менее"), ("не", "более")))  # fmt: skip
"""Words that begin with a negation and do not negate: 不同, 不断, 不过."""
_BORDERS = word_set(
    '. , ; : ! ? ( ) [ ] " - 。 、 and but or because since while whereas although though '
    "if that when so then therefore which instead und aber sondern oder weil denn während "
    "obwohl wenn daher и а но или потому поэтому хотя если зато 而 但 却 并 且 所 因 也 就 的"
) | {"\n"}
_COMPARING = word_set("than чем yet")
"""'No longer than' sets a limit and denies nothing, nor does 'not yet'."""
_YET = word_set("noch еще пока 还 還 尚")
_NEGATIVE = _NEGATIONS | _UNDOING | word_set(
    "nor none nothing niemand nichts ни 无 無 非 未 少 "
    "hardly weakly little few fewer less otherwise else instead most limit limited "
    "kaum sonst wenig wenige weniger statt höchstens schwach "
    "едва слабо мало меньше иначе вместо максимум"
)  # fmt: skip
_NEGATIVE_STEMS = re.compile(
    r"un(?![dits])\w{4}|in(?:dep|suf|eff|cap)|non\w|nicht\w|не(?![йск])\w{4}|prevent|avoid|exclud|"
    r"lose|lost|verhinder|vermeid|verlor|verlier|fehlt|предотвр|избе|теря|отсе"
)
"""Beginnings of words that say so in one: 'unreliable', 'unzuverlässig', 'ненадёжный'."""


def negated(words: Sequence[str]) -> list[bool]:
    """For every token whether it stands in a negated clause."""
    numbers = _clauses(words)
    flags: list[bool] = []
    for _, places in groupby(range(len(words)), key=numbers.__getitem__):
        clause = list(places)
        first = _first_negated(words, clause)
        flags += [first is not None and place >= first for place in clause]
    return flags


def is_negative(words: Sequence[str]) -> bool:
    """Whether a term or a rubric point says itself that something is not so."""
    return any(
        word in _NEGATIVE or word.endswith("n't") or _NEGATIVE_STEMS.match(word) for word in words
    )


def _clauses(words: Sequence[str]) -> list[int]:
    """For every token the number of its clause; a border begins the next one."""
    numbers: list[int] = []
    at = 0
    for index, word in enumerate(words):
        hyphen = word == "-" and index + 1 < len(words) and words[index + 1][0].isalnum()
        at += word in _BORDERS and not hyphen
        numbers.append(at)
    return numbers


def _first_negated(words: Sequence[str], places: Sequence[int]) -> int | None:
    """From where on the clause at these places is negated; None if it is not."""
    found = [place for place in places if _is_negation(words, place)]
    if not found or any(words[place] in _COMPARING for place in places):
        return None
    undone = any(words[place] in _UNDOING for place in places)
    if (len(found) + undone) % 2 == 0:
        return None
    return found[0] if is_chinese(words[found[0]]) else places[0]


def _is_negation(words: Sequence[str], place: int) -> bool:
    word = words[place]
    if word not in _NEGATIONS and not word.endswith("n't"):
        return False
    before = words[place - 1] if place else ""
    after = words[place + 1] if place + 1 < len(words) else ""
    if before in _YET or before == after != "":  # 是不是: whether it is
        return False
    return after not in _NOT_ONLY and (word, after) not in _NO_NEGATION
