"""Runs commands in this process."""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.support.profiles import open_profile
from tutor.bank import Bank
from tutor.cli.app import app
from tutor.cli.linemode.input import Interrupts
from tutor.progress import Progress

Run = Callable[..., "Ran"]
Opened = Callable[[], Progress]
Full = Callable[[str], str]


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str
    error: BaseException | None

    @property
    def json(self) -> Any:  # noqa: ANN401 - tests look into any shape
        return json.loads(self.out)

    def events(self, name: str | None = None) -> list[dict[str, Any]]:
        """The events that a session in JSON reported, all or those of a name."""
        events = [json.loads(line) for line in self.out.splitlines()]
        return [event for event in events if name in (None, event["event"])]


def lines(*typed: str) -> str:
    """These lines as standard input."""
    return "".join(f"{line}\n" for line in typed)


@pytest.fixture
def run(cached: Path) -> Run:
    """Run `tutor` with these arguments; a named error is kept in `.error`."""

    def run(*arguments: str, stdin: str | bytes | None = None) -> Ran:
        result = CliRunner().invoke(app, list(arguments), input=stdin)
        error = None if isinstance(result.exception, SystemExit) else result.exception
        return Ran(result.exit_code, result.stdout, result.stderr, error)

    return run


@pytest.fixture
def ask(run: Run) -> Run:
    """Ask these questions with `tutor ask` and these options, while these lines are typed."""

    def ask(questions: str, *typed: str, options: tuple[str, ...] = ()) -> Ran:
        return run("ask", "--questions", questions, *options, stdin=lines(*typed))

    return ask


class FakeTerminal(io.StringIO):
    """A stream of text that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


class Tty(io.BytesIO):
    """Bytes from a terminal, where reading continues after an end (Ctrl+D)."""

    def __init__(self, *parts: str | bytes) -> None:
        super().__init__()
        self._parts = [part.encode() if isinstance(part, str) else part for part in parts]

    def isatty(self) -> bool:
        return True

    def readline(self, size: int | None = -1) -> bytes:
        return self._parts.pop(0) if self._parts else b""


@pytest.fixture(autouse=True)
def _all_languages(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The student reads all languages, so that each deck is asked in its own."""
    monkeypatch.setenv("TUTOR_LANGUAGES", '["de", "en", "ru", "zh"]')


@pytest.fixture
def interrupts() -> Iterator[Interrupts]:
    with Interrupts() as opened:
        yield opened


@pytest.fixture
def opened(home: Path) -> Iterator[Opened]:
    """Open the profile once the command has ended."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(open_profile(home))


@pytest.fixture
def full(our_bank: Bank) -> Full:
    """The model answer to a question in its deck's language, as it would be typed."""

    def answer(id_: str) -> str:
        language = our_bank.deck(our_bank.info(id_).deck).language
        return our_bank.question(id_).answer.to(language).strip()

    return answer
