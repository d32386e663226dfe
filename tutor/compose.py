"""The one place where the parts are put together."""

import os
import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from tutor.bank import Bank, open_bank
from tutor.engine import ModelRefused, ProbeMemory, find_model
from tutor.paths import Paths, find_paths, private_folder
from tutor.progress import Progress, open_progress
from tutor.study import Wishes, wishes_of

if TYPE_CHECKING:
    from tutor.engine.handle import ModelEngine
    from tutor.grading import Examiner
    from tutor.settings import Settings


class Profile:
    """Where things are, and what is set; the settings are read when they are first asked for."""

    def __init__(self, environ: Mapping[str, str], arguments: Mapping[str, object]) -> None:
        """`arguments` are the command line's; those that are None do not count."""
        self.paths = find_paths(environ)
        self._arguments = arguments

    @cached_property
    def settings(self) -> "Settings":
        """The settings that hold. Raises `SettingsInvalid`."""
        from tutor.settings import load_settings

        return load_settings(self.paths.settings, self._arguments)


class Tutor:
    """Everything that a front end works with.

    The examiner is opened when it is first asked for, since no first screen waits for settings or
    for a model.
    """

    def __init__(self, profile: Profile, bank: Bank, progress: Progress) -> None:
        self._profile = profile
        self._opening = threading.Lock()
        self._examiner: Examiner | None = None
        self.paths = profile.paths
        self.bank = bank
        self.progress = progress

    @property
    def examiner(self) -> "Examiner":
        """Who judges. Raises `SettingsInvalid` when it is first asked for."""
        with self._opening:
            if self._examiner is None:
                self._examiner = open_examiner(self._profile)
            return self._examiner

    @property
    def session_length(self) -> int:
        """How many questions a session has."""
        return self._profile.settings.session_length

    @property
    def wishes(self) -> Wishes:
        """What the student wants of the scheduler. Raises `SettingsInvalid`."""
        return wishes_of(self._profile.settings)

    def clock(self) -> datetime:
        """The time now, in UTC."""
        return utc_now()

    def new_id(self) -> str:
        """A fresh id for an attempt: sixteen random hexadecimal digits."""
        return secrets.token_hex(8)

    def close(self) -> None:
        """End the model's process, if there is one."""
        with self._opening:
            if self._examiner is not None:
                self._examiner.close()


@contextmanager
def open_tutor(profile: Profile) -> Iterator[Tutor]:
    """Everything, open; closed again at the end, whatever happened."""
    private_folder(profile.paths.home)
    with open_progress(profile.paths, clock=utc_now) as progress:
        tutor = Tutor(profile, open_profile_bank(profile.paths), progress)
        try:
            yield tutor
        finally:
            tutor.close()
            from tutor.progress.backup import back_up_when_due  # not needed to start

            back_up_when_due(profile.paths, utc_now())


def open_profile_bank(paths: Paths) -> Bank:
    """The decks that came with the tutor and the student's own."""
    return open_bank(paths.questions, paths.bank_cache)


def open_examiner(profile: Profile, *, strict: bool = False) -> "Examiner":
    """The examiner with the model that the profile names or holds, which begins to load.

    A wanted model that is not there is an error with `strict`, else told of in the status.
    """
    from tutor.grading import Calibrations, Examiner, PromptBook

    prompts, feedback = PromptBook(profile.paths.prompts), profile.settings.feedback
    calibrations = Calibrations(profile.paths.calibrations)
    try:
        engine = start_engine(profile)
    except ModelRefused as error:
        if strict:
            raise
        return Examiner(prompts, unusable=error, calibrations=calibrations)
    if engine is not None:
        prompts.load()
    return Examiner(prompts, engine, calibrations=calibrations, feedback=feedback)


def start_engine(profile: Profile) -> "ModelEngine | None":
    """The model's process, starting; None without a model. Raises `ModelRefused`."""
    paths, settings = profile.paths, profile.settings
    path = find_model(settings.model, paths.models)
    if path is None:
        return None
    from tutor.engine.handle import ModelEngine, ModelSpec  # only where there is a model to run
    from tutor.grading import LABEL_SETS

    private_folder(paths.home)
    spec = ModelSpec(
        path=path,
        label_sets=LABEL_SETS,
        context=settings.context,
        threads=settings.threads or physical_cores(),
        allow_large=settings.allow_large_model,
    )
    engine = ModelEngine(spec, log=paths.engine_log, memory=ProbeMemory(paths.engine_memory))
    engine.start()
    return engine


def physical_cores() -> int:
    """Cores without their second threads: those only get in each other's way."""
    import psutil

    return psutil.cpu_count(logical=False) or os.cpu_count() or 1


def utc_now() -> datetime:
    """The time now, in UTC."""
    return datetime.now(UTC)
