"""`tutor progress`: shows where the student stands; exports, imports and backs up the profile."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tutor.bank import open_bank
from tutor.cli.options import AsJson, Force, deck_option, group
from tutor.cli.output import STANDARD, must_be_free, print_json, print_table, read_file, write_file
from tutor.cli.progress_show import grader_data, grader_table, show_command
from tutor.clock import utc_now
from tutor.formatting import count_of
from tutor.paths import find_paths

if TYPE_CHECKING:
    from tutor.progress import Attempt
    from tutor.progress.archive.backup import Backup
    from tutor.progress.archive.restore import HistorySummary


app = group("View, export and back up your progress.")
app.command("show")(show_command)


@app.command("export")
def export_command(
    format_: Annotated[
        Literal["jsonl", "csv"],
        typer.Option("--format", help="The whole history, or a table of attempts."),
    ] = "jsonl",
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="The file; `-` is standard output.")
    ] = STANDARD,
    bom: Annotated[
        bool, typer.Option("--bom", help="csv: add a byte order mark, so that Excel reads UTF-8.")
    ] = False,
    force: Force = False,
) -> None:
    """Print the history, or a table of attempts.

    jsonl has every line as stored, which `tutor progress import` reads back; csv has a row for each
    attempt, in which text that a spreadsheet might take for a formula begins with an apostrophe.
    Works while the tutor is running.
    """
    from tutor.progress.archive.import_export import history_lines, to_csv
    from tutor.progress.read_only import read_history

    history = find_paths(os.environ).history
    if format_ == "csv":
        write_file(out, to_csv(read_history(history), bom=bom), force=force)
        return
    data, damaged = history_lines(history)
    write_file(out, data, force=force)
    _report(
        f"{history}:{number}: the line cannot be read; it is exported unchanged"
        for number in damaged
    )


@app.command("import")
def import_command(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A file from `export`; `-` is standard input.")
    ],
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="Skip lines that cannot be imported.")
    ] = False,
) -> None:
    """Merge another history into this one.

    Each line is added once, in order of time. Lines that the history already has are skipped. If a
    line cannot be read, or differs from the one with the same id, nothing is imported. A backup is
    made first.
    """
    from tutor.encodings import NotUtf8, foreign
    from tutor.progress.archive.import_export import import_lines

    paths, data = find_paths(os.environ), read_file(file)
    if foreign(data) is not None:
        raise NotUtf8(file, data)
    result = import_lines(paths, data, file, clock=utc_now, keep_going=keep_going)
    _report(result.notices)
    _report(f"skipped: {fault}" for fault in result.faults)
    imported = count_of(result.lines, "line")
    typer.echo(f"{imported} imported, {result.known} already in the history", err=True)
    _report_backup(result.backup)
    _report_summary(result.summary)


@app.command("backup")
def backup_command(
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the backup to FILE instead.")
    ] = None,
    force: Force = False,
) -> None:
    """Back up the history and the drafts.

    Prints the file's path. The profile keeps one backup an hour for a day, one a day for a month,
    and one a month after that. Works while the tutor is running.
    """
    from tutor.progress.archive.backup import back_up, back_up_to

    paths = find_paths(os.environ)
    if out is not None:
        must_be_free(out, force=force)
        back_up_to(paths, out)
        typer.echo(out)
        return
    backup = back_up(paths, utc_now())
    if backup is None:
        typer.echo("Nothing to back up yet.", err=True)
    else:
        typer.echo(backup.path)


@app.command("backups")
def backups_command(as_json: AsJson = False) -> None:
    """List the backups, newest first.

    Shows each one's name, time and size in bytes, and what it was made before.
    """
    from tutor.progress.archive.backup import list_backups

    backups = list_backups(find_paths(os.environ))
    if as_json:
        print_json({"backups": [_backup_data(backup) for backup in backups]})
    elif backups:
        rows = (
            (
                backup.name,
                f"{backup.at:%Y-%m-%d %H:%M:%S}",
                backup.path.stat().st_size,
                backup.before,
            )
            for backup in backups
        )
        print_table([("backup", "made (UTC)", "bytes", "before"), *rows])
    else:
        typer.echo("No backups yet.", err=True)


def _backup_data(backup: "Backup") -> dict[str, object]:
    return {
        "name": backup.name,
        "file": str(backup.path),
        "made": f"{backup.at:%Y-%m-%dT%H:%M:%SZ}",
        "bytes": backup.path.stat().st_size,
        "before": backup.before or None,
    }


@app.command("restore")
def restore_command(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="A backup's name from `backups`, or a file.")
    ],
) -> None:
    """Go back to a backup.

    History, drafts and session are as they were then. What you have now is backed up first.
    Restores everything or nothing, and only while the tutor is closed.
    """
    from tutor.progress.archive.backup import restore

    restored = restore(find_paths(os.environ), name, clock=utc_now)
    _report_backup(restored.backup)
    _report_summary(restored.summary)


@app.command("rebuild")
def rebuild_command(as_json: AsJson = False) -> None:
    """Rebuild the standings from the history.

    Makes a new progress.json and shows what changed in it. Drafts and the session are kept.
    """
    from tutor.progress.archive.restore import rebuild

    rebuilt = rebuild(find_paths(os.environ), clock=utc_now)
    _report(rebuilt.notices)
    if as_json:
        print_json({"changes": [asdict(change) for change in rebuilt.changes]})
    else:
        heading = ("part", "before", "after", "new", "changed", "gone")
        rows = (
            (c.part, c.before, c.after, len(c.new), len(c.changed), len(c.gone))
            for c in rebuilt.changes
        )
        print_table([heading, *rows])
    _report_summary(rebuilt.summary)


def _report_backup(backup: "Backup | None") -> None:
    if backup is not None:
        typer.echo(f"The previous state is kept as {backup.name}.", err=True)


def _report_summary(summary: "HistorySummary | None") -> None:
    if summary is None:
        return
    questions = count_of(len(summary.standings), "question")
    typer.echo(f"Now: {count_of(summary.attempts, 'attempt')} at {questions}.", err=True)
    if summary.damaged:
        typer.echo(f"Unreadable: {count_of(summary.damaged, 'line')} of the history.", err=True)


def _report(lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(line, err=True)


@app.command("report")
def report_command(
    html: Annotated[
        Path, typer.Option("--html", metavar="FILE", help="Write the page to FILE; `-` prints it.")
    ],
    force: Force = False,
) -> None:
    """Write your progress as an HTML page.

    It shows the calendar, mastery, scores, missed points and exams, but not your answers. It is one
    file without scripts that loads nothing from the network, in light and dark, ready to print.
    """
    from tutor.cli.html_report import page_of
    from tutor.cli.progress_view import open_progress_view

    must_be_free(html, force=force)
    now = utc_now()
    page = page_of(open_progress_view(os.environ, now))
    write_file(html, page.encode("utf-8", "replace"), force=force)
    if html != STANDARD:
        typer.echo(html)


@app.command("agreement")
def agreement_command(as_json: AsJson = False) -> None:
    """Show how often you agreed with each grader.

    Counts the points that it graded and those that you overruled.
    """
    from tutor.progress.read_only import read_history
    from tutor.study.statistics import agreement

    rows = agreement(read_history(find_paths(os.environ).history))
    if as_json:
        print_json({"graders": [grader_data(row) for row in rows]})
    elif rows:
        print_table(grader_table(rows))
    else:
        typer.echo("No answers graded yet.", err=True)


@app.command("samples")
def samples_command(
    deck: Annotated[str | None, deck_option("Answers to this deck's questions.")] = None,
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
    """Print your answers as sample answers for a deck.

    They have the verdicts that count in the end. With --out they are written to
    FOLDER/DECK/SECTION.samples.yaml: put each file next to its section, or add its entries to the
    samples there, then run `tutor bank check`. Without --out, each file's text is printed after a
    line with its name. Times and ids of attempts are left out.
    """
    from tutor.progress.archive.samples import collect_samples, to_yaml, write_samples
    from tutor.progress.read_only import read_history

    paths = find_paths(os.environ)
    bank = open_bank(paths.questions, paths.bank_cache)
    chosen = None if deck is None else bank.deck(deck).id
    attempts = _chosen(read_history(paths.history), chosen, overruled_only=overruled_only)
    collected = collect_samples(attempts, bank)
    if out is not None:
        for path in write_samples(out, collected, force=force):
            typer.echo(path)
    else:
        for file, samples in collected.sections.items():
            typer.echo(f"# {file.as_posix()}\n{to_yaml(samples)}", nl=False)
    for reason in collected.skipped:
        typer.echo(f"skipped: {reason}", err=True)
    typer.echo(count_of(collected.count, "sample"), err=True)


def _chosen(
    attempts: "Iterator[Attempt]", deck: str | None, *, overruled_only: bool
) -> "Iterator[Attempt]":
    for attempt in attempts:
        overruled = any(point.overruled is not None for point in attempt.grade.points)
        of_deck = deck is None or attempt.question.startswith(f"{deck}.")
        if of_deck and (overruled or not overruled_only):
            yield attempt
