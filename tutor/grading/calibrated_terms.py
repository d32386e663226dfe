"""What key terms make of an answer: calibrated where it is known how far they can be trusted."""

from dataclasses import dataclass

from tutor.bank import Language, Question, RubricPoint, Verdict
from tutor.grading.calibration import Calibration, Signals
from tutor.grading.calibration_store import Calibrations
from tutor.grading.evidence import term_evidence
from tutor.grading.explain import Explanation, explain_terms
from tutor.grading.grade import Grade, PointGrade
from tutor.grading.keyterms.grader import TERMS_VERSION, Coverage, KeyTermGrader
from tutor.grading.sentences import split_sentences
from tutor.grading.signals import term_signals


@dataclass(frozen=True, slots=True)
class _Found:
    coverage: tuple[Coverage, ...]
    signals: tuple[Signals, ...]


class CalibratedTerms:
    """The key-term grader with its calibration."""

    def __init__(self, grader: KeyTermGrader, calibrations: Calibrations) -> None:
        self._grader = grader
        self._calibrations = calibrations

    @property
    def calibration(self) -> Calibration | None:
        """The one that holds for this version of the key terms."""
        return self._calibrations.of_terms(TERMS_VERSION)

    def grade(self, question: Question, answer: str, language: Language) -> Grade:
        """The verdicts on `answer`.

        A point without terms keeps the plain rule's verdict, and so does a drafted one, since
        nothing was fitted on such. None is met without a term of every group, however probable it
        is that people would say so.
        """
        grade = self._grader.grade(question, answer, language)
        calibration = self.calibration
        if calibration is None or question.drafted:
            return grade
        read = self._find(question, answer, language)
        sentences = split_sentences(answer)
        points = zip(question.rubric, grade.points, read.coverage, read.signals, strict=True)
        return grade.model_copy(update={
            "grader": grade.grader.model_copy(update={"calibration": calibration.id}),
            "points": tuple(
                _judged(point, plain, coverage, signals, calibration, sentences)
                for point, plain, coverage, signals in points
            ),
        })  # fmt: skip

    def explain(
        self, question: Question, answer: str, language: Language, grade: Grade
    ) -> Explanation:
        """How `grade` came about."""
        read = self._find(question, answer, language)
        calibration = None if question.drafted else self.calibration
        return explain_terms(question, read.coverage, read.signals, calibration, grade)

    def _find(self, question: Question, answer: str, language: Language) -> _Found:
        coverage = self._grader.coverage(question, answer, language)
        return _Found(coverage, tuple(map(term_signals, coverage)))


def _judged(
    point: RubricPoint,
    plain: PointGrade,
    coverage: Coverage,
    signals: Signals,
    calibration: Calibration,
    sentences: tuple[str, ...],
) -> PointGrade:
    if not point.terms or coverage.contradicted:
        return plain
    probabilities = calibration.probabilities(signals)
    verdict = probabilities.likeliest if coverage.share >= 1 else probabilities.likeliest_below_met
    shown = None if verdict is Verdict.MISSED else term_evidence(coverage, sentences)
    return plain.model_copy(update={
        "verdict": verdict,
        "confidence": min(1.0, probabilities.of(verdict)),
        "expected": min(1.0, probabilities.worth),
        "evidence": shown,
    })  # fmt: skip
