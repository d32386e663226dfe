"""`tutor doctor`: checks the installation and suggests fixes."""

import locale
import os
import platform
import shutil
import sys
from collections.abc import Mapping
from contextlib import closing
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from tutor import __version__
from tutor.cli.model_choice import ModelChoice
from tutor.cli.options import AsJson, Model
from tutor.cli.output import print_json
from tutor.cli.terminal import has_utf8_locale
from tutor.engine import BUILT_IN_JUDGE
from tutor.engine.setup_state import SetupStage, SetupState, can_run_models, read_setup
from tutor.errors import TutorError
from tutor.formatting import count_of

if TYPE_CHECKING:
    from tutor.models import OnDisk
    from tutor.profile import Profile


Report = dict[str, object]
SMALLEST = (60, 20)
"""The least columns and lines with which the screens are easy to read."""
_KITTY = ("kitty", "ghostty", "wezterm", "foot", "iterm", "alacritty")
"""Terminals with Kitty's keyboard protocol; in some it has to be turned on."""
_COMPILE = (
    "make clean, then make run; without the sources: pip install --force-reinstall "
    "--no-binary llama-cpp-python --no-deps llama-cpp-python."
)
PACKAGES = ("textual", "llama-cpp-python", "pydantic", "tinydb")


def doctor(
    context: typer.Context,
    model: Model = None,
    as_json: AsJson = False,
) -> None:
    """Check the installation and suggest fixes.

    Covers versions, processor, the build of llama.cpp, memory, terminal, paths, models, decks and
    progress. Loads the model and tries it. Problems (✗) come first, then suggestions (!), each with
    what to do. Exits with 1 if something does not work.
    """
    from tutor.cli.doctor_text import doctor_lines
    from tutor.cli.linemode.output import Message, line_output
    from tutor.profile import Profile

    choice = ModelChoice(model).over(context.obj)
    profile = Profile(os.environ, choice.arguments)
    typer.echo("checking; loading a model takes a few seconds …", err=True)
    report = examine(profile, os.environ, choice.model)
    if as_json:
        print_json(report)
    else:
        output = line_output(as_json=False, inviting=False)
        output.show(Message("doctor", tuple(doctor_lines(report))))
    if any(isinstance(part, dict) and "error" in part for part in report.values()):
        raise typer.Exit(1)


def examine(profile: "Profile", environ: Mapping[str, str], model: Path | None = None) -> Report:
    """Check everything; a part that does not work has the key `error`.

    `to_do` lists the advice of all parts.
    """
    setup = read_setup(profile.paths.setup)
    report: Report = {
        "versions": _versions(),
        "machine": machine(),
        "build": build(setup),
        **({} if setup is None else {"setup": _setup(setup)}),
        "terminal": terminal(environ),
        "paths": _paths(profile),
        "models": models(environ, model, by_terms=profile.settings.model is not None),
        "model": _model(profile),
        "bank": _bank(profile),
        "progress": _progress(profile),
    }
    parts = [part for part in report.values() if isinstance(part, dict)]
    report["to_do"] = list(dict.fromkeys(part["advice"] for part in parts if part.get("advice")))
    return report


def _versions() -> Report:
    versions: Report = {"tutor": __version__, "python": platform.python_version()}
    for package in PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            versions[package] = "not installed"
    return versions


def _paths(profile: "Profile") -> Report:
    paths = profile.paths
    return {
        "profile": str(paths.home),
        "settings": f"{paths.settings}{'' if paths.settings.exists() else ' (does not exist)'}",
        "questions": [str(folder) for folder in paths.questions],
        "models": [str(folder) for folder in paths.models],
        "engine_log": str(paths.engine_log),
    }


def _model(profile: "Profile") -> Report:
    from tutor.grader import open_engine, start_judge

    try:
        engine = open_engine(profile) or start_judge(profile)
        if engine is None:
            if profile.settings.model is None:
                return {"file": None, "advice": "If you have a model file: tutor model add FILE"}
            return {"file": None, "remark": "none; key terms grade, as the settings say"}
        with closing(engine):
            info = engine.wait_until_ready()
    except TutorError as error:
        return _error_report(error)
    if profile.settings.server:
        return {
            "server": info.path,
            "kind": info.architecture,
            "name": info.name,
            "fingerprint": info.fingerprint,
            "parameters": info.parameters,
            "context": info.context or "not reported",
        }
    return {
        "file": info.path,
        "name": info.title,
        "fingerprint": info.fingerprint,
        "architecture": info.architecture,
        "parameters": info.parameters,
        "context": info.context,
        "buffers": "plain (the fast ones crashed here)" if info.plain_buffers else "fast",
        "prefill_tokens_per_second": round(info.prefill_rate, 1),
    }


def _bank(profile: "Profile") -> Report:
    from tutor.wiring import open_profile_bank

    try:
        bank = open_profile_bank(profile.paths)
    except TutorError as error:
        return _error_report(error)
    report: Report = {
        "decks": len(bank.decks),
        "questions": sum(len(deck.questions) for deck in bank.decks),
    }
    if copies := [deck.id for deck in bank.decks if deck.replaces]:
        report["your_copies"] = copies
    errors = [str(problem) for problem in bank.problems]
    if errors:
        summary = f"{count_of(len(errors), 'problem')} in the decks; see tutor bank check"
        report.update(error=summary, problems=errors[:10])
    return report


def _progress(profile: "Profile") -> Report:
    from tutor.progress import open_progress
    from tutor.wiring import utc_now

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
        return _error_report(error)


