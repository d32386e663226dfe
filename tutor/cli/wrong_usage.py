"""Errors for commands that are written wrongly; they exit with 2."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from typer.core import TyperGroup

from tutor.formatting import sentence


class WrongUsage(typer.BadParameter):
    """Options that do not fit together, or a value that an option cannot have."""

    def format_message(self) -> str:
        """The message without Typer's prefix: it names the option itself."""
        return sentence(self.message[:1].upper() + self.message[1:])


class Commands(TyperGroup):
    """All commands; explains values of the wrong type in our words instead of pydantic's."""

    def make_context(self, *args: Any, **more: Any) -> Any:  # noqa: ANN401 - Typer's
        """Read the options before the command."""
        with _in_our_words():
            return super().make_context(*args, **more)

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - Typer's
        """Read the command's options, and run it."""
        with _in_our_words():
            return super().invoke(ctx)


@contextmanager
def _in_our_words() -> Iterator[None]:
    try:
        yield
    except typer.BadParameter as error:
        from pydantic import ValidationError  # already loaded: Typer raised this with it

        from tutor.wrong_values import wrong_value

        cause = error.__cause__
        if not isinstance(cause, ValidationError) or error.param is None:
            raise
        name = error.param.get_error_hint().replace("'", "")
        problem = wrong_value(cause.errors()[0])
        raise WrongUsage(f"{name}: {problem}", error.ctx, error.param) from cause
