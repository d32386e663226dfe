"""An editor that changes a file as a test says, and an app that can be suspended for it."""

import json
import shlex
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from textual.pilot import Pilot

from tests.tui.doubles import StubTutor
from tests.tui.steps import Size
from tutor import tui
from tutor.tui import TutorApp

_EDITOR = """\
import json, pathlib, sys
steps = pathlib.Path(sys.argv[1])
todo = json.loads(steps.read_text("utf-8"))
file = pathlib.Path(sys.argv[-1])
old, new = todo.pop(0)
text = file.read_text("utf-8")
assert old in text, (old, text)
file.write_text(text.replace(old, new, 1), "utf-8", newline="")
steps.write_text(json.dumps(todo), "utf-8")
"""


class SuspendableApp(TutorApp):
    """Counts how often the terminal is handed over, since a test has no terminal."""

    CSS_PATH = str(Path(tui.__file__).parent / "today.tcss")

    def __init__(self, tutor: StubTutor) -> None:
        super().__init__(tutor)
        self.suspended = 0

    @contextmanager
    def suspend(self) -> Iterator[None]:
        self.suspended += 1
        yield


@asynccontextmanager
async def editing(
    tutor: StubTutor, *steps: tuple[str, str], size: Size = (80, 24)
) -> AsyncIterator[tuple[SuspendableApp, Pilot[None]]]:
    """An app that can be suspended for an editor: if there are steps, one that takes them."""
    if steps:
        set_editor(tutor, *steps)
    app = SuspendableApp(tutor)
    async with app.run_test(size=size) as pilot:
        yield app, pilot


def set_editor(tutor: StubTutor, *steps: tuple[str, str]) -> None:
    """Have the editor replace the first text by the second; each call takes the next step."""
    folder = tutor.paths.home.parent
    script, todo = folder / "an editor.py", folder / "steps.json"
    script.write_text(_EDITOR, "utf-8")
    todo.write_text(json.dumps(steps), "utf-8")
    tutor.environ = {"EDITOR": shlex.join([sys.executable, str(script), str(todo)])}
