"""`tutor doctor`: what is here, what works, and what to do about what does not."""

import json
import os
import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from tutor import __version__
from tutor.cli.arguments import ModelChoice
from tutor.cli.health import Report, build, error_told, machine, models, terminal
from tutor.cli.options import AsJson, Model
from tutor.errors import TutorError

if TYPE_CHECKING:
    from tutor.compose import Profile

PACKAGES = ("textual", "llama-cpp-python", "pydantic", "tinydb")


def doctor(
    context: typer.Context,
    model: Model = None,
    as_json: AsJson = False,
) -> None:
    """Tell what is here, what does not work, and what to type to mend it.

    Versions, processor, the build of llama.cpp, memory, terminal, paths, models, bank and progress.
    The model is loaded and probed for real. Exits with 1 if something does not work.
    """
    from tutor.compose import Profile

    choice = ModelChoice(model).over(context.obj)
    profile = Profile(os.environ, choice.arguments)
    typer.echo("looking; a model takes some seconds to load …", err=True)
    report = examine(profile, os.environ, choice.model)
    typer.echo(json.dumps(report, ensure_ascii=False, indent=1) if as_json else _text(report))
    if any(isinstance(part, dict) and "error" in part for part in report.values()):
        raise typer.Exit(1)


def examine(profile: "Profile", environ: Mapping[str, str], model: Path | None = None) -> Report:
    """Everything that doctor tells; a part that does not work has the key `error`.

    `to_do` gathers what the parts advise.
    """
    report: Report = {
        "versions": _versions(),
        "machine": machine(),
        "build": build(),
        "terminal": terminal(environ),
        "paths": _paths(profile),
        "models": models(environ, model),
        "model": _model(profile),
        "bank": _bank(profile),
        "progress": _progress(profile),
    }
    parts = [part for part in report.values() if isinstance(part, dict)]
    report["to_do"] = list(dict.fromkeys(p["advice"] for p in parts if p.get("advice")))
    return report


def _versions() -> Report:
    found: Report = {"tutor": __version__, "python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def _paths(profile: "Profile") -> Report:
    paths = profile.paths
    return {
        "profile": str(paths.home),
        "settings": f"{paths.settings}{'' if paths.settings.exists() else ' (not there)'}",
        "questions": [str(folder) for folder in paths.questions],
        "models": [str(folder) for folder in paths.models],
        "engine_log": str(paths.engine_log),
    }


def _model(profile: "Profile") -> Report:
    from tutor.compose import open_engine

    try:
        engine = open_engine(profile)
        if engine is None:
            return {"file": None, "advice": "If you have a model file: tutor model add FILE"}
        try:
            info = engine.wait_until_ready()
        finally:
            engine.close()
    except TutorError as error:
        return error_told(error)
    if profile.settings.server:
        return {
            "server": info.path,
            "kind": info.architecture,
            "name": info.name,
            "fingerprint": info.fingerprint,
            "parameters": info.parameters,
            "context": info.context or "not told",
        }
    return {
        "file": info.path,
        "name": info.name,
        "fingerprint": info.fingerprint,
        "architecture": info.architecture,
        "parameters": info.parameters,
        "context": info.context,
        "buffers": "plain (the fast ones crashed here)" if info.plain_buffers else "fast",
        "prefill_tokens_per_second": round(info.prefill_rate, 1),
    }


def _bank(profile: "Profile") -> Report:
    from tutor.compose import open_profile_bank

    try:
        bank = open_profile_bank(profile.paths)
    except TutorError as error:
        return error_told(error)
    report: Report = {
        "decks": len(bank.decks),
        "questions": sum(len(deck.questions) for deck in bank.decks),
    }
    errors = [str(problem) for problem in bank.problems]
    if errors:
        report.update(error=f"{len(errors)} problems; see tutor bank check", problems=errors[:10])
    return report


def _progress(profile: "Profile") -> Report:
    from tutor.compose import utc_now
    from tutor.progress import open_progress

    if not profile.paths.history.exists():
        return {"attempts": 0}
    try:
        with open_progress(profile.paths, clock=utc_now) as progress:
            standings = progress.standings()
            return {
                "attempts": sum(standing.attempts for standing in standings.values()),
                "questions_answered": len(standings),
                "drafts": len(progress.drafts()),
                "notices": list(progress.notices),
            }
    except TutorError as error:
        return error_told(error)


def _text(report: Report) -> str:
    lines: list[str] = []
    for heading, part in report.items():
        if isinstance(part, list):
            lines += [heading.replace("_", " "), *(f"  - {line}" for line in part)] if part else []
            continue
        lines.append(heading)
        for key, value in part.items() if isinstance(part, dict) else ():
            shown = ", ".join(map(str, value)) if isinstance(value, list) else value
            lines.append(f"  {key.replace('_', ' '):<26} {'none' if shown is None else shown}")
    return "\n".join(lines)
