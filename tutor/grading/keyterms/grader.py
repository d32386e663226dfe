"""The key-term grader: the rubric's term groups, looked for in the answer.

It needs no model. Its verdicts are suggestions that the student confirms or corrects.
"""

import re
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import Generic, TypeVar

from tutor.bank import Language, Question, RubricPoint, Verdict
from tutor.grading.grade import Evidence, Grade, GraderId, PointGrade
from tutor.grading.keyterms.drafted import (
    DRAFTED_MET,
    DRAFTED_PARTIAL,
    drafted_expectation,
    drafted_share,
)
from tutor.grading.keyterms.negation import is_negative
from tutor.grading.keyterms.overlap import Likeness, RubricWording
from tutor.grading.keyterms.patterns import Pattern
from tutor.grading.keyterms.words import Words
from tutor.grading.sentences import split_sentences
from tutor.grading.text import Stemming, is_chinese, is_cyrillic, tokens

TERMS_VERSION = "5"
OVERLAP_MET, OVERLAP_PARTIAL = 0.45, 0.25
"""From which overlap on a point without terms is met, and partial."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far an answer covers one rubric point; measured, not judged."""

    point: str
    """The point's id."""
    weight: float
    share: float
    """Of the point's term groups found, from 0 to 1; without terms the overlap, and both together
    where the rubric was drafted."""
    enough: bool
    """Whether nothing is wanting: a share of 1, or a drafted point that is met."""
    overlap: float
    """Of the answer with the own text of a point without terms, from 0 to 1, best of the text's
    languages; 0 where there are terms, since words alone meet no point that asks for terms."""
    by_sentence: tuple[float, ...]
    """Term groups found in each sentence of the answer; without terms each one's overlap."""
    contradicted: bool
    """Whether the answer says something that contradicts the point, whose share is then 0."""
    touched: float
    """The share of term groups whose words stand in the answer, even where it denies them."""
    expected: float
    """The share of the weight to be expected: the share found, or what a drafted point's words in
    the whole answer lead one to expect."""


@dataclass(frozen=True, slots=True)
class _Hits:
    share: float
    by_sentence: tuple[float, ...]
    contradicted: bool = False
    touched: float = 0.0
    likely: float | None = None
    """The share of the weight to be expected, where that is not the share found."""

    @property
    def expected(self) -> float:
        return min(1.0, self.share if self.likely is None else self.likely)


