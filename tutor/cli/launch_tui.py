"""Starting the terminal interface."""

import gc
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.cli.model_choice import ModelChoice

NO_TERMINAL = """\
tutor needs an interactive terminal, and standard input or output is not one.
Without a terminal, use:
  tutor ask                            study line by line
  tutor bank list                      the decks
  tutor bank show ID                   one question with its rubric
  tutor grade ID --answer TEXT         grade an answer
  tutor doctor                         check the installation"""


def is_terminal() -> bool:
    """Whether there is something to draw on; Textual reads standard input and draws on error."""
    streams = (sys.stdin, sys.stdout, sys.stderr)
    return all(stream.isatty() for stream in streams) and os.environ.get("TERM") != "dumb"


def draw(choice: "ModelChoice") -> None:
    """Run the terminal interface until the student leaves it.

    Raises what kept it from running; a model file that the command line names has to be there.
    """
    # Looking for garbage took a sixth of the time to the first screen, behind which the app turns
    # it on again: until then nearly everything that is made is there to stay.
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
