"""Puts the parts of the program together."""

import random
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.bank import Bank, Language, open_bank
from tutor.clock import utc_now
from tutor.grader import open_grading
from tutor.paths import private_folder
from tutor.profile import Profile
from tutor.progress import Progress, open_progress
from tutor.study import Preferences, preferences_of

if TYPE_CHECKING:
    from tutor.engine import StatusListener
    from tutor.evaluation.background import Measuring, PauseCalibration
    from tutor.grading import GradingService
    from tutor.models import CatalogEntry, Download, DownloadProgress, JudgeDownload, Shelf
    from tutor.settings_file import StoredSettings


SEED = 1
"""The seed for choosing sample answers to measure a model on, the same after a restart."""


class Tutor:
    """Everything that the screens and the command line work with.

    The grading service is opened on first use, so that the first screen waits neither for settings
    nor for a model.
    """

    def __init__(self, profile: Profile, bank: Bank, progress: Progress) -> None:
        self._profile = profile
        self._opening = threading.Lock()
        self._changing = threading.RLock()
        """So that models load one by one, and the one chosen last stays."""
        self._closed = False
        self._grading: GradingService | None = None
        self._loading: GradingService | None = None
        self._measuring: PauseCalibration | None = None
        self.paths = profile.paths
        self.bank = bank
        self.progress = progress

    @property
    def grading(self) -> "GradingService":
        """The grading service. Raises `SettingsInvalid` on first use."""
        with self._opening:
            if self._grading is None:
                self._grading = self._open_grading(self._profile, or_judge=True)
            return self._grading

    def change_model(self, model: Path | None, listener: "StatusListener") -> None:
        """Switch to another model, or to none; blocks until it is ready or has failed.

        Key terms grade until then. The previous model is unloaded first, since two may not fit
        into memory. `listener` is called with the new one's status, from any thread.
        """
        with self._changing:
            if self.grading.has_model or model is None:
                self._replace_grading(self._open_grading(self._profile.with_model(None)))
            self._profile = self._profile.with_model(model)
            if model is None:
                listener(self.grading.status)
            else:
                self._load(listener)

    def retry_model(self, listener: "StatusListener") -> bool:
        """Try again to load a model that could not be run before; blocks like `change_model`.

        Returns whether there is a model now but was none before.
        """
        with self._changing:
            before = self.grading
            before.wait_until_settled()
            return before.model_name is None and self._load(listener, or_judge=True).has_model

    def use_model(self, path: Path | None, listener: "StatusListener") -> None:
        """Switch to this model, or to none, now and for later starts.

        Blocks like `change_model`. Raises `TutorError` if the setting cannot be written.
        """
        from tutor.models import use_model

        with self._changing:
            use_model(path, self.paths)
            self.change_model(path, listener)

    def shelf(self) -> "Shelf":
        """All models on this machine; blocks while folders are searched. Raises `TutorError`."""
        from tutor.models import Shelf

        return Shelf.of(self._profile.environ, self._profile.settings.model)

    def fetch(
        self, entry: "CatalogEntry", on_progress: "Callable[[DownloadProgress], None]"
    ) -> "Download":
        """A download of a model, to be run in a thread."""
        from tutor.models import Download

        folder = self.paths.models[0]
        return Download(entry, folder, self._profile.environ, on_progress)

    def fetch_judge(self, on_progress: "Callable[[DownloadProgress], None]") -> "JudgeDownload":
        """A download of the judge, to be run in a thread. Raises `TutorError`."""
        from tutor.models import JudgeDownload
        from tutor.models.catalog import load_catalog

        catalog, folder = load_catalog(self.paths), self.paths.models[0]
        return JudgeDownload(catalog, folder, self._profile.environ, on_progress)

    def _load(self, listener: "StatusListener", *, or_judge: bool = False) -> "GradingService":
        """Replace the grading service by the profile's as soon as its model is ready or failed."""
        fresh = self._open_grading(self._profile, or_judge=or_judge)
        with self._opening:
            self._loading = fresh
            if self._closed:
                fresh.close()
        if fresh.has_model:
            fresh.subscribe(listener)
            fresh.wait_until_settled()
        self._replace_grading(fresh)
        listener(fresh.status)
        return fresh

    def _open_grading(self, profile: Profile, *, or_judge: bool = False) -> "GradingService":
        return open_grading(profile, lambda: self.bank, or_judge=or_judge)

    def _replace_grading(self, grading: "GradingService") -> None:
        with self._opening:
            before, self._grading = self._grading, grading
        if before is not None:
            before.close()

    def measure_in_pause(self) -> "Measuring | None":
        """Do one step of measuring an unmeasured model; None if there is nothing to do.

        Blocks. Raises `Cancelled` when the student needs the model, `EngineError`, OSError.
        """
        grading = self.grading
        if not self._profile.settings.calibrate or not grading.wants_calibration:
            return None
        measuring = self._measuring
        if measuring is None or (measuring.grading, measuring.bank) != (grading, self.bank):
            from tutor.evaluation.background import PauseCalibration  # late: few models need it

            folder = self.paths.calibrations[0]
            source = random.Random(SEED)  # noqa: S311 - not for secrets
            self._measuring = measuring = PauseCalibration(grading, self.bank, folder, source)
        return measuring.step()

    @property
    def is_new(self) -> bool:
        """Whether there are no answers and the student has not yet chosen how to begin."""
        return not self.progress.standings() and not self.paths.welcomed.exists()

    def welcome(self) -> None:
        """Remember that the student has chosen how to begin."""
        private_folder(self.paths.home)
        self.paths.welcomed.touch(mode=0o600)

    def stored_settings(self) -> "StoredSettings":
        """The settings, and where each comes from. Raises `SettingsInvalid`."""
        return self._profile.stored_settings()

    def reread_settings(self) -> None:
        """Apply changed settings, except to what was started with the old ones.

        Raises `SettingsInvalid`.
        """
        self._profile = self._profile.reread()
        if self._grading is not None:
            self._grading.may_write = self._profile.settings.feedback

    def reopen_bank(self) -> None:
        """Read the decks again, after one has changed; blocks."""
        self.bank = open_bank(self.paths.questions, self.paths.bank_cache)

    @property
    def environ(self) -> Mapping[str, str]:
        """The environment, which names the student's editor."""
        return self._profile.environ

    @property
    def theme(self) -> str | None:
        """The name of the theme that is set; None for one that suits the terminal."""
        return self._profile.theme

    @property
    def languages(self) -> tuple[Language, ...]:
        """The languages that the student reads, the best first."""
        return self._profile.languages

    @property
    def preferences(self) -> Preferences:
        """The student's preferences for the scheduler. Raises `SettingsInvalid`."""
        return preferences_of(self._profile.settings, self._profile.environ)

    def clock(self) -> datetime:
        """The time now, in UTC."""
        return utc_now()

    def new_id(self) -> str:
        """A new id for an attempt: sixteen random hexadecimal digits."""
        return secrets.token_hex(8)

    def close(self) -> None:
        """End the processes of the current model and of one that is loading."""
        with self._opening:
            self._closed = True
            for grading in (self._grading, self._loading):
                if grading is not None:
                    grading.close()


@contextmanager
def open_tutor(profile: Profile) -> Iterator[Tutor]:
    """Open everything; close it at the end, whatever happens."""
    private_folder(profile.paths.home)
    with open_progress(profile.paths, clock=utc_now) as progress:
        bank = open_bank(profile.paths.questions, profile.paths.bank_cache)
        tutor = Tutor(profile, bank, progress)
        try:
            yield tutor
        finally:
            tutor.close()
            from tutor.progress.archive.backup import back_up_when_due  # late: not needed to start

            back_up_when_due(profile.paths, utc_now())
