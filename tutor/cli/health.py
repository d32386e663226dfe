"""The parts of `tutor doctor` about machine, build, terminal and models on disk."""

import locale
import os
import platform
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from tutor.errors import TutorError

Report = dict[str, object]
SMALLEST = (60, 20)
"""Columns and lines below which the screens are hard to read."""
_KITTY = ("kitty", "ghostty", "wezterm", "foot", "iterm", "alacritty")
"""Terminals that have Kitty's keyboard protocol; some want it switched on."""


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


def build() -> Report:
    """Whether llama.cpp loads, and whether it was compiled for this processor."""
    from tutor.engine.build import look_at_build
    from tutor.engine.memory import library_version

    found = look_at_build()
    report: Report = {
        "llama_cpp_python": library_version(),
        "loads": not found.problem,
        "uses": " ".join(found.uses) or None,
        "processor_has": "not told by the system"
        if found.has is None
        else " ".join(sorted(found.has)),
    }
    if found.problem:
        return report | {
            "error": f"llama.cpp cannot be loaded: {found.problem}",
            "advice": f"Compile it anew: {_compile()} Until then the key terms judge.",
        }
    if found.lacking:
        return report | {
            "error": f"it was compiled for {', '.join(found.lacking)}, which this processor lacks",
            "advice": f"Compile it on this machine: {_compile()}",
        }
    if found.unused:
        named = ", ".join(found.unused)
        report["advice"] = f"A build that uses {named} would be faster: {_compile()}"
    return report


def terminal(environ: Mapping[str, str]) -> Report:
    """Colours, size, keys and letters; what cannot be told without asking it is said to be so."""
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


def models(environ: Mapping[str, str], named: Path | None) -> Report:
    """What lies on this machine, and how the one that is used stands to memory and catalogue."""
    from tutor.hub import JUDGE, Fits, Shelf, told_of_judge

    try:
        shelf = Shelf.of(environ, named)
        used = None if shelf.used is None else shelf.choose(str(shelf.used))
    except TutorError as error:
        return error_told(error)
    best = shelf.recommended
    report: Report = {
        "on_disk": len(shelf.models),
        "recommended": None if best is None else best.id,
        "used": None if used is None else used.name,
    }
    judge = next((model for model in shelf.models if model.is_judge), None)
    if used is None and judge is not None:
        report |= {"judges": judge.name, "remark": told_of_judge(shelf, judge)}
    elif used is None:
        report["advice"] = f"To have a model judge: tutor model pull {JUDGE}"
    elif used.problem:
        report |= {"error": used.problem, "advice": "tutor model remove, then tutor model pull"}
    else:
        report |= {"memory": shelf.fit_of(used).words}
        if used.is_judge:
            report["remark"] = told_of_judge(shelf, used)
        if shelf.fit_of(used).verdict is not Fits.FITS:
            report["advice"] = "Close other programs, or take a smaller model: tutor model list"
    return report


def error_told(error: TutorError) -> Report:
    """What is wrong with a part, and what to do."""
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
        return "Kitty's protocol, by the terminal's name: every key with Ctrl arrives"
    return (
        "not told by the terminal's name; where a key with Ctrl does nothing use the function keys"
    )


def _advice(environ: Mapping[str, str], size: tuple[int, int]) -> list[str]:
    advice = []
    if os.name == "posix" and environ.get("TERM", "dumb") == "dumb":
        advice.append("To have the screens drawn: export TERM=xterm-256color")
    if size[0] < SMALLEST[0] or size[1] < SMALLEST[1]:
        advice.append("Make the terminal larger: 80 columns and 24 lines are enough.")
    if locale.getencoding().lower().replace("-", "") != "utf8":
        wanted = "chcp 65001" if os.name == "nt" else "export LC_ALL=C.UTF-8"
        advice.append(f"For Cyrillic and Chinese letters: {wanted}")
    return advice


def _compile() -> str:
    return (
        "make clean, then make run; without the sources: pip install --force-reinstall "
        "--no-binary llama-cpp-python --no-deps llama-cpp-python."
    )
