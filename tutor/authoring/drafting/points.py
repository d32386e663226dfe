"""Cuts an answer into its points: sentences, items of lists, and clauses that can stand alone.

It cuts only where it is certain: two facts in one point do little harm, but half a fact is useless.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import pairwise

from tutor.authoring.drafting.lists import (
    ARTICLES,
    LONGEST_HEAD,
    VERBS,
    counted_names,
    has_several,
    lead_in,
    list_start,
    listed_names,
    may_list,
    tables_as_lists,
)
from tutor.authoring.drafting.sentences import leans, refers, sentence_spans
from tutor.grading.keyterms.overlap import ALL_FUNCTION_WORDS
from tutor.grading.text import is_chinese, is_word, tokens

MOST_POINTS = 12
_LEAST_WORDS = 2
"""Content words of the shortest sentence that is a point."""
_CLAUSE_WORDS = 3
"""Content words of the shortest clause that can stand alone."""
_LOOKED_AT = 200
"""Characters that are looked at on each side of a conjunction."""
_MANY = 100
"""If there are more pieces, equal numbers of neighbours are joined first, which is quick."""
_WHOLE = re.compile(
    r"```.{0,8000}?```|`[^`\n]{1,400}`|\$\$.{1,800}?\$\$|\$[^$\n]{1,400}\$"
    r"|\\\(.{1,400}?\\\)|\\\[.{1,800}?\\\]"
    r"|\((?!\w{1,2}\))[^()\n]{1,400}\)|（(?!\w{1,2}）)[^（）\n]{1,400}）",
    re.DOTALL,
)
"""Code, formulas and brackets. Their lengths are bounded, so that a lone sign costs little."""
_MARKS = re.compile(
    r"\s*[(\[（]\s*\d{1,2}(?:[.,]\d{1,2})?\s*"
    r"(?:P\.?|Pkt\.?|Punkte?|pts?\.?|points?|marks?|балл(?:а|ов)?|分)\s*[)\]）][.,;:!?。，；]*",
    re.IGNORECASE,
)
"""The marks for a part of the answer: `(0.5 P)`, `[2 marks]`."""
_NUMBERED = re.compile(
    r"(?:^|(?<=[\n.:;!?。：；！？])|(?<=[.:;!?,]\s)|(?<=\s)(?=[(（]?\w{1,3}[)）]))"
    r"[(（]?(?:(\d{1,2})(?:[.)）、])|([ivx]{1,4})[)）]|([a-h])[)）])(?=\s*[^\W\d])"
)
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_BULLET = re.compile(r"(?:^|(?<=\s))[•●○▪◦①-⑳]")
_DASH = re.compile(r"(?<=\s)[-–](?=[^\W\d]{2})")
_LEAST_DASHES = 3
"""So many dashes before words begin items of a list; two may only enclose an aside."""
_MARK = re.compile(
    r"\s*(?:[-*–—→>]\s+|[•●○▪◦①-⑳]\s*|#{1,6}\s+|[-–—]\s?(?=[^\W\d])"
    r"|[(（]?(?:\d{1,2}|[a-z]|[ivx]{1,4})[)）]\s*|\d{1,2}[.、]\s*(?=[^\W\d]|\s))"
    r"(?=\W{0,20}\w)",
    re.IGNORECASE,
)
"""The sign that an item of a list begins with."""
_LETTER = re.compile(r"\s*([a-z])\.\s+(?=\W{0,20}\w)", re.IGNORECASE)
"""The letter of an item, if the text has both `a.` and `b.`; `E. coli` or `i. S. d.` is no item."""
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
"""The beginning of a clause that joins it to the one before."""
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
"""What separates a further reason from the one before."""
_DANGLING = re.compile(
    r"[,;]?(?:\s+(?:and|or|where|when|if|that|by|und|oder|wenn|falls|dass|и|или|если|когда|что|где))"
    r"{1,2}$",
    re.IGNORECASE,
)
"""The words that join a sentence to the list that follows in it."""
_FINAL = frozenset(".!?;:。！？；：…")
_LABEL_ENDS = " .:。："


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    item: bool = False
    """Whether it begins an item of a list, which may be a single word."""
    head: str = ""
    """The lead-in of its list."""
    needs_head: bool = False
    """Whether it says nothing without its head, as an item of a nested list does."""
    indent: int = 0
    """The spaces before an item."""


def cut_into_points(text: str) -> list[str]:
    """The 1 to 12 points of `text`, in their order; none is empty unless `text` is."""
    text = tables_as_lists(_without_examples(text))
    pieces = [*_under_their_heads([*_pieces(text)])]
    pieces = [*_distinct(pieces)] or [_Piece(text.strip())]
    pieces = [piece for piece in pieces if not refers(piece.text)] or pieces
    pieces = [part for piece in pieces for part in _parts(piece, alone=len(pieces) == 1)]
    pieces = _joined(_without_fragments(pieces), MOST_POINTS)
    has_several_lists = len({piece.head for piece in pieces if piece.head}) > 1
    return [_wording(piece, with_head=has_several_lists) for piece in pieces]


def _parts(piece: _Piece, *, alone: bool) -> list[_Piece]:
    """The names in a piece that lists some, else the piece."""
    may_count = may_list(piece.text)
    if (piece.item and not alone) or not (may_count or has_several(piece.text)):
        return [piece]
    masked = _masked(piece.text)
    names = [] if piece.item or not may_count else counted_names(piece.text, masked)
    head = ""
    if not names:
        names = listed_names(piece.text, masked, alone=alone)
        head = "" if alone else lead_in(piece.text, masked)
    return [
        _Piece(name, item=True, head=head, needs_head=bool(head)) for name in dict.fromkeys(names)
    ] or [piece]


def joined_points(points: Iterable[str], most: int) -> list[str]:
    """The points, with the shortest neighbours joined until at most `most` are left."""
    return [piece.text for piece in _joined([_Piece(point) for point in points], most)]


def _wording(piece: _Piece, *, with_head: bool) -> str:
    """The point's text, without what joined it to others, and with its head if needed."""
    text = " ".join(without_marks(piece.text).split())
    bare = _FIRST.sub("", text, count=1).rstrip(" ;；,，").lstrip()
    text = bare if any(map(str.isalnum, bare)) else text
    text = _LAST_AND.sub("", text) if piece.item else text
    return f"{piece.head}: {text}" if piece.head and (with_head or piece.needs_head) else text


