"""The key-term grader: the rubric's term groups, looked for in the answer.

It needs no model. Its verdicts are suggestions that the student confirms or corrects.
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


class KeyTermGrader:
    """Grades by key terms. Not thread-safe: it remembers stems, and questions' terms."""

    def __init__(self, *, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._stemming = Stemming()
        self._prepared = PerQuestion(lambda question: PreparedQuestion(question, self._stemming))

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
        spoken = spoken_words(question.rubric, language)
        return {
            point.id: tuple(
                dict.fromkeys(readable_term(point.terms[at], language, spoken) for at in groups)
            )
            for point, groups in zip(question.rubric, unmet, strict=True)
            if groups
        }

    def _search(
        self, question: Question, answer: str, sentences: Sequence[str], language: Language
    ) -> list[Hits]:
        prepared = self._prepared.of(question)
        words = Words(answer, sentences, language, self._stemming, prepared.known)
        return prepared.hits(words, sentences)


def _graded(
    point: RubricPoint, hits: Hits, sentences: Sequence[str], *, drafted: bool
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


def _evidence(hits: Hits, sentences: Sequence[str]) -> Evidence:
    """The sentence with the most hits, the first of equals."""
    best = max(range(len(sentences)), key=hits.by_sentence.__getitem__)
    return Evidence(sentence=best + 1, text=sentences[best])
