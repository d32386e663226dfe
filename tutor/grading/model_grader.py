"""The model judge: one short branch a point, all in one batch, the verdict read off the labels.

No number comes from generated text: a verdict is read off the labels' probabilities as the very
next token, and so is its evidence, as the number of one of the answer's own sentences.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from tutor.bank import Language, Question, Verdict
from tutor.engine import EngineCrashed, LabelsUnusable
from tutor.engine.api import Branch, Engine, ModelInfo, Scored
from tutor.grading.calibration import Calibration, Signal, Signals
from tutor.grading.calibration_store import Calibrations
from tutor.grading.drafted_points import part_of_judge, shared, verdict_of
from tutor.grading.evidence import name_evidence, shared_wording
from tutor.grading.grade import Evidence, Grade, GraderId, PointGrade
from tutor.grading.keyterms.grader import TERMS_VERSION, Coverage, KeyTermGrader
from tutor.grading.network import can_read, inputs_of
from tutor.grading.per_question import PerQuestion
from tutor.grading.probabilities import Probabilities
from tutor.grading.prompt_forms import Form, FormName, GradingPrompt, form_hashes
from tutor.grading.prompts import PromptBook
from tutor.grading.sentences import split_sentences
from tutor.grading.signals import model_signals, raw, term_signals, trained_signals
from tutor.grading.wording import QuestionWording, SharedWording

MODEL_VERSION = "5"
WEAK_BELOW = 1_000_000_000
"""Parameters. On our samples a model of 135 million was no better than the commonest verdict
(docs/measurements.md)."""
RELOAD_SECONDS = 120.0
"""How long to wait for a model that is being started again."""


@dataclass(frozen=True, slots=True)
class PointReading:
    """All that was found about one point, for a verdict and for explaining it."""

    found: Scored
    empty: Scored | None
    """The same branch behind an empty answer; a model that was trained to judge needs none."""
    coverage: Coverage
    """What the key terms found."""
    signals: Signals
    inputs: tuple[float, ...]
    """What a network is given of it and of the whole answer; empty where none can read it."""
    probabilities: Probabilities
    verdict: Verdict
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds, by what they were spent on."""

    answer: float
    empty: float
    terms: float


@dataclass(frozen=True, slots=True)
class Judgement:
    """All that was asked and found about one answer."""

    info: ModelInfo
    prompts: str
    """The hash of the form's prompt templates."""
    form: FormName
    asked: GradingPrompt
    calibration: Calibration | None
    points: tuple[PointReading, ...]
    spent: Spent
    part: float | None = None
    """The judge's in the verdicts on drafted points; None where it alone judges them."""


