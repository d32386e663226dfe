"""The key-term grader: the rubric's term groups, looked for in the answer.

It needs no model. What it finds is a proposal that the student confirms or mends.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from tutor.bank import Language, Question, RubricPoint, Verdict
from tutor.grading.grade import Evidence, Grade, GraderId, PointGrade
from tutor.grading.sentences import split_sentences
from tutor.grading.text import Stemming, is_chinese, is_word, tokens

VERSION = "1"
_OVERLAP_MET, _OVERLAP_PARTIAL = 0.6, 0.35
"""Share of a point's own words; used only where a point has no terms."""
_SKIPPED = frozenset("-\"'`*,.")
"""Signs that may stand between the words of a phrase."""


class KeyTermGrader:
    """Grades by key terms. Not thread-safe: it remembers stems and matches."""

    def __init__(self, *, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._match = WordMatcher(Stemming())

    def grade(self, question: Question, answer: str, language: Language) -> Grade:
        """The verdicts on `answer`: all groups of a point found is met, half of them partial."""
        start = self._clock()
        sentences = split_sentences(answer)
        texts = [tokens(sentence) for sentence in sentences]
        points = tuple(self._judge(point, sentences, texts, language) for point in question.rubric)
        return Grade(
            question=question.id,
            grader=GraderId(name="terms", version=VERSION),
            language=language,
            points=points,
            ms=(self._clock() - start) * 1000,
        )

    def _judge(
        self,
        point: RubricPoint,
        sentences: Sequence[str],
        texts: Sequence[list[str]],
        language: Language,
    ) -> PointGrade:
        """`texts` are the words of `sentences`."""
        hits = (
            self._term_hits(point, texts) if point.terms else self._overlap(point, language, texts)
        )
        return PointGrade(
            id=point.id,
            weight=point.weight,
            verdict=hits.verdict,
            evidence=None if hits.verdict is Verdict.MISSED else _evidence(hits, sentences),
        )

    def _term_hits(self, point: RubricPoint, texts: Sequence[list[str]]) -> "_Hits":
        """Which groups stand where; a group may be met in any sentence."""
        by_sentence = [0.0] * len(texts)
        found = 0
        for group in point.terms:
            patterns = [_Pattern.of(term) for term in group]
            where = [
                index
                for index, text in enumerate(texts)
                if any(pattern.is_in(text, self._match) for pattern in patterns)
            ]
            found += bool(where)
            for index in where:
                by_sentence[index] += 1
        return _Hits(_verdict(found, len(point.terms)), by_sentence)

    def _overlap(
        self, point: RubricPoint, language: Language, texts: Sequence[list[str]]
    ) -> "_Hits":
        """The share of the point's own words that the answer has; for points without terms."""
        wanted = {word for word in tokens(point.point.to(language)) if _has_meaning(word)}
        share = self._share(wanted, [word for text in texts for word in text])
        counts = [self._share(wanted, text) for text in texts]
        if share >= _OVERLAP_MET:
            return _Hits(Verdict.MET, counts)
        return _Hits(Verdict.PARTIAL if share >= _OVERLAP_PARTIAL else Verdict.MISSED, counts)

    def _share(self, wanted: set[str], words: Sequence[str]) -> float:
        """How much of `wanted` is among `words`, from 0 to 1."""
        found = sum(any(self._match.same(one, other) for other in words) for one in wanted)
        return found / len(wanted) if wanted else 0.0


@dataclass(frozen=True)
class _Hits:
    verdict: Verdict
    by_sentence: list[float]


def _evidence(hits: _Hits, sentences: Sequence[str]) -> Evidence:
    """The sentence with the most hits, the first of equals."""
    best = max(range(len(sentences)), key=hits.by_sentence.__getitem__)
    return Evidence(sentence=best + 1, text=sentences[best])


def _verdict(found: int, groups: int) -> Verdict:
    if found == groups:
        return Verdict.MET
    return Verdict.PARTIAL if found * 2 >= groups else Verdict.MISSED


def _has_meaning(word: str) -> bool:
    """Words of three letters and less are mostly articles; Chinese characters always count."""
    return is_word(word) and (len(word) > 3 or word.isdigit() or is_chinese(word))


class WordMatcher:
    """Whether two words are the same word: by stem, or with a small typing error."""

    def __init__(self, stemming: Stemming) -> None:
        self._stemming = stemming
        self._known: dict[tuple[str, str], bool] = {}

    def same(self, wanted: str, word: str) -> bool:
        """Whether `word` is `wanted` in another form or mistyped. Both normalised."""
        if wanted == word:
            return True
        if not (wanted[0].isalpha() and word[0].isalpha()):
            return False
        key = (wanted, word)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._alike(wanted, word)
        return known

    def begins(self, prefix: str, word: str) -> bool:
        """Whether `word` begins with `prefix`, a small typing error forgiven."""
        return word.startswith(prefix) or (
            word[:1].isalpha() and _near(prefix, word[: len(prefix)], slack=1)
        )

    def _alike(self, wanted: str, word: str) -> bool:
        ours, theirs = self._stemming.stems(wanted), self._stemming.stems(word)
        return bool(ours & theirs) or any(_near(a, b) for a in ours for b in theirs)


def _near(one: str, other: str, slack: int = 0) -> bool:
    """Whether a typing error or two, by length, lie between two stems.

    Never in the first letter: there a difference is mostly another word.
    """
    length = min(len(one), len(other)) - slack
    allowed = 0 if length < 5 else 1 if length < 9 else 2
    if not allowed or one[0] != other[0] or not (one.isalpha() and other.isalpha()):
        return False
    return OSA.distance(one, other, score_cutoff=allowed) <= allowed


@dataclass(frozen=True)
class _Piece:
    """One word or sign of a term."""

    text: str
    open_left: bool = False
    open_right: bool = False

    def fits(self, token: str, match: WordMatcher) -> bool:
        if self.open_left:
            at = token.find(self.text)
            return at >= 0 and (self.open_right or at + len(self.text) == len(token))
        return match.begins(self.text, token) if self.open_right else match.same(self.text, token)


@dataclass(frozen=True)
class _Pattern:
    """A term as the sequence of its words and signs."""

    pieces: tuple[_Piece, ...]

    @classmethod
    def of(cls, term: str) -> "_Pattern":
        return cls(tuple(piece for part in term.split() for piece in _pieces(part)))

    def is_in(self, text: Sequence[str], match: WordMatcher) -> bool:
        """Whether the term stands in `text`, its words one after the other."""
        return any(self._stands_at(text, start, match) for start in range(len(text)))

    def _stands_at(self, text: Sequence[str], start: int, match: WordMatcher) -> bool:
        at = start
        for index, piece in enumerate(self.pieces):
            while index and at < len(text) and text[at] in _SKIPPED and piece.text != text[at]:
                at += 1
            if at >= len(text) or not piece.fits(text[at], match):
                return False
            at += 1
        return bool(self.pieces)


def _pieces(part: str) -> Iterable[_Piece]:
    """The pieces of a term's part between spaces; a star at its end or beginning opens it."""
    open_left = len(part) > 1 and part.startswith("*") and part[1].isalpha()
    open_right = len(part) > 1 and part.endswith("*") and part[-2].isalnum()
    words = tokens(part[open_left : len(part) - open_right])
    last = len(words) - 1
    for index, word in enumerate(words):
        yield _Piece(word, open_left and index == 0, open_right and index == last)
