"""`tutor doctor`: checks the installation and suggests fixes."""

import locale
import os
import platform
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from tutor import __version__
from tutor.bank import open_bank
from tutor.cli.model_choice import ModelChoice
from tutor.cli.options import AsJson, Model
from tutor.cli.output import print_json
from tutor.cli.terminal import Hanging, Line, Span, has_utf8_locale
from tutor.clock import utc_now
from tutor.engine import BUILT_IN_JUDGE
from tutor.engine.setup_state import SetupStage, SetupState, can_run_models, read_setup
from tutor.errors import TutorError
from tutor.formatting import count_of, sentence

if TYPE_CHECKING:
    from tutor.models import OnDisk
    from tutor.profile import Profile

SMALLEST = (60, 20)
"""The least columns and lines with which the screens are easy to read."""
_KITTY = ("kitty", "ghostty", "wezterm", "foot", "iterm", "alacritty")
"""Terminals with Kitty's keyboard protocol; in some it has to be turned on."""
_COMPILE = (
    "make clean, then make run; without the sources: pip install --force-reinstall "
    "--no-binary llama-cpp-python --no-deps llama-cpp-python."
)
PACKAGES = ("textual", "llama-cpp-python", "pydantic", "tinydb")
_FAILS, _COULD_BE_BETTER, _WORKS = Span("✗", "bad"), Span("!", "fair"), Span("✓", "good")


@dataclass(frozen=True, slots=True)
class Part:
    """What was found out about one part of the installation."""

    title: str
    data: Mapping[str, object]
    """For programs."""
    words: str = ""
    """For people."""
    problem: str = ""
    """What does not work; replaces the words."""
    advice: str = ""
    """What to do about the problem, or what would be better."""
    notes: Sequence[str] = ()
    """More about the problem, or what is worth knowing."""

    @property
    def mark(self) -> Span:
        """Whether the part works."""
        if self.problem:
            return _FAILS
        return _COULD_BE_BETTER if self.advice or self.notes else _WORKS

    @property
    def report(self) -> dict[str, object]:
        """The part for programs; one that does not work has the key `error`."""
        more = {"error": self.problem, "advice": self.advice}
        return {**self.data, **{name: text for name, text in more.items() if text}}

    def lines(self) -> Iterator[Line]:
        """The mark and a sentence, with advice and notes below."""
        yield Hanging((self.mark, f" {self.title}: {sentence(self.problem or self.words)}"), 2)
        if below := " ".join(filter(None, (self.advice, *self.notes))):
            yield Hanging(("  ", below), 2)


def doctor(context: typer.Context, model: Model = None, as_json: AsJson = False) -> None:
    """Check the installation and suggest fixes.

    Covers versions, processor, the build of llama.cpp, memory, terminal, paths, models, decks and
    progress. Loads the model and tries it. Problems (✗) come first, then suggestions (!), each with
    what to do. Exits with 1 if something does not work.
    """
    from tutor.cli.linemode.output import line_output
    from tutor.profile import Profile

    choice = ModelChoice(model).over(context.obj)
    profile = Profile(os.environ, choice.arguments)
    typer.echo("checking; loading a model takes a few seconds …", err=True)
    setup = read_setup(profile.paths.setup)
    parts = {
        "versions": _versions(),
        "machine": _machine(),
        "build": build(setup),
        **({} if setup is None else {"setup": _setup(setup)}),
        "terminal": terminal(os.environ),
        "paths": _paths(profile),
        "models": _models(profile, choice.model),
        "model": _model(profile),
        "bank": _bank(profile),
        "progress": _progress(profile),
    }
    if as_json:
        advice = dict.fromkeys(part.advice for part in parts.values() if part.advice)
        print_json({name: part.report for name, part in parts.items()} | {"to_do": list(advice)})
    else:
        output = line_output()
        output.say("doctor", *doctor_lines(list(parts.values())))
    if any(part.problem for part in parts.values()):
        raise typer.Exit(1)


def doctor_lines(parts: Sequence[Part]) -> Iterator[Line]:
    """What fails, what could be better, what works, then the counts."""
    by_mark = {
        mark: [part for part in parts if part.mark == mark]
        for mark in (_FAILS, _COULD_BE_BETTER, _WORKS)
    }
    for marked in by_mark.values():
        for part in marked:
            yield from part.lines()
    problems, suggestions = len(by_mark[_FAILS]), len(by_mark[_COULD_BE_BETTER])
    yield ""
    if not problems + suggestions:
        yield "Everything works."
    else:
        rest = f", {count_of(suggestions, 'suggestion')}" if suggestions else ""
        yield f"{count_of(problems, 'problem') if problems else 'No problems'}{rest}."


def _failed(title: str, error: TutorError) -> Part:
    return Part(title, {}, problem=error.message, advice=error.remedy)


