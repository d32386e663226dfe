"""The one place where the parts are put together."""

import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from tutor.bank import Bank, open_bank
from tutor.engine import Engine, ModelRefused, ProbeMemory, find_model
from tutor.grading import LABEL_SETS, Examiner, PromptBook
from tutor.paths import Paths, find_paths, private_folder
from tutor.progress import Progress, open_progress
from tutor.settings import Settings, load_settings


@dataclass(frozen=True)
class Tutor:
    """Everything that a front end works with."""

    paths: Paths
    settings: Settings
    bank: Bank
    progress: Progress
    examiner: Examiner
    clock: Callable[[], datetime]
    """The time now, in UTC."""
    new_id: Callable[[], str]
    """A fresh id for an attempt."""


@dataclass(frozen=True)
class Profile:
    """Where things are and what is set, before anything is opened."""

    paths: Paths
    settings: Settings


def open_profile(environ: Mapping[str, str], arguments: Mapping[str, object]) -> Profile:
    """The profile of this environment, with the command line's arguments above its settings.

    Arguments that are None do not count. Raises `SettingsInvalid`.
    """
    paths = find_paths(environ)
    return Profile(paths, load_settings(paths.settings, arguments))


@contextmanager
def open_tutor(profile: Profile, *, strict_model: bool = False) -> Iterator[Tutor]:
    """Everything, open; closed again at the end, whatever happened.

    A wanted model that is not there is an error with `strict_model`, else a line on the screen.
    """
    paths = profile.paths
    private_folder(paths.home)
    with open_progress(paths, clock=utc_now) as progress:
        bank = open_profile_bank(paths)
        examiner = open_examiner(profile, strict_model=strict_model)
        try:
            yield Tutor(paths, profile.settings, bank, progress, examiner, utc_now, new_attempt_id)
        finally:
            examiner.close()


def open_profile_bank(paths: Paths) -> Bank:
    """The decks that came with the tutor and the student's own."""
    return open_bank(paths.questions, paths.bank_cache)


def open_examiner(profile: Profile, *, strict_model: bool = False) -> Examiner:
    """The examiner with the model that the profile names or holds, which begins to load."""
    prompts = PromptBook(profile.paths.prompts)
    try:
        engine = start_engine(profile)
    except ModelRefused as error:
        if strict_model:
            raise
        return Examiner(prompts, unusable=error.message)
    return Examiner(prompts, engine)


def start_engine(profile: Profile) -> Engine | None:
    """The model's process, starting; None without a model. Raises `ModelRefused`."""
    paths, settings = profile.paths, profile.settings
    path = find_model(settings.model, paths.models)
    if path is None:
        return None
    from tutor.engine.handle import ModelEngine, ModelSpec  # only where there is a model to run

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


def new_attempt_id() -> str:
    """Sixteen random hexadecimal digits."""
    return secrets.token_hex(8)
