"""Prepares a rubric's terms once, to look for them in many answers."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tutor.grading.keyterms.negation import denies
from tutor.grading.keyterms.numbers import readings
from tutor.grading.keyterms.words import LINE, Places, Wanted, Words
from tutor.grading.text import is_chinese, is_number, tokens, word_set

_SEPARATORS = frozenset({",", LINE})
"""Signs between the words of a phrase that may also separate two statements."""
_SKIPPED = frozenset("-\"'`*.^_") | _SEPARATORS
"""Signs that may be between the words of a phrase."""
_CORRELATES = word_set("desto umso тем dann so то then")
"""After a comma, these go on with the statement before it: 'чем больше, тем лучше'."""
_ACRONYM = re.compile(r"(?<![^\W\d_])([A-Z]{2,5})s?(?![^\W\d_])")
_SHORT_ACRONYM = 3
"""So short a beginning is shared by many words: `KL*` means KL, not 'kleine'."""
GAP = re.compile(r"…|\.\.\.")
"""In a term, stands for words between its parts."""
REACH = 10
"""The most words in a gap; two Chinese characters count as one."""

Form = tuple[Wanted, ...]
"""The words and signs of a term, or of a part of it, in order."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A term: the parts between its gaps, each in all forms that it can be written in."""

    parts: tuple[tuple[Form, ...], ...]
    negative: bool
    """Whether the term itself says that something is not so."""

    @classmethod
    def of(cls, term: str) -> "Pattern":
        """Parse a term of a deck.

        A star leaves a word's end or beginning open; `…` stands for a few words of the same clause.
        """
        parts = [
            tuple(piece for word in part.split() for piece in _pieces(word))
            for part in GAP.split(term)
        ]
        negative = denies([piece.text for part in parts for piece in part])
        return cls(tuple(forms for part in parts if (forms := _forms(part))), negative)

    @property
    def has_comma(self) -> bool:
        """Whether a comma is part of the term."""
        return any(piece.text == "," for forms in self.parts for piece in forms[0])

    @property
    def words(self) -> Iterator[str]:
        """The words whose ends are not open."""
        pieces = (piece for forms in self.parts for piece in forms[0])
        return (piece.text for piece in pieces if not (piece.open_left or piece.open_right))

    def spans(self, words: Words) -> Iterator[tuple[int, int]]:
        """Where the term is: its first token, and the token after its last."""
        by_part: list[list[tuple[int, int]]] = []
        for forms in self.parts:
            spans = [*_spans(forms, words)]
            if not spans:  # no need to look for the other parts
                return
            by_part.append(spans)
        if not by_part:
            return
        first, *others = by_part
        for start, end in first:
            for spans in others:
                end = min((e for s, e in spans if _may_be_gap(words, end, s)), default=0)
                if not end:
                    break
            else:
                yield start, end


def separated(words: Sequence[str], start: int, end: int) -> bool:
    """Whether the words from `start` to before `end` are of two statements.

    So they are around a comma or a line break, but not in "the larger, the better".
    """
    joining = _CORRELATES | {words[start]}
    return any(
        word in _SEPARATORS and after not in joining for word, after in pairwise(words[start:end])
    )


def _may_be_gap(words: Words, start: int, end: int) -> bool:
    """Whether a gap may reach from the token at `start` to before the one at `end`."""
    if end < start or words.clause[start - 1] != words.clause[end]:
        return False
    between = words.tokens[start:end]
    return sum(0.5 if is_chinese(word) else 1 for word in between) <= REACH


def _forms(pieces: Form) -> tuple[Form, ...]:
    forms = (pieces, _with_readings(pieces), tuple(_without_superscripts(pieces)))
    return tuple(dict.fromkeys(form for form in forms if form))


def _without_superscripts(pieces: Form) -> Iterator[Wanted]:
    """Write 'x^2' as 'x2', which copying leaves of it; but '10^4' is not '104'."""
    is_raised = False
    for before, piece in zip((None, *pieces), pieces, strict=False):
        if piece.text == "^" and before is not None and not is_number(before.text):
            is_raised = True
        else:
            yield piece._replace(close=True) if is_raised else piece
            is_raised = False


def _spans(forms: Iterable[Form], words: Words) -> Iterator[tuple[int, int]]:
    for form in forms:
        by_piece: list[Places] = []
        for piece in form:
            places = words.find(piece)
            if not places:
                break
            by_piece.append(places)
        else:
            yield from _runs(form, by_piece, words.tokens)


def _runs(form: Form, by_piece: Sequence[Places], text: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where the pieces of a form, each at these places, follow one another."""
    has_number = is_number(form[0].text) or is_number(form[-1].text)
    for start, end in by_piece[0].items():
        at = end
        for piece, places in zip(form[1:], by_piece[1:], strict=True):
            while (
                at < len(text)
                and text[at] in _SKIPPED
                and text[at] != piece.text
                and not piece.close
            ):
                at += 1
            if at not in places:
                break
            at = places[at]
        else:
            if not (has_number and _cuts_a_power(form, start, at, text)):
                yield start, at


def _cuts_a_power(form: Form, start: int, end: int, text: Sequence[str]) -> bool:
    """Whether a number of the form is only the base or the exponent of a power of ten."""
    is_base = form[-1].text == "10" and text[end : end + 1] == ["^"]
    is_exponent = is_number(form[0].text) and text[max(0, start - 2) : start] == ["10", "^"]
    return is_base or is_exponent


def _pieces(part: str) -> Iterator[Wanted]:
    """Divide a word of a term, which has no spaces, into pieces."""
    open_left = len(part) > 1 and part.startswith("*") and part[1].isalpha()
    open_right = len(part) > 1 and part.endswith("*") and part[-2].isalnum()
    bare = part[open_left : len(part) - open_right]
    words = tokens(bare)
    acronyms = {match[0].casefold(): match[1].casefold() for match in _ACRONYM.finditer(bare)}
    last = len(words) - 1
    for index, word in enumerate(words):
        left, right = open_left and index == 0, open_right and index == last
        short = not right or len(word) <= _SHORT_ACRONYM
        exact = word in acronyms and short and not left
        yield Wanted(acronyms[word] if exact else word, left, right and not exact, exact)


def _with_readings(pieces: Form) -> Form:
    """Replace pieces by their readings: 'fünfzehn prozent*' becomes '15 %'."""
    read: list[Wanted] = []
    at = 0
    for start, end, word in readings([piece.text for piece in pieces]):
        is_open = pieces[end - 1].open_right
        if start < at or (is_open and is_number(word)):
            continue
        read += pieces[at:start]
        open_right = is_open and word.isalpha()
        read.append(pieces[start]._replace(text=word, open_right=open_right, exact=False))
        at = end
    return (*read, *pieces[at:])