def _versions() -> Part:
    versions = {"tutor": __version__, "python": platform.python_version()}
    for package in PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            versions[package] = "not installed"
    words = ", ".join(f"{name} {number}" for name, number in versions.items())
    return Part("Versions", versions, words)


def _paths(profile: "Profile") -> Part:
    paths = profile.paths
    settings = f"{paths.settings}{'' if paths.settings.exists() else ' (does not exist)'}"
    data = {
        "profile": str(paths.home),
        "settings": settings,
        "questions": [str(folder) for folder in paths.questions],
        "models": [str(folder) for folder in paths.models],
        "engine_log": str(paths.engine_log),
    }
    return Part("Your data", data, f"{paths.home}; settings: {settings}")


def _model(profile: "Profile") -> Part:
    from tutor.grader import open_engine, start_judge

    title = "Model in use"
    try:
        engine = open_engine(profile) or start_judge(profile)
        if engine is None:
            if profile.settings.model is None:
                advice = "If you have a model file: tutor model add FILE"
                return Part(title, {"file": None}, "none", advice=advice)
            remark = "none; key terms grade, as the settings say"
            return Part(title, {"file": None, "remark": remark}, remark)
        with closing(engine):
            info = engine.wait_until_ready()
    except TutorError as error:
        return _failed(title, error)
    if profile.settings.server:
        data = {
            "server": info.path,
            "kind": info.architecture,
            "name": info.name,
            "fingerprint": info.fingerprint,
            "parameters": info.parameters,
            "context": info.context or "not reported",
        }
        return Part(title, data, f"{info.name} at {info.path} answers")
    rate = round(info.prefill_rate, 1)
    data = {
        "file": info.path,
        "name": info.title,
        "fingerprint": info.fingerprint,
        "architecture": info.architecture,
        "parameters": info.parameters,
        "context": info.context,
        "buffers": "plain (the fast ones crashed here)" if info.plain_buffers else "fast",
        "prefill_tokens_per_second": rate,
    }
    return Part(title, data, f"{info.title} loads and reads {rate} tokens a second ({info.path})")


def _bank(profile: "Profile") -> Part:
    title = "Decks"
    try:
        bank = open_bank(profile.paths.questions, profile.paths.bank_cache)
    except TutorError as error:
        return _failed(title, error)
    questions = sum(len(deck.questions) for deck in bank.decks)
    data: dict[str, object] = {"decks": len(bank.decks), "questions": questions}
    if copies := [deck.id for deck in bank.decks if deck.replaces]:
        data["your_copies"] = copies
    words = f"{count_of(len(bank.decks), 'deck')} with {count_of(questions, 'question')}"
    if not bank.problems:
        return Part(title, data, words)
    problem = f"{count_of(len(bank.problems), 'problem')} in the decks; see tutor bank check"
    data["problems"] = errors = [str(each) for each in bank.problems[:10]]
    return Part(title, data, words, problem, notes=[f"{error}." for error in errors])


def _progress(profile: "Profile") -> Part:
    from tutor.progress import open_progress

    title = "Progress"
    if not profile.paths.history.exists():
        return Part(title, {"attempts": 0}, "nothing answered yet")
    try:
        with open_progress(profile.paths, clock=utc_now) as progress:
            standings, notices = progress.standings(), list(progress.notices)
            drafts = len(progress.drafts())
    except TutorError as error:
        return _failed(title, error)
    attempts = sum(standing.attempts for standing in standings.values())
    data = {
        "attempts": attempts,
        "questions_answered": len(standings),
        "drafts": drafts,
        "notices": notices,
    }
    answered = f"{count_of(attempts, 'answer')} to {count_of(len(standings), 'question')}"
    return Part(title, data, answered if attempts else "nothing answered yet", notes=notices)


def _machine() -> Part:
    """The system, its processor and its memory."""
    import psutil

    from tutor.engine import processor_name

    memory, cores = psutil.virtual_memory(), psutil.cpu_count(logical=False)
    data = {
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "processor": processor_name(),
        "physical_cores": cores,
        "memory_gib": round(memory.total / 2**30, 1),
        "memory_free_gib": round(memory.available / 2**30, 1),
    }
    processor = f"{data['processor']}, {cores} cores" if cores else data["processor"]
    free = f"{data['memory_free_gib']} of {data['memory_gib']} GiB of memory free"
    return Part("Computer", data, f"{data['system']}, {processor}, {free}")


