"""`tutor bank pack, unpack`: a deck as one file."""

import os
from pathlib import Path
from typing import Annotated

import typer

from tutor.cli.bank import app, open_decks
from tutor.cli.options import DeckId, Force
from tutor.cli.output import STANDARD, read_file, write_file
from tutor.paths import find_paths


@app.command("pack")
def pack_command(
    deck: DeckId,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Default: DECK.zip.")
    ] = None,
    force: Force = False,
) -> None:
    """Write a deck as one file to give to others.

    Prints its SHA-256 checksum. The file is a zip with the deck's YAML files and a list of their
    checksums. Equal decks make equal files.
    """
    from tutor.authoring.sharing import checksum, pack_deck

    data = pack_deck(open_decks().deck(deck))
    file = out or Path(f"{deck}.zip")
    write_file(file, data, force=force)
    typer.echo(f"{checksum(data)}  {file}", err=file == STANDARD)


@app.command("unpack")
def unpack_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `tutor bank pack` wrote.")],
    sha256: Annotated[
        str | None,
        typer.Option("--sha256", metavar="SUM", help="The checksum that the file must have."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace your deck of the same id; it is kept hidden.")
    ] = False,
) -> None:
    """Install a deck from a file into your profile.

    Prints its folder. The file is checked first: its checksums, its names and sizes, and the deck
    in it as `tutor bank check` does. Nothing is installed if anything is wrong.
    """
    from tutor.authoring.sharing import install_deck, read_archive
    from tutor.wiring import utc_now

    deck = read_archive(read_file(file), sha256)
    built_in = any(each.id == deck.id and not each.replaces for each in open_decks().decks)
    folder = install_deck(deck, find_paths(os.environ), utc_now(), force=force)
    typer.echo(folder)
    if built_in and not force:
        typer.echo(f"It is used instead of the built-in deck {deck.id}.", err=True)
