"""`tutor bank import, pack, unpack`: imports notes of other programs, and shares decks as files."""

import gc
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from tutor.bank import Language, open_bank
from tutor.cli.bank import app, open_decks, say_if_not_on_today
from tutor.cli.options import AsJson, DeckId, Force, deck_option
from tutor.cli.output import STANDARD, print_json, read_file, write_file
from tutor.clock import utc_now
from tutor.formatting import count_of, short_line
from tutor.paths import Paths, find_paths

if TYPE_CHECKING:
    from tutor.authoring.importing import Import

_SHOWN = 3
"""The number of questions that a dry run shows."""
_LISTED = 20
"""The most notes or questions that are named one by one."""
_LONGEST = 300
"""The most characters of a text that is shown."""


Encoding = Literal["cp1252", "cp1250", "cp1251", "koi8-r", "gb18030", "big5"]
"""Western and Central European, Cyrillic (twice), simplified and traditional Chinese."""


@app.command("import")
def import_command(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="Notes: .apkg, .colpkg (Anki), .csv, .tsv, .txt, .md or .jsonl."
        ),
    ],
    deck: Annotated[str | None, deck_option("The deck's id. Default: from the file.")] = None,
    language: Annotated[
        Language | None, typer.Option("--language", help="Default: guessed from the texts.")
    ] = None,
    columns: Annotated[
        str | None,
        typer.Option(
            "--columns",
            metavar="PART=COLUMN,...",
            help="A table's columns by name or number, such as prompt=2,answer=3; also id, tags.",
        ),
    ] = None,
    encoding: Annotated[
        Encoding | None,
        typer.Option("--encoding", help="The encoding of a text file that is not UTF-8."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be imported; write nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Import notes from other programs.

    They become a deck of your own. A rubric is drafted from each answer. Import the file again to
    update the deck: questions keep your progress, and those you edited keep your changes. Notes
    that cannot be used are skipped and listed. Nothing in the file is run; pictures and sounds are
    skipped.
    """
    from tutor.authoring.importing import carry_out, plan_import
    from tutor.authoring.readers import parse_columns, read_notes

    paths = find_paths(os.environ)
    with _without_garbage_collection():
        parts = parse_columns(columns) if columns is not None else None
        plan = plan_import(
            read_notes(file, parts, encoding),
            file,
            paths.own_questions,
            taken={folder.name for folder in paths.questions[0].iterdir() if folder.is_dir()},
            bank_texts=_bank_texts(paths),
            deck=deck,
            language=language,
        )
        if not dry_run:
            carry_out(plan)
    if as_json:
        print_json(_data(plan, dry_run=dry_run), indent=2)
        return
    typer.echo("\n".join(_counts(plan)))
    if dry_run:
        typer.echo("\n".join(_first_questions(plan)))
    for line in _notices(plan):
        typer.echo(line, err=True)
    next_step = f"Study it with: tutor ask --deck {plan.deck.folder.name}"
    typer.echo("Nothing was written." if dry_run else next_step, err=True)
    if plan.is_new:
        say_if_not_on_today(plan.deck.folder.name, plan.language)


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Turn garbage collection off: it took an eighth of an import and found hardly anything."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _bank_texts(paths: Paths) -> Iterator[str]:
    """The texts of the built-in decks, which show how common each word is."""
    bank = open_bank(paths.questions, paths.bank_cache)
    for deck in bank.decks:
        for info in deck.questions:
            if paths.is_built_in(info.file):
                question = bank.question(info.id)
                yield from question.prompt.by_language().values()
                yield from question.answer.by_language().values()


def _counts(plan: "Import") -> Iterator[str]:
    state = "new deck" if plan.is_new else "deck"
    yield f"{plan.deck.folder.name} ({state}, {plan.language})"
    rows = (
        (len(plan.new), "new"),
        (len(plan.changed), "changed in the file, drafted again"),
        (len(plan.unchanged), "unchanged"),
        (len(plan.kept), "kept as you edited them"),
        (len(plan.gone), "no longer in the file, kept"),
        (len(plan.unusable), "skipped"),
    )
    yield from (f"{count:7,}  {what}" for count, what in rows if count or what == "new")


def _notices(plan: "Import") -> Iterator[str]:
    skipped = [f"{note.place}: {note.reason}" for note in plan.unusable]
    yield from _first_rows("skipped: ", skipped)
    yield from _first_rows("kept: ", plan.kept)
    yield from _first_rows("no longer in the file: ", plan.gone)
    if plan.media:
        names = ", ".join(short_line(name, 40) for name in islice(dict.fromkeys(plan.media), 5))
        count = count_of(len(plan.media), "picture or sound", "pictures and sounds")
        yield f"{count} skipped: {names}"


def _first_rows(label: str, rows: Sequence[str]) -> Iterator[str]:
    yield from (f"{label}{short_line(row, _LONGEST)}" for row in rows[:_LISTED])
    if len(rows) > _LISTED:
        yield f"{label}and {len(rows) - _LISTED:,} more; --json lists them all"


def _first_questions(plan: "Import") -> Iterator[str]:
    """The first questions with their drafted points."""
    for question in islice((*plan.new, *plan.changed), _SHOWN):
        yield ""
        yield f"{question.id}  {question.source.at if question.source else ''}".rstrip()
        yield short_line(question.prompt.to(plan.language), _LONGEST)
        for point in question.rubric:
            terms = "; ".join(" / ".join(group) for group in point.terms)
            text = short_line(point.point.to(plan.language), _LONGEST)
            yield f"- {text}" + (f"  [{short_line(terms, _LONGEST)}]" if terms else "")


def _data(plan: "Import", *, dry_run: bool) -> dict[str, Any]:
    return {
        "file": plan.file,
        "deck": plan.deck.folder.name,
        "title": plan.deck.head.title.to(plan.language),
        "language": plan.language,
        "dry_run": dry_run,
        "new_deck": plan.is_new,
        "new": [question.id for question in plan.new],
        "changed": [question.id for question in plan.changed],
        "unchanged": plan.unchanged,
        "kept": plan.kept,
        "gone": plan.gone,
        "skipped": [{"place": note.place, "reason": note.reason} for note in plan.unusable],
        "media": plan.media,
        "first": [
            question.model_dump(mode="json", exclude_defaults=True, exclude_none=True)
            for question in islice((*plan.new, *plan.changed), _SHOWN)
        ],
    }


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
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A file that `tutor bank pack` wrote.")
    ],
    sha256: Annotated[
        str | None,
        typer.Option("--sha256", metavar="SUM", help="The checksum that the file must have."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace your deck of the same id; the old one is kept.")
    ] = False,
) -> None:
    """Install a deck from a file into your profile.

    Prints its folder. First checks the file's checksums, names and sizes, and the deck in it, as
    `tutor bank check` does. Installs nothing if anything is wrong. With --force your own deck of
    the same id is kept under a hidden name.
    """
    from tutor.authoring.sharing import install_deck, read_archive

    deck = read_archive(read_file(file), sha256)
    built_in = any(info.id == deck.id and not info.replaces for info in open_decks().decks)
    folder = install_deck(deck, find_paths(os.environ), utc_now(), force=force)
    typer.echo(folder)
    say_if_not_on_today(deck.id, *open_decks().deck(deck.id).languages)
    if built_in and not force:
        typer.echo(f"It is used instead of the built-in deck {deck.id}.", err=True)
