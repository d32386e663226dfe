"""`tutor today`: one line for a shell's prompt."""

import os

import typer

from tutor.cli.options import AsJson


def today(as_json: AsJson = False) -> None:
    """Show in one line what is due today, and your streak.

    Also about how long it takes. Quick enough for the prompt of a shell; works while the tutor is
    running. Exits with 0 whether or not anything is due.
    """
    from tutor.cli.prompt_line import prompt_line

    typer.echo(prompt_line(os.environ, as_json=as_json))
