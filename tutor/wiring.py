"""Puts the parts of the program together."""

import json
import os
import random
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.bank import LANGUAGES, Bank, Language, open_bank
from tutor.engine import ModelRefused, ProbeMemory, StatusListener
from tutor.engine.discovery import find_adapter, find_model
from tutor.engine.setup_state import can_run_models
from tutor.paths import Paths, find_paths, private_folder
from tutor.progress import Progress, open_progress
from tutor.study import Preferences, preferences_of
from tutor.study.preferences import system_languages

if TYPE_CHECKING:
    from tutor.engine.client import ModelEngine
    from tutor.engine.server.client import ServerEngine
    from tutor.evaluation.background import Measuring, PauseCalibration
    from tutor.grading import GradingService
    from tutor.models import CatalogEntry, Download, JudgeDownload, Shelf
    from tutor.models import DownloadProgress as FetchProgress
    from tutor.settings import Settings
    from tutor.settings_file import StoredSettings


SEED = 1
"""Seed for choosing the sample answers to measure a model on; a restart continues with the same."""


class Profile:
    """Paths and settings of one profile; the settings are read on first use."""

    def __init__(
        self,
        environ: Mapping[str, str],
        arguments: Mapping[str, object],
        chosen: Mapping[str, object] | None = None,
    ) -> None:
        """`arguments` come from the command line; those that are None are ignored.

        What was `chosen` since the start takes precedence over every setting.
        """
        self.paths = find_paths(environ)
        self.environ = environ
        self._arguments = arguments
        self._chosen = chosen or {}

    def with_model(self, model: Path | None) -> "Profile":
        """The same profile with another model; None for none."""
        chosen = {"model": Path() if model is None else model, "server": ""}
        rest = {name: value for name, value in self._arguments.items() if name not in chosen}
        return Profile(self.environ, rest, chosen)

    def reread(self) -> "Profile":
        """The same profile, which reads the settings again on next use."""
        return Profile(self.environ, self._arguments, self._chosen)

    @property
    def server_key(self) -> str | None:
        """The server's API key; only from the environment, so that no file contains it."""
        return self.environ.get("TUTOR_SERVER_KEY") or None

    @cached_property
    def settings(self) -> "Settings":
        """The effective settings. Raises `SettingsInvalid`."""
        from tutor.settings import load_settings

        return load_settings(self.paths.settings, {**self._arguments, **self._chosen})

    def stored_settings(self) -> "StoredSettings":
        """The settings, and where each comes from. Raises `SettingsInvalid`."""
        from tutor.settings_file import StoredSettings

        return StoredSettings.read(self.paths.settings, self._arguments)

    @property
    def theme(self) -> str | None:
        """The theme that is set."""
        named = self.environ.get("TUTOR_THEME", self._in_file("theme"))
        return named if isinstance(named, str) else None

    @property
    def languages(self) -> tuple[Language, ...]:
        """The languages that the student reads, the best first; else the system's, and English."""
        named = self._in_file("languages")
        with suppress(ValueError):
            named = json.loads(self.environ.get("TUTOR_LANGUAGES", ""))
        reads = (
            tuple(each for each in named if each in LANGUAGES) if isinstance(named, list) else ()
        )
        return reads or system_languages(self.environ)

    def _in_file(self, name: str) -> object:
        """What `settings.toml` says, for the first screen, which does not wait for the settings."""
        if not self.paths.settings.exists():
            return None
        import tomllib  # late: many profiles have no such file

        with suppress(OSError, ValueError):  # whatever is wrong is reported with the settings
            return tomllib.loads(self.paths.settings.read_text("utf-8")).get(name)
        return None


