"""The commands and their common options."""

import os
from typing import Annotated

import typer

from tutor import __version__
from tutor.cli import bank_editing, bank_exchange  # noqa: F401 - they add their commands
from tutor.cli.ask import ask
from tutor.cli.bank import app as bank_app
from tutor.cli.bench import app as bench_app
from tutor.cli.doctor import doctor
from tutor.cli.exam import app as exam_app
from tutor.cli.grade import grade
from tutor.cli.model_choice import ModelChoice
from tutor.cli.models import app as model_app
from tutor.cli.options import AllowLarge, AsJson, Commands, Model, Server
from tutor.cli.progress import app as progress_app

app = typer.Typer(
    name="tutor",
    cls=Commands,
    help="Practise exam questions in the terminal; a local model grades your answers, offline.",
    invoke_without_command=True,
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(bank_app, name="bank")
app.add_typer(bench_app, name="bench")
app.add_typer(exam_app, name="exam")
app.add_typer(model_app, name="model")
app.add_typer(progress_app, name="progress")


@app.command("today")
def today(as_json: AsJson = False) -> None:
    """Show what is due today, and your streak.

    Prints one line, which also says about how long it will take. It is quick enough for a shell
    prompt and works while the tutor is running. Exits with 0 whether or not anything is due.
    """
    from tutor.cli.progress_view import prompt_line

    typer.echo(prompt_line(os.environ, as_json=as_json))


app.command("ask")(ask)
app.command("grade")(grade)
app.command("doctor")(doctor)


def _version(requested: bool) -> None:
    if requested:
        typer.echo(f"tutor {__version__}")
        raise typer.Exit


@app.callback()
def start(
    context: typer.Context,
    model: Model = None,
    allow_large_model: AllowLarge = False,
    server: Server = None,
    version: Annotated[  # noqa: ARG001 - its callback does the work
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Start the terminal interface, or run one of the commands."""
    context.obj = ModelChoice(model, allow_large_model, server)
    if context.invoked_subcommand is None:
        from tutor.cli.launch_tui import INSTEAD, draw, why_not_drawn

        if why_not := why_not_drawn():
            typer.echo(f"{why_not}\n{INSTEAD}", err=True)
            raise typer.Exit(1)
        draw(context.obj)
