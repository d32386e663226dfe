"""An answer cut into its points: sentences, items of lists, clauses that stand alone.

Only what is certain is cut. Two facts in one point cost little, half a fact is no use to anyone.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import pairwise

from tutor.authoring.listed_names import (
    BEGINNINGS,
    LONGEST_HEAD,
    VERBS,
    counted_names,
    has_several,
    lead_in,
    list_start,
    listed_names,
    may_list,
)
from tutor.authoring.model_sentences import leans, refers, sentence_spans
from tutor.authoring.table_rows import tables_as_lists
from tutor.grading.keyterms.overlap import FUNCTION_WORDS
from tutor.grading.text import is_chinese, is_word, tokens

MOST_POINTS = 12
_LEAST_WORDS = 2
"""Content words of a sentence that is a point by itself."""
_CLAUSE_WORDS = 3
"""Content words of a clause that may stand alone."""
_LOOKED_AT = 200
"""Characters on each side of a conjunction that tell whether it joins clauses."""
_MANY = 100
"""Pieces of which more are joined evenly before the shortest are looked for."""
_LIGHT = frozenset[str]().union(*FUNCTION_WORDS.values())

_WHOLE = re.compile(
    r"```.{0,8000}?```|`[^`\n]{1,400}`|\$\$.{1,800}?\$\$|\$[^$\n]{1,400}\$"
    r"|\\\(.{1,400}?\\\)|\\\[.{1,800}?\\\]"
    r"|\((?!\w{1,2}\))[^()\n]{1,400}\)|（(?!\w{1,2}）)[^（）\n]{1,400}）",
    re.DOTALL,
)
"""Code, formulas and brackets. Bounded, so that a lone sign is not followed to the end."""
_MARKS = re.compile(
    r"\s*[(\[（]\s*\d{1,2}(?:[.,]\d{1,2})?\s*"
    r"(?:P\.?|Pkt\.?|Punkte?|pts?\.?|points?|marks?|балл(?:а|ов)?|分)\s*[)\]）][.,;:!?。，；]*",
    re.IGNORECASE,
)
"""What a part of the answer is worth: `(0.5 P)`, `[2 marks]`."""
_NUMBERED = re.compile(
    r"(?:^|(?<=[\n.:;!?。：；！？])|(?<=[.:;!?,]\s)|(?<=\s)(?=[(（]?\w{1,3}[)）]))"
    r"[(（]?(?:(\d{1,2})(?:[.)）、])|([ivx]{1,4})[)）]|([a-h])[)）])(?=\s*[^\W\d])"
)
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")
_BULLET = re.compile(r"(?:^|(?<=\s))[•●○▪◦①-⑳]")
_DASH = re.compile(r"(?<=\s)[-–](?=[^\W\d]{2})")
_LEAST_DASHES = 3
"""So many dashes before words begin items; two may be a thought put in between."""
_MARK = re.compile(
    r"\s*(?:[-*–—→>]\s+|[•●○▪◦①-⑳]\s*|#{1,6}\s+|[-–—]\s?(?=[^\W\d])"
    r"|[(（]?(?:\d{1,2}|[a-z]|[ivx]{1,4})[)）]\s*|\d{1,2}[.、]\s*(?=[^\W\d]|\s))"
    r"(?=\W{0,20}\w)",
    re.IGNORECASE,
)
"""What an item of a list begins with."""
_LETTER = re.compile(r"\s*([a-z])\.\s+(?=\W{0,20}\w)", re.IGNORECASE)
"""What begins an item where `a.` and `b.` both do; `E. coli` is no item, nor is `i. S. d.`."""
_LETTERED = tuple(re.compile(rf"^\s*{each}\.\s", re.IGNORECASE | re.MULTILINE) for each in "ab")
_SEMICOLON = re.compile(r"[;；]+\s*")
_CONJUNCTION = re.compile(
    r",\s+(?:and|but|while|whereas|und|aber|während|а|но)\s+|[，；](?:而|但是?|或者?|并且)",
    re.IGNORECASE,
)
_FIRST = re.compile(
    r"^[,;，；\s]*(?:(?:and|but|while|whereas|und|oder|aber|während|а|но|и)\s|而|但是?|或者?|并且)?",
    re.IGNORECASE,
)
"""What a clause begins with that joined it to the one before."""
_LAST_AND = re.compile(r"[,，]?\s(?:and|or|und|oder|и|или)$|[和及与或]$")
_CODE_BLOCK = re.compile(r"```.{0,8000}?```", re.DOTALL)
_REASON = re.compile(
    r"\b(?:because|weil|потому\s+что|так\s+как|поскольку)\b|因为|由于", re.IGNORECASE
)
_NEXT_REASON = re.compile(
    r"(?:,\s+(?:(?:and|und|и)\s+)?|\s(?:and|und|и)\s+)"
    r"(?=(?:because|weil|потому\s+что|так\s+как|поскольку)\b)"
    r"|，(?:也|又|并且|而且)?(?=因为|由于)",
    re.IGNORECASE,
)
"""What stands before a further reason."""
_DANGLING = re.compile(
    r"[,;]?(?:\s+(?:and|or|where|when|if|that|by|und|oder|wenn|falls|dass|и|или|если|когда|что|где))"
    r"{1,2}$",
    re.IGNORECASE,
)
"""What joins a sentence to the list that follows in it."""
"""The line below the heading of a table in Markdown."""
_FINAL = frozenset(".!?;:。！？；：…")
_LABEL_ENDS = " .:。："


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    item: bool = False
    """Whether it begins an item of a list, which may be one word."""
    head: str = ""
    """The lead-in of its list."""
    needs_head: bool = False
    """Whether it says nothing without its head, as an item of a list inside of another."""
    indent: int = 0
    """How many characters an item is moved to the right."""


def cut_into_points(text: str) -> list[str]:
    """The points of `text` in their order, 1 to 12; none is empty unless `text` is."""
    text = tables_as_lists(_without_examples(text))
    pieces = [*_under_their_heads([*_pieces(text)])]
    pieces = [*_distinct(pieces)] or [_Piece(text.strip())]
    pieces = [piece for piece in pieces if not refers(piece.text)] or pieces
    pieces = [part for piece in pieces for part in _parts(piece, alone=len(pieces) == 1)]
    pieces = _joined(_without_fragments(pieces), MOST_POINTS)
    several = len({piece.head for piece in pieces if piece.head}) > 1
    return [_worded(piece, with_head=several) for piece in pieces]


def _parts(piece: _Piece, *, alone: bool) -> list[_Piece]:
    """The names of a list that the piece is, if it is one."""
    counted = may_list(piece.text)
    if (piece.item and not alone) or not (counted or has_several(piece.text)):
        return [piece]
    masked = _masked(piece.text)
    names = [] if piece.item or not counted else counted_names(piece.text, masked)
    head = ""
    if not names:
        names = listed_names(piece.text, masked, alone=alone)
        head = "" if alone else lead_in(piece.text, masked)
    return [
        _Piece(name, item=True, head=head, needs_head=bool(head)) for name in dict.fromkeys(names)
    ] or [piece]


def joined_points(points: Iterable[str], most: int) -> list[str]:
    """The points, the shortest neighbours joined until at most so many are left."""
    return [piece.text for piece in _joined([_Piece(point) for point in points], most)]


def _worded(piece: _Piece, *, with_head: bool) -> str:
    text = " ".join(without_marks(piece.text).split())
    bare = _FIRST.sub("", text, count=1).rstrip(" ;；,，").lstrip()
    text = bare if any(map(str.isalnum, bare)) else text
    text = _LAST_AND.sub("", text) if piece.item else text
    return f"{piece.head}: {text}" if piece.head and (with_head or piece.needs_head) else text


def without_marks(text: str) -> str:
    """The text without what its author says that the parts are worth."""
    return _MARKS.sub(_sign, text)


def _sign(marks: re.Match[str]) -> str:
    """What is left of an author's marks: the sign behind them."""
    return marks[0].rsplit(")", 1)[-1].rsplit("]", 1)[-1].rsplit("）", 1)[-1]


