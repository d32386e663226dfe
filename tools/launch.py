"""The way of `make run` and `make test`: see that all is installed, then hand over.

For `run` llama.cpp and the judge's model are no part of "all": they come in the background.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from tools.record import Level, Place, is_ready, is_whole

USAGE = "Usage: python tools/setup.py run [ARGUMENTS OF TUTOR] | test"
INTERRUPTED = 130
STATE = "TUTOR_SETUP"
"""Names the file to the tutor that says how far the work in the background is."""
STARTS: dict[str, tuple[str, ...]] = {"run": ("-m", "tutor"), "test": ("-m", "tools.check")}


def main(arguments: Sequence[str]) -> int:
    """Set up what the first argument names and start it with the others; returns the exit code."""
    level = _level(arguments[0] if arguments else "")
    if level is None or (level == "test" and len(arguments) > 1):
        print(USAGE, file=sys.stderr)
        return 2
    place = Place(Path(__file__).resolve().parents[1])
    if not is_ready(place, level):
        failure = _set_up(place, level)
        if failure:
            return failure
    if level == "run":
        os.environ[STATE] = str(place.state)
        if not is_whole(place):
            from tools import background  # here: what is whole has no need of it

            background.start(place)
    return _hand_over(place, level, arguments[1:])


def _set_up(place: Place, level: Level) -> int:
    from tools.install import SetupError, set_up  # here: a ready environment has no need of it

    try:
        set_up(place, level)
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. The same command begins anew.", file=sys.stderr)
        return INTERRUPTED
    return 0


def _level(word: str) -> Level | None:
    levels: dict[str, Literal["run", "test"]] = {"run": "run", "test": "test"}
    return levels.get(word)


def _hand_over(place: Place, level: Level, arguments: Sequence[str]) -> int:
    if level == "test":
        os.chdir(place.root)
    command = [str(place.python), *STARTS[level], *arguments]
    if os.name == "posix":
        os.execv(command[0], command)  # the terminal belongs to the tutor alone
    import subprocess  # execv on Windows returns to the prompt before its successor has ended

    return subprocess.run(command, check=False).returncode