class ModelJudge:
    """Judges with a local model. Calls block; `Engine.cancel` ends them."""

    def __init__(
        self,
        engine: Engine,
        prompts: PromptBook,
        clock: Callable[[], float],
        key_terms: KeyTermGrader,
        calibrations: Calibrations,
        form: FormName | None = None,
    ) -> None:
        """With a `form` the model is asked in that one, whatever its size and calibration."""
        self._engine = engine
        self._prompts = prompts
        self._clock = clock
        self._terms = key_terms
        self._calibrations = calibrations
        self._wanted = form
        self._wordings = PerQuestion(QuestionWording)

    @property
    def calibration(self) -> Calibration | None:
        """The one by which the loaded model judges; None where it is read off raw."""
        info = self._engine.info
        return self._calibration(info) if info else None

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """What a calibration holds for: model, prompts, versions of judge and key terms.

        Raises `EngineError` while no model is loaded.
        """
        info = self._engine.wait_until_ready(0)
        return info.fingerprint, self._form(info).hash, MODEL_VERSION, TERMS_VERSION

    def prepare(self, question: Question, language: Language, answer: str) -> None:
        """Have question and answer evaluated and scored in advance; returns at once."""
        info = self._engine.info
        if info is not None:
            asked = self._form(info).ask(question, language, answer)
            self._engine.prefill(asked.prompt, asked.branches)

    def grade(self, question: Question, answer: str, language: Language) -> Grade:
        """The verdicts on `answer`.

        A crash of the model's process is survived once: the same is asked again of the new one.
        Raises `EngineError`.
        """
        start = self._clock()
        remark = ""
        try:
            judgement = self.judge(question, answer, language)
        except EngineCrashed as crash:
            remark = f"While grading, {crash.message}; it was restarted and graded this. "
            judgement = self.judge(question, answer, language)
        info = judgement.info
        return Grade(
            question=question.id,
            grader=GraderId(
                name="model",
                version=MODEL_VERSION,
                model=info.fingerprint,
                prompt=judgement.prompts,
                calibration=judgement.calibration.id if judgement.calibration else None,
            ),
            language=language,
            points=tuple(
                PointGrade(
                    id=point.id,
                    weight=point.weight,
                    verdict=reading.verdict,
                    confidence=None
                    if question.is_drafted(point.id)
                    else min(1.0, reading.probabilities.of(reading.verdict)),
                    expected=min(1.0, reading.probabilities.worth),
                    evidence=reading.evidence,
                )
                for point, reading in zip(question.rubric, judgement.points, strict=True)
            ),
            ms=(self._clock() - start) * 1000,
            remark=(remark + _caveat(judgement, question)).strip(),
        )

    def judge(self, question: Question, answer: str, language: Language) -> Judgement:
        """All that the model and the key terms find. Raises `EngineError`."""
        info = self._engine.wait_until_ready(RELOAD_SECONDS)
        form = self._form(info)
        asked = form.ask(question, language, answer)
        start = self._clock()
        found = self._score(asked)
        answered = self._clock()
        empty = self._empty(form, question, language)
        emptied = self._clock()
        if (now := self._engine.info) is None or now.fingerprint != info.fingerprint:
            raise EngineCrashed("another model was loaded meanwhile")
        coverage = self._terms.coverage(question, answer, language)
        spent = Spent(answered - start, emptied - answered, self._clock() - emptied)
        calibration = self._calibration(info)
        sentences = split_sentences(answer)
        inputs: Sequence[tuple[float, ...]] = ((),) * len(coverage)
        if form.name is FormName.TRAINED and can_read(question):
            wording = self._wordings.of(question)
            shared = shared_wording(question, wording, coverage, sentences)
            inputs = _network_inputs(found, coverage, shared)
        points = tuple(
            _read(*values, calibration)
            for values in zip(found, empty, coverage, inputs, strict=True)
        )
        part: float | None = None
        if form.name is FormName.TRAINED and question.drafted:
            field = self._calibrations.field_of(info.fingerprint)
            part = part_of_judge(field, question, language)
            points = tuple(
                _with_key_terms(each, part) if question.is_drafted(each.coverage.point) else each
                for each in points
            )
        if form.name is not FormName.TRAINED and _listens(calibration):
            evidence = _named_by_model(points, asked.sentences)
        else:
            earned = {p.coverage.point for p in points if p.verdict is not Verdict.MISSED}
            evidence = name_evidence(question, coverage, sentences, earned)
        points = tuple(replace(p, evidence=evidence.get(p.coverage.point)) for p in points)
        return Judgement(info, form.hash, form.name, asked, calibration, points, spent, part)

    def _empty(self, form: Form, question: Question, language: Language) -> Sequence[Scored | None]:
        """What an empty answer gets, to be taken off; the same every time, so it is remembered."""
        if form.name is FormName.TRAINED:
            return (None,) * len(question.rubric)
        return self._score(form.ask(question, language, ""))

    def _form(self, info: ModelInfo) -> Form:
        """A calibrated model is asked as it was calibrated."""
        calibration = self._calibration(info)
        name = self._wanted or (calibration.form if calibration else None) or _usual_form(info)
        return Form(name, self._prompts, info.label_set)

    def _calibration(self, info: ModelInfo) -> Calibration | None:
        hashes = form_hashes(self._prompts)
        return self._calibrations.of_model(info.fingerprint, hashes, MODEL_VERSION, TERMS_VERSION)

    def _score(self, asked: GradingPrompt) -> tuple[Scored, ...]:
        """Without evidence, where digits are no single tokens of this model."""
        try:
            return self._engine.score(asked.prompt, asked.branches)
        except LabelsUnusable:
            return self._engine.score(asked.prompt, [_verdict_alone(b) for b in asked.branches])