def _pieces(text: str) -> Iterator[_Piece]:
    masked = _masked(text)
    items = {*_item_starts(masked)}
    for start, end in _between(masked, sorted({*items, *_mark_ends(text)})):
        sentences = [*sentence_spans(text[start:end], masked[start:end])]
        for number, (sentence_start, sentence_end) in enumerate(sentences, 1):
            at, to = start + sentence_start, start + sentence_end
            mark = _MARK.match(masked, at, to) or _letter(masked, at, to)
            first = mark.end() - at if mark else 0
            pieces = [*_clauses(text[at:to], masked[at:to], first, is_item=bool(mark))]
            leads_in = number == len(sentences) and end in items and not mark
            if leads_in and pieces and pieces[-1].text[-1] not in _FINAL:
                pieces[-1:] = _leading_in(pieces[-1])
            if mark and pieces:
                pieces[0] = replace(pieces[0], indent=_indent(text, at))
            yield from pieces


def _leading_in(piece: _Piece) -> list[_Piece]:
    """What stands in the same sentence before its list, and is a fact if it is long."""
    if len(piece.text) <= LONGEST_HEAD:
        return [replace(piece, text=f"{piece.text}:")]
    return [replace(piece, text=_DANGLING.sub("", piece.text)), replace(piece, text=":")]


