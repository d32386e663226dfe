"""Grades with a local model: one short branch for each point, all scored in one batch.

No verdict comes from generated text. It follows from the labels' probabilities of being the next
token, and so does its evidence, which is the number of one of the answer's own sentences.
"""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from tutor.bank import Language, Question, Verdict
from tutor.engine import EngineCrashed, LabelsUnusable
from tutor.engine.api import Engine, ModelInfo, Scored
from tutor.grading.blending import blend, judge_share, verdict_of
from tutor.grading.calibration import Calibration, Signal, Signals
from tutor.grading.calibration_store import Calibrations
from tutor.grading.evidence import name_evidence, shared_wording
from tutor.grading.grade import Evidence, Grade, GraderId, PointGrade
from tutor.grading.key_term_grader import TERMS_VERSION, KeyTermGrader
from tutor.grading.keyterms.coverage import Coverage
from tutor.grading.network import can_read, inputs_of
from tutor.grading.per_question import PerQuestion
from tutor.grading.probabilities import Probabilities
from tutor.grading.prompt_forms import Form, FormName, GradingPrompt, form_hashes
from tutor.grading.prompts import PromptBook
from tutor.grading.sentences import split_sentences
from tutor.grading.signals import model_signals, raw, term_signals, trained_signals
from tutor.grading.text import is_word, tokens
from tutor.grading.wording import QuestionWording

MODEL_VERSION = "7"
WEAK_BELOW = 1_000_000_000
"""Parameters. A model of 135 million was no better on our samples than the commonest verdict
(docs/measurements.md)."""
FEWEST_WORDS = 10
"""Different words of an answer that states something without any key term. None of our sample
answers that does has fewer than 16; `1: yes, 2: yes, 3: yes` earned full marks."""
RELOAD_SECONDS = 120.0
"""How long to wait for a model that is being restarted."""


@dataclass(frozen=True, slots=True)
class PointReading:
    """The verdict on one point, with everything that explains it."""

    scored: Scored
    empty: Scored | None
    """The scores for an empty answer; None for a model trained to judge, which needs none."""
    coverage: Coverage
    """What the key terms found."""
    signals: Signals
    inputs: tuple[float, ...]
    """What a network reads about it and the whole answer; empty if none can read the question."""
    probabilities: Probabilities
    verdict: Verdict
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class Spent:
    """The seconds spent on each part."""

    answer: float
    empty: float
    terms: float


@dataclass(frozen=True, slots=True)
class AnswerReading:
    """Everything that was asked and found about one answer."""

    info: ModelInfo
    prompts: str
    """The hash of the form's prompt templates."""
    form: FormName
    asked: GradingPrompt
    calibration: Calibration | None
    points: tuple[PointReading, ...]
    spent: Spent
    judge_share: float | None = None
    """How much the judge counts for drafted points, from 0 to 1; None if it decides alone."""