class Tutor:
    """Everything that the screens and the command line work with.

    The grading service is opened on first use, so that the first screen waits neither for settings
    nor for a model.
    """

    def __init__(self, profile: Profile, bank: Bank, progress: Progress) -> None:
        self._profile = profile
        self._opening = threading.Lock()
        self._retrying = threading.Lock()
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
                self._grading = open_grading(self._profile, or_judge=True)
            return self._grading

    def change_model(self, model: Path | None, listener: StatusListener) -> None:
        """Switch to another model, or to none; blocks until it is ready or has failed.

        Key terms grade in the meantime. The previous model is unloaded first, since two may not fit
        into memory. `listener` is called with the new one's status, from any thread.
        """
        before = self.grading
        if before.has_model or model is None:
            self._take(open_grading(self._profile.with_model(None)))
        self._profile = self._profile.with_model(model)
        if model is not None:
            self._loading = fresh = open_grading(self._profile)
            fresh.subscribe(listener)
            fresh.wait_until_settled()
            self._take(fresh)
        listener(self.grading.status)

    def retry_model(self, listener: StatusListener) -> bool:
        """Try again to load a model that could not be run before; blocks like `change_model`.

        Returns whether there is a model now and was none before.
        """
        with self._retrying:  # so that a model is not loaded twice
            before = self.grading
            before.wait_until_settled()
            if before.model_name is not None:
                return False
            self._loading = fresh = open_grading(self._profile, or_judge=True)
            if fresh.has_model:
                fresh.subscribe(listener)
                fresh.wait_until_settled()
            self._take(fresh)
            listener(fresh.status)
            return fresh.has_model

    def use_model(self, path: Path | None, listener: StatusListener) -> None:
        """Switch to this model, or to none, now and for later starts.

        Blocks like `change_model`. Raises `TutorError` if the setting cannot be written.
        """
        from tutor.models import use_model

        use_model(path, self.paths)
        self.change_model(path, listener)

    def shelf(self) -> "Shelf":
        """All models on this machine; blocks while folders are searched. Raises `TutorError`."""
        from tutor.models import Shelf

        return Shelf.of(self._profile.environ, self._profile.settings.model)

    def fetch(
        self, entry: "CatalogEntry", on_progress: "Callable[[FetchProgress], None]"
    ) -> "Download":
        """A download of a model, to be run in a thread."""
        from tutor.models import Download

        folder = self.paths.models[0]
        return Download.by_environment(entry, folder, self._profile.environ, on_progress)

    def fetch_judge(self, on_progress: "Callable[[FetchProgress], None]") -> "JudgeDownload":
        """A download of the judge, to be run in a thread. Raises `TutorError`."""
        from tutor.models import JudgeDownload
        from tutor.models.catalog import load_catalog

        catalog, folder = load_catalog(self.paths), self.paths.models[0]
        return JudgeDownload.by_environment(catalog, folder, self._profile.environ, on_progress)

    def _take(self, grading: "GradingService") -> None:
        with self._opening:
            before, self._grading, self._measuring = self._grading, grading, None
        if before is not None:
            before.close()

    def measure_in_pause(self) -> "Measuring | None":
        """Do one step of measuring an unmeasured model; None if there is nothing to do.

        Blocks. Raises `Cancelled` when the student needs the model, `EngineError`, OSError.
        """
        grading = self.grading
        if not self._profile.settings.calibrate or not grading.wants_calibration:
            return None
        if self._measuring is None:
            from tutor.evaluation.background import PauseCalibration  # late: few models need it

            folder = self.paths.calibrations[0]
            source = random.Random(SEED)  # noqa: S311 - not for secrets
            self._measuring = PauseCalibration(grading, self.bank, folder, source)
        return self._measuring.step()

    @property
    def is_new(self) -> bool:
        """Whether there is no answer yet, and nobody was asked yet how to begin."""
        return not self.progress.standings() and not self.paths.welcomed.exists()

    def welcome(self) -> None:
        """Remember not to ask again how to begin."""
        private_folder(self.paths.home)
        self.paths.welcomed.touch(mode=0o600)

    def stored_settings(self) -> "StoredSettings":
        """The settings, and where each comes from. Raises `SettingsInvalid`."""
        return self._profile.stored_settings()

    def reread_settings(self) -> None:
        """Apply changed settings, except to what has been started with the old ones.

        Raises `SettingsInvalid`.
        """
        self._profile = self._profile.reread()
        if self._grading is not None:
            self._grading.may_write = self._profile.settings.feedback

    def reopen_bank(self) -> None:
        """Read the decks again, after one has changed; blocks."""
        self.bank = open_profile_bank(self.paths)
        self._measuring = None

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
    def session_length(self) -> int:
        """How many questions a session has."""
        return self._profile.settings.session_length

    @property
    def shows_cover(self) -> bool:
        """Whether a question says what a full answer has to cover."""
        return self._profile.settings.cover

    @property
    def wishes(self) -> Preferences:
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
            for grading in (self._grading, self._loading):
                if grading is not None:
                    grading.close()