def without_marks(text: str) -> str:
    """The text without the marks that its author gives to parts of it."""
    return _MARKS.sub(lambda marks: re.split(r"[)\]）]", marks[0])[-1], text)


def _pieces(text: str) -> Iterator[_Piece]:
    masked = _masked(text)
    items = {*_item_starts(masked)}
    for start, end in _between(masked, sorted({*items, *_mark_ends(text)})):
        sentences = [*sentence_spans(text[start:end], masked[start:end])]
        for number, (sentence_start, sentence_end) in enumerate(sentences, 1):
            at, to = start + sentence_start, start + sentence_end
            mark = _MARK.match(masked, at, to) or _letter(masked, at, to)
            begin = mark.end() - at if mark else 0
            pieces = [*_clauses(text[at:to], masked[at:to], begin, is_item=bool(mark))]
            leads_in = number == len(sentences) and end in items and not mark
            if leads_in and pieces and pieces[-1].text[-1] not in _FINAL:
                pieces[-1:] = _lead_in_of(pieces[-1])
            if mark and pieces:
                pieces[0] = replace(pieces[0], indent=_indent(text, at))
            yield from pieces


def _lead_in_of(piece: _Piece) -> list[_Piece]:
    """The piece as the lead-in of the list that follows; a long one is also a fact of its own."""
    if len(piece.text) <= LONGEST_HEAD:
        return [replace(piece, text=f"{piece.text}:")]
    return [replace(piece, text=_DANGLING.sub("", piece.text)), replace(piece, text=":")]


def _indent(text: str, at: int) -> int:
    """The spaces before the item at `at`; 0 if something else precedes it in its line."""
    before = text[text.rfind("\n", 0, at) + 1 : at]
    return 0 if before.strip() else len(before)


def _letter(masked: str, start: int, end: int) -> re.Match[str] | None:
    """The letter at `start`, if it begins an item of a list with letters."""
    mark = _LETTER.match(masked, start, end)
    return mark if mark and all(letter.search(masked) for letter in _LETTERED) else None


def _masked(text: str) -> str:
    """The text in the same length, with letters for what must not be cut."""
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
    """The number of an item: 3 for `3`, `iii` or `c`; 0 if it is none, as with `iiii`."""
    if mark.isdigit():
        return int(mark)
    if mark in _ROMAN:
        return _ROMAN.index(mark) + 1
    return ord(mark) - ord("a") + 1 if len(mark) == 1 else 0


def _mark_ends(text: str) -> list[int]:
    """The ends of the parts to which the author has given marks."""
    ends = [match.end() for match in _MARKS.finditer(text)]
    return ends if len(ends) > 1 else []


def _between(text: str, cuts: Iterable[int]) -> Iterator[tuple[int, int]]:
    """The start and end of each part of a text between `cuts` that is not blank."""
    at = 0
    for cut in (*cuts, len(text)):
        if text[at:cut].strip():
            yield at, cut
        at = cut


def _clauses(sentence: str, masked: str, begin: int, *, is_item: bool) -> Iterator[_Piece]:
    """The clauses of a sentence from `begin` on, where the mark of an item ends."""
    cuts = [match.end() for match in _SEMICOLON.finditer(masked, begin)]
    if cuts and (list_begin := list_start(masked, begin, cuts)):
        yield _Piece(sentence[begin:list_begin].strip(), is_item)
        for start, end in _between(masked, [list_begin, *cuts]):
            if start >= list_begin:
                yield _Piece(sentence[start:end].strip(), item=True)
        return
    for start, end in _between(masked, [begin, *cuts]):
        if start < begin:
            continue
        reasons = _further_reasons(masked[start:end])
        for reason_start, reason_end in _between(masked[start:end], reasons):
            part = slice(start + reason_start, start + reason_end)
            for text in _coordinated(sentence[part], masked[part]):
                if any(map(str.isalnum, text)):
                    yield _Piece(text.strip(), is_item)
                    is_item = False


