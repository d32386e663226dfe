"""An answer cut into its points: sentences, items of lists, clauses that stand alone.

Only what is certain is cut. Two facts in one point cost little, half a fact is no use to anyone.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tutor.grading.keyterms.overlap import FUNCTION_WORDS
from tutor.grading.keyterms.text import is_chinese, is_word, tokens, word_set
from tutor.grading.sentences import After, split_sentences, what_follows

MOST_POINTS = 12
_ALL_FUNCTION_WORDS = frozenset[str]().union(*FUNCTION_WORDS.values())
_LONGEST_HEAD = 80
"""Characters of a lead-in that its items carry."""
_LEAST_WORDS = 2
"""Content words of a sentence that is a point by itself."""
_CLAUSE_WORDS = 3
"""Content words of a clause that may stand alone."""
_WHOLE = re.compile(
    r"```.{0,8000}?```|`[^`\n]{1,400}`|\$\$.{1,800}?\$\$|\$[^$\n]{1,400}\$"
    r"|\\\(.{1,400}?\\\)|\\\[.{1,800}?\\\]|\([^()\n]{1,400}\)|（[^（）\n]{1,400}）",
    re.DOTALL,
)
"""Code, formulas and what is in brackets. Bounded, as a lone sign must not be followed far."""
_MARK = re.compile(
    r"\s*(?:[-*•●○▪◦–—→>]\s+|[•●○▪◦]\s*|#{1,6}\s+|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]\s+"
    r"|[（(]\d{1,2}[）)]\s*|\d{1,2}、)",
    re.IGNORECASE,
)
_BULLET = re.compile(r"\s[•●○▪◦]\s*(?=\S)")
_NUMBERED = re.compile(
    r"(?:^|(?<=[\s:：;；,，。]))[(（]?(\d{1,2})[)）、](?=\s*\S)|(?<=\s)(\d)\.\s(?=\S)"
)
_SEMICOLON = re.compile(r"[;；]+\s*")
_CONJUNCTION = re.compile(
    r",\s+(?:and|but|while|whereas|und|aber|während|а|но|тогда как)\s+|，(?:而|但是?)",
    re.IGNORECASE,
)
_COMMAS = re.compile(r",\s+(?:(?:and|or|und|oder|и|или)\s+)?|\s+(?:and|und|и)\s+|、")
_LAST_OF_A_LIST = re.compile(r"\s(?:and|or|und|oder|и|или)\s|[、和与及]")
_LEAST_LISTED, _LISTED_WORDS = 3, 3
"""So many items, of so many words at most, are a list in a sentence."""
_VERBS = word_set(
    "is are was were be has have had can cannot could may might must does do did will would should "
    "it they this these he she we you "
    "ist sind war waren wird werden wurde wurden hat haben kann können muss müssen darf soll sollen "
    "gibt es sie er "
    "это он она они является являются был была были может могут имеет имеют"
)
_BEGINNINGS = word_set("the a an each every der die das ein eine jede jeder jedes")


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    item: bool = False
    """Whether it is an item of a list, which may be one word."""
    head: str = ""
    """The lead-in of its list."""


def cut_into_points(text: str) -> list[str]:
    """The points of `text` in order, 1 to 12, none empty unless `text` is."""
    pieces = _distinct(_under_their_heads(_pieces(text))) or [_Piece(text.strip())]
    merged = joined(_without_fragments(pieces), MOST_POINTS)
    heads = {piece.head for piece in merged}
    return [_with_head(piece) if len(heads) > 1 else piece.text for piece in merged]


def joined_texts(points: Sequence[str], most: int) -> list[str]:
    """The points with the shortest neighbours joined until at most so many are left."""
    return [piece.text for piece in joined(list(map(_Piece, points)), most)]


def joined(pieces: list[_Piece], most: int) -> list[_Piece]:
    """The pieces with the shortest neighbours joined until at most so many are left."""
    while len(pieces) > most:
        lengths = [len(one.text) + len(other.text) for one, other in zip(pieces, pieces[1:])]
        at = lengths.index(min(lengths))
        both = _both(pieces[at], pieces[at + 1])
        pieces = [*pieces[:at], both, *pieces[at + 2 :]]
    return pieces


def _both(one: _Piece, other: _Piece) -> _Piece:
    ended = one.text[-1] in ".!?;。！？；…" or is_chinese(one.text[-1])
    return replace(one, text=f"{one.text}{' ' if ended else '; '}{other.text}")


def _with_head(piece: _Piece) -> str:
    return f"{piece.head}: {piece.text}" if piece.head else piece.text


def _pieces(text: str) -> Iterator[_Piece]:
    for sentence in _lines(text):
        masked = _masked(sentence)
        for start, end in _between(masked, [*_inline_marks(masked)]):
            yield from _clauses(sentence[start:end], masked[start:end], item=start > 0)


def _lines(text: str) -> Iterator[str]:
    """The sentences, those that were wrapped in one piece."""
    masked = _masked(text)
    sentences = split_sentences(masked)
    at = 0
    begin: int | None = None
    for sentence, after in zip(sentences, what_follows(masked, sentences), strict=True):
        start = masked.index(sentence, at)
        at = start + len(sentence)
        begin = start if begin is None else begin
        if after is not After.WRAP:
            yield text[begin:at]
            begin = None


def _masked(text: str) -> str:
    """The text with letters for all that must not be cut, just as long."""
    return _WHOLE.sub(lambda match: "x" * len(match[0]), text)


def _inline_marks(sentence: str) -> Iterator[int]:
    """Where items of a list in running text begin."""
    yield from (match.start() for match in _BULLET.finditer(sentence))


def _between(text: str, cuts: Sequence[int]) -> Iterator[tuple[int, int]]:
    at = 0
    for cut in (*cuts, len(text)):
        if text[at:cut].strip():
            yield at, cut
        at = cut


def _clauses(sentence: str, masked: str, *, item: bool) -> Iterator[_Piece]:
    mark = _MARK.match(masked)
    at = mark.end() if mark and mark.end() < len(masked) else 0
    item = item or at > 0
    cuts = [match.end() for match in _SEMICOLON.finditer(masked, at)]
    for start, end in _between(masked[at:], [cut - at for cut in cuts]):
        yield from (
            _Piece(part, item)
            for part in _coordinated(sentence[at + start : at + end], masked[at + start : at + end])
        )


def _coordinated(clause: str, masked: str) -> Iterator[str]:
    """The clauses that a conjunction joins, where both can stand alone."""
    at = 0
    for match in _CONJUNCTION.finditer(masked):
        left, right = masked[at : match.start()], masked[match.end() :]
        if "," not in left and "，" not in left and _stands_alone(left) and _is_sentence(right):
            yield _tidy(clause[at : match.start()])
            at = match.end()
    yield _tidy(clause[at:])


def _stands_alone(text: str) -> bool:
    return _content(text) >= _CLAUSE_WORDS


def _is_sentence(text: str) -> bool:
    words = text.casefold().split()
    if not words or not _stands_alone(text):
        return False
    return is_chinese(text) or words[0] in _BEGINNINGS or not _VERBS.isdisjoint(words)


def _content(text: str) -> float:
    """How many content words a text has; two Chinese characters are one."""
    words = [word for word in tokens(text) if is_word(word) and word not in _ALL_FUNCTION_WORDS]
    return sum(0.5 if is_chinese(word) else 1 for word in words)


def _tidy(text: str) -> str:
    return text.strip().rstrip(";；,，").strip()


def _under_their_heads(pieces: Iterator[_Piece]) -> Iterator[_Piece]:
    """Items without their lead-ins, which they remember."""
    head = ""
    known = [piece for piece in pieces if piece.text]
    for at, piece in enumerate(known):
        if piece.text[-1] in ":：" and at + 1 < len(known) and not piece.text[:-1].endswith(":"):
            head = piece.text[:-1].strip()
            head = head if len(head) <= _LONGEST_HEAD else ""
            continue
        if not piece.item:
            yield piece
        else:
            yield replace(piece, head=head)


def _distinct(pieces: Iterator[_Piece]) -> list[_Piece]:
    return list({(piece.head, piece.text.casefold()): piece for piece in pieces}.values())


def _without_fragments(pieces: list[_Piece]) -> list[_Piece]:
    """With what is too short for a point as a part of its neighbour."""
    found: list[_Piece] = []
    for piece in pieces:
        before = found[-1] if found else None
        if before is not None and not before.item and _is_fragment(before) and len(found) == 1:
            found[-1] = replace(_both(before, piece), item=piece.item)
        elif before is not None and _is_fragment(piece):
            found[-1] = _both(before, piece)
        else:
            found.append(piece)
    return found


def _is_fragment(piece: _Piece) -> bool:
    return not piece.item and _content(piece.text) < _LEAST_WORDS
