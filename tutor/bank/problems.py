"""Problems in decks, described for their authors."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tutor.errors import TutorError
from tutor.formatting import printable

if TYPE_CHECKING:
    from tutor.bank.questions import Question

Severity = Literal["error", "warning"]
Where = tuple[str | int, ...]
"""The path to a value inside a file: `("questions", 3, "rubric", 1)`."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong at one place in a file."""

    file: Path
    line: int
    """From 1; 0 if there is no file to have lines."""
    field: str
    """Such as `questions[3].rubric[1]`, counted from 0; empty for the whole file."""
    message: str
    remedy: str = ""
    severity: Severity = "error"

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else str(self.file)
        parts = (place, self.field, self.message)
        return printable(": ".join(part for part in parts if part))


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with one question, at a place inside it."""

    where: Where
    message: str
    remedy: str
    severity: Severity = "warning"


Check = Callable[["Question"], Iterable[Finding]]
"""Checks one question; the caller knows which file and line it is in."""


class BankError(TutorError):
    """The bank does not have what was requested."""


class UnknownDeckError(BankError):
    """There is no deck with this id."""


class UnknownQuestionError(BankError):
    """There is no question with this id."""


class AmbiguousQuestionError(BankError):
    """Several questions have an id that begins like this."""


def field_name(where: Where) -> str:
    """`where` in readable form: `questions[3].rubric[1]`."""
    name = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in where)
    return name.removeprefix(".")


def closest(word: str, known: list[str] | tuple[str, ...], count: int = 1) -> list[str]:
    """Up to `count` of the `known` words that are most similar to `word`."""
    from difflib import get_close_matches  # late: only needed for a mistake

    return get_close_matches(word, known, n=count, cutoff=0.6)


def suggestion(word: str, known: Iterable[str], otherwise: str, count: int = 1) -> str:
    """The remedy for a word that is not known: up to `count` similar ones, or what else to do."""
    near = closest(word, [*known], count)
    return f"Did you mean {' or '.join(near)}?" if near else otherwise
