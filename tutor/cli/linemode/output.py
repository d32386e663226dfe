"""What is said: in words for a person, or as JSON for a program."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import typer

from tutor.bank import printable

_UNHEARD = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
"""What joins or parts letters and is neither seen nor heard."""
_SPACE = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class Message:
    """Something that happened, in words and as data."""

    event: str
    lines: tuple[str, ...]
    """Anybody's text may be in them; each may hold several lines."""
    data: Mapping[str, object] = field(default_factory=dict)
    aside: bool = False
    """Whether it is narration, and no part of the session itself."""


class Output(Protocol):
    """Passes messages on to a person or a program."""

    def tell(self, told: Message) -> None:
        """Say it. Raises OSError if nobody reads the output any more."""

    def invite(self, text: str) -> None:
        """Say what can be typed now."""


class TextOutput:
    """Lines of text: the session on standard output, narration on standard error."""

    def __init__(self, *, inviting: bool) -> None:
        """Without `inviting` there are no prompts, since nobody types."""
        self._inviting = inviting

    def tell(self, told: Message) -> None:
        """Say it line by line."""
        for line in told.lines:
            typer.echo(harmless(line), err=told.aside)

    def invite(self, text: str) -> None:
        """Say it on standard error."""
        if self._inviting:
            typer.echo(text, err=True)


class JsonOutput:
    """One JSON object a line, all on standard output."""

    def tell(self, told: Message) -> None:
        """Print its data; a message without data is printed as its words."""
        data = told.data or {"text": "\n".join(told.lines)}
        text = json.dumps({"event": told.event, **data}, ensure_ascii=False)
        typer.echo("".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text))

    def invite(self, text: str) -> None:
        """A program knows what it can say."""


def harmless(text: str) -> str:
    """The text line by line, with everything that could steer a terminal written as an escape."""
    lines = _UNHEARD.sub("", text).splitlines()
    return "\n".join(printable(_SPACE.sub(" ", line)).rstrip() for line in lines)
