"""Runs `python -m training`: from written and marked answers to an adapter with its card."""

import hashlib
import sys
from pathlib import Path
from typing import Annotated

import typer

from bench.shared import our_bank, print_table
from training.card import write_card
from training.examples import HEADINGS, groups, table
from training.marking import disputed, labelled, markers_sheet, paired, read_answers, read_marks
from training.recipe import ARCHITECTURES, Recipe
from training.samples import ANSWERS, Pack, all_samples, by_file, packs, read_pack
from tutor.bank import Language
from tutor.engine.gguf import read_header
from tutor.engine.judge_model import find_judge, load_judge
from tutor.errors import TutorError
from tutor.evaluation.statistics import accuracy, cohen_kappa
from tutor.paths import find_paths
from tutor.progress.archive.samples import to_yaml

app = typer.Typer(help="Train the judge: answers, marks, adapter.", no_args_is_help=True)
ADAPTERS = Path(__file__).parents[1] / "models" / "adapters"
WORK = Path("build", "training")

Base = Annotated[
    Path | None,
    typer.Option(help="A GGUF file of a llama or qwen model; by default the judge's."),
]
Seed = Annotated[int, typer.Option(help="The same seed gives the same adapter on one machine.")]
Work = Annotated[Path, typer.Option(help="The folder for checkpoints and the report.")]
Answers = Annotated[
    Path, typer.Option(help="The folder of packs; by default training/answers.", show_default=False)
]
Into = Annotated[
    Path,
    typer.Option(
        help="The folder for the adapter; by default models/adapters.", show_default=False
    ),
]


class NoBase(TutorError):
    """There is no base to train on, or it has an unsupported architecture."""


@app.command()
def data() -> None:
    """Print a summary of the training data."""
    print_table(HEADINGS, [*table(groups(our_bank(), "train"))])


@app.command()
def run(
    base: Base = None,
    work: Work = WORK,
    into: Into = ADAPTERS,
    seed: Seed = Recipe.seed,
    passes: int = Recipe.passes,
    batch: int = Recipe.batch,
    rate: float = Recipe.rate,
    rank: int = Recipe.rank,
    layers: int = Recipe.layers,
    draws: Annotated[
        int, typer.Option(help="With --from: how many times answers and points are drawn.")
    ] = Recipe.draws,
    bfloat16: Annotated[
        bool, typer.Option("--bfloat16", help="Round products, where the processor is faster then.")
    ] = Recipe.bfloat16,
    threads: Annotated[int, typer.Option(help="Number of CPU threads.")] = 2,
    start: Annotated[
        Path | None, typer.Option("--from", help="An adapter of the same shape to continue from.")
    ] = None,
    limit: Annotated[int | None, typer.Option(help="Rows per pass, for a trial run.")] = None,
) -> None:
    """Train or resume; write the adapter, check it in llama.cpp, and write its card."""
    from training.job import Job  # late: it needs torch

    recipe = Recipe(
        seed=seed,
        passes=passes,
        batch=batch,
        rate=rate,
        rank=rank,
        alpha=2.0 * rank,
        layers=layers,
        draws=draws,
        bfloat16=bfloat16,
        start=hashlib.sha256(start.read_bytes()).hexdigest() if start else "",
    )
    adapter = Job(_base(base), recipe, work, threads, start, limit).run(into)
    typer.echo(f"{adapter} ({adapter.stat().st_size / 1e6:.1f} MB) and its card", err=True)


@app.command()
def sheet(
    pack: Annotated[Path, typer.Argument(help="The pack's answers, PACK.jsonl.")],
    language: Annotated[Language, typer.Option(help="The deck's language.")],
    only: Annotated[
        bool,
        typer.Option(
            "--disputed", help="Only answers on which A and B differ, for the third marker."
        ),
    ] = False,
) -> None:
    """Print the sheet for a marker."""
    bank = our_bank()
    answers = labelled(read_answers(pack))
    questions = {each.question: bank.question(each.question) for each in answers.values()}
    if only:
        one, other = (read_marks(Pack(pack).marks(who), answers, questions) for who in ("A", "B"))
        answers = {label: answers[label] for label in disputed(one, other)}
    for line in markers_sheet(answers, questions, language):
        typer.echo(line)


@app.command()
def agree(folder: Answers = ANSWERS) -> None:
    """Print how well the two markers agree, by kind and language."""
    bank = our_bank()
    pairs = paired(read_pack(pack, bank) for pack in packs(folder))
    rows = [
        [part, str(len(own)), f"{accuracy(own):.3f}", f"{cohen_kappa(own):.2f}"]
        for part, own in pairs.items()
    ]
    print_table(("answers", "points", "agree", "kappa"), rows)


@app.command()
def samples(folder: Answers = ANSWERS) -> None:
    """Rewrite the sample answers of our decks from the written and marked answers."""
    bank = our_bank()
    for file, own in by_file(bank, [*all_samples(bank, folder)]).items():
        file.write_text(to_yaml(own), encoding="utf-8")
        typer.echo(f"{file.name}: {len(own)}", err=True)


@app.command()
def card(work: Work = WORK, into: Into = ADAPTERS) -> None:
    """Write the card again, with the tables in `figures.md` of the work folder."""
    typer.echo(write_card(work, into), err=True)


def _base(named: Path | None) -> Path:
    """The base to train on. Raises `NoBase`, and `ModelRefused` if the file is not a model."""
    paths = find_paths({})
    file = named or find_judge(load_judge(paths.resources), paths.models)
    if file is None:
        raise NoBase("there is no base", remedy="tutor model pull judge, or give --base FILE.gguf.")
    kind = read_header(file).architecture
    if kind not in ARCHITECTURES:
        raise NoBase(
            f"{file.name} has the architecture {kind}", remedy="Use a llama or qwen model."
        )
    return file


if __name__ == "__main__":
    try:
        app()
    except TutorError as error:
        typer.echo(f"{error.message}\n{error.remedy}", err=True)
        sys.exit(1)