def _indent(text: str, at: int) -> int:
    """How far to the right the item at `at` begins, if nothing stands before it in its line."""
    before = text[text.rfind("\n", 0, at) + 1 : at]
    return 0 if before.strip() else len(before)


def _letter(masked: str, start: int, end: int) -> re.Match[str] | None:
    """The letter of an item of a list by letters."""
    mark = _LETTER.match(masked, start, end)
    return mark if mark and all(letter.search(masked) for letter in _LETTERED) else None


def _masked(text: str) -> str:
    """The text, as long as it is, with letters for what must not be cut."""
    return _WHOLE.sub(lambda match: "x" * len(match[0]), text)


def _item_starts(masked: str) -> Iterator[int]:
    """Where items of lists begin, in lines of their own or in running text."""
    yield from (match.start() for match in _BULLET.finditer(masked))
    dashes = [match.start() for match in _DASH.finditer(masked)]
    yield from dashes if len(dashes) >= _LEAST_DASHES else ()
    by_kind: dict[int, list[int]] = {1: [], 2: [], 3: []}
    for match in _NUMBERED.finditer(masked):
        for kind, starts in by_kind.items():
            if match[kind] and _ordinal(match[kind]) == len(starts) + 1:
                starts.append(match.start())
                break
    for starts in by_kind.values():
        yield from starts if len(starts) > 1 else ()


def _ordinal(mark: str) -> int:
    if mark.isdigit():
        return int(mark)
    return _ROMAN.index(mark) + 1 if mark in _ROMAN else ord(mark) - ord("a") + 1


def _mark_ends(text: str) -> list[int]:
    """Where the parts end that the author has given marks."""
    ends = [match.end() for match in _MARKS.finditer(text)]
    return ends if len(ends) > 1 else []


def _between(text: str, cuts: Iterable[int]) -> Iterator[tuple[int, int]]:
    at = 0
    for cut in (*cuts, len(text)):
        if text[at:cut].strip():
            yield at, cut
        at = cut


def _clauses(sentence: str, masked: str, first: int, *, is_item: bool) -> Iterator[_Piece]:
    """The clauses from `first` on, where the mark of an item ends."""
    cuts = [match.end() for match in _SEMICOLON.finditer(masked, first)]
    item = is_item
    if cuts and (announced := list_start(masked, first, cuts)):
        yield _Piece(sentence[first:announced].strip(), item)
        for start, end in _between(masked, [announced, *cuts]):
            if start >= announced:
                yield _Piece(sentence[start:end].strip(), item=True)
        return
    for start, end in _between(masked, [first, *cuts]):
        if start < first:
            continue
        for one, other in _between(masked[start:end], _further_reasons(masked[start:end])):
            clause = sentence[start:end][one:other], masked[start:end][one:other]
            for text in _coordinated(*clause):
                if any(map(str.isalnum, text)):
                    yield _Piece(text.strip(), item)
                    item = False


def _further_reasons(masked: str) -> list[int]:
    """Where the second and each further reason begins."""
    reasons = len(_REASON.findall(masked))
    return [match.start() for match in _NEXT_REASON.finditer(masked)] if reasons > 1 else []


