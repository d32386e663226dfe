"""Chooses what grades an answer: a rule, the model, or the key terms. The front of this folder."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal, TypeVar

from tutor.bank import Bank, Language, Question, Split
from tutor.engine import (
    Absence,
    Cancelled,
    EngineError,
    EngineState,
    Status,
    StatusListener,
)
from tutor.engine.api import Engine
from tutor.errors import TutorError
from tutor.grading.calibration import Accuracy, Measured
from tutor.grading.calibration_store import Calibrations
from tutor.grading.explain import Explanation, explain_reading, explain_rule, explain_terms
from tutor.grading.feedback import Writer
from tutor.grading.grade import Grade
from tutor.grading.key_term_grader import TERMS_VERSION, KeyTermGrader
from tutor.grading.model_grader import ModelGrader
from tutor.grading.other_questions import OtherQuestions
from tutor.grading.prompts import PromptBook
from tutor.grading.screening import (
    ANOTHER_QUESTION,
    RULE_VERSION,
    Screening,
    at_most_partial,
    nothing_earned,
    without_list,
)
from tutor.grading.turns import Turns

Choice = Literal["auto", "model", "terms"]
Result = TypeVar("Result")
_INSTEAD = "Key terms graded this, since"


class NotCalibrated(TutorError):
    """A grader has no calibration."""


class GradingService:
    """Chooses the grader, and still grades if the model fails.

    The model grades if there is one; otherwise, or if it fails, the key terms do. An answer that
    states nothing (empty, a repetition of the question or a hint, a list of terms), or answers
    another question, earns nothing and is shown to no grader. Neither are lists of terms within an
    answer.
    """

    def __init__(
        self,
        prompts: PromptBook,
        engine: Engine | None = None,
        *,
        bank: Callable[[], Bank] | None = None,
        unusable: EngineError | None = None,
        calibrations: Calibrations | None = None,
        feedback: bool = True,
        only_if_better: bool = False,
        absence: Absence | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """`unusable` says why a chosen model has no engine; `absence` why there is no model at all.

        `bank` returns the bank as it is now, whose other questions an answer is compared with.

        Use `only_if_better` for a model that nobody chose: key terms grade while it is loading, and
        in languages in which it is not known to be better than they are.

        Without `calibrations` verdicts are uncalibrated. Without `feedback` the model only gives
        verdicts and writes nothing.
        """
        self._engine = engine
        self._unusable = unusable
        self._absence = absence
        self._only_if_better = only_if_better
        self.calibrations = calibrations or Calibrations(())
        self._screening = Screening()
        self._terms = KeyTermGrader(self.calibrations, clock=clock)
        self._others = OtherQuestions(bank, self._terms) if bank is not None else None
        self._suggesting: GradingService = self
        self._model = self._writer = None
        if engine is not None:
            self._suggesting = GradingService(prompts, calibrations=calibrations, clock=clock)
            self._model = ModelGrader(
                engine,
                prompts,
                calibrations=self.calibrations,
                key_terms=self._terms,
                clock=clock,
            )
            self._writer = Writer(engine, prompts)
        self.may_write = feedback
        """Whether the student wants a model to write."""
        self._turns = Turns(clock, self.cancel)

    @property
    def status(self) -> Status:
        """What the model is doing; `OFF` without one, `FAILED` if the chosen one cannot be used.

        If a model that nobody chose fails, the status is `OFF` too: nobody misses it.
        """
        if self._engine is not None:
            return self._shown(self._engine.status)
        error = self._unusable
        if error is None:
            return Status(EngineState.OFF)
        return Status(EngineState.FAILED, error.message, remedy=error.remedy)

    @property
    def absence(self) -> Absence | None:
        """Why the status is `OFF`; None if it is not."""
        if self.status.state is not EngineState.OFF:
            return None
        return self._absence if self._engine is None else Absence.UNUSED

    def _shown(self, status: Status) -> Status:
        nobody_misses_it = self._only_if_better and status.state is EngineState.FAILED
        return Status(EngineState.OFF) if nobody_misses_it else status

    @property
    def is_default(self) -> bool:
        """Whether the model is the one that comes with the tutor, which nobody chose."""
        return self._only_if_better

    def _prefers_key_terms(self, language: Language) -> bool:
        """Whether nobody chose the model and it is not known to be better in `language`."""
        if not self._only_if_better or self._model is None:
            return False
        calibration = self._model.calibration
        return calibration is None or language not in calibration.better_in

    def known_accuracy(self, grade: Grade, question: str, *, built_in: bool) -> Accuracy | None:
        """How often the grader that gave `grade` agrees with people; None if not measured.

        `built_in` says whether the question is from the tutor's own bank, which trained the judge.
        """
        of_model = self._model.calibration if self._model else None
        for calibration in (self._terms.calibration, of_model):
            if calibration is not None and calibration.id == grade.grader.calibration:
                return calibration.accuracy(question, built_in=built_in)
        return None

    @property
    def has_model(self) -> bool:
        """Whether there is an engine, whatever it is doing."""
        return self._engine is not None

    def wait_until_settled(self) -> None:
        """Block until the model is ready or has failed; `status` says which."""
        if self._engine is not None:
            with suppress(EngineError):
                self._engine.wait_until_ready()

    def signature(self, grader: Choice = "auto") -> str:
        """What identifies the chosen grader: versions, model and calibration.

        Blocks until the model is ready. Raises `EngineError`.
        """
        if self._model is None and grader == "model":
            raise _no_model()
        chosen = self._chosen(grader)
        names: tuple[str, ...] = ("terms", TERMS_VERSION)
        if isinstance(chosen, ModelGrader):
            names = ("model", *chosen.identity)
        calibration = chosen.calibration.id if chosen.calibration else "raw"
        return " ".join((*names, RULE_VERSION, calibration))

    def _chosen(self, grader: Choice) -> ModelGrader | KeyTermGrader:
        """The chosen grader; waits for the model. Raises `EngineError`."""
        if self._engine is None or self._model is None or grader == "terms":
            return self._terms
        self._engine.wait_until_ready()
        return self._model

    def keep_tested(
        self, split: Split, measured: Measured, questions: Iterable[str], grader: Choice = "auto"
    ) -> Path:
        """Save how the chosen grader did on a split that it was not fitted on; returns the file.

        `questions` has the ids of the questions that the split's answers belong to. Raises
        `NotCalibrated`, `EngineError` and OSError.
        """
        calibration = self._chosen(grader).calibration
        if calibration is None:
            raise NotCalibrated(
                "there is no calibration to save these figures in",
                remedy="Make one with tutor bench grading --keep.",
            )
        changes: dict[str, object] = {"tested": {**calibration.tested, split: measured}}
        if split == "apart":
            changes["unseen"] = tuple(sorted({*calibration.unseen, *questions}))
        return self.calibrations.keep(calibration.model_copy(update=changes))

    @property
    def model_name(self) -> str | None:
        """The name that students know the loaded model by."""
        info = self._engine.info if self._engine else None
        return info.title if info else None

    def subscribe(self, listener: StatusListener) -> None:
        """Call `listener` with every new `status`, from any thread."""
        if self._engine is not None:
            self._engine.subscribe(lambda status: listener(self._shown(status)))

    def prepare(self, question: Question, language: Language, answer: str = "") -> None:
        """Let the model read ahead: the question, and what has been typed so far."""
        if self._model is not None and not self._prefers_key_terms(language):
            with self._turns.student():
                self._model.prepare(question, language, answer)

    def grade(
        self, question: Question, answer: str, language: Language, *, grader: Choice = "auto"
    ) -> Grade:
        """Grade `answer`; blocks.

        If the model fails, the key terms grade instead and the remark says so; with "model" as
        `grader`, the `EngineError` is raised. Raises `Cancelled` after `cancel`.
        """
        if reason := self._screening.why_worthless(question, answer):
            return nothing_earned(question, language, reason)
        stated = self._screening.stated(question, answer)
        other = self._others.answered(question, stated, language) if self._others else ""
        if other:
            return nothing_earned(question, language, ANOTHER_QUESTION.format(id=other))
        grade = self._graded(question, stated, language, grader)
        if stated != answer:
            grade = without_list(grade, answer)
        return at_most_partial(grade) if self._screening.only_names(question, stated) else grade

    def _graded(self, question: Question, answer: str, language: Language, grader: Choice) -> Grade:
        by_terms = self._model is None or self._prefers_key_terms(language)
        if grader == "terms" or (grader == "auto" and by_terms):
            return self._terms.grade(question, answer, language)
        if self._model is None:
            raise _no_model()
        try:
            with self._turns.student():
                return self._model.grade(question, answer, language)
        except Cancelled:
            raise
        except EngineError as error:
            if grader == "model":
                raise
            grade = self._terms.grade(question, answer, language)
            return grade.model_copy(update={"remark": f"{_INSTEAD} {error.message}."})

    def suggest(self, question: Question, answer: str, language: Language) -> Grade:
        """Grade without the model, at once, while it takes its time in another thread.

        The answer is not compared with other questions, which takes too long the first time.
        """
        return self._suggesting.grade(question, answer, language, grader="terms")

    def may_regrade(self, grade: Grade) -> bool:
        """Whether the key terms graded only because the model was not ready.

        It may still be loading, or was too slow for a student who took the suggested verdicts; when
        it is ready, call `grade` again. It does not apply to an answer that the model failed on.
        """
        if self._engine is None or grade.grader.name != "terms" or _INSTEAD in grade.remark:
            return False
        state = self._engine.status.state
        if state is EngineState.FAILED:
            return False
        return state.is_on_its_way or not self._prefers_key_terms(grade.language)

    def missing_terms(
        self, question: Question, answer: str, language: Language
    ) -> Mapping[str, tuple[str, ...]]:
        """The key terms that were not found for each point, by its id; from any thread."""
        return KeyTermGrader().missing(question, answer, language)

    @property
    def writes(self) -> bool:
        """Whether the model writes feedback and questions."""
        return self.may_write and self._writer is not None and self._writer.can_write

    def feedback(self, question: Question, answer: str, grade: Grade) -> Iterator[str]:
        """Stream what is missing, in the model's words; nothing if it only grades.

        If the model fails, the text ends there. Raises `Cancelled` after `cancel`.
        """
        if self._writer is None or not self.writes or grade.grader.name != "model":
            return
        with self._turns.student(), _no_more_after_a_failure():
            yield from self._writer.feedback(question, answer, grade)

    def ask_about(self, question: Question, answer: str, number: int, language: Language) -> str:
        """Let the model ask about the point with this number, from 1; empty if it asks nothing.

        Blocks. The caller has to check that the question does not reveal the point. Raises
        `Cancelled` after `cancel`.
        """
        if self._writer is not None and self.may_write:
            with self._turns.student(), _no_more_after_a_failure():
                return self._writer.ask_about(question, answer, number, language)
        return ""

    def explain(
        self, question: Question, answer: str, language: Language, grade: Grade
    ) -> Explanation:
        """Explain how `grade` came about; blocks, since everything is computed again.

        A model's grade can be explained only while that model is loaded. Raises `EngineError`.
        """
        if grade.grader.name not in ("terms", "model"):
            return explain_rule(grade)
        answer = self._screening.stated(question, answer)
        if grade.grader.name == "terms":
            coverage = self._terms.coverage(question, answer, language)
            calibration = None if question.drafted else self._terms.calibration
            return explain_terms(coverage, calibration, grade)
        if self._model is None or self._engine is None:
            raise EngineError(
                "the model that graded this is not available",
                remedy="Name it with --model PATH.",
            )
        with self._turns.student():
            reading = self._model.read(question, answer, language)
        if reading.info.fingerprint != grade.grader.model:
            raise EngineError("another model graded this", remedy="Name it with --model PATH.")
        tokens = self._engine.tokens(reading.asked.prompt, reading.asked.branches[0])
        return explain_reading(reading, tokens, grade)

    @property
    def wants_calibration(self) -> bool:
        """Whether the model is ready and was not measured yet."""
        return self._model is not None and self._model.calibration is None and self._is_ready

    def in_spare_time(self, work: Callable[[ModelGrader], Result]) -> Result | None:
        """Do `work` with the model if nobody has used it for a while, else return None; blocks.

        Raises `Cancelled` if the student needs the model in the meantime, and `EngineError`.
        """
        if self._model is None or not self._is_ready:
            return None
        with self._turns.spare() as is_ours:
            return work(self._model) if is_ours else None

    @property
    def _is_ready(self) -> bool:
        return self.status.state is EngineState.READY

    def cancel(self) -> None:
        """Stop grading or writing, from any thread."""
        if self._engine is not None:
            self._engine.cancel()

    def close(self) -> None:
        """Close the engine."""
        if self._engine is not None:
            self._engine.close()


@contextmanager
def _no_more_after_a_failure() -> Iterator[None]:
    """Swallow an engine's error, since feedback is not worth one; but not `Cancelled`."""
    try:
        yield
    except Cancelled:
        raise
    except EngineError:
        return


def _no_model() -> EngineError:
    return EngineError(
        "there is no model to grade with",
        remedy="Name one with --model PATH, or grade with --grader terms.",
    )
