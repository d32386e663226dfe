"""`tutor progress report`: where the student stands, as one page that needs nothing else."""

import os
from pathlib import Path
from typing import Annotated

import typer

from tutor.cli.files import STANDARD, must_be_free, write_file


def report_command(
    html: Annotated[
        Path, typer.Option("--html", metavar="F", help="Write the page to F; - prints it.")
    ],
    force: Annotated[bool, typer.Option("--force", help="Replace F.")] = False,
) -> None:
    """Write where you stand as an HTML page: calendar, mastery, scores, points missed, exams.

    One file that loads nothing: no script, no network, light and dark, ready to print. Your answers
    are not on it.
    """
    from tutor.cli.look import look
    from tutor.cli.page import page_of
    from tutor.compose import utc_now

    must_be_free(html, force=force)
    now = utc_now()
    page = page_of(look(os.environ, now))
    write_file(html, page.encode("utf-8", "replace"), force=force)
    if html != STANDARD:
        typer.echo(html)
