"""Starts the terminal interface."""

import gc
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.cli.model_choice import ModelChoice

INSTEAD = """\
Without a terminal, use:
  tutor ask                            study line by line
  tutor bank list                      the decks
  tutor bank show ID                   one question with its rubric
  tutor grade ID --answer TEXT         grade an answer
  tutor doctor                         check the installation"""


def why_not_drawn() -> str:
    """Why the screens cannot be shown; empty if they can.

    Textual reads standard input and draws on standard error.
    """
    streams = {"input": sys.stdin, "output": sys.stdout, "error": sys.stderr}
    others = [f"standard {name}" for name, stream in streams.items() if not stream.isatty()]
    if others:
        *more, last = others
        named = f"{', '.join(more)} and {last} are not" if more else f"{last} is not one"
        return f"tutor needs an interactive terminal, but {named}."
    if os.environ.get("TERM") == "dumb":
        return "tutor needs a terminal that can draw, but TERM is dumb."
    return ""


def draw(choice: "ModelChoice") -> None:
    """Run the terminal interface until the student leaves it.

    Raises ModelRefused for a named model file that does not exist, and what stopped the interface.
    """
    # Collecting garbage took a sixth of the time to the first screen, though nearly everything
    # made until then stays. The app turns it on again after that screen.
    gc.disable()
    from tutor.engine.discovery import find_model
    from tutor.profile import Profile
    from tutor.tui import TutorApp
    from tutor.wiring import open_tutor

    find_model(choice.model, ())
    with open_tutor(Profile(os.environ, choice.arguments)) as tutor:
        app = TutorApp(tutor)
        app.run()
    if app.failure is not None:
        raise app.failure
