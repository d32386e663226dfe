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


def frame(template: str, *, bos: str, eos: str) -> Frame:
    """Render `template` with thinking off and split it at our two texts.

    If the template has no system role, the system text goes at the head of the user text.
    Raises `ModelRefused` if the template fails or drops a text.
    """
    render = _renderer(template, bos, eos)
    system, user = slot(), slot()
    try:
        return cut(_as_roles(render, system, user), system, user)
    except (TemplateError, Lost):
        try:
            return cut(render(without_system(system, user)), system, user)
        except (TemplateError, Lost, ValueError, TypeError, ArithmeticError, LookupError) as error:
            raise ModelRefused(
                f"the model's chat template cannot be used ({str(error)[:200]})",
                remedy="Use an instruct model whose file has a working chat template.",
            ) from error


class Lost(Exception):
    """The template did not repeat our texts once each and in order."""


def _as_roles(render: Callable[[Sequence[dict[str, str]]], str], system: str, user: str) -> str:
    try:
        return render(with_system(system, user))
    except (ValueError, TypeError, ArithmeticError, LookupError) as error:
        raise Lost(str(error)) from error


def with_system(system: str, user: str) -> list[dict[str, str]]:
    """One message for each text."""
    return [_message("system", system), _message("user", user)]


def without_system(system: str, user: str) -> list[dict[str, str]]:
    """Both texts in one message, for templates without a system role."""
    return [_message("user", f"{system}\n\n{user}")]


def _message(role: str, content: str) -> dict[str, str]:
    return {"role": role, "content": content}


def slot() -> str:
    """A random placeholder for a text while the template is rendered."""
    return f"Slot{secrets.token_hex(8)}"


def _renderer(template: str, bos: str, eos: str) -> Callable[[Sequence[dict[str, str]]], str]:
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"]
    )
    environment.globals.update(raise_exception=_refuse, strftime_now=_now)
    try:
        compiled = environment.from_string(template)
    except (TemplateError, RecursionError) as error:
        raise ModelRefused(
            f"the model's chat template is not valid Jinja ({str(error)[:200]})",
            remedy="Use an instruct model whose file has a working chat template.",
        ) from error

    def render(messages: Sequence[dict[str, str]]) -> str:
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


def cut(text: str, system: str, user: str) -> Frame:
    """The text around the two slots in the rendered `text`. Raises `Lost`."""
    if text.count(system) != 1 or text.count(user) != 1 or text.index(system) > text.index(user):
        raise Lost("it does not repeat the system text and the user text once each, in order")
    head, rest = text.split(system)
    middle, foot = rest.split(user)
    return Frame(head=head, middle=middle, foot=_thinking_closed(foot))


def _thinking_closed(foot: str) -> str:
    """Close a thinking block that the template opened although thinking was off."""
    if foot.count("<think>") > foot.count("</think>"):
        return foot.rstrip("\n") + "\n\n</think>\n\n"
    return foot