def _coordinated(clause: str, masked: str) -> Iterator[str]:
    """The clauses that a conjunction joins, where both can stand alone."""
    at = 0
    for match in _CONJUNCTION.finditer(masked):
        left = masked[max(at, match.start() - _LOOKED_AT) : match.start()].lstrip(",， ")
        right = masked[match.end() : match.end() + _LOOKED_AT]
        listed = "," in left or "，" in left
        if not listed and _content(left) >= _CLAUSE_WORDS <= _content(right) and _is_clause(right):
            yield clause[at : match.start()]
            at = match.start()
    yield clause[at:]


def _is_clause(text: str) -> bool:
    words = text.casefold().split()
    return is_chinese(text) or words[0] in BEGINNINGS or not VERBS.isdisjoint(words)


def _content(text: str) -> float:
    """How many content words there are; two Chinese characters are one."""
    words = (word for word in tokens(text) if is_word(word) and word not in _LIGHT)
    return sum(0.5 if is_chinese(word) else 1 for word in words)


def _under_their_heads(pieces: Sequence[_Piece]) -> Iterator[_Piece]:
    """The pieces without lead-ins, which the items that follow remember."""
    head = ""
    above: list[tuple[int, str]] = []
    """The items that the next one may be inside of, with their indents."""
    for piece, after in zip(pieces, (*pieces[1:], None), strict=False):
        is_outer = piece.item and after is not None and after.item and after.indent > piece.indent
        above = [one for one in above if piece.item and one[0] < piece.indent]
        within = above[-1][1] if above else ""
        if is_outer:
            label = _label(piece.text)
            above.append((piece.indent, label or within))
            if label == piece.text.rstrip(" :："):  # no sentence, and nothing but the label
                continue
        elif piece.text[-1] in ":：" and after is not None:
            head = piece.text[:-1] if len(piece.text) <= LONGEST_HEAD else ""
            continue
        if within:
            yield replace(piece, head=within, needs_head=True)
        else:
            yield replace(piece, head=head if piece.item else "")


def _label(text: str) -> str:
    """What the items inside of an item are about: what it says before a colon, or all of it."""
    label = re.split(r":\s|：", text, maxsplit=1)[0].rstrip(_LABEL_ENDS)
    return label if len(label) <= LONGEST_HEAD else ""


def _distinct(pieces: Iterable[_Piece]) -> Iterable[_Piece]:
    distinct: dict[tuple[str, str], _Piece] = {}
    for piece in pieces:
        distinct.setdefault((piece.head, piece.text.casefold()), piece)
    return distinct.values()


def _without_fragments(pieces: Sequence[_Piece]) -> list[_Piece]:
    """With what is too short for a point, or leans on the one before, joined to that."""
    joined: list[_Piece] = []
    for piece in pieces:
        if joined and (_is_fragment(piece) or (len(joined) == 1 and _is_fragment(joined[0]))):
            joined[-1] = _both(joined[-1], piece)
        else:
            joined.append(piece)
    return joined


def _is_fragment(piece: _Piece) -> bool:
    if not piece.item and leans(piece.text):
        return True
    has_marks = piece.item or _MARKS.search(piece.text)
    return not has_marks and _content(piece.text) < _LEAST_WORDS


def _joined(pieces: Sequence[_Piece], most: int) -> list[_Piece]:
    """The shortest neighbours joined, within an item of a list rather than across two."""
    size = -(-len(pieces) // _MANY) or 1
    left = [reduce(_both, pieces[at : at + size]) for at in range(0, len(pieces), size)]
    while len(left) > most:
        costs = [(after.item, len(one.text) + len(after.text)) for one, after in pairwise(left)]
        at = costs.index(min(costs))
        left[at : at + 2] = [_both(left[at], left[at + 1])]
    return left


def _both(one: _Piece, other: _Piece) -> _Piece:
    between = "; " if other.item and one.text[-1] not in _FINAL else " "
    between = "" if one.text[-1] in "。！？；：" else between
    return replace(one, text=f"{one.text}{between}{other.text}")


def _without_examples(text: str) -> str:
    """The text without blocks of code that nothing announces: one shows what the prose says."""
    if "```" not in text or _content(_CODE_BLOCK.sub(" ", text)) < _LEAST_WORDS:
        return text
    return _CODE_BLOCK.sub(
        lambda block: block[0] if _announces(text[: block.start()]) else "\n", text
    )


def _announces(before: str) -> bool:
    return before.rstrip().endswith((":", "："))
