"""Finds a rubric's terms and words in an answer: how far it covers each point."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain

from tutor.bank import Question, RubricPoint, Verdict
from tutor.grading.keyterms.comparisons import is_compared_with
from tutor.grading.keyterms.drafted import (
    DRAFTED_MET,
    DRAFTED_PARTIAL,
    drafted_expectation,
    drafted_share,
)
from tutor.grading.keyterms.negation import is_negative
from tutor.grading.keyterms.overlap import Likeness, RubricWording
from tutor.grading.keyterms.patterns import Pattern, separated
from tutor.grading.keyterms.words import Words
from tutor.grading.text import Stemming, tokens

OVERLAP_MET, OVERLAP_PARTIAL = 0.45, 0.25
"""The overlaps from which a point without terms is met, and partial."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far an answer covers one rubric point."""

    point: RubricPoint
    share: float
    """The share of the point's term groups found, from 0 to 1; the overlap if it has no terms, and
    a combination of both if the rubric was drafted."""
    by_sentence: tuple[float, ...]
    """The term groups found in each sentence of the answer; without terms, its overlap."""
    expected: float
    """The expected share of the weight. It differs from `share` for drafted points, where it
    depends on the whole answer."""
    touched: float = 0.0
    """The share of term groups whose words are in the answer, even if it denies them."""
    contradicted: bool = False
    """Whether the answer contradicts the point; its share is then 0."""
    drafted: bool = False

    @property
    def enough(self) -> bool:
        """Whether nothing is missing: the share is 1, or a drafted point is met."""
        return self.share >= (DRAFTED_MET if self.drafted and self.point.terms else 1.0)

    @property
    def overlap(self) -> float:
        """How much of the text of a point without terms the answer says, from 0 to 1.

        The language in which it says most counts. It is 0 for a point with terms, which words alone
        do not meet.
        """
        return 0.0 if self.point.terms else self.share

    @property
    def verdict(self) -> Verdict:
        """The verdict without a calibration: met with all groups of terms, partial with half."""
        if not self.point.terms:
            met, partial = OVERLAP_MET, OVERLAP_PARTIAL
        else:
            met, partial = (DRAFTED_MET, DRAFTED_PARTIAL) if self.drafted else (1.0, 0.5)
        if self.share >= met:
            return Verdict.MET
        return Verdict.PARTIAL if self.share >= partial else Verdict.MISSED


@dataclass(frozen=True, slots=True)
class PointTerms:
    """A point with its groups of key terms, and the terms that contradict it."""

    point: RubricPoint
    groups: tuple[tuple[Pattern, ...], ...]
    opposites: tuple[Pattern, ...]
    negative: bool
    """Whether the point itself says that something is not so."""
    words: frozenset[str]
    """The words of the point and its terms."""
    drafted: bool

    @classmethod
    def of(cls, point: RubricPoint, *, drafted: bool) -> "PointTerms":
        """Read the terms of `point`."""
        texts = [tokens(text) for text in point.point.by_language().values()]
        groups = tuple(tuple(map(Pattern.of, group)) for group in point.terms)
        opposites = tuple(map(Pattern.of, point.contradicted_by))
        in_terms = {word for pattern in chain(opposites, *groups) for word in pattern.words}
        negative = any(map(is_negative, texts))
        return cls(point, groups, opposites, negative, frozenset(in_terms.union(*texts)), drafted)

    def coverage(self, words: Words, like: Likeness | None) -> Coverage:
        """How far an answer covers the point; `like` is None if terms alone decide."""
        found = self._uncontradicted(words, like)
        if not self.contradicted(words):
            return found
        nowhere = (0.0,) * len(words.sentences)
        return replace(found, share=0.0, by_sentence=nowhere, expected=0.0, contradicted=True)

    def _uncontradicted(self, words: Words, like: Likeness | None) -> Coverage:
        if like is None or (self.groups and not self.drafted):
            return self._by_terms(words)
        if not self.groups:
            share, by_sentence, touched = like.overlap, like.by_sentence, 0.0
        else:
            by_terms = self._by_terms(words)
            share, touched = drafted_share(by_terms.share, like), by_terms.touched
            pairs = zip(by_terms.by_sentence, like.by_sentence, strict=True)
            by_sentence = tuple(by_term + by_word for by_term, by_word in pairs)
        expected = drafted_expectation(share, like) if self.drafted else share
        return Coverage(
            self.point, share, by_sentence, min(1.0, expected), touched, drafted=self.drafted
        )

    def _by_terms(self, words: Words) -> Coverage:
        """Count the groups that are met in each sentence and in the answer."""
        counts = [0.0] * len(words.sentences)
        met = touched = 0
        for group in self.groups:
            met_in = {words.sentence[at] for at in self._places(group, words)}
            met += bool(met_in)
            touched += bool(met_in) or any(True for each in group for _ in each.spans(words))
            for sentence in met_in:
                counts[sentence] += 1
        total = len(self.groups)
        share = met / total
        return Coverage(self.point, share, tuple(counts), share, touched / total)

    def missing(self, words: Words) -> tuple[int, ...]:
        """The indices of the groups that are not met."""
        return tuple(
            index
            for index, group in enumerate(self.groups)
            if not any(True for _ in self._places(group, words))
        )

    def contradicted(self, words: Words) -> bool:
        """Whether one of the opposites is said and not denied.

        It is not where words from both sides of a comma or line break only seem to say it ("softmax
        for several classes, sigmoid for two"), and not of what something else is compared with
        ("the GRU, unlike the LSTM, has no cell state").
        """
        return any(
            not any(words.not_only[start:end])
            and (pattern.has_comma or not separated(words.tokens, start, end))
            and not is_compared_with(words.tokens, start)
            for pattern in self.opposites
            for start, end in _undenied_spans(pattern, words)
        )

    def _places(self, group: Sequence[Pattern], words: Words) -> Iterator[int]:
        """Where a term of the group begins and is not denied, unless the point is a denial."""
        for pattern in group:
            spans = pattern.spans(words) if self.negative else _undenied_spans(pattern, words)
            yield from (start for start, _ in spans)