def _network_inputs(
    found: Sequence[Scored], coverage: Sequence[Coverage], shared: Sequence[SharedWording]
) -> list[tuple[float, ...]]:
    """By point what a network is given."""
    odds = [trained_signals(each)[Signal.LABEL] for each in found]
    partial = [raw(each).partial for each in found]
    return inputs_of(odds, partial, coverage, shared)


def _read(
    found: Scored,
    empty: Scored | None,
    coverage: Coverage,
    inputs: tuple[float, ...],
    calibration: Calibration | None,
) -> PointReading:
    of_model = trained_signals(found) if empty is None else model_signals(found, empty)
    signals = {**term_signals(coverage), **of_model}
    if calibration is None:
        probabilities = raw(found)
    elif calibration.network is not None and inputs:
        probabilities = calibration.network.probabilities(inputs)
    else:
        probabilities = calibration.probabilities(signals)
    verdict = probabilities.likeliest
    return PointReading(found, empty, coverage, signals, inputs, probabilities, verdict)


def _with_key_terms(reading: PointReading, part: float) -> PointReading:
    """Of a drafted point, which our judge was not trained for."""
    probabilities = shared(reading.probabilities, reading.coverage.expected, part)
    return replace(reading, probabilities=probabilities, verdict=verdict_of(probabilities))


def _listens(calibration: Calibration | None) -> bool:
    """Whether the model's labels count at all."""
    return calibration is None or calibration.weights.get(Signal.LABEL, 0) > 0


def _usual_form(info: ModelInfo) -> FormName:
    if info.adapter:
        return FormName.TRAINED
    return FormName.SINGLE if info.parameters < WEAK_BELOW else FormName.LISTED


def _named_by_model(
    points: Sequence[PointReading], sentences: Sequence[str]
) -> Mapping[str, Evidence]:
    """By point id the sentence that the model names for it, as the model counts them."""
    return {
        point.coverage.point: shown
        for point in points
        if point.verdict is not Verdict.MISSED and (shown := _shown(point.found, sentences))
    }


def _shown(found: Scored, sentences: Sequence[str]) -> Evidence | None:
    """The sentence that the model names; the only one needs no asking."""
    if len(sentences) == 1:
        return Evidence(sentence=1, text=sentences[0])
    if len(found.distributions) < 2:
        return None
    chances = found.distributions[1].log_probabilities
    best = max(range(len(sentences)), key=chances.__getitem__)
    confidence = min(1.0, math.exp(chances[best]))
    return Evidence(sentence=best + 1, text=sentences[best], confidence=confidence)


def _verdict_alone(branch: Branch) -> Branch:
    return replace(branch, asks=branch.asks[:1])


def _caveat(judgement: Judgement, question: Question) -> str:
    """What has to be said of a verdict that nobody should rely on unread.

    That is one of a judge too small to be trusted and not trained for it, and points that are met
    without a single key term: a good answer to another question passes for a paraphrase.
    """
    info, points = judgement.info, judgement.points
    if info.parameters < WEAK_BELOW and not (info.adapter and judgement.calibration):
        millions = f"{info.parameters / 1e6:,.0f}"
        return f"{info.name} is small ({millions} million parameters) and a weak judge: check it."
    is_met = any(point.verdict is Verdict.MET for point in points)
    has_terms = not question.drafted and all(point.terms for point in question.rubric)
    if has_terms and is_met and all(point.coverage.touched <= 0 for point in points):
        return "None of the question's key terms is in your answer. Does it answer this question?"
    return ""
