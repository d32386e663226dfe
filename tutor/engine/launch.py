"""Starting the child: its descriptors, its environment, its own process group."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from tutor.paths import open_private

LOG_LIMIT = 1 << 20
"""Bytes; a longer log is begun anew."""


def child_command() -> tuple[str, ...]:
    """The command line of the child. `-P` keeps the working folder out of the import path."""
    return (sys.executable, "-P", "-m", "tutor.engine.child")


def launch(command: Sequence[str], log: Path) -> subprocess.Popen[bytes]:
    """Start the child with its two pipes; what it prints goes to `log`.

    In a session of its own, so that Ctrl-C in the terminal is the parent's alone to act on. When
    the parent ends, however it ends, the pipe closes and the child ends too.
    """
    with _open_log(log) as sink:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=sink,
            bufsize=0,
            env=_environment(),
            start_new_session=os.name == "posix",
            creationflags=_window_flags(),
        )


def _open_log(log: Path) -> IO[bytes]:
    mode = "ab" if log.exists() and log.stat().st_size < LOG_LIMIT else "wb"
    return open(log, mode, opener=open_private)


def _environment() -> dict[str, str]:
    """Ours, with the same `tutor` found first as is running here.

    A failed assertion in ggml would else start gdb, if there is one, and wait for it.
    """
    root = str(Path(__file__).resolve().parents[2])
    path = os.environ.get("PYTHONPATH")
    return {
        "GGML_NO_BACKTRACE": "1",
        **os.environ,
        "PYTHONPATH": root if not path else os.pathsep.join((root, path)),
        "PYTHONIOENCODING": "utf-8",
    }


def _window_flags() -> int:
    if sys.platform == "win32":
        return subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
    return 0