class KeyTermGrader:
    """Grades by key terms. Not thread-safe: it remembers stems, and questions' terms."""

    def __init__(self, *, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._stemming = Stemming()
        self._prepared = PerQuestion(lambda question: _Prepared(question, self._stemming))

    def grade(self, question: Question, answer: str, language: Language) -> Grade:
        """The verdicts on `answer`: all groups of a point found is met, half of them partial.

        The terms of a drafted rubric are a guess, so that the point's other words count as well.
        """
        start = self._clock()
        sentences = split_sentences(answer)
        all_hits = self._search(question, answer, sentences, language)
        points = tuple(
            _graded(point, hits, sentences, drafted=question.is_drafted(point.id))
            for point, hits in zip(question.rubric, all_hits, strict=True)
        )
        return Grade(
            question=question.id,
            grader=GraderId(name="terms", version=TERMS_VERSION),
            language=language,
            points=points,
            ms=(self._clock() - start) * 1000,
        )

    def coverage(self, question: Question, answer: str, language: Language) -> tuple[Coverage, ...]:
        """How far `answer` covers every point of the rubric, in its order."""
        sentences = split_sentences(answer)
        all_hits = self._search(question, answer, sentences, language)
        return tuple(
            Coverage(
                point=point.id,
                weight=point.weight,
                share=hits.share,
                enough=hits.share >= _enough(point, drafted=question.is_drafted(point.id)),
                overlap=0.0 if point.terms else hits.share,
                by_sentence=hits.by_sentence,
                contradicted=hits.contradicted,
                touched=hits.touched,
                expected=hits.expected,
            )
            for point, hits in zip(question.rubric, all_hits, strict=True)
        )

    def likeness(self, question: Question, text: str) -> tuple[float, ...]:
        """For every point the share of its own words, from 0 to 1, that `text` says."""
        return self._prepared.of(question).likeness(split_sentences(text))

    def contradicted(
        self, question: Question, answer: str, language: Language, points: Collection[str]
    ) -> frozenset[str]:
        """The ids out of `points` which `answer` contradicts; for checks of a question's texts."""
        prepared = self._prepared.of(question)
        sentences = split_sentences(answer)
        words = Words(answer, sentences, language, self._stemming, prepared.known)
        return prepared.contradicted(words, points)

    def missing(
        self, question: Question, answer: str, language: Language
    ) -> Mapping[str, tuple[str, ...]]:
        """By point id one term of each group that the answer does not meet, as people write it.

        Points whose groups are all met are skipped. Of a group's terms one in `language` is named,
        as far as letters and the question's own words in it can tell.
        """
        prepared, sentences = self._prepared.of(question), split_sentences(answer)
        words = Words(answer, sentences, language, self._stemming, prepared.known)
        unmet = prepared.missing(words)
        spoken = _spoken(question.rubric, language)
        return {
            point.id: tuple(
                dict.fromkeys(_readable(point.terms[at], language, spoken) for at in groups)
            )
            for point, groups in zip(question.rubric, unmet, strict=True)
            if groups
        }

    def _search(
        self, question: Question, answer: str, sentences: Sequence[str], language: Language
    ) -> list[_Hits]:
        prepared = self._prepared.of(question)
        words = Words(answer, sentences, language, self._stemming, prepared.known)
        return prepared.hits(words, sentences)


class _Prepared:
    """A question's terms and texts, ready to be compared with answers."""

    def __init__(self, question: Question, stemming: Stemming) -> None:
        self.question = question
        self._stemming = stemming
        self._terms = [
            _Terms.of(point, drafted=question.is_drafted(point.id)) for point in question.rubric
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

    def hits(self, words: Words, sentences: Sequence[str]) -> list[_Hits]:
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

    def _hits(self, terms: "_Terms", like: Likeness | None, words: Words, sentences: int) -> _Hits:
        hits = self._undenied_hits(terms, like, words, sentences)
        if not terms.contradicted(words):
            return hits
        nowhere = (0.0,) * sentences
        return replace(hits, share=0.0, by_sentence=nowhere, contradicted=True, likely=None)

    def _undenied_hits(
        self, terms: "_Terms", like: Likeness | None, words: Words, sentences: int
    ) -> _Hits:
        """What an answer says of a point; `like` is None where terms alone decide."""
        if like is None or (terms.groups and not terms.drafted):
            return terms.hits(words, sentences)
        if not terms.groups:
            likely = drafted_expectation(like.overlap, like) if terms.drafted else None
            return _Hits(like.overlap, like.by_sentence, likely=likely)
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


@dataclass(frozen=True, slots=True)
class _Terms:
    """One point's groups of terms, and the terms that contradict it."""

    groups: tuple[tuple[Pattern, ...], ...]
    opposites: tuple[Pattern, ...]
    negative: bool
    """Whether the point itself says that something is not so."""
    words: frozenset[str]
    """What point and terms spell."""
    drafted: bool

    @classmethod
    def of(cls, point: RubricPoint, *, drafted: bool) -> "_Terms":
        texts = [tokens(text) for text in point.point.by_language().values()]
        groups = tuple(tuple(map(Pattern.of, group)) for group in point.terms)
        opposites = tuple(map(Pattern.of, point.contradicted_by))
        spelled = {word for pattern in chain(opposites, *groups) for word in pattern.words}
        negative = any(map(is_negative, texts))
        return cls(groups, opposites, negative, frozenset(spelled.union(*texts)), drafted)

    def hits(self, words: Words, sentences: int) -> _Hits:
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
        return _Hits(met / of, tuple(counts), touched=touched / of)

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


def _graded(
    point: RubricPoint, hits: _Hits, sentences: Sequence[str], *, drafted: bool
) -> PointGrade:
    met, partial = _thresholds(point, drafted=drafted)
    verdict = (
        Verdict.MET
        if hits.share >= met
        else Verdict.PARTIAL
        if hits.share >= partial
        else Verdict.MISSED
    )
    evidence = None if verdict is Verdict.MISSED else _evidence(hits, sentences)
    return PointGrade(
        id=point.id,
        weight=point.weight,
        verdict=verdict,
        expected=hits.expected,
        evidence=evidence,
    )


def _enough(point: RubricPoint, *, drafted: bool) -> float:
    """From which share on nothing of a point is wanting."""
    return DRAFTED_MET if drafted and point.terms else 1.0


def _thresholds(point: RubricPoint, *, drafted: bool) -> tuple[float, float]:
    """From which share on a point is met, and partial."""
    if not point.terms:
        return OVERLAP_MET, OVERLAP_PARTIAL
    return (DRAFTED_MET, DRAFTED_PARTIAL) if drafted else (1.0, 0.5)


def _evidence(hits: _Hits, sentences: Sequence[str]) -> Evidence:
    """The sentence with the most hits, the first of equals."""
    best = max(range(len(sentences)), key=hits.by_sentence.__getitem__)
    return Evidence(sentence=best + 1, text=sentences[best])


MOST = 256
"""Questions kept: terms and texts of one take about 170 kB."""
Worked = TypeVar("Worked")


class PerQuestion(Generic[Worked]):
    """By question, for as long as it is the very same; a deck that was read again has others."""

    def __init__(self, work_out: Callable[[Question], Worked]) -> None:
        self._work_out = work_out
        self._known: dict[str, tuple[Question, Worked]] = {}

    def of(self, question: Question) -> Worked:
        """What is worked out about `question`."""
        known = self._known.get(question.id)
        if known is None or known[0] is not question:
            if len(self._known) >= MOST:
                self._known.clear()
            known = self._known[question.id] = question, self._work_out(question)
        return known[1]


_LETTERS: Mapping[Language, Callable[[str], bool]] = {
    "ru": is_cyrillic,
    "zh": is_chinese,
}


def _spoken(points: Iterable[RubricPoint], language: Language) -> frozenset[str]:
    """The words of what the points say in `language`; none where they say nothing in it."""
    texts = (each.point.to(language) for each in points if language in each.point.languages)
    return frozenset(word for text in texts for word in _WORD.findall(text.casefold()))


def _share_spoken(term: str, spoken: Collection[str]) -> float:
    """How much of a term is among the words that are spoken."""
    words = _TERM_WORD.findall(term.casefold())
    found = (
        any(each.startswith(word[:-1]) for each in spoken) if word.endswith("*") else word in spoken
        for word in words
    )
    return sum(found) / len(words) if words else 0.0


_WORD, _TERM_WORD = re.compile(r"\w+"), re.compile(r"\w+\*?")


def _readable(group: Sequence[str], language: Language, spoken: Collection[str]) -> str:
    """One term of a group without the signs that open it: `Daten*` is `Daten…`.

    Of those in the letters of `language` it is the first whose words are all `spoken` in it, else
    half of them: German and English have the same letters.
    """
    is_own = _LETTERS.get(language)
    own = [
        term
        for term in group
        if (is_own(term) if is_own else not (is_cyrillic(term) or is_chinese(term)))
    ]
    term = max(own or group, key=lambda each: int(2 * _share_spoken(each, spoken)))
    return " ".join(term.replace("*", "…").replace("... ", "… ").split())
