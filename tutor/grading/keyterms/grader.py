"""Grades by looking for the rubric's groups of key terms in the answer.

This needs no model. The verdicts are suggestions, which the student confirms or corrects.
"""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from tutor.bank import Language, Question, RubricPoint, Verdict
from tutor.grading.grade import Evidence, Grade, GraderId, PointGrade
from tutor.grading.keyterms.drafted import DRAFTED_MET, DRAFTED_PARTIAL
from tutor.grading.keyterms.hits import Hits, PreparedQuestion
from tutor.grading.keyterms.readable import readable_term, spoken_words
from tutor.grading.keyterms.words import Words
from tutor.grading.per_question import PerQuestion
from tutor.grading.sentences import split_sentences
from tutor.grading.text import Stemming

TERMS_VERSION = "5"
OVERLAP_MET, OVERLAP_PARTIAL = 0.45, 0.25
"""The overlaps from which a point without terms is met, and partial."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far an answer covers one rubric point."""

    point: str
    """The point's id."""
    weight: float
    share: float
    """The share of the point's term groups found, from 0 to 1; the overlap if it has no terms, and
    a combination of both if the rubric was drafted."""
    enough: bool
    """Whether nothing is missing: the share is 1, or a drafted point is met."""
    overlap: float
    """The overlap of the answer with the text of a point without terms, from 0 to 1, in the
    language with the most; 0 for a point with terms, which words alone do not meet."""
    by_sentence: tuple[float, ...]
    """The term groups found in each sentence of the answer; without terms, its overlap."""
    contradicted: bool
    """Whether the answer contradicts the point; its share is then 0."""
    touched: float
    """The share of term groups whose words are in the answer, even if it denies them."""
    expected: float
    """The expected share of the weight. It differs from `share` for drafted points, where it
    depends on the whole answer."""


class KeyTermGrader:
    """Grades by key terms. Not thread-safe: it caches stems and questions' terms."""

    def __init__(self, *, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._stemming = Stemming()
        self._prepared = PerQuestion(lambda question: PreparedQuestion(question, self._stemming))

    def grade(self, question: Question, answer: str, language: Language) -> Grade:
        """Grade `answer`: a point is met with all groups of terms, and partial with half of them.

        The terms of a drafted rubric are a guess, so there the point's other words count as well.
        """
        start = self._clock()
        words = self._words(question, answer, language)
        coverage = self._coverage(question, words)
        points = tuple(
            _graded(point, covered, words.sentences, drafted=question.is_drafted(point.id))
            for point, covered in zip(question.rubric, coverage, strict=True)
        )
        return Grade(
            question=question.id,
            grader=GraderId(name="terms", version=TERMS_VERSION),
            language=language,
            points=points,
            ms=(self._clock() - start) * 1000,
        )

    def coverage(self, question: Question, answer: str, language: Language) -> tuple[Coverage, ...]:
        """How far `answer` covers each point, in the rubric's order."""
        return self._coverage(question, self._words(question, answer, language))

    def likeness(self, question: Question, text: str) -> tuple[float, ...]:
        """The share of each point's own words that `text` has, from 0 to 1."""
        return self._prepared.of(question).likeness(split_sentences(text))

    def contradicted(
        self, question: Question, answer: str, language: Language, points: Collection[str]
    ) -> frozenset[str]:
        """The ids among `points` that `answer` contradicts; for checks of a question's texts."""
        words = self._words(question, answer, language)
        return self._prepared.of(question).contradicted(words, points)

    def missing(
        self, question: Question, answer: str, language: Language
    ) -> Mapping[str, tuple[str, ...]]:
        """A readable term of each group that the answer lacks, by the point's id.

        Points that lack nothing are skipped. Each term is in `language`, as far as its letters and
        the words of the question in that language can tell.
        """
        words = self._words(question, answer, language)
        groups_by_point = self._prepared.of(question).missing(words)
        spoken = spoken_words(question.rubric, language)
        return {
            point.id: tuple(
                dict.fromkeys(readable_term(point.terms[at], language, spoken) for at in groups)
            )
            for point, groups in zip(question.rubric, groups_by_point, strict=True)
            if groups
        }

    def _words(self, question: Question, answer: str, language: Language) -> Words:
        known = self._prepared.of(question).known
        return Words(answer, language, self._stemming, known)

    def _coverage(self, question: Question, words: Words) -> tuple[Coverage, ...]:
        all_hits = self._prepared.of(question).hits(words)
        return tuple(
            _covered(point, hits, drafted=question.is_drafted(point.id))
            for point, hits in zip(question.rubric, all_hits, strict=True)
        )


def _covered(point: RubricPoint, hits: Hits, *, drafted: bool) -> Coverage:
    return Coverage(
        point=point.id,
        weight=point.weight,
        share=hits.share,
        enough=hits.share >= (DRAFTED_MET if drafted and point.terms else 1.0),
        overlap=0.0 if point.terms else hits.share,
        by_sentence=hits.by_sentence,
        contradicted=hits.contradicted,
        touched=hits.touched,
        expected=hits.expected,
    )


def _graded(
    point: RubricPoint, coverage: Coverage, sentences: Sequence[str], *, drafted: bool
) -> PointGrade:
    met, partial = _thresholds(point, drafted=drafted)
    verdict = Verdict.MISSED
    evidence = None
    if coverage.share >= partial:
        verdict = Verdict.MET if coverage.share >= met else Verdict.PARTIAL
        best = max(range(len(sentences)), key=coverage.by_sentence.__getitem__)
        evidence = Evidence(sentence=best + 1, text=sentences[best])
    return PointGrade(
        id=point.id,
        weight=point.weight,
        verdict=verdict,
        expected=coverage.expected,
        evidence=evidence,
    )


def _thresholds(point: RubricPoint, *, drafted: bool) -> tuple[float, float]:
    """The shares from which a point is met, and partial."""
    if not point.terms:
        return OVERLAP_MET, OVERLAP_PARTIAL
    return (DRAFTED_MET, DRAFTED_PARTIAL) if drafted else (1.0, 0.5)
