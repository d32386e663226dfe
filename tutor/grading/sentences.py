"""An answer's own sentences: what evidence is named by.

A sentence is always a piece of the answer as it was typed, so evidence can be shown and cannot be
invented.
"""

import re

_GERMAN = "z.b|d.h|u.a|bzw|ca|etc|evtl|ggf|vgl|usw|nr|abb|bspw|inkl|sog|s.o|s.u|i.d.r|max|min|dr"
_ENGLISH = "e.g|i.e|cf|fig|eq|sec|vs|approx|resp|al|ch|vol|pp|mr|mrs|st|prof"
_RUSSIAN = "т.е|т.д|т.п|т.к|т.н|др|рис|см|напр|ср|гл|стр|п|пр|ф-ла|ур"
_ABBREVIATIONS = frozenset(f"{_GERMAN}|{_ENGLISH}|{_RUSSIAN}".split("|"))
_END = re.compile(r"[.!?…]+[\"'»“”)\]]*(?=\s|$)|[。！？；]+[”」』）]*|\n+")
_LIST_MARK = re.compile(r"^(?:[-*•–]|\(?\d{1,2}[.)]|\(?[a-zа-я][.)])$", re.IGNORECASE)
_HALF = re.compile(r"\s?[^\W\d_]\.")
_MATH = re.compile(r"\$\$.+?\$\$|\$[^$\n]+\$|\\\(.+?\\\)|\\\[.+?\\\]", re.DOTALL)


def split_sentences(answer: str, *, most: int | None = None) -> tuple[str, ...]:
    """The sentences of `answer`, stripped, in order; none is empty.

    Ends at `.`, `!`, `?`, `…` before a space, at Chinese full stops, and at line breaks; not
    after abbreviations, numbering, initials, or within a formula. With `most`, neighbours are
    joined until at most so many are left.
    """
    sentences = _split(answer)
    return _joined(sentences, most) if most is not None else tuple(sentences)


def _split(answer: str) -> list[str]:
    formulas = [match.span() for match in _MATH.finditer(answer)]
    sentences: list[str] = []
    start = 0
    for match in _END.finditer(answer):
        inside = any(begin < match.start() < end for begin, end in formulas)
        if inside or not _ends(answer[start : match.end()], match.group(), answer[match.end() :]):
            continue
        sentences.append(answer[start : match.end()])
        start = match.end()
    sentences.append(answer[start:])
    return [sentence.strip() for sentence in sentences if _has_content(sentence)]


def _ends(sentence: str, sign: str, rest: str) -> bool:
    """Whether a full stop after this sentence is its end."""
    if not sign.startswith(".") or sign.startswith(("..", "…")):
        return True
    words = sentence[: len(sentence) - len(sign)].split()
    last = words[-1].lstrip("(„“\"'«").casefold() if words else ""
    if last in _ABBREVIATIONS:
        return not last.count(".") and rest.strip()[:1].isupper() and last in ("etc", "usw", "др")
    alone = len(words) == 1
    return not (alone and _LIST_MARK.match(words[0] + ".")) and not _is_initial(words, rest)


def _is_initial(words: list[str], rest: str) -> bool:
    """A name's initial (`J. Devlin`), or a half of `z. B.`, `т. е.`."""
    if len(words) < 2 or len(words[-1]) != 1 or not words[-1].isalpha():
        return False
    halves = _HALF.match(rest) or _HALF.fullmatch(words[-2])
    return words[-1].isupper() or halves is not None


def _has_content(sentence: str) -> bool:
    return any(character.isalnum() for character in sentence)


def _joined(sentences: list[str], most: int) -> tuple[str, ...]:
    """Even groups of neighbours, the earlier ones larger by one where it does not divide."""
    count = min(most, len(sentences))
    if count == 0:
        return ()
    size, extra = divmod(len(sentences), count)
    groups: list[str] = []
    at = 0
    for index in range(count):
        step = size + (index < extra)
        groups.append(" ".join(sentences[at : at + step]))
        at += step
    return tuple(groups)