def _further_reasons(masked: str) -> list[int]:
    """Where the second and each further reason begins."""
    if len(_REASON.findall(masked)) < 2:
        return []
    return [match.start() for match in _NEXT_REASON.finditer(masked)]


def _coordinated(clause: str, masked: str) -> Iterator[str]:
    """The clauses that a conjunction joins, if both can stand alone."""
    at = 0
    for match in _CONJUNCTION.finditer(masked):
        left = masked[max(at, match.start() - _LOOKED_AT) : match.start()].lstrip(",， ")
        right = masked[match.end() : match.end() + _LOOKED_AT]
        in_list = "," in left or "，" in left
        if (
            not in_list
            and min(_content_words(left), _content_words(right)) >= _CLAUSE_WORDS
            and _is_clause(right)
        ):
            yield clause[at : match.start()]
            at = match.start()
    yield clause[at:]


def _is_clause(text: str) -> bool:
    words = text.casefold().split()
    return is_chinese(text) or words[0] in ARTICLES or not VERBS.isdisjoint(words)


def _content_words(text: str) -> float:
    """The number of content words; a Chinese character counts half."""
    words = (word for word in tokens(text) if is_word(word) and word not in ALL_FUNCTION_WORDS)
    return sum(0.5 if is_chinese(word) else 1 for word in words)


def _under_their_heads(pieces: Sequence[_Piece]) -> Iterator[_Piece]:
    """The pieces without lead-ins; the items that follow get these as their heads."""
    head = ""
    outer: list[tuple[int, str]] = []
    """The indents and labels of the items around the next one."""
    for piece, after in zip(pieces, (*pieces[1:], None), strict=False):
        is_outer = piece.item and after is not None and after.item and after.indent > piece.indent
        outer = [one for one in outer if piece.item and one[0] < piece.indent]
        outer_label = outer[-1][1] if outer else ""
        if is_outer:
            label = _label(piece.text)
            outer.append((piece.indent, label or outer_label))
            if label == piece.text.rstrip(" :："):  # the item is nothing but the label
                continue
        elif piece.text[-1] in ":：" and after is not None:
            head = piece.text[:-1] if len(piece.text) <= LONGEST_HEAD else ""
            continue
        if outer_label:
            yield replace(piece, head=outer_label, needs_head=True)
        else:
            yield replace(piece, head=head if piece.item else "")


def _label(text: str) -> str:
    """What the items inside an item are about: its text before a colon, or all of it if short."""
    label = re.split(r":\s|：", text, maxsplit=1)[0].rstrip(_LABEL_ENDS)
    return label if len(label) <= LONGEST_HEAD else ""


def _distinct(pieces: Iterable[_Piece]) -> Iterable[_Piece]:
    distinct: dict[tuple[str, str], _Piece] = {}
    for piece in pieces:
        distinct.setdefault((piece.head, piece.text.casefold()), piece)
    return distinct.values()


def _without_fragments(pieces: Sequence[_Piece]) -> list[_Piece]:
    """The pieces; one that is too short, or depends on the one before, is joined to that."""
    joined: list[_Piece] = []
    for piece in pieces:
        if joined and (_is_fragment(piece) or (len(joined) == 1 and _is_fragment(joined[0]))):
            joined[-1] = _join(joined[-1], piece)
        else:
            joined.append(piece)
    return joined


def _is_fragment(piece: _Piece) -> bool:
    if not piece.item and leans(piece.text):
        return True
    is_marked = piece.item or _MARKS.search(piece.text)
    return not is_marked and _content_words(piece.text) < _LEAST_WORDS


def _joined(pieces: Sequence[_Piece], most: int) -> list[_Piece]:
    """The pieces, with the shortest neighbours joined until at most `most` are left.

    Neighbours within an item of a list are joined before those across two items.
    """
    size = -(-len(pieces) // _MANY) or 1
    joined = [reduce(_join, pieces[at : at + size]) for at in range(0, len(pieces), size)]
    while len(joined) > most:
        costs = [(after.item, len(one.text) + len(after.text)) for one, after in pairwise(joined)]
        at = costs.index(min(costs))
        joined[at : at + 2] = [_join(joined[at], joined[at + 1])]
    return joined


def _join(one: _Piece, other: _Piece) -> _Piece:
    between = "; " if other.item and one.text[-1] not in _FINAL else " "
    between = "" if one.text[-1] in "。！？；：" else between
    return replace(one, text=f"{one.text}{between}{other.text}")


def _without_examples(text: str) -> str:
    """The text without blocks of code that only illustrate it: those not announced by a colon."""
    if "```" not in text or _content_words(_CODE_BLOCK.sub(" ", text)) < _LEAST_WORDS:
        return text
    return _CODE_BLOCK.sub(
        lambda block: block[0] if text[: block.start()].rstrip().endswith((":", "：")) else "\n",
        text,
    )
