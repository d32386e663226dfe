"""Running the command line in this process, and in one of its own."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tutor.bank import open_bank
from tutor.cli.app import app
from tutor.paths import find_paths, private_folder

Run = Callable[..., "Ran"]


class Ran:
    """How a command ended."""

    def __init__(self, code: int, out: str, err: str, error: BaseException | None) -> None:
        self.code, self.out, self.err, self.error = code, out, err, error

    @property
    def json(self) -> Any:  # noqa: ANN401 - tests look into any shape
        return json.loads(self.out)


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cache of our decks, compiled once for all tests."""
    paths = find_paths({"TUTOR_HOME": str(tmp_path_factory.mktemp("compiled"))})
    private_folder(paths.home)
    open_bank(paths.questions, paths.bank_cache)
    return paths.bank_cache


@pytest.fixture
def cached(home: Path, compiled: Path) -> None:
    """A profile that has the cache of our decks."""
    cache = find_paths({"TUTOR_HOME": str(home)}).bank_cache
    cache.parent.mkdir(parents=True)
    shutil.copy(compiled, cache)


@pytest.fixture
def run() -> Run:
    """Run `tutor` with these arguments; a named error is kept in `.error`."""

    def run(*arguments: str, stdin: str | bytes | None = None) -> Ran:
        result = CliRunner().invoke(app, list(arguments), input=stdin)
        error = None if isinstance(result.exception, SystemExit) else result.exception
        return Ran(result.exit_code, result.stdout, result.stderr, error)

    return run
