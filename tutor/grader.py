"""Chooses a profile's grader (a server, a model, the judge or key terms) and starts it."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.engine import Absence, ModelRefused, ProbeMemory
from tutor.engine.discovery import find_adapter, find_model
from tutor.engine.setup_state import can_run_models
from tutor.paths import Paths, private_folder

if TYPE_CHECKING:
    from collections.abc import Callable

    from tutor.bank import Bank
    from tutor.engine.client import ModelEngine
    from tutor.engine.server.client import ServerEngine
    from tutor.grading import GradingService
    from tutor.profile import Profile


def open_grading(
    profile: "Profile",
    bank: "Callable[[], Bank] | None" = None,
    *,
    strict: bool = False,
    or_judge: bool = False,
) -> "GradingService":
    """The grading service with the profile's model, which starts to load.

    `bank` returns the bank as it is now; without it no answer is compared with other questions. A
    missing model is an error with `strict`, else the status shows it.
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
        absence = None if engine is not None else _absence(profile)
    except ModelRefused as error:
        if strict:
            raise
        return GradingService(prompts, bank=bank, unusable=error, calibrations=calibrations)
    if engine is not None:
        prompts.load()
    return GradingService(
        prompts,
        engine,
        bank=bank,
        calibrations=calibrations,
        feedback=feedback,
        only_if_better=by_default and engine is not None,
        absence=absence,
    )


def _absence(profile: "Profile") -> Absence:
    settings = profile.settings
    if settings.model is not None or not settings.embedded:
        return Absence.CHOSEN
    judge = _installed_judge(profile.paths)
    return Absence.MISSING if judge is None else Absence.UNUSED


def _installed_judge(paths: Paths) -> Path | None:
    """The judge's file. Raises `ModelRefused`."""
    from tutor.engine.judge_model import (
        find_judge,
        load_judge,
    )  # late: not needed if a model is named

    return find_judge(load_judge(paths.resources), paths.models)


def open_key_terms(paths: Paths, bank: "Callable[[], Bank] | None" = None) -> "GradingService":
    """The grading service without a model; reads no settings."""
    from tutor.grading import Calibrations, GradingService, PromptBook

    calibrations = Calibrations(paths.calibrations)
    return GradingService(PromptBook(paths.prompts), bank=bank, calibrations=calibrations)


def open_engine(profile: "Profile") -> "ModelEngine | ServerEngine | None":
    """The engine of the profile's server, else of its model; None without either.

    Raises `ModelRefused`.
    """
    if profile.settings.server:
        return _start_server(profile)
    folders = profile.paths.models
    path = find_model(profile.settings.model, folders)
    return _started(profile, path, find_adapter(path, folders)) if path else None


def _start_server(profile: "Profile") -> "ServerEngine":
    """Start connecting to the profile's server. Raises `ModelRefused`."""
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


def start_judge(profile: "Profile") -> "ModelEngine | None":
    """Start the judge's process; None if it is not to be used.

    It needs its adapter and llama.cpp, and settings that neither name a model or server nor turn it
    off. Raises `ModelRefused`.
    """
    folders = profile.paths.models
    if not profile.settings.wants_judge or not can_run_models():
        return None
    path = _installed_judge(profile.paths)
    adapter = find_adapter(path, folders) if path else None
    return _started(profile, path, adapter) if path and adapter else None


def _started(profile: "Profile", path: Path, adapter: Path | None) -> "ModelEngine":
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
    """The number of cores, without hyper-threads, which would slow each other down."""
    import psutil

    return psutil.cpu_count(logical=False) or os.cpu_count() or 1
