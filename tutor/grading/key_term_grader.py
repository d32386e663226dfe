"""Grades by looking for the rubric's groups of key terms in the answer.

This needs no model. The verdicts are suggestions, which the student confirms or corrects.
"""

import time
from collections.abc import Callable, Collection, Mapping, Sequence

from tutor.bank import Language, Question, Verdict
from tutor.grading.calibration import Calibration
from tutor.grading.calibration_store import Calibrations
from tutor.grading.evidence import term_evidence
from tutor.grading.grade import Grade, GraderId, PointGrade
from tutor.grading.keyterms.coverage import Coverage, PreparedQuestion
from tutor.grading.keyterms.readable import is_telling, readable_term, spoken_words
from tutor.grading.keyterms.words import Words
from tutor.grading.per_question import PerQuestion
from tutor.grading.sentences import split_sentences
from tutor.grading.signals import term_signals
from tutor.grading.text import Stemming

TERMS_VERSION = "7"


class KeyTermGrader:
    """Grades by key terms. Not thread-safe: it caches stems and questions' terms."""

    def __init__(
        self,
        calibrations: Calibrations | None = None,
        *,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """Without `calibrations` verdicts are uncalibrated."""
        self._calibrations = calibrations
        self._clock = clock
        self._stemming = Stemming()
        self._prepared = PerQuestion(lambda question: PreparedQuestion(question, self._stemming))

    @property
    def calibration(self) -> Calibration | None:
        """The calibration made for this version of the key terms, if there is one."""
        return self._calibrations.of_terms(TERMS_VERSION) if self._calibrations else None

    def grade(self, question: Question, answer: str, language: Language) -> Grade:
        """Grade `answer`.

        Uncalibrated, a point is met with all groups of its terms, and partial with half of them.
        The terms of a drafted rubric are a guess, so there the point's other words count as well.
        """
        start = self._clock()
        calibration = None if question.drafted else self.calibration
        words = self._words(question, answer, language)
        coverage = self._prepared.of(question).coverage(words)
        return Grade(
            question=question.id,
            grader=GraderId(
                name="terms",
                version=TERMS_VERSION,
                calibration=calibration.id if calibration else None,
            ),
            language=language,
            points=tuple(_graded(each, words.sentences, calibration) for each in coverage),
            ms=(self._clock() - start) * 1000,
        )

    def coverage(self, question: Question, answer: str, language: Language) -> tuple[Coverage, ...]:
        """How far `answer` covers each point, in the rubric's order."""
        words = self._words(question, answer, language)
        return self._prepared.of(question).coverage(words)

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

        Points that lack nothing are skipped, and so are terms such as "or", which tell nobody what
        to look for. Each term is in `language`, as far as its letters and
        the words of the question in that language can tell.
        """
        words = self._words(question, answer, language)
        groups_by_point = self._prepared.of(question).missing(words)
        spoken = spoken_words(question.rubric, language)
        terms_by_point = {
            point.id: [readable_term(point.terms[at], language, spoken) for at in groups]
            for point, groups in zip(question.rubric, groups_by_point, strict=True)
        }
        return {
            id_: named
            for id_, terms in terms_by_point.items()
            if (named := tuple(dict.fromkeys(filter(is_telling, terms))))
        }

    def _words(self, question: Question, answer: str, language: Language) -> Words:
        known = self._prepared.of(question).known
        return Words(answer, language, self._stemming, known)


def _graded(
    coverage: Coverage, sentences: Sequence[str], calibration: Calibration | None
) -> PointGrade:
    """Grade a point; without the calibration if it has no terms, since that was fitted on terms.

    No point is met without a term of each group, however likely a human would call it met.
    """
    point, expected, confidence = coverage.point, coverage.expected, None
    if calibration is None or not point.terms or coverage.contradicted:
        verdict = coverage.verdict
    else:
        probabilities = calibration.probabilities(term_signals(coverage))
        has_all = coverage.share >= 1
        verdict = probabilities.likeliest if has_all else probabilities.likeliest_below_met
        confidence = min(1.0, probabilities.of(verdict))
        expected = min(1.0, probabilities.worth)
    return PointGrade(
        id=point.id,
        weight=point.weight,
        verdict=verdict,
        confidence=confidence,
        expected=expected,
        evidence=None if verdict is Verdict.MISSED else term_evidence(coverage, sentences),
    )
