"""Runs `python -m training`: from written and marked answers to an adapter with its card."""

import hashlib
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bench.shared import our_bank, print_table, running
from training.adapter_file import read_adapter, write_adapter
from training.card import Report, card, read_report, write_report
from training.examples import HEADINGS, drawn, groups, table, with_strangers
from training.marking import (
    agreement,
    disputed,
    labelled,
    markers_sheet,
    paired,
    read_answers,
    read_marks,
)
from training.recipe import ARCHITECTURES, Recipe
from training.rows import Row, Tokens
from training.samples import Pack, all_samples, by_file, packs, read_pack
from tutor.bank import Language, Verdict
from tutor.engine.api import ModelInfo
from tutor.engine.gguf import fingerprint, read_header
from tutor.engine.judge_model import find_judge, load_judge
from tutor.errors import TutorError
from tutor.grading import PromptBook
from tutor.grading.prompt_forms import Form, FormName
from tutor.paths import find_paths
from tutor.progress.archive.samples import to_yaml

if TYPE_CHECKING:
    from training.agree import Agreement
    from training.loop import Progress as Done
    from training.loop import Run
    from training.net import Judge

app = typer.Typer(help="Train the judge: answers, marks, adapter.", no_args_is_help=True)

Base = Annotated[
    Path | None,
    typer.Option(help="A GGUF file of a llama or qwen model; by default the judge's."),
]
Seed = Annotated[int, typer.Option(help="The same seed gives the same adapter on one machine.")]
Work = Annotated[Path, typer.Option(help="The folder for checkpoints and the report.")]
Answers = Annotated[
    Path | None, typer.Option(help="The folder of packs; by default training/answers.")
]
Into = Annotated[
    Path | None, typer.Option(help="The folder for the adapter; by default models/adapters.")
]


class NoBase(TutorError):
    """There is no base to train on, or it has an unsupported architecture."""


class Disagreement(TutorError):
    """With the written adapter, llama.cpp gives other results than torch."""


@dataclass(frozen=True)
class Data:
    """The training data as tokens."""

    info: ModelInfo
    labels: tuple[int, ...]
    rows: list[Row]
    unseen: list[Row]
    """Rows of the split `calibrate`, to evaluate the training."""


@app.command()
def data() -> None:
    """Print a summary of the training data."""
    print_table(HEADINGS, [*table(groups(our_bank(), "train"))])


@app.command()
def run(
    base: Base = None,
    work: Work = Path("build", "training"),
    into: Into = None,
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
    from training.agree import write_odds

    initial = hashlib.sha256(start.read_bytes()).hexdigest() if start else ""
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
        start=initial,
    )
    file = _base(base)
    work.mkdir(parents=True, exist_ok=True)
    data = _data(file, limit, threads, recipe)
    judge, training = _started(file, data, recipe, work, threads, start)
    done = _trained(training)
    adapter = _written(judge, file, recipe, work)
    compared = _rows_to_compare(data.unseen)
    agreed = _checked(judge, file, adapter, compared, data.info, threads)
    report = _report(file, data, recipe, done, agreed)
    write_report(report, work / "report.json")
    folder = into or _adapters()
    folder.mkdir(parents=True, exist_ok=True)
    place = Path(shutil.copyfile(adapter, folder / f"{fingerprint(file)}.gguf"))
    place.with_suffix(".md").write_text(card(report, _figures(work)), encoding="utf-8")
    write_odds(agreed, compared, place.with_suffix(".odds.json"))
    typer.echo(f"{place} ({place.stat().st_size / 1e6:.1f} MB) and its card", err=True)


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
def agree(folder: Answers = None) -> None:
    """Print how well the two markers agree, by kind and language."""
    bank = our_bank()
    pairs: dict[str, list[tuple[Verdict, Verdict]]] = {}
    for pack in packs(folder or _answers()):
        marked = read_pack(pack, bank)
        for part, own in paired(marked.answers, marked.one, marked.other).items():
            pairs.setdefault(part, []).extend(own)
    rows = [
        [part, str(each.points), f"{each.share:.3f}", f"{each.kappa:.2f}"]
        for part, each in ((part, agreement(own)) for part, own in pairs.items())
    ]
    print_table(("answers", "points", "agree", "kappa"), rows)


@app.command()
def samples(folder: Answers = None) -> None:
    """Rewrite the sample answers of our decks from the written and marked answers."""
    bank = our_bank()
    sections = by_file(bank, [*all_samples(bank, folder or _answers())])
    for file, own in sections.items():
        file.write_text(to_yaml(own), encoding="utf-8")
        typer.echo(f"{file.name}: {len(own)}", err=True)


