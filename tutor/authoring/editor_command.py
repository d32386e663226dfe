"""Finds the student's own editor, and opens a file in it at a line.

The command comes only from the environment; it is split into words and never goes through a shell.
"""

import os
import shlex
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tutor.errors import TutorError

_USUAL = ("nano", "vi", "notepad")
_PLUS_LINE = frozenset(("vi", "vim", "nvim", "view", "nano", "pico", "emacs", "emacsclient",
                        "micro", "kak", "joe", "ne"))  # fmt: skip
"""Editors that take the line as `+12`."""
_COLON_LINE = frozenset(("hx", "helix", "zed"))
"""Editors that take the line as `FILE:12`, and wait."""
_CODE = frozenset(("code", "code-insiders", "codium", "vscodium", "cursor", "windsurf"))
"""Editors that take `-g FILE:12`, and return at once unless they are told to wait."""
_SUBLIME = frozenset(("subl", "sublime_text"))
"""Editors that take `FILE:12`, and return at once unless they are told to wait."""


class EditorFailed(TutorError):
    """No editor was found, it could not be started, or it ended with an error."""


@dataclass(frozen=True, slots=True)
class EditorCommand:
    """The command of an editor, with arguments that the student set."""

    words: tuple[str, ...]

    @property
    def name(self) -> str:
        """The program's name, without folder and extension."""
        return Path(self.words[0]).stem.lower()

    def arguments(self, file: Path, line: int) -> list[str]:
        """The whole command that opens `file`, at `line` (from 1) if the editor can do that."""
        command = [*self.words]
        if self.name in _CODE | _SUBLIME:
            command += [] if {"-w", "--wait"} & {*command} else ["--wait"]
            command += ["-g"] if self.name in _CODE else []
            return [*command, f"{file}:{line}"]
        if self.name in _COLON_LINE:
            return [*command, f"{file}:{line}"]
        return [*command, *((f"+{line}",) if self.name in _PLUS_LINE else ()), str(file)]

    def run(self, file: Path, line: int = 1) -> None:
        """Open `file` in the editor, and wait until it ends. Raises `EditorFailed`."""
        try:
            before = file.read_bytes()
            with _interrupts_ignored():
                code = subprocess.run(self.arguments(file, line), check=False).returncode
        except (OSError, ValueError) as error:
            raise EditorFailed(
                f"The editor {self.words[0]} could not be started: "
                f"{getattr(error, 'strerror', None) or error}.",
                remedy="Check VISUAL and EDITOR in your environment.",
            ) from error
        try:
            changed = file.read_bytes() != before
        except OSError as error:
            raise EditorFailed(
                f"{file} cannot be read after the editor {self.words[0]} ended: {error.strerror}.",
                remedy="Nothing was changed.",
            ) from error
        if code:
            raise EditorFailed(
                f"The editor {self.words[0]} ended with error {code}.",
                remedy=f"What it saved is in {file}." if changed else "It saved nothing.",
            )


def find_editor(
    environ: Mapping[str, str], which: Callable[[str], str | None] = shutil.which
) -> EditorCommand:
    """The editor in `VISUAL`, else in `EDITOR`, else one that most systems have.

    Raises `EditorFailed`, also if a variable cannot be read.
    """
    for variable in ("VISUAL", "EDITOR"):
        try:
            words = shlex.split(environ.get(variable, ""), posix=os.name != "nt")
        except ValueError as error:
            raise EditorFailed(
                f"{variable} cannot be read: {error}.",
                remedy="Write it as you would on a command line, with both quotation marks.",
            ) from error
        if words:
            return EditorCommand(
                tuple(word.strip('"') if os.name == "nt" else word for word in words)
            )
    for name in _USUAL:
        if which(name):
            return EditorCommand((name,))
    raise EditorFailed(
        "No editor is set.",
        remedy="Set EDITOR to the command of your editor, for example: export EDITOR=nano",
    )


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    """Ignore Ctrl+C, which reaches every process in the terminal: it is meant for the editor."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, lambda *_: None)  # unlike SIG_IGN, not inherited
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