@contextmanager
def open_tutor(profile: Profile) -> Iterator[Tutor]:
    """Open everything; close it at the end, whatever happens."""
    private_folder(profile.paths.home)
    with open_progress(profile.paths, clock=utc_now) as progress:
        tutor = Tutor(profile, open_profile_bank(profile.paths), progress)
        try:
            yield tutor
        finally:
            tutor.close()
            from tutor.progress.archive.backup import back_up_when_due  # late: not needed to start

            back_up_when_due(profile.paths, utc_now())


def open_profile_bank(paths: Paths) -> Bank:
    """The decks that came with the tutor and the student's own."""
    return open_bank(paths.questions, paths.bank_cache)


def open_grading(
    profile: Profile, *, strict: bool = False, or_judge: bool = False
) -> "GradingService":
    """The grading service with the profile's model, which starts to load.

    If a named model does not exist, that is an error with `strict`, else it is shown in the status.
    With `or_judge` the judge is used if there is no other model.
    """
    from tutor.grading import Calibrations, GradingService, PromptBook

    prompts, feedback = PromptBook(profile.paths.prompts), profile.settings.feedback
    calibrations = Calibrations(profile.paths.calibrations)
    try:
        engine = open_engine(profile)
        by_default = engine is None and or_judge
        if by_default:
            engine = start_judge(profile)
    except ModelRefused as error:
        if strict:
            raise
        return GradingService(prompts, unusable=error, calibrations=calibrations)
    if engine is not None:
        prompts.load()
    return GradingService(
        prompts,
        engine,
        calibrations=calibrations,
        feedback=feedback,
        only_where_better=by_default and engine is not None,
    )


def open_engine(profile: Profile) -> "ModelEngine | ServerEngine | None":
    """The server that the profile names, else the model's process; None without either.

    Raises `ModelRefused`.
    """
    return start_server(profile) if profile.settings.server else start_engine(profile)


def start_server(profile: Profile) -> "ServerEngine":
    """Start connecting to the server that is set. Raises `ModelRefused`."""
    from tutor.engine.server.client import ServerEngine, ServerSpec  # no network without a server
    from tutor.engine.server.http_client import access
    from tutor.grading import LABEL_SETS

    settings = profile.settings
    server = access(
        settings.server or "",
        anywhere=settings.server_anywhere,
        key=profile.server_key,
        at_once=settings.server_jobs,
    )
    spec = ServerSpec(server, LABEL_SETS, settings.server_model, settings.server_template)
    engine = ServerEngine(spec)
    engine.start()
    return engine


def start_engine(profile: Profile) -> "ModelEngine | None":
    """Start the model's process; None without a model. Raises `ModelRefused`."""
    folders = profile.paths.models
    path = find_model(profile.settings.model, folders)
    return _started(profile, path, find_adapter(path, folders)) if path else None


def start_judge(profile: Profile) -> "ModelEngine | None":
    """Start the judge's process; None if it is not to be used.

    It is used only with its adapter, if models can run, and if the settings name neither a model
    nor a server nor turn it off. Raises `ModelRefused`.
    """
    folders = profile.paths.models
    if not profile.settings.wants_judge or not can_run_models():
        return None
    from tutor.engine.judge_model import (
        find_judge,
        load_judge,
    )  # late: not needed if a model is named

    path = find_judge(load_judge(profile.paths.resources), folders)
    adapter = find_adapter(path, folders) if path else None
    return _started(profile, path, adapter) if path and adapter else None


def _started(profile: Profile, path: Path, adapter: Path | None) -> "ModelEngine":
    from tutor.engine.client import ModelEngine, ModelSpec  # late: only needed with a model
    from tutor.grading import LABEL_SETS

    paths, settings = profile.paths, profile.settings
    if not can_run_models():
        raise ModelRefused(
            "No model can be run yet: llama.cpp is not installed.",
            remedy="It is compiled in the background; tutor doctor says how far it is."
            if paths.setup is not None
            else "Install it: pip install llama-cpp-python",
        )
    private_folder(paths.home)
    spec = ModelSpec(
        path=path,
        label_sets=LABEL_SETS,
        context=settings.context,
        threads=settings.threads or physical_cores(),
        allow_large=settings.allow_large_model,
        adapter=adapter,
    )
    engine = ModelEngine(spec, log=paths.engine_log, memory=ProbeMemory(paths.engine_memory))
    engine.start()
    return engine


def physical_cores() -> int:
    """The number of cores without hyper-threads, which would only slow each other down."""
    import psutil

    return psutil.cpu_count(logical=False) or os.cpu_count() or 1


def utc_now() -> datetime:
    """The time now, in UTC."""
    return datetime.now(UTC)