@app.command(name="card")
def card_again(work: Work = Path("build", "training"), into: Into = None) -> None:
    """Write the card again, with the tables in `figures.md` of the work folder."""
    report = read_report(work / "report.json")
    place = (into or _adapters()) / f"{report.fingerprint}.md"
    place.write_text(card(report, _figures(work)), encoding="utf-8")
    typer.echo(place, err=True)


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


def _answers() -> Path:
    return find_paths({}).resources / "training" / "answers"


def _adapters() -> Path:
    return find_paths({}).resources / "models" / "adapters"


def _data(file: Path, limit: int | None, threads: int, recipe: Recipe) -> Data:
    bank = our_bank()
    every = groups(bank, "train")
    train = (drawn(every, recipe) if recipe.start else with_strangers(every, recipe.seed))[:limit]
    unseen = groups(bank, "calibrate")[:limit]
    with running(file, threads=threads) as engine:
        info = engine.wait_until_ready()
        tokens = Tokens(engine, _form(info))
        with _bar() as bar:
            rows = [
                tokens.row(group) for group in bar.track([*train, *unseen], description="tokens")
            ]
        labels = tokens.labels(info.label_set)
        return Data(info, labels, rows[: len(train)], rows[len(train) :])


def _rows_to_compare(rows: Sequence[Row]) -> list[Row]:
    """The first rows with enough prompts to compare torch with llama.cpp."""
    from training.agree import PROMPTS

    chosen: list[Row] = []
    for row in rows:
        if sum(len(each.verdicts) for each in chosen) < PROMPTS:
            chosen.append(row)
    return chosen


def _form(info: ModelInfo) -> Form:
    return Form(FormName.TRAINED, PromptBook(find_paths({}).prompts), info.label_set)


def _started(
    file: Path, data: Data, recipe: Recipe, work: Path, threads: int, start: Path | None
) -> "tuple[Judge, Run]":
    import torch

    from training.loop import Run
    from training.net import Judge

    torch.set_num_threads(threads)
    judge = Judge(file, data.labels, recipe)
    if start:
        judge.adapter.start_from(read_adapter(start))
    return judge, Run(judge, data.rows, data.unseen, recipe, data.info.fingerprint, work)


def _trained(training: "Run") -> "Done":
    from training.loop import EVERY

    with _bar() as bar:
        task = bar.add_task("training", total=training.steps, completed=training.progress.step)

        def show(done: "Done") -> None:
            recent = done.losses[-50:]
            words = f"training, loss {sum(recent) / len(recent):.3f}"
            bar.update(task, completed=done.step, description=words)
            if not bar.console.is_terminal and done.step % EVERY == 0:
                typer.echo(f"{done.step} of {training.steps} steps: {words}", err=True)

        return training.train(show)


def _written(judge: "Judge", file: Path, recipe: Recipe, work: Path) -> Path:
    about = {"name": f"judge for {fingerprint(file)}", "license": "mit"}
    return write_adapter(
        work / "adapter.gguf",
        judge.adapter.factors,
        architecture=judge.base.architecture,
        alpha=recipe.alpha,
        about=about,
    )


def _checked(
    judge: "Judge", file: Path, adapter: Path, rows: Sequence[Row], info: ModelInfo, threads: int
) -> "Agreement":
    """Compare torch with llama.cpp. Raises `Disagreement`."""
    from training.agree import agreement as compared

    agreed = compared(judge, file, adapter, rows, _form(info), threads)
    if not agreed.holds:
        raise Disagreement(f"torch and llama.cpp differ by {agreed.exact:.3f} in log-odds")
    return agreed


def _report(file: Path, data: Data, recipe: Recipe, done: "Done", agreed: "Agreement") -> Report:
    losses = done.losses
    twentieth = max(1, len(losses) // 20)
    return Report(
        base=data.info.name,
        fingerprint=fingerprint(file),
        recipe=recipe,
        rows=tuple(map(tuple, table(row.group for row in data.rows))),
        steps=done.step,
        minutes=done.seconds / 60,
        first_loss=sum(losses[:twentieth]) / twentieth,
        last_loss=sum(losses[-twentieth:]) / twentieth,
        looks=tuple((look.step, look.accuracy, look.kappa) for look in done.looks),
        prompts=agreed.prompts,
        exact=agreed.exact,
        quantised=agreed.quantised,
    )


def _figures(work: Path) -> str:
    file = work / "figures.md"
    return file.read_text(encoding="utf-8") if file.exists() else ""


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeRemainingColumn(), console=Console(file=sys.stderr))


if __name__ == "__main__":
    try:
        app()
    except TutorError as error:
        typer.echo(f"{error.message}\n{error.remedy}", err=True)
        sys.exit(1)