def _undenied_spans(pattern: Pattern, words: Words) -> Iterator[tuple[int, int]]:
    """Where the term is and is not denied, unless it is a denial itself."""
    for start, end in pattern.spans(words):
        denied = words.negated[start] or words.negated[end - 1]
        if pattern.negative or not denied:
            yield start, end


class PreparedQuestion:
    """A question's terms and texts, ready for comparison with answers."""

    def __init__(self, question: Question, stemming: Stemming) -> None:
        self.question = question
        self._stemming = stemming
        self._terms = [
            PointTerms.of(point, drafted=question.is_drafted(point.id)) for point in question.rubric
        ]
        self.known = frozenset[str]().union(*(terms.words for terms in self._terms))
        """All words of the rubric and its terms."""

    @cached_property
    def _rubrics(self) -> list[RubricWording]:
        """The rubric in each of its languages."""
        languages = {
            language for point in self.question.rubric for language in point.point.languages
        }
        return [
            RubricWording(self.question, language, self._stemming) for language in sorted(languages)
        ]

    def coverage(self, words: Words) -> tuple[Coverage, ...]:
        """How far the answer covers each point, in the rubric's order."""
        terms_decide = all(terms.groups and not terms.drafted for terms in self._terms)
        by_point = [None] * len(self._terms) if terms_decide else self._likenesses(words.sentences)
        pairs = zip(self._terms, by_point, strict=True)
        return tuple(terms.coverage(words, like) for terms, like in pairs)

    def likeness(self, sentences: Sequence[str]) -> tuple[float, ...]:
        """How much of each point's own words the sentences have, from 0 to 1."""
        return tuple(like.overlap for like in self._likenesses(sentences))

    def contradicted(self, words: Words, points: Collection[str]) -> frozenset[str]:
        """The ids among `points` that the answer contradicts."""
        pairs = zip(self.question.rubric, self._terms, strict=True)
        return frozenset(
            point.id for point, terms in pairs if point.id in points and terms.contradicted(words)
        )

    def missing(self, words: Words) -> list[tuple[int, ...]]:
        """The indices of each point's groups that are not met."""
        return [terms.missing(words) for terms in self._terms]

    def _likenesses(self, sentences: Sequence[str]) -> list[Likeness]:
        """How like the sentences are to each point, in the language that is likest."""
        by_language = [rubric.compare(sentences) for rubric in self._rubrics]
        points = zip(*by_language, strict=True)
        return [max(point, key=lambda like: like.overlap) for point in points]
