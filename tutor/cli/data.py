"""`tutor progress export|import|backup|backups|restore|rebuild`: the profile's data as files."""

import json
import os
from collections.abc import Callable, Iterable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tutor.cli.files import STANDARD, must_be_free, read_file, write_file
from tutor.cli.options import AsJson
from tutor.cli.tables import print_table
from tutor.paths import find_paths

if TYPE_CHECKING:
    from tutor.progress.backup import Backup
    from tutor.progress.rebuild import Change
    from tutor.progress.remake import Remade


class Format(StrEnum):
    """How the history is written."""

    JSONL = "jsonl"
    CSV = "csv"


Force = Annotated[bool, typer.Option("--force", help="Replace FILE if it is there.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the group `progress`."""
    commands: dict[str, Callable[..., None]] = {
        "export": export_command,
        "import": import_command,
        "backup": backup_command,
        "backups": backups_command,
        "restore": restore_command,
        "rebuild": rebuild_command,
    }
    for name, command in commands.items():
        app.command(name)(command)


def export_command(
    format_: Annotated[
        Format, typer.Option("--format", help="The whole history, or a table of the attempts.")
    ] = Format.JSONL,
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="Where to; `-` is standard output.")
    ] = STANDARD,
    bom: Annotated[
        bool, typer.Option("--bom", help="csv: begin with a mark by which Excel knows UTF-8.")
    ] = False,
    force: Force = False,
) -> None:
    """Print the history, every line as it is (jsonl), or a row for each attempt (csv).

    `tutor progress import` takes the lines again. In the table an apostrophe stands before
    whatever a spreadsheet might take for a formula. Nothing is changed; the tutor may be running.
    """
    from tutor.progress import read_history
    from tutor.progress.export import history_lines, to_csv

    history = find_paths(os.environ).history
    if format_ is Format.CSV:
        write_file(out, to_csv(read_history(history), bom=bom), force=force)
        return
    data, damaged = history_lines(history)
    write_file(out, data, force=force)
    for number in damaged:
        typer.echo(
            f"{history}:{number}: the line cannot be read; it is exported as it is", err=True
        )


def import_command(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="What export wrote; `-` is standard input.")
    ],
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="Leave out the lines that cannot be imported.")
    ] = False,
) -> None:
    """Take the lines of another history into this one, each once, in the order of time.

    Lines that are there already are passed over. If a line cannot be read, or says something else
    under an id that is there, nothing is imported. A backup is made first.
    """
    from tutor.compose import utc_now
    from tutor.progress.imports import import_lines

    paths, data = find_paths(os.environ), read_file(file)
    done = import_lines(paths, data, file, clock=utc_now, keep_going=keep_going)
    _narrate(done.notices)
    _narrate(f"left out: {fault}" for fault in done.faults)
    known = f"{done.known} {'was' if done.known == 1 else 'were'} there already"
    typer.echo(f"{_count(done.lines, 'line')} imported, {known}", err=True)
    _tell_kept(done.kept)
    _tell_remade(done.remade)


def backup_command(
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write it to FILE instead.")
    ] = None,
    force: Force = False,
) -> None:
    """Keep the history and the drafts as they are now, and print where.

    Of the backups in the profile one an hour is kept for a day, one a day for a month, and one a
    month after. The tutor may be running.
    """
    from tutor.compose import utc_now
    from tutor.progress.backup import back_up, back_up_to

    paths = find_paths(os.environ)
    if out is not None:
        must_be_free(out, force=force)
        back_up_to(paths, out)
        typer.echo(out)
        return
    made = back_up(paths, utc_now())
    if made is None:
        typer.echo("There is nothing to back up yet.", err=True)
    else:
        typer.echo(made.path)


def backups_command(as_json: AsJson = False) -> None:
    """List the backups, the newest first: name, time, size in bytes, what it was made before."""
    from tutor.progress.backup import list_backups

    found = list_backups(find_paths(os.environ))
    if as_json:
        _print_json({"backups": [_backup_data(backup) for backup in found]})
    elif found:
        print_table([("backup", "made (UTC)", "bytes", "before"), *map(_backup_cells, found)])
    else:
        typer.echo("There is no backup yet.", err=True)


def _backup_cells(backup: "Backup") -> tuple[str, ...]:
    size = str(backup.path.stat().st_size)
    return (backup.name, f"{backup.at:%Y-%m-%d %H:%M:%S}", size, backup.before)


def _backup_data(backup: "Backup") -> dict[str, object]:
    return {
        "name": backup.name,
        "file": str(backup.path),
        "made": f"{backup.at:%Y-%m-%dT%H:%M:%SZ}",
        "bytes": backup.path.stat().st_size,
        "before": backup.before or None,
    }


def restore_command(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="A backup's name, see `backups`, or a file.")
    ],
) -> None:
    """Put a backup in the place of what is there: history, drafts and session.

    What is there is backed up first. It is done as a whole or not at all, and not while the tutor
    is running.
    """
    from tutor.compose import utc_now
    from tutor.progress.backup import restore

    restored = restore(find_paths(os.environ), name, clock=utc_now)
    _tell_kept(restored.kept)
    _tell_remade(restored.remade)


def rebuild_command(as_json: AsJson = False) -> None:
    """Make the standings (progress.json) from the history again, and tell what that changed.

    Drafts and the session stay.
    """
    from tutor.compose import utc_now
    from tutor.progress.rebuild import rebuild

    rebuilt = rebuild(find_paths(os.environ), clock=utc_now)
    _narrate(rebuilt.notices)
    if as_json:
        _print_json({"changes": [_change_data(change) for change in rebuilt.changes]})
    else:
        head = ("part", "before", "after", "new", "changed", "gone")
        print_table([head, *map(_change_cells, rebuilt.changes)])
    _tell_remade(rebuilt.remade)


def _change_cells(change: "Change") -> tuple[str, ...]:
    counts = (len(change.new), len(change.changed), len(change.gone))
    return (change.part, str(change.before), str(change.after), *map(str, counts))


def _change_data(change: "Change") -> dict[str, object]:
    return {
        "part": change.part,
        "before": change.before,
        "after": change.after,
        "new": change.new,
        "changed": change.changed,
        "gone": change.gone,
    }


def _tell_kept(kept: "Backup | None") -> None:
    if kept is not None:
        typer.echo(f"What was there before is kept as {kept.name}.", err=True)


def _tell_remade(remade: "Remade | None") -> None:
    if remade is None:
        return
    asked = _count(len(remade.standings), "question")
    typer.echo(f"Now: {_count(remade.attempts, 'attempt')} at {asked}.", err=True)
    if remade.damaged:
        typer.echo(f"Not readable: {_count(remade.damaged, 'line')} of the history.", err=True)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _narrate(lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(line, err=True)


def _print_json(data: dict[str, object]) -> None:
    typer.echo(json.dumps(data, ensure_ascii=False, indent=1))
