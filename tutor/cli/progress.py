"""`tutor progress`: what the history says, without opening the profile; `data` has the rest."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tutor.cli.data import register
from tutor.cli.options import AsJson
from tutor.cli.report import report_command
from tutor.cli.show import grader_data, grader_table, show_command
from tutor.cli.tables import print_table

if TYPE_CHECKING:
    from tutor.progress import Attempt

app = typer.Typer(
    name="progress",
    help="What you have answered: looked at, exported, imported, backed up.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.command("show")(show_command)
app.command("report")(report_command)
register(app)


@app.command("agreement")
def agreement_command(
    as_json: AsJson = False,
) -> None:
    """Tell how often you agreed with each grader: points judged, points you overruled."""
    from tutor.paths import find_paths
    from tutor.progress import agreement, read_history

    rows = agreement(read_history(find_paths(os.environ).history))
    if as_json:
        data = {"graders": [grader_data(row) for row in rows]}
        typer.echo(json.dumps(data, ensure_ascii=False, indent=1))
    elif rows:
        print_table(grader_table(rows))
    else:
        typer.echo("No answer has been judged yet.", err=True)


@app.command("samples")
def samples_command(
    deck: Annotated[
        str | None, typer.Option("--deck", metavar="ID", help="Answers to this deck's questions.")
    ] = None,
    overruled_only: Annotated[
        bool,
        typer.Option("--overruled-only/--all", help="Only answers with a verdict you overruled."),
    ] = True,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FOLDER", help="Write a file for each section into FOLDER."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files in FOLDER.")] = False,
) -> None:
    """Print your answers, with the verdicts that count, as sample answers of the bank.

    With --out they are written as FOLDER/DECK/SECTION.samples.yaml: lay a file beside its section,
    or add its entries to the samples there, then run `tutor bank check`. Without, each file's text
    is printed after a line with its name. Times and ids of attempts are left out.
    """
    from tutor.compose import open_profile_bank
    from tutor.paths import find_paths
    from tutor.progress import read_history
    from tutor.progress.samples import harvest, to_yaml, write_samples

    paths = find_paths(os.environ)
    bank = open_profile_bank(paths)
    wanted = None if deck is None else bank.deck(deck).id
    attempts = _chosen(read_history(paths.history), wanted, overruled_only=overruled_only)
    found = harvest(attempts, bank)
    if out is not None:
        for path in write_samples(out, found, force=force):
            typer.echo(path)
    else:
        for file, samples in found.sections.items():
            typer.echo(f"# {file.as_posix()}\n{to_yaml(samples)}", nl=False)
    for told in found.left_out:
        typer.echo(f"left out: {told}", err=True)
    typer.echo(f"{found.count} sample{'' if found.count == 1 else 's'}", err=True)


def _chosen(
    attempts: "Iterator[Attempt]", deck: str | None, *, overruled_only: bool
) -> "Iterator[Attempt]":
    for attempt in attempts:
        overruled = any(point.overruled is not None for point in attempt.grade.points)
        of_deck = deck is None or attempt.question.startswith(f"{deck}.")
        if of_deck and (overruled or not overruled_only):
            yield attempt
