"""A rubric's terms, made ready once to be looked for in many answers."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tutor.grading.keyterms.negation import denies
from tutor.grading.keyterms.numbers import readings
from tutor.grading.keyterms.words import LINE, Places, Wanted, Words
from tutor.grading.text import is_chinese, is_number, tokens

_SKIPPED = frozenset("-\"'`*,.^_") | {LINE}
"""Signs that may stand between the words of a phrase."""
_ACRONYM = re.compile(r"(?<![^\W\d_])([A-Z]{2,5})s?(?![^\W\d_])")
_SHORT_ACRONYM = 3
"""So short a beginning is that of many words: `KL*` means KL, and no 'kleine'."""


GAP = re.compile(r"…|\.\.\.")
"""Stands in a term for words between its parts."""
REACH = 10
"""How many words a gap may take; two Chinese characters count as one."""

Form = tuple[Wanted, ...]
"""The words and signs of a term, or of a part of it, one after the other."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A term: the parts between its gaps, each as the forms that it can be written in."""

    parts: tuple[tuple[Form, ...], ...]
    negative: bool
    """Whether the term itself says that something is not so."""

    @classmethod
    def of(cls, term: str) -> "Pattern":
        """The term as a deck writes it.

        A star opens a word's end or beginning; `…` stands for a few words of the same clause.
        """
        parts = [
            tuple(piece for word in part.split() for piece in _pieces(word))
            for part in GAP.split(term)
        ]
        negative = denies([piece.text for part in parts for piece in part])
        return cls(tuple(forms for part in parts if (forms := _forms(part))), negative)

    @property
    def words(self) -> Iterator[str]:
        """The words that it has whole."""
        pieces = (piece for forms in self.parts for piece in forms[0])
        return (piece.text for piece in pieces if not (piece.open_left or piece.open_right))

    def spans(self, words: Words) -> Iterator[tuple[int, int]]:
        """Where the term stands: its first token, and the token after its last."""
        found: list[list[tuple[int, int]]] = []
        for forms in self.parts:
            spans = [*_spans(forms, words)]
            if not spans:  # without one part the others need no looking for
                return
            found.append(spans)
        if not found:
            return
        first, *others = found
        for start, end in first:
            for spans in others:
                end = min((e for s, e in spans if _joins(words, end, s)), default=0)
                if not end:
                    break
            else:
                yield start, end


def _joins(words: Words, end: int, start: int) -> bool:
    """Whether a gap may lie between the token before `end` and the one at `start`."""
    if start < end or words.clause[end - 1] != words.clause[start]:
        return False
    between = words.tokens[end:start]
    return sum(0.5 if is_chinese(word) else 1 for word in between) <= REACH


def _forms(pieces: Form) -> tuple[Form, ...]:
    forms = (pieces, _read(pieces), tuple(_without_raising(pieces)))
    return tuple(dict.fromkeys(form for form in forms if form))


def _without_raising(pieces: Form) -> Iterator[Wanted]:
    """'x^2' as 'x2', which is what is left of it when it is copied; '10^4' is no '104'."""
    raised = False
    for before, piece in zip((None, *pieces), pieces, strict=False):
        if piece.text == "^" and before is not None and not is_number(before.text):
            raised = True
        else:
            yield piece._replace(close=True) if raised else piece
            raised = False


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
    """Where the pieces of a form, found at these places, follow one another."""
    number = is_number(form[0].text) or is_number(form[-1].text)
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
            if not (number and _cuts_a_power(form, start, at, text)):
                yield start, at


def _cuts_a_power(form: Form, start: int, end: int, text: Sequence[str]) -> bool:
    """Whether a number of the form is only the base, or the exponent, of a power of ten."""
    base = form[-1].text == "10" and text[end : end + 1] == ["^"]
    exponent = is_number(form[0].text) and text[max(0, start - 2) : start] == ["10", "^"]
    return base or exponent


def _pieces(part: str) -> Iterator[Wanted]:
    """The pieces of a term's part between spaces."""
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


def _read(pieces: Sequence[Wanted]) -> tuple[Wanted, ...]:
    """The pieces with their readings in place: 'fünfzehn prozent*' as '15 %'."""
    texts = [piece.text for piece in pieces]
    out: list[Wanted] = []
    at = 0
    for start, end, word in readings(texts):
        opened = pieces[end - 1].open_right
        if start < at or (opened and is_number(word)):
            continue
        out += pieces[at:start]
        still_open = opened and word.isalpha()
        out.append(pieces[start]._replace(text=word, open_right=still_open, exact=False))
        at = end
    return (*out, *pieces[at:])
