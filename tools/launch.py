"""Starts `make run` and `make test`: checks that everything is installed, then hands over.

For `run` that does not include llama.cpp and the judge's model, which are installed in the
background.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.record import Level, Place, is_complete, is_ready

USAGE = "Usage: python tools/setup.py run [ARGUMENTS OF TUTOR] | test"
INTERRUPTED = 130
STATE = "TUTOR_SETUP"
"""The variable with the path of the background set-up's state, for the tutor."""
STARTS: dict[str, tuple[str, ...]] = {"run": ("-m", "tutor"), "test": ("-m", "tools.check")}


def main(arguments: Sequence[str]) -> int:
    """Set up what the first argument names, and start it with the others; return the exit code."""
    levels: dict[str, Level] = {"run": "run", "test": "test"}
    level = levels.get(arguments[0]) if arguments else None
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
        if not is_complete(place):
            from tools import background  # late: not needed once everything is installed

            background.start(place)
    return _hand_over(place, level, arguments[1:])


def _set_up(place: Place, level: Level) -> int:
    from tools.install import SetupError, set_up  # late: not needed in a ready environment

    try:
        set_up(place, level)
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. Run the same command to start again.", file=sys.stderr)
        return INTERRUPTED
    return 0


def _hand_over(place: Place, level: Level, arguments: Sequence[str]) -> int:
    if level == "test":
        os.chdir(place.root)
    command = [str(place.python), *STARTS[level], *arguments]
    if os.name == "posix":
        os.execv(command[0], command)  # so that no other process shares the terminal
    import subprocess  # on Windows execv would return to the prompt at once

    return subprocess.run(command, check=False).returncode
