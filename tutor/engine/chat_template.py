"""The model's own chat template, reduced to a frame around our prompt.

A template comes with the model and is not trusted: it is rendered in Jinja's immutable sandbox, its
output is bounded, and the parent kills the child if it takes too long.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from jinja2 import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from tutor.engine.api import Prompt, Segment, joined
from tutor.engine.errors import ModelRefused

Messages = list[dict[str, str]]
MAX_FRAME = 20_000
"""Characters; real templates render our two messages to a few hundred."""


@dataclass(frozen=True)
class Frame:
    """The trusted text around the system text and the user text."""

    head: str
    """Everything before the system text."""
    middle: str
    """Everything between the system text and the user text."""
    foot: str
    """Everything after the user text, up to where the model begins to answer."""

    def before(self, prompt: Prompt) -> list[Segment]:
        """The turn up to the end of the question, which precedes the prompt's body."""
        head, middle = Segment(self.head, trusted=True), Segment(self.middle, trusted=True)
        return list(joined((head, *prompt.system, middle, *prompt.prefix)))

    def after(self, tail: Sequence[Segment]) -> list[Segment]:
        """What follows the prompt's body: the tail, and all up to where the model begins."""
        return [*joined(tail), Segment(self.foot, trusted=True)]


class Lost(Exception):
    """The template did not repeat our texts once each and in order."""


class Slots:
    """Random placeholders for the system text and the user text while a template is rendered."""

    def __init__(self) -> None:
        self.system, self.user = f"Slot{secrets.token_hex(8)}", f"Slot{secrets.token_hex(8)}"

    @property
    def messages(self) -> tuple[Messages, Messages]:
        """One message for each text; and both in one, for templates without a system role."""
        both = f"{self.system}\n\n{self.user}"
        return (
            [_message("system", self.system), _message("user", self.user)],
            [_message("user", both)],
        )

    def frame(self, text: str) -> Frame:
        """What is around the two slots in the rendered `text`. Raises `Lost`."""
        system, user = self.system, self.user
        once = text.count(system) == text.count(user) == 1
        if not once or text.index(system) > text.index(user):
            raise Lost("it does not repeat the system text and the user text once each, in order")
        head, rest = text.split(system)
        middle, foot = rest.split(user)
        return Frame(head=head, middle=middle, foot=_thinking_closed(foot))


def frame(template: str, *, bos: str, eos: str) -> Frame:
    """Render `template` with thinking off and split it at our two texts.

    If the template has no system role, the system text goes at the head of the user text.
    Raises `ModelRefused` if the template fails or drops a text.
    """
    render, slots = _renderer(template, bos, eos), Slots()
    with_system, without_system = slots.messages
    try:
        return slots.frame(render(with_system))
    except _FAILURES:
        try:
            return slots.frame(render(without_system))
        except _FAILURES as error:
            raise ModelRefused(
                f"the model's chat template cannot be used ({str(error)[:200]})",
                remedy="Use an instruct model whose file has a working chat template.",
            ) from error


_FAILURES = (
    TemplateError,
    Lost,
    ValueError,
    TypeError,
    ArithmeticError,
    LookupError,
    AttributeError,
    RecursionError,
    MemoryError,
)
"""What a template can raise while it is rendered."""


def _message(role: str, content: str) -> dict[str, str]:
    return {"role": role, "content": content}


def _renderer(template: str, bos: str, eos: str) -> Callable[[Messages], str]:
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"]
    )
    environment.globals.update(raise_exception=_refuse, strftime_now=_now)
    try:
        compiled = environment.from_string(template)
    except (TemplateError, SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ModelRefused(
            f"the model's chat template is not valid Jinja ({str(error)[:200]})",
            remedy="Use an instruct model whose file has a working chat template.",
        ) from error

    def render(messages: Messages) -> str:
        parts: list[str] = []
        length = 0
        for part in compiled.generate(
            messages=messages,
            add_generation_prompt=True,
            enable_thinking=False,
            bos_token=bos,
            eos_token=eos,
            tools=None,
        ):
            length += len(part)
            if length > MAX_FRAME:
                raise Lost(f"it turns two short messages into more than {MAX_FRAME:,} characters")
            parts.append(part)
        return "".join(parts)

    return render


def _refuse(message: str) -> None:
    raise TemplateError(message)


def _now(form: str) -> str:
    return datetime.now(UTC).strftime(form)


def _thinking_closed(foot: str) -> str:
    """Close a thinking block that the template opened although thinking was off."""
    if foot.count("<think>") > foot.count("</think>"):
        return foot.rstrip("\n") + "\n\n</think>\n\n"
    return foot
