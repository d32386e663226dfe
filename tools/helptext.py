"""Updates the help texts quoted in docs/cli.md: `python -m tools.helptext`.

A test compares them with the program's, so that the page stays up to date.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "cli.md"
_BLOCK = re.compile(r"```console\n\$ (tutor[^\n]* --help)\n.*?```", re.DOTALL)
_PROGRAM = """
import contextlib, io, json, sys
from tutor.__main__ import main

printed = {}
for command in json.load(sys.stdin):
    sys.argv = command.split()
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.suppress(SystemExit):
        main()
    printed[command] = out.getvalue()
json.dump(printed, sys.stdout)
"""
"""Runs all commands in one process, since its start takes longer than a command's help."""


def help_texts(commands: Sequence[str]) -> Mapping[str, str]:
    """The output of each of these commands, at 80 columns and without colours."""
    environment = {**os.environ, "COLUMNS": "80", "NO_COLOR": "1", "TERM": "dumb"}
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        input=json.dumps(commands),
        capture_output=True,
        encoding="utf-8",
        env=environment | {"PYTHONUTF8": "1"},
        check=True,
    )
    printed: dict[str, str] = json.loads(done.stdout)
    return {
        command: "\n".join(line.rstrip() for line in text.splitlines()).strip()
        for command, text in printed.items()
    }


def renewed(page: str) -> str:
    """The page with every quoted help text updated."""
    texts = help_texts(commands(page))
    return _BLOCK.sub(lambda match: f"```console\n$ {match[1]}\n{texts[match[1]]}\n```", page)


def commands(page: str) -> list[str]:
    """The commands whose help the page quotes."""
    return _BLOCK.findall(page)


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