def build(setup: SetupState | None = None) -> Part:
    """Whether llama.cpp loads, and whether it was compiled for this processor."""
    from tutor.engine.cpu_features import inspect_build, library_version

    title, installed = "llama.cpp", library_version()
    if not can_run_models():
        data: dict[str, object] = {"llama_cpp_python": installed, "loads": False}
        if setup is not None:
            remark = "it is being set up in the background; see setup"
            return Part(title, data | {"remark": remark}, remark)
        problem = "llama.cpp is not installed, so no model can run"
        advice = f"Compile it: {_COMPILE} Until then, key terms grade."
        return Part(title, data, problem=problem, advice=advice)
    library = inspect_build()
    uses, has = " ".join(library.uses), library.has
    data = {
        "llama_cpp_python": installed,
        "loads": not library.problem,
        "uses": uses or None,
        "processor_has": "not reported by the system" if has is None else " ".join(sorted(has)),
    }
    words = f"version {installed} loads, and uses {uses or 'no extensions'}"
    problem = advice = ""
    if library.problem:
        problem = f"llama.cpp cannot be loaded: {library.problem}"
        advice = f"Compile it again: {_COMPILE} Until then, key terms grade."
    elif library.lacking:
        lacking = ", ".join(library.lacking)
        problem = f"it was compiled for {lacking}, which this processor lacks"
        advice = f"Compile it on this machine: {_COMPILE}"
    elif library.unused:
        advice = f"A build that uses {', '.join(library.unused)} would be faster: {_COMPILE}"
    return Part(title, data, words, problem, advice)


def _setup(state: SetupState) -> Part:
    """How far the judge's set-up is, which `make run` does in the background."""
    done = {"done": f"{state.done} of {state.total}"} if state.total else {}
    data = {"stage": state.stage.value, **done, "log": state.log}
    so_far = f", {done['done']} done" if done else ""
    words = f"{state.stage.value}{so_far}; its log is {state.log}"
    if state.stage not in (SetupStage.FAILED, SetupStage.STOPPED):
        return Part("Set-up of the judge", data, words)
    problem = state.problem or "the set-up of the judge was interrupted"
    advice = "To try again: make run. Until then, key terms grade."
    return Part("Set-up of the judge", data, words, problem, advice)


def _models(profile: "Profile", named: Path | None) -> Part:
    """The models on this machine, and whether the one in use fits into memory."""
    from tutor.models import JUDGE, Shelf
    from tutor.models.memory import Fits

    title = "Models"
    try:
        shelf = Shelf.of(profile.environ, named)
        used = None if shelf.used is None else shelf.choose(str(shelf.used))
    except TutorError as error:
        return _failed(title, error)
    best = shelf.recommended
    data: dict[str, object] = {
        "on_disk": len(shelf.models),
        "recommended": None if best is None else best.id,
        "used": None if used is None else _name(used),
    }
    words = [f"{count_of(len(shelf.models), 'model')} installed"]
    problem = advice = ""
    judge = next((model for model in shelf.models if model.is_judge), None)
    if used is not None:
        words.append(f"{_name(used)} is in use")
    if used is not None and used.problem:
        problem, advice = used.problem, "tutor model remove, then tutor model pull"
    elif used is not None:
        data["memory"] = shelf.fit_of(used).words
        words.append(f"Memory: {data['memory']}")
        if used.is_judge:
            data["remark"] = shelf.judge_status(used)
        if shelf.fit_of(used).verdict is not Fits.FITS:
            advice = "Close other programs, or choose a smaller model: tutor model list"
    elif profile.settings.model is not None:
        pass  # key terms grade, as the settings say
    elif judge is not None:
        data |= {"judges": _name(judge), "remark": shelf.judge_status(judge)}
        words.append(f"The {_name(judge)} is in use")
    else:
        advice = f"To grade with a model: tutor model pull {JUDGE}"
    if "remark" in data:
        words.append(str(data["remark"]))
    return Part(title, data, " ".join(map(sentence, words)), problem, advice)


def _name(model: "OnDisk") -> str:
    return BUILT_IN_JUDGE if model.is_judge else model.name


def terminal(environ: Mapping[str, str]) -> Part:
    """The terminal's size, colours, keys and encoding, as far as the environment shows them."""
    size = shutil.get_terminal_size()
    term, is_one = environ.get("TERM", ""), sys.stdin.isatty() and sys.stdout.isatty()
    data = {
        "is_one": is_one,
        "size": f"{size.columns}x{size.lines}",
        "term": term,
        "colour": _colour(environ),
        "keys": _keys(environ),
        "encoding": sys.stdout.encoding,
        "locale": locale.getencoding(),
    }
    words = (
        f"{'' if is_one else 'not interactive, '}{data['size']}, {term or 'TERM not set'}, "
        f"colours: {data['colour']}, {data['encoding']}; Ctrl keys: {data['keys']}"
    )
    advice = []
    if os.name == "posix" and environ.get("TERM", "dumb") == "dumb":
        advice.append("To see the screens: export TERM=xterm-256color")
    if size.columns < SMALLEST[0] or size.lines < SMALLEST[1]:
        advice.append("Make the terminal larger: 80 columns and 24 lines are enough.")
    if not has_utf8_locale():
        command = "chcp 65001" if os.name == "nt" else "export LC_ALL=C.UTF-8"
        advice.append(f"For Cyrillic and Chinese letters: {command}")
    return Part("Terminal", data, words, advice=" ".join(advice))


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
