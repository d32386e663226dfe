"""`tutor` and `python -m tutor`."""

import sys
from io import TextIOWrapper

from tutor.errors import TutorError


def main() -> None:
    """Run the command line; print a `TutorError` and exit with 1."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        _run()
    except TutorError as error:
        sys.stderr.write(f"tutor: {error.message}\n")
        if error.remedy:
            sys.stderr.write(f"{error.remedy}\n")
        sys.exit(1)


def _run() -> None:
    """Without arguments, start the screens at once: importing the argument parser takes time."""
    if len(sys.argv) == 1:
        from tutor.cli.launch_tui import draw, is_terminal

        if is_terminal():
            from tutor.cli.options import ModelChoice

            draw(ModelChoice())
            return
    from tutor.cli.app import app

    app()


if __name__ == "__main__":
    main()
