"""Updates the help texts quoted in docs/cli.md: `python -m tools.helptext`.

A test compares them with the program's, so that the page stays up to date.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "cli.md"
_BLOCK = re.compile(r"```console\n\$ (tutor[^\n]* --help)\n.*?```", re.DOTALL)


def help_text(command: str) -> str:
    """The output of `command`, at 80 columns and without colours."""
    environment = {**os.environ, "COLUMNS": "80", "NO_COLOR": "1", "TERM": "dumb"}
    environment["PYTHONIOENCODING"] = "utf-8"
    program = "import sys; sys.argv[0] = 'tutor'; from tutor.__main__ import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program, *command.split()[1:]],
        capture_output=True,
        env=environment,
        check=True,
    )
    lines = done.stdout.decode("utf-8").replace("\r\n", "\n").splitlines()
    return "\n".join(line.rstrip() for line in lines).strip()


def renewed(page: str) -> str:
    """The page with every quoted help text updated."""
    return _BLOCK.sub(lambda match: _quote(match.group(1)), page)


def commands(page: str) -> list[str]:
    """The commands whose help the page quotes."""
    return _BLOCK.findall(page)


def _quote(command: str) -> str:
    return f"```console\n$ {command}\n{help_text(command)}\n```"


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
