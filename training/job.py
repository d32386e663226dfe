"""One run: from a base and the bank's answers to an adapter with its card. Needs torch."""

import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from bench.shared import our_bank, running, trained_form
from training.adapter_file import read_adapter, write_adapter
from training.agree import PROMPTS, Agreement, agreement, write_odds
from training.card import Report, write_card, write_report
from training.examples import drawn, groups, table, with_strangers
from training.loop import EVERY, Progress, Run
from training.net import Judge
from training.recipe import Recipe
from training.rows import Row, Tokens
from tutor.engine.api import ModelInfo
from tutor.engine.gguf import fingerprint
from tutor.errors import TutorError
from tutor.grading.prompt_forms import Form


class Disagreement(TutorError):
    """With the written adapter, llama.cpp gives other results than torch."""


@dataclass(frozen=True)
class Data:
    """The training data as tokens."""

    info: ModelInfo
    form: Form
    labels: tuple[int, ...]
    rows: list[Row]
    unseen: list[Row]
    """Rows of the split `calibrate`, to evaluate the training."""

    @property
    def compared(self) -> list[Row]:
        """The first unseen rows, with enough prompts to compare torch with llama.cpp."""
        chosen: list[Row] = []
        for row in self.unseen:
            if sum(len(each.verdicts) for each in chosen) < PROMPTS:
                chosen.append(row)
        return chosen


@dataclass(frozen=True)
class Job:
    """What to train, how, and where."""

    base: Path
    recipe: Recipe
    work: Path
    """The folder for checkpoints and the report."""
    threads: int
    start: Path | None = None
    """An adapter to continue from."""
    limit: int | None = None
    """Rows per pass; None for all."""

    def run(self, folder: Path) -> Path:
        """Train or resume, and write the adapter with its card into `folder`; return its file.

        Raises `Disagreement`, `OtherRun` and `EngineError`.
        """
        self.work.mkdir(parents=True, exist_ok=True)
        data = self._data()
        torch.set_num_threads(self.threads)
        judge = Judge(self.base, data.labels, self.recipe)
        if self.start:
            judge.adapter.start_from(read_adapter(self.start))
        training = Run(judge, data.rows, data.unseen, self.recipe, data.info.fingerprint, self.work)
        done = _trained(training)
        adapter = write_adapter(
            self.work / "adapter.gguf",
            judge.adapter.factors,
            architecture=judge.base.architecture,
            alpha=self.recipe.alpha,
            about={"name": f"judge for {fingerprint(self.base)}", "license": "mit"},
        )
        agreed = agreement(judge, self.base, adapter, data.compared, data.form, self.threads)
        if not agreed.holds:
            raise Disagreement(f"torch and llama.cpp differ by {agreed.exact:.3f} in log-odds")
        write_report(self._report(data, done, agreed), self.work)
        folder.mkdir(parents=True, exist_ok=True)
        card = write_card(self.work, folder)
        write_odds(agreed, data.compared, card.with_suffix(".odds.json"))
        return Path(shutil.copyfile(adapter, card.with_suffix(".gguf")))

    def _data(self) -> Data:
        bank = our_bank()
        every = groups(bank, "train")
        recipe = self.recipe
        train = drawn(every, recipe) if recipe.start else with_strangers(every, recipe.seed)
        chosen = train[: self.limit]
        unseen = groups(bank, "calibrate")[: self.limit]
        with running(self.base, threads=self.threads) as engine, _bar() as bar:
            info, form = engine.wait_until_ready(), trained_form(engine)
            tokens = Tokens(engine, form)
            rows = [
                tokens.row(each) for each in bar.track([*chosen, *unseen], description="tokens")
            ]
            labels = tokens.labels(info.label_set)
        return Data(info, form, labels, rows[: len(chosen)], rows[len(chosen) :])

    def _report(self, data: Data, done: Progress, agreed: Agreement) -> Report:
        twentieth = max(1, len(done.losses) // 20)
        return Report(
            base=data.info.name,
            fingerprint=fingerprint(self.base),
            recipe=self.recipe,
            rows=tuple(map(tuple, table(row.group for row in data.rows))),
            steps=done.step,
            minutes=done.seconds / 60,
            first_loss=_mean(done.losses[:twentieth]),
            last_loss=_mean(done.losses[-twentieth:]),
            looks=tuple((look.step, look.accuracy, look.kappa) for look in done.looks),
            prompts=agreed.prompts,
            exact=agreed.exact,
            quantised=agreed.quantised,
        )


def _trained(training: Run) -> Progress:
    with _bar() as bar:
        task = bar.add_task("training", total=training.steps, completed=training.progress.step)

        def show(done: Progress) -> None:
            words = f"training, loss {_mean(done.losses[-50:]):.3f}"
            bar.update(task, completed=done.step, description=words)
            if not bar.console.is_terminal and done.step % EVERY == 0:
                print(f"{done.step} of {training.steps} steps: {words}", file=sys.stderr)

        return training.train(show)


def _mean(losses: Sequence[float]) -> float:
    return sum(losses) / len(losses)


def _bar() -> Bar:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Bar(*columns, TimeRemainingColumn(), console=Console(file=sys.stderr))
