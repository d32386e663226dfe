"""Runs `tutor` and `python -m tutor`."""

import errno
import os
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import NoReturn

from tutor.errors import TutorError


def main() -> None:
    """Run the command line; print a `TutorError` and exit with 1.

    Also exits with 1 if nobody reads the output any more, or if there is no space for it.
    """
    _replace_closed_streams()
    # more threads bring nothing to our small matrices, and wait for each other on a busy machine
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        _run()
    except TutorError as error:
        _fail(error.message, error.remedy)
    except OSError as error:
        if error.errno not in (errno.EPIPE, errno.ENOSPC):
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # or Python fails once more as it ends
        if error.errno == errno.ENOSPC:
            _fail("No space left on device", "Free some space, then repeat the command.")
        sys.exit(1)


def _fail(message: str, remedy: str) -> NoReturn:
    from tutor.cli.terminal import harmless, standard_error
    from tutor.formatting import sentence

    terminal = standard_error()
    for line in filter(None, (f"tutor: {sentence(message)}", remedy)):
        sys.stderr.write(f"{terminal.text(harmless(line))}\n")
    sys.exit(1)


def _replace_closed_streams() -> None:
    """Replace closed standard streams: the next file opened would get the number of one."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115


def _run() -> None:
    """Run the command; skip the argument parser, which is slow to import, if nothing needs it."""
    if len(sys.argv) == 1:
        from tutor.cli.launch_tui import draw, why_not_drawn

        if not why_not_drawn():
            from tutor.cli.model_choice import ModelChoice

            draw(ModelChoice())
            return
    if sys.argv[1:] in (["today"], ["today", "--json"]):
        from tutor.cli.progress_view import prompt_line

        print(prompt_line(os.environ, as_json=len(sys.argv) > 2))
        return
    from tutor.cli.app import app

    app()


if __name__ == "__main__":
    main()
