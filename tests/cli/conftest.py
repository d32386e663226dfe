"""Running the command line in this process, and in one of its own."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tutor.cli.app import app

Run = Callable[..., "Ran"]


class Ran:
    """How a command ended."""

    def __init__(self, code: int, out: str, err: str, error: BaseException | None) -> None:
        self.code, self.out, self.err, self.error = code, out, err, error

    @property
    def json(self) -> Any:  # noqa: ANN401 - tests look into any shape
        return json.loads(self.out)


@pytest.fixture
def run(cached: Path) -> Run:
    """Run `tutor` with these arguments; a named error is kept in `.error`."""

    def run(*arguments: str, stdin: str | bytes | None = None) -> Ran:
        result = CliRunner().invoke(app, list(arguments), input=stdin)
        error = None if isinstance(result.exception, SystemExit) else result.exception
        return Ran(result.exit_code, result.stdout, result.stderr, error)

    return run
