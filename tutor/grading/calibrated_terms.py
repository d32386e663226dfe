"""Grades by key terms, calibrated where it is known how far they can be trusted."""

from tutor.bank import Language, Question, RubricPoint, Verdict
from tutor.grading.calibration import Calibration
from tutor.grading.calibration_store import Calibrations
from tutor.grading.evidence import term_evidence
from tutor.grading.explain import Explanation, explain_terms
from tutor.grading.grade import Grade, PointGrade
from tutor.grading.keyterms.grader import TERMS_VERSION, Coverage, KeyTermGrader
from tutor.grading.sentences import split_sentences
from tutor.grading.signals import term_signals


class CalibratedTerms:
    """The key-term grader with its calibration."""

    def __init__(self, grader: KeyTermGrader, calibrations: Calibrations) -> None:
        self._grader = grader
        self._calibrations = calibrations

    @property
    def calibration(self) -> Calibration | None:
        """The calibration made for this version of the key terms, if there is one."""
        return self._calibrations.of_terms(TERMS_VERSION)

    def grade(self, question: Question, answer: str, language: Language) -> Grade:
        """Grade `answer`.

        Points without terms and drafted questions keep the uncalibrated verdict, since nothing was
        fitted on them. No point is met without a term of each group, however likely a human would
        call it met.
        """
        grade = self._grader.grade(question, answer, language)
        calibration = self.calibration
        if calibration is None or question.drafted:
            return grade
        coverage = self._grader.coverage(question, answer, language)
        sentences = split_sentences(answer)
        points = zip(question.rubric, grade.points, coverage, strict=True)
        return grade.model_copy(update={
            "grader": grade.grader.model_copy(update={"calibration": calibration.id}),
            "points": tuple(
                _calibrated(point, plain, covered, calibration, sentences)
                for point, plain, covered in points
            ),
        })  # fmt: skip

    def explain(
        self, question: Question, answer: str, language: Language, grade: Grade
    ) -> Explanation:
        """Explain how `grade` came about."""
        coverage = self._grader.coverage(question, answer, language)
        calibration = None if question.drafted else self.calibration
        return explain_terms(question, coverage, calibration, grade)


def _calibrated(
    point: RubricPoint,
    plain: PointGrade,
    coverage: Coverage,
    calibration: Calibration,
    sentences: tuple[str, ...],
) -> PointGrade:
    if not point.terms or coverage.contradicted:
        return plain
    probabilities = calibration.probabilities(term_signals(coverage))
    verdict = probabilities.likeliest if coverage.share >= 1 else probabilities.likeliest_below_met
    evidence = None if verdict is Verdict.MISSED else term_evidence(coverage, sentences)
    return plain.model_copy(update={
        "verdict": verdict,
        "confidence": min(1.0, probabilities.of(verdict)),
        "expected": min(1.0, probabilities.worth),
        "evidence": evidence,
    })  # fmt: skip
