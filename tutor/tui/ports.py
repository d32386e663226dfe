"""What the screens need from the rest of the tutor, and no more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol

from tutor.bank import Language
from tutor.engine import Status
from tutor.paths import Paths
from tutor.study import Services

if TYPE_CHECKING:
    from pathlib import Path

    from tutor.evaluation.background import Measuring
    from tutor.grading import GradingService
    from tutor.models import CatalogEntry, Download, DownloadProgress, JudgeDownload, Shelf
    from tutor.settings_file import StoredSettings


class Tutor(Services, Protocol):
    """The whole tutor, as the composition root puts it together."""

    @property
    def paths(self) -> Paths:
        """Where the profile is."""

    @property
    def grading(self) -> GradingService:
        """The service that grades answers."""

    def shelf(self) -> Shelf:
        """All models on this machine; blocks while it searches folders. Raises `TutorError`."""

    def fetch(
        self, entry: CatalogEntry, on_progress: Callable[[DownloadProgress], None]
    ) -> Download:
        """A download of a model; run it in a thread."""

    def fetch_judge(self, on_progress: Callable[[DownloadProgress], None]) -> JudgeDownload:
        """A download of the judge; run it in a thread. Raises `TutorError`."""

    def use_model(self, path: Path | None, listener: Callable[[Status], None]) -> None:
        """Let this model grade, now and after the next start; None for none.

        Blocks until the model is ready or has failed; `listener` is called with each status.
        Raises `TutorError`.
        """

    def retry_model(self, listener: Callable[[Status], None]) -> bool:
        """Let the model grade that could not run before; returns whether there is one.

        Blocks as `use_model` does. Raises `TutorError`.
        """

    def measure_in_pause(self) -> Measuring | None:
        """Take one step of measuring a model that nobody has measured; None if there is none.

        Blocks. Raises `Cancelled` when the student wants the model, `EngineError`, OSError.
        """

    @property
    def is_new(self) -> bool:
        """Whether there is no answer yet, and the questions of the first start are still due."""

    def welcome(self) -> None:
        """Do not ask the questions of the first start again."""

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
        """The name of the theme in the settings; None for one that suits the terminal."""

    @property
    def languages(self) -> tuple[Language, ...]:
        """The languages that the student reads, the best first; known before settings are read."""
