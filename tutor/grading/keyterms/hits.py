"""Finds a rubric's terms and words in an answer."""

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
    """The expected share of the weight, if that is not `share`."""

    @property
    def expected(self) -> float:
        """The expected share of the weight, from 0 to 1."""
        return min(1.0, self.share if self.likely is None else self.likely)


@dataclass(frozen=True, slots=True)
class PointTerms:
    """One point's groups of key terms, and the terms that contradict it."""

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
        return cls(groups, opposites, negative, frozenset(in_terms.union(*texts)), drafted)

    def hits(self, words: Words) -> Hits:
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
        return Hits(met / total, tuple(counts), touched=touched / total)

    def missing(self, words: Words) -> tuple[int, ...]:
        """The indices of the groups that are not met."""
        return tuple(
            index
            for index, group in enumerate(self.groups)
            if not any(True for _ in self._places(group, words))
        )

    def contradicted(self, words: Words) -> bool:
        """Whether one of the opposites is said and not denied."""
        return any(
            not any(words.not_only[start:end])
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

    def hits(self, words: Words) -> list[Hits]:
        """How much of each point is found, and in which of the answer's sentences."""
        terms_decide = all(terms.groups and not terms.drafted for terms in self._terms)
        by_point = [None] * len(self._terms) if terms_decide else self._likenesses(words.sentences)
        return [
            _hits(terms, like, words) for terms, like in zip(self._terms, by_point, strict=True)
        ]

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


def _hits(terms: PointTerms, like: Likeness | None, words: Words) -> Hits:
    hits = _uncontradicted_hits(terms, like, words)
    if not terms.contradicted(words):
        return hits
    nowhere = (0.0,) * len(words.sentences)
    return replace(hits, share=0.0, by_sentence=nowhere, contradicted=True, likely=None)


def _uncontradicted_hits(terms: PointTerms, like: Likeness | None, words: Words) -> Hits:
    """What is found of a point, contradicted or not; `like` is None if terms alone decide."""
    if like is None or (terms.groups and not terms.drafted):
        return terms.hits(words)
    if not terms.groups:
        likely = drafted_expectation(like.overlap, like) if terms.drafted else None
        return Hits(like.overlap, like.by_sentence, likely=likely)
    hits = terms.hits(words)
    pairs = zip(hits.by_sentence, like.by_sentence, strict=True)
    share = drafted_share(hits.share, like)
    return replace(
        hits,
        share=share,
        by_sentence=tuple(by_terms + by_words for by_terms, by_words in pairs),
        likely=drafted_expectation(share, like),
    )
