"""`tutor` and `python -m tutor`."""

import sys
from io import TextIOWrapper

from tutor.errors import TutorError


def main() -> None:
    """Run the command line; a named error is told in words and ends with 1."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    from tutor.cli import app

    try:
        app()
    except TutorError as error:
        sys.stderr.write(f"tutor: {error.message}\n")
        if error.remedy:
            sys.stderr.write(f"{error.remedy}\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
