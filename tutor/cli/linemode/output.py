"""Messages, and printing them: as text for a person, or as JSON for a program."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import typer

from tutor.cli.output import print_json
from tutor.cli.terminal import (
    Line,
    Terminal,
    harmless_line,
    plain,
    standard_error,
    standard_output,
)


@dataclass(frozen=True, slots=True)
class Message:
    """Something that happened, in words and as data."""

    event: str
    lines: tuple[Line, ...]
    """They may contain untrusted text, and each may be several lines."""
    data: Mapping[str, object] = field(default_factory=dict)
    aside: bool = False
    """Whether it is about the session rather than part of it."""


class Output:
    """Shows messages to a person: asides and prompts go to standard error."""

    def __init__(
        self, *, inviting: bool = False, out: Terminal | None = None, err: Terminal | None = None
    ) -> None:
        """Without `inviting` there are no prompts.

        `out` and `err` lay out the two streams; without them text is printed unchanged.
        """
        self._inviting = inviting
        self._out = out or Terminal()
        self._err = err or Terminal()

    def show(self, message: Message) -> None:
        """Print the message. Raises OSError if nobody reads the output any more."""
        terminal = self._err if message.aside else self._out
        for line in message.lines:
            typer.echo(terminal.text(harmless_line(line)), err=message.aside, color=True)

    def say(self, event: str, *lines: Line, aside: bool = False, **data: object) -> None:
        """Print a message of these lines, which has this data for programs."""
        self.show(Message(event, lines, data, aside))

    def invite(self, text: str) -> None:
        """Print a prompt that says what can be typed now."""
        if self._inviting:
            typer.echo(self._err.text(text), err=True)


class JsonOutput(Output):
    """Prints one JSON object a line for a program, all on standard output, and no prompts."""

    def show(self, message: Message) -> None:
        """Print its data; of a message without data, its text."""
        data = message.data or {"text": "\n".join(map(plain, message.lines))}
        print_json({"event": message.event, **data}, indent=None)


def line_output(*, as_json: bool = False, inviting: bool = False) -> Output:
    """The output for a program, or for a person on the two standard streams."""
    if as_json:
        return JsonOutput()
    return Output(inviting=inviting, out=standard_output(), err=standard_error())
