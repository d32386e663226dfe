"""Groups, options and arguments of commands, and errors about wrong usage (exit code 2)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from typer.core import TyperGroup

from tutor.bank import Language
from tutor.formatting import sentence

Model = Annotated[
    Path | None, typer.Option("--model", metavar="PATH", help="The model file (GGUF) to use.")
]
AllowLarge = Annotated[
    bool, typer.Option("--allow-large-model", help="Load the model even if memory looks too small.")
]
Server = Annotated[
    str | None,
    typer.Option("--server", metavar="URL", help="Use this model server instead of a file."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]
Events = Annotated[bool, typer.Option("--json", help="Print one line of JSON for each event.")]
Force = Annotated[bool, typer.Option("--force", help="Replace FILE if it exists.")]

MOST_CHARACTERS = 200_000
"""The longest answer that is accepted; no student writes that much."""


GraderChoice = Literal["auto", "model", "terms"]
"""Who is to grade."""
InLanguage = Annotated[
    Language | None, typer.Option("--language", help="Default: one that you read.")
]
DeckLanguage = Annotated[
    Language | None, typer.Option("--language", help="Default: the deck's own language.")
]
ChosenGrader = Annotated[
    GraderChoice, typer.Option("--grader", help="auto: the model if there is one, else key terms.")
]
QuestionId = Annotated[
    str,
    typer.Argument(metavar="ID", help="A question's id, such as my-deck.2.4, or its beginning."),
]
DeckId = Annotated[str, typer.Argument(metavar="DECK", help="The deck's id, from `bank list`.")]


def deck_option(help_: str) -> Any:  # noqa: ANN401 - Typer's
    """The option `--deck ID`, with what it does in this command."""
    return typer.Option("--deck", metavar="ID", help=help_)


def group(help_: str) -> typer.Typer:
    """A group of commands."""
    return typer.Typer(help=help_, no_args_is_help=True, rich_markup_mode=None)


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
