"""Where a rubric's terms and words stand in an answer."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain

from tutor.bank import Question, RubricPoint
from tutor.grading.keyterms.drafted import drafted_expectation, drafted_share
from tutor.grading.keyterms.negation import is_negative
from tutor.grading.keyterms.overlap import Likeness, RubricWording
from tutor.grading.keyterms.patterns import Pattern
from tutor.grading.keyterms.words import Words
from tutor.grading.text import Stemming, tokens


@dataclass(frozen=True, slots=True)
class Hits:
    """How much of a point is found, and where."""

    share: float
    by_sentence: tuple[float, ...]
    contradicted: bool = False
    touched: float = 0.0
    likely: float | None = None
    """The share of the weight to be expected, where that is not the share found."""

    @property
    def expected(self) -> float:
        """The share of the weight to be expected, from 0 to 1."""
        return min(1.0, self.share if self.likely is None else self.likely)


@dataclass(frozen=True, slots=True)
class PointTerms:
    """One point's groups of terms, and the terms that contradict it."""

    groups: tuple[tuple[Pattern, ...], ...]
    opposites: tuple[Pattern, ...]
    negative: bool
    """Whether the point itself says that something is not so."""
    words: frozenset[str]
    """What point and terms spell."""
    drafted: bool

    @classmethod
    def of(cls, point: RubricPoint, *, drafted: bool) -> "PointTerms":
        """Those of `point`, read once."""
        texts = [tokens(text) for text in point.point.by_language().values()]
        groups = tuple(tuple(map(Pattern.of, group)) for group in point.terms)
        opposites = tuple(map(Pattern.of, point.contradicted_by))
        spelled = {word for pattern in chain(opposites, *groups) for word in pattern.words}
        negative = any(map(is_negative, texts))
        return cls(groups, opposites, negative, frozenset(spelled.union(*texts)), drafted)

    def hits(self, words: Words, sentences: int) -> Hits:
        """Which groups stand where; a group may be met in any sentence."""
        counts = [0.0] * sentences
        met = touched = 0
        for group in self.groups:
            where = {words.sentence[at] for at in self._places(group, words)}
            met += bool(where)
            touched += bool(where) or any(True for each in group for _ in each.spans(words))
            for sentence in where:
                counts[sentence] += 1
        of = len(self.groups)
        return Hits(met / of, tuple(counts), touched=touched / of)

    def missing(self, words: Words) -> tuple[int, ...]:
        """The indices of the groups that are met nowhere."""
        groups = enumerate(self.groups)
        return tuple(
            at for at, group in groups if not any(True for _ in self._places(group, words))
        )

    def contradicted(self, words: Words) -> bool:
        """Whether one of the opposites is said and not denied."""
        return any(
            not words.not_only[start:end].count(True)
            for pattern in self.opposites
            for start, end in _said(pattern, words)
        )

    def _places(self, group: Sequence[Pattern], words: Words) -> Iterator[int]:
        """Where a term of the group stands, and is not denied."""
        for pattern in group:
            if self.negative:
                yield from (start for start, _ in pattern.spans(words))
            else:
                yield from (start for start, _ in _said(pattern, words))


def _said(pattern: Pattern, words: Words) -> Iterator[tuple[int, int]]:
    """Where the term stands and is not denied, unless it is a denial itself."""
    for start, end in pattern.spans(words):
        denied = words.negated[start] or words.negated[end - 1]
        if pattern.negative or not denied:
            yield start, end


class PreparedQuestion:
    """A question's terms and texts, ready to be compared with answers."""

    def __init__(self, question: Question, stemming: Stemming) -> None:
        self.question = question
        self._stemming = stemming
        self._terms = [
            PointTerms.of(point, drafted=question.is_drafted(point.id)) for point in question.rubric
        ]
        self.known = frozenset[str]().union(*(terms.words for terms in self._terms))
        """The words that the rubric spells."""

    @cached_property
    def _rubrics(self) -> list[RubricWording]:
        """The rubric in each of its languages."""
        languages = {
            language for point in self.question.rubric for language in point.point.languages
        }
        return [
            RubricWording(self.question, language, self._stemming) for language in sorted(languages)
        ]

    def hits(self, words: Words, sentences: Sequence[str]) -> list[Hits]:
        """For every point how much of it stands in which of the answer's sentences."""
        by_words = not all(terms.groups and not terms.drafted for terms in self._terms)
        alike = self._likenesses(sentences) if by_words else [None] * len(self._terms)
        return [
            self._hits(terms, like, words, len(sentences))
            for terms, like in zip(self._terms, alike, strict=True)
        ]

    def likeness(self, sentences: Sequence[str]) -> tuple[float, ...]:
        """How much of every point's own words the sentences say."""
        return tuple(like.overlap for like in self._likenesses(sentences))

    def contradicted(self, words: Words, points: Collection[str]) -> frozenset[str]:
        """The points among these that the answer says the opposite of."""
        pairs = zip(self.question.rubric, self._terms, strict=True)
        return frozenset(
            point.id for point, terms in pairs if point.id in points and terms.contradicted(words)
        )

    def missing(self, words: Words) -> list[tuple[int, ...]]:
        """For every point the indices of the groups that are met nowhere."""
        return [terms.missing(words) for terms in self._terms]

    def _hits(self, terms: PointTerms, like: Likeness | None, words: Words, sentences: int) -> Hits:
        hits = self._undenied_hits(terms, like, words, sentences)
        if not terms.contradicted(words):
            return hits
        nowhere = (0.0,) * sentences
        return replace(hits, share=0.0, by_sentence=nowhere, contradicted=True, likely=None)

    def _undenied_hits(
        self, terms: PointTerms, like: Likeness | None, words: Words, sentences: int
    ) -> Hits:
        """What an answer says of a point; `like` is None where terms alone decide."""
        if like is None or (terms.groups and not terms.drafted):
            return terms.hits(words, sentences)
        if not terms.groups:
            likely = drafted_expectation(like.overlap, like) if terms.drafted else None
            return Hits(like.overlap, like.by_sentence, likely=likely)
        hits = terms.hits(words, sentences)
        both = zip(hits.by_sentence, like.by_sentence, strict=True)
        share = drafted_share(hits.share, like)
        return replace(
            hits,
            share=share,
            by_sentence=tuple(a + b for a, b in both),
            likely=drafted_expectation(share, like),
        )

    def _likenesses(self, sentences: Sequence[str]) -> list[Likeness]:
        """How much of each point's own words the sentences say, in the likest language."""
        by_language = [rubric.compare(sentences) for rubric in self._rubrics]
        points = zip(*by_language, strict=True)
        return [max(point, key=lambda like: like.overlap) for point in points]
