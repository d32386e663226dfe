"""What the screens need of the rest of the tutor, and no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from tutor.bank import Language
from tutor.engine import Status
from tutor.paths import Paths
from tutor.study import Services

if TYPE_CHECKING:
    from pathlib import Path

    from tutor.bank import Question
    from tutor.evaluation.background import Measuring
    from tutor.grading import Grade
    from tutor.grading.explain import Explanation
    from tutor.models import CatalogEntry, Download, DownloadProgress, JudgeDownload, Shelf
    from tutor.settings_file import StoredSettings


@dataclass(frozen=True, slots=True)
class ModelState:
    """What the model is doing, and which one it is."""

    status: Status
    name: str | None = None


class GradingService(Protocol):
    """Grades answers. What `cancel` ends blocks; the rest returns at once."""

    @property
    def status(self) -> Status:
        """What the model is doing now."""

    @property
    def model_name(self) -> str | None:
        """The model's own name; None without a model."""

    def subscribe(self, listener: Callable[[Status], None]) -> None:
        """Have `listener` called, from any thread, whenever the status changes."""

    def prepare(self, question: Question, language: Language, answer: str = "") -> None:
        """Have the question and what is written so far read in advance."""

    def grade(self, question: Question, answer: str, language: Language) -> Grade:
        """Grade an answer."""

    def suggest(self, question: Question, answer: str, language: Language) -> Grade:
        """What the key terms find, at once, while a model grades in another thread."""

    def may_regrade(self, grade: Grade) -> bool:
        """Whether the key terms graded only because the model that would grade was not ready."""

    def missing_terms(
        self, question: Question, answer: str, language: Language
    ) -> Mapping[str, tuple[str, ...]]:
        """By point id what the key terms looked for and did not find."""

    @property
    def writes(self) -> bool:
        """Whether there is a model that writes feedback and questions."""

    def known_accuracy(self, grade: Grade, question: str, *, built_in: bool) -> float | None:
        """How often the grader of this agrees with people, where it was measured.

        `built_in` says whether the question is of the built-in bank, which judges are trained on.
        """

    def feedback(self, question: Question, answer: str, grade: Grade) -> Iterator[str]:
        """A few words about the answer, piece by piece; none without a model."""

    def ask_about(self, question: Question, answer: str, number: int, language: Language) -> str:
        """A model's question about the point with this number; empty where none came."""

    def explain(
        self, question: Question, answer: str, language: Language, grade: Grade
    ) -> Explanation:
        """How the verdicts came about. Raises `EngineError`, and `Cancelled` after `cancel`."""

    def cancel(self) -> None:
        """Stop what is running; from any thread."""


class Tutor(Services, Protocol):
    """The whole tutor, as the composition root puts it together."""

    @property
    def paths(self) -> Paths:
        """Where the profile is."""

    @property
    def grading(self) -> GradingService:
        """What grades."""

    def shelf(self) -> Shelf:
        """All models on this machine; blocks while folders are searched. Raises `TutorError`."""

    def fetch(
        self, entry: CatalogEntry, on_progress: Callable[[DownloadProgress], None]
    ) -> Download:
        """A download of a model, to be run in a thread."""

    def fetch_judge(self, on_progress: Callable[[DownloadProgress], None]) -> JudgeDownload:
        """A download of the judge, to be run in a thread. Raises `TutorError`."""

    def use_model(self, path: Path | None, listener: Callable[[Status], None]) -> None:
        """Have this model grade, now and after the next start; None for none.

        Blocks until it can be asked, or has failed; `listener` is called with each status. Raises
        `TutorError`.
        """

    def retry_model(self, listener: Callable[[Status], None]) -> bool:
        """Have the model grade that could not be run before; returns whether there is one.

        Blocks as `use_model` does. Raises `TutorError`.
        """

    def measure_in_pause(self) -> Measuring | None:
        """One step of measuring a model that nobody measured; None where nothing is to be done.

        Blocks. Raises `Cancelled` when the student wants the model, `EngineError`, OSError.
        """

    @property
    def is_new(self) -> bool:
        """Whether there is no answer yet, and nobody was asked yet how to begin."""

    def welcome(self) -> None:
        """Do not ask again how to begin."""

    def stored_settings(self) -> StoredSettings:
        """The settings, and where each comes from. Raises `SettingsInvalid`."""

    def reread_settings(self) -> None:
        """Apply changed settings, except to what has been started with the old ones.

        Raises `SettingsInvalid`.
        """

    def reopen_bank(self) -> None:
        """Read the decks again, after one has changed; blocks."""

    @property
    def environ(self) -> Mapping[str, str]:
        """The environment, which names the student's editor."""

    @property
    def theme(self) -> str | None:
        """The name of the theme that is set; None for whichever suits the terminal."""

    @property
    def languages(self) -> tuple[Language, ...]:
        """The languages that the student reads, the best first; known before the settings are."""