class ModelGrader:
    """Grades with a local model. Calls block; `Engine.cancel` ends them."""

    def __init__(
        self,
        engine: Engine,
        prompts: PromptBook,
        *,
        calibrations: Calibrations | None = None,
        key_terms: KeyTermGrader | None = None,
        form: FormName | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """Without `calibrations` verdicts are uncalibrated.

        Pass `key_terms` to share its caches, and `form` to override the form that suits the model
        and its calibration.
        """
        self._engine = engine
        self._prompts = prompts
        self._clock = clock
        self._terms = key_terms or KeyTermGrader(clock=clock)
        self._calibrations = calibrations or Calibrations(())
        self._forced_form = form
        self._wordings = PerQuestion(QuestionWording)

    @property
    def calibration(self) -> Calibration | None:
        """The loaded model's calibration; None if the labels are used as they are."""
        info = self._engine.info
        return self._calibration(info) if info else None

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """What a calibration is made for: model, prompts, versions of judge and key terms.

        Raises `EngineError` while no model is loaded.
        """
        info = self._engine.wait_until_ready(0)
        return info.fingerprint, self._form(info).hash, MODEL_VERSION, TERMS_VERSION

    def prepare(self, question: Question, language: Language, answer: str) -> None:
        """Have the model read and score the answer ahead of time; returns at once."""
        info = self._engine.info
        if info is not None:
            asked = self._form(info).ask(question, language, answer)
            self._engine.prefill(asked.prompt, asked.branches)

    def grade(self, question: Question, answer: str, language: Language) -> Grade:
        """Grade `answer`.

        If the model's process crashes, the new process is asked again, once. Raises `EngineError`.
        """
        start = self._clock()
        remark = ""
        try:
            reading = self.read(question, answer, language)
        except EngineCrashed as crash:
            remark = f"While grading, {crash.message}; it was restarted and graded this. "
            reading = self.read(question, answer, language)
        info = reading.info
        return Grade(
            question=question.id,
            grader=GraderId(
                name="model",
                version=MODEL_VERSION,
                model=info.fingerprint,
                prompt=reading.prompts,
                calibration=reading.calibration.id if reading.calibration else None,
            ),
            language=language,
            points=tuple(
                PointGrade(
                    id=point.coverage.point.id,
                    weight=point.coverage.point.weight,
                    verdict=point.verdict,
                    confidence=None
                    if point.coverage.drafted
                    else min(1.0, point.probabilities.of(point.verdict)),
                    expected=min(1.0, point.probabilities.worth),
                    evidence=point.evidence,
                )
                for point in reading.points
            ),
            ms=(self._clock() - start) * 1000,
            remark=(remark + _caveat(reading, question)).strip(),
        )

    def read(self, question: Question, answer: str, language: Language) -> AnswerReading:
        """Ask the model and the key terms about `answer`. Raises `EngineError`."""
        info = self._engine.wait_until_ready(RELOAD_SECONDS)
        form = self._form(info)
        is_trained = form.name is FormName.TRAINED
        asked = form.ask(question, language, answer)
        start = self._clock()
        scored = self._score(asked)
        answered = self._clock()
        empty: Sequence[Scored | None] = (None,) * len(scored)
        if not is_trained:
            empty = self._score(form.ask(question, language, ""))
        emptied = self._clock()
        if (now := self._engine.info) is None or now.fingerprint != info.fingerprint:
            raise EngineCrashed("another model was loaded in the meantime")
        coverage = self._terms.coverage(question, answer, language)
        spent = Spent(answered - start, emptied - answered, self._clock() - emptied)
        calibration = self._calibration(info)
        sentences = split_sentences(answer)
        inputs: Sequence[tuple[float, ...]] = ((),) * len(scored)
        if is_trained and can_read(question):
            inputs = self._network_inputs(question, answer, scored, coverage, sentences)
        points = tuple(
            _read_point(*values, calibration)
            for values in zip(scored, empty, coverage, inputs, strict=True)
        )
        share: float | None = None
        if is_trained and question.drafted:
            field = self._calibrations.field_of(info.fingerprint)
            share = judge_share(field, question, language)
            points = tuple(
                _blended(point, share) if point.coverage.drafted else point for point in points
            )
        # A model whose labels have weight zero is not trusted to choose evidence either.
        by_labels = calibration is None or calibration.weights.get(Signal.LABEL, 0) > 0
        if by_labels and not is_trained:
            evidence = _evidence_by_model(points, asked.sentences)
        else:
            earned = {p.coverage.point.id for p in points if p.verdict is not Verdict.MISSED}
            evidence = name_evidence(coverage, sentences, earned)
        points = tuple(replace(p, evidence=evidence.get(p.coverage.point.id)) for p in points)
        return AnswerReading(info, form.hash, form.name, asked, calibration, points, spent, share)

    def _network_inputs(
        self,
        question: Question,
        answer: str,
        scored: Sequence[Scored],
        coverage: Sequence[Coverage],
        sentences: Sequence[str],
    ) -> list[tuple[float, ...]]:
        """What a network reads about each point."""
        odds = [trained_signals(each)[Signal.LABEL] for each in scored]
        if _says_too_little(answer, coverage):
            odds = [min(0.0, each) for each in odds]
        partial = [raw(each).partial for each in scored]
        shared = shared_wording(self._wordings.of(question), coverage, sentences)
        return inputs_of(odds, partial, coverage, shared)

    def _form(self, info: ModelInfo) -> Form:
        """The form the model was calibrated in, else the one that suits it."""
        calibration = self._calibration(info)
        calibrated = calibration.form if calibration else None
        name = self._forced_form or calibrated or _usual_form(info)
        return Form(name, self._prompts, info.label_set)

    def _calibration(self, info: ModelInfo) -> Calibration | None:
        hashes = form_hashes(self._prompts)
        return self._calibrations.of_model(info.fingerprint, hashes, MODEL_VERSION, TERMS_VERSION)

    def _score(self, asked: GradingPrompt) -> tuple[Scored, ...]:
        """Score the branches; without evidence if digits are not single tokens of the model."""
        try:
            return self._engine.score(asked.prompt, asked.branches)
        except LabelsUnusable:
            verdicts_only = [replace(branch, asks=branch.asks[:1]) for branch in asked.branches]
            return self._engine.score(asked.prompt, verdicts_only)


def _read_point(
    scored: Scored,
    empty: Scored | None,
    coverage: Coverage,
    inputs: tuple[float, ...],
    calibration: Calibration | None,
) -> PointReading:
    by_model = trained_signals(scored) if empty is None else model_signals(scored, empty)
    signals = {**term_signals(coverage), **by_model}
    if calibration is None:
        probabilities = raw(scored)
    elif calibration.network is not None and inputs:
        probabilities = calibration.network.probabilities(inputs)
    else:
        probabilities = calibration.probabilities(signals)
    verdict = probabilities.likeliest
    return PointReading(scored, empty, coverage, signals, inputs, probabilities, verdict)


def _says_too_little(answer: str, coverage: Sequence[Coverage]) -> bool:
    """Whether the labels cannot be believed: no key term, and hardly any other word."""
    words = {word for word in tokens(answer) if is_word(word)}
    return len(words) < FEWEST_WORDS and all(point.touched <= 0 for point in coverage)


def _blended(reading: PointReading, share: float) -> PointReading:
    """Blend the reading of a drafted point with the key terms; the judge counts for `share`."""
    probabilities = blend(reading.probabilities, reading.coverage.expected, share)
    return replace(reading, probabilities=probabilities, verdict=verdict_of(probabilities))


def _usual_form(info: ModelInfo) -> FormName:
    if info.adapter:
        return FormName.TRAINED
    return FormName.SINGLE if info.parameters < WEAK_BELOW else FormName.LISTED


def _evidence_by_model(
    points: Sequence[PointReading], sentences: Sequence[str]
) -> Mapping[str, Evidence]:
    """The sentence that the model chose for each point, by the point's id."""
    return {
        point.coverage.point.id: chosen
        for point in points
        if point.verdict is not Verdict.MISSED and (chosen := _chosen(point.scored, sentences))
    }


def _chosen(scored: Scored, sentences: Sequence[str]) -> Evidence | None:
    """The sentence that the model chose; it is not asked if there is only one."""
    if len(sentences) == 1:
        return Evidence(sentence=1, text=sentences[0])
    if len(scored.distributions) < 2:
        return None
    chances = scored.distributions[1].log_probabilities
    best = max(range(len(sentences)), key=chances.__getitem__)
    confidence = min(1.0, math.exp(chances[best]))
    return Evidence(sentence=best + 1, text=sentences[best], confidence=confidence)


def _caveat(reading: AnswerReading, question: Question) -> str:
    """Warn of a grade that the student should not rely on; empty if there is no reason to.

    The model may be too small, without having been trained to judge. Or points are met although no
    key term is in the answer: a good answer to another question looks like a paraphrase.
    """
    info, points = reading.info, reading.points
    if info.parameters < WEAK_BELOW and not (info.adapter and reading.calibration):
        millions = f"{info.parameters / 1e6:,.0f}"
        size = f"{info.name} is small ({millions} million parameters)"
        return f"{size} and a weak grader: check its verdicts."
    is_met = any(point.verdict is Verdict.MET for point in points)
    has_terms = not question.drafted and all(point.terms for point in question.rubric)
    if has_terms and is_met and all(point.coverage.touched <= 0 for point in points):
        return "None of the question's key terms is in your answer. Does it answer this question?"
    return ""
