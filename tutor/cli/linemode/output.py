"""What is said: in words for a person, or as JSON for a program."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

import typer

from tutor.bank import printable
from tutor.cli.terminal import (
    Hanging,
    Line,
    Terminal,
    parts_of,
    plain,
    standard_error,
    standard_output,
)

_UNHEARD = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
"""What joins or parts letters and is neither seen nor heard."""
_SPACE = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class Message:
    """Something that happened, in words and as data."""

    event: str
    lines: tuple[Line, ...]
    """Anybody's text may be in them; each may hold several lines."""
    data: Mapping[str, object] = field(default_factory=dict)
    aside: bool = False
    """Whether it is narration, and no part of the session itself."""


class Output(Protocol):
    """Passes messages on to a person or a program."""

    def show(self, message: Message) -> None:
        """Say it. Raises OSError if nobody reads the output any more."""

    def invite(self, text: str) -> None:
        """Say what can be typed now."""


class TextOutput:
    """Lines of text: the session on standard output, narration on standard error."""

    def __init__(
        self, *, inviting: bool, out: Terminal | None = None, err: Terminal | None = None
    ) -> None:
        """Without `inviting` there are no prompts, since nobody types.

        `out` and `err` lay out the two streams; without them text goes as it is.
        """
        self._inviting = inviting
        self._out = out or Terminal()
        self._err = err or Terminal()

    def show(self, message: Message) -> None:
        """Say it line by line."""
        terminal = self._err if message.aside else self._out
        for line in message.lines:
            typer.echo(terminal.text(safe_line(line)), err=message.aside, color=True)

    def invite(self, text: str) -> None:
        """Say it on standard error."""
        if self._inviting:
            typer.echo(self._err.text(text), err=True)


class JsonOutput:
    """One JSON object a line, all on standard output."""

    def show(self, message: Message) -> None:
        """Print its data; a message without data is printed as its words."""
        data = message.data or {"text": "\n".join(map(plain, message.lines))}
        text = json.dumps({"event": message.event, **data}, ensure_ascii=False)
        typer.echo("".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text))

    def invite(self, text: str) -> None:
        """A program knows what it can say."""


def line_output(*, as_json: bool, inviting: bool) -> Output:
    """For a program, or for a person as the two standard streams can show it."""
    if as_json:
        return JsonOutput()
    return TextOutput(inviting=inviting, out=standard_output(), err=standard_error())


def harmless(text: str) -> str:
    """The text line by line, with everything that could steer a terminal written as an escape."""
    return "\n".join(line.rstrip() for line in _harmless(text).split("\n"))


def _harmless(text: str) -> str:
    lines = _UNHEARD.sub("", text).splitlines()
    return "\n".join(printable(_SPACE.sub(" ", line)) for line in lines)


def safe_line(line: Line) -> Line:
    """The line with its tones, made harmless."""
    if isinstance(line, str):
        return harmless(line)
    parts = tuple(
        _harmless(part) if isinstance(part, str) else replace(part, text=_harmless(part.text))
        for part in parts_of(line)
    )
    return replace(line, parts=parts) if isinstance(line, Hanging) else parts