def machine() -> Report:
    """The system, its processor and its memory."""
    import psutil

    from tutor.engine import processor_name

    memory = psutil.virtual_memory()
    return {
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "processor": processor_name(),
        "physical_cores": psutil.cpu_count(logical=False),
        "memory_gib": round(memory.total / 2**30, 1),
        "memory_free_gib": round(memory.available / 2**30, 1),
    }


def build(setup: SetupState | None = None) -> Report:
    """Whether llama.cpp loads, and whether it was compiled for this processor."""
    from tutor.engine.cpu_features import inspect_build, library_version

    if not can_run_models():
        report: Report = {"llama_cpp_python": library_version(), "loads": False}
        if setup is not None:
            return report | {"remark": "it is being set up in the background; see setup"}
        return report | {
            "error": "llama.cpp is not installed, so no model can run",
            "advice": f"Compile it: {_COMPILE} Until then, key terms grade.",
        }
    library = inspect_build()
    report = {
        "llama_cpp_python": library_version(),
        "loads": not library.problem,
        "uses": " ".join(library.uses) or None,
        "processor_has": "not reported by the system"
        if library.has is None
        else " ".join(sorted(library.has)),
    }
    if library.problem:
        return report | {
            "error": f"llama.cpp cannot be loaded: {library.problem}",
            "advice": f"Compile it again: {_COMPILE} Until then, key terms grade.",
        }
    if library.lacking:
        return report | {
            "error": f"it was compiled for {', '.join(library.lacking)}, "
            "which this processor lacks",
            "advice": f"Compile it on this machine: {_COMPILE}",
        }
    if library.unused:
        named = ", ".join(library.unused)
        report["advice"] = f"A build that uses {named} would be faster: {_COMPILE}"
    return report


def _setup(state: SetupState) -> Report:
    """How far the judge's set-up is, which `make run` does in the background."""
    report: Report = {"stage": state.stage.value}
    if state.total:
        report["done"] = f"{state.done} of {state.total}"
    if state.stage in (SetupStage.FAILED, SetupStage.STOPPED):
        report["error"] = state.problem or "the set-up of the judge was interrupted"
        report["advice"] = "To try again: make run. Until then, key terms grade."
    return report | {"log": state.log}


def terminal(environ: Mapping[str, str]) -> Report:
    """The terminal's size, colours, keys and encoding, as far as the environment shows them."""
    size = shutil.get_terminal_size()
    report: Report = {
        "is_one": sys.stdin.isatty() and sys.stdout.isatty(),
        "size": f"{size.columns}x{size.lines}",
        "term": environ.get("TERM", ""),
        "colour": _colour(environ),
        "keys": _keys(environ),
        "encoding": sys.stdout.encoding,
        "locale": locale.getencoding(),
    }
    advice = [*_advice(environ, (size.columns, size.lines))]
    return report | {"advice": " ".join(advice)} if advice else report


def models(environ: Mapping[str, str], named: Path | None, *, by_terms: bool) -> Report:
    """The models on this machine, and whether the one in use fits into memory.

    `by_terms` is true if the settings say that key terms grade.
    """
    from tutor.models import JUDGE, Shelf, judge_status
    from tutor.models.memory import Fits

    try:
        shelf = Shelf.of(environ, named)
        used = None if shelf.used is None else shelf.choose(str(shelf.used))
    except TutorError as error:
        return _error_report(error)
    best = shelf.recommended
    report: Report = {
        "on_disk": len(shelf.models),
        "recommended": None if best is None else best.id,
        "used": None if used is None else _title(used),
    }
    judge = next((model for model in shelf.models if model.is_judge), None)
    if used is None and judge is not None and not by_terms:
        report |= {"judges": _title(judge), "remark": judge_status(shelf, judge)}
    elif used is None and not by_terms:
        report["advice"] = f"To grade with a model: tutor model pull {JUDGE}"
    elif used is not None and used.problem:
        report |= {"error": used.problem, "advice": "tutor model remove, then tutor model pull"}
    elif used is not None:
        report |= {"memory": shelf.fit_of(used).words}
        if used.is_judge:
            report["remark"] = judge_status(shelf, used)
        if shelf.fit_of(used).verdict is not Fits.FITS:
            report["advice"] = "Close other programs, or choose a smaller model: tutor model list"
    return report


def _title(model: "OnDisk") -> str:
    return BUILT_IN_JUDGE if model.is_judge else model.name


def _error_report(error: TutorError) -> Report:
    return {"error": error.message, "advice": error.remedy}


def _colour(environ: Mapping[str, str]) -> str:
    if "NO_COLOR" in environ:
        return "off (NO_COLOR)"
    if environ.get("COLORTERM"):
        return environ["COLORTERM"]
    return "256 colours" if "256color" in environ.get("TERM", "") else "basic"


def _keys(environ: Mapping[str, str]) -> str:
    names = f"{environ.get('TERM', '')} {environ.get('TERM_PROGRAM', '')}".lower()
    if any(name in names for name in _KITTY):
        return "Kitty's protocol, going by the terminal's name: every Ctrl key works"
    return "unknown, going by the terminal's name; if a Ctrl key does nothing, use a function key"


def _advice(environ: Mapping[str, str], size: tuple[int, int]) -> list[str]:
    advice = []
    if os.name == "posix" and environ.get("TERM", "dumb") == "dumb":
        advice.append("To see the screens: export TERM=xterm-256color")
    if size[0] < SMALLEST[0] or size[1] < SMALLEST[1]:
        advice.append("Make the terminal larger: 80 columns and 24 lines are enough.")
    if not has_utf8_locale():
        command = "chcp 65001" if os.name == "nt" else "export LC_ALL=C.UTF-8"
        advice.append(f"For Cyrillic and Chinese letters: {command}")
    return advice
