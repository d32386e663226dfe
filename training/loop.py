"""The training loop: steps, checkpoints, and evaluation on unseen answers."""

import hashlib
import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from training.net import Judge
from training.recipe import Recipe
from training.rows import Row
from tutor.errors import TutorError
from tutor.evaluation.statistics import accuracy, cohen_kappa

EVERY = 20
"""The steps between two checkpoints; an interrupted run loses at most as many."""
LOOKED_AT = 8
"""One in this many unseen rows is evaluated; all of them would take longer than a pass."""


class OtherRun(TutorError):
    """The checkpoint is from a run with another recipe, data or base."""


@dataclass(frozen=True)
class Look:
    """How well the unseen answers were graded at a step."""

    step: int
    accuracy: float
    kappa: float


@dataclass
class Progress:
    """How far a run is."""

    step: int = 0
    seconds: float = 0.0
    losses: list[float] = field(default_factory=list)
    """The loss of every step, in nats per point."""
    looks: list[Look] = field(default_factory=list)


class Run:
    """One run, resumed from its checkpoint if there is one."""

    def __init__(
        self,
        judge: Judge,
        rows: Sequence[Row],
        unseen: Sequence[Row],
        recipe: Recipe,
        base: str,
        work: Path,
    ) -> None:
        """`base` is the base's fingerprint; `work` is for checkpoints. Raises `OtherRun`."""
        self._judge = judge
        self._rows, self._unseen = rows, unseen[::LOOKED_AT]
        self._recipe = recipe
        self._file = work / "checkpoint.pt"
        self._lower = Lower(judge, work / "lower", rounded=recipe.bfloat16)
        self._name = _name(recipe, base, rows)
        self._order = _order(len(rows), recipe)
        values = judge.adapter.trained.values()
        self._optimiser = torch.optim.AdamW(values, weight_decay=0.01, betas=(0.9, 0.98))
        self.progress = Progress()
        if self._file.exists():
            self._resume()

    @property
    def steps(self) -> int:
        """The number of steps in the whole run."""
        return len(self._order)

    def train(self, on_step: Callable[[Progress], None]) -> Progress:
        """Train to the end; `on_step` is called after every step."""
        a_pass = max(1, self.steps // self._recipe.passes)
        while self.progress.step < self.steps:
            self._step([self._rows[at] for at in self._order[self.progress.step]])
            step = self.progress.step
            if step % a_pass == 0 or step == self.steps:
                self.progress.looks.append(self._look())
            if step % EVERY == 0 or step == self.steps:
                self.save()
            on_step(self.progress)
        return self.progress

    def _step(self, rows: Sequence[Row]) -> None:
        start = time.monotonic()
        for group in self._optimiser.param_groups:
            group["lr"] = self._recipe.rate_at(self.progress.step, self.steps)
        self._optimiser.zero_grad()
        losses: list[float] = []
        for row in rows:  # one by one, since the states of a row fill the memory
            logits = self._logits(row)
            loss = functional.cross_entropy(logits, torch.from_numpy(row.verdicts))
            (loss / len(rows)).backward()
            losses.append(float(loss.detach()))
        torch.nn.utils.clip_grad_norm_(self._judge.adapter.trained.values(), 1.0)
        self._optimiser.step()
        self.progress.step += 1
        self.progress.losses.append(round(sum(losses) / len(losses), 4))
        self.progress.seconds += time.monotonic() - start

    def _logits(self, row: Row) -> torch.Tensor:
        return self._judge.logits(row.tree, self._lower.of(row), rounded=self._recipe.bfloat16)

    def _look(self) -> Look:
        pairs: list[tuple[int, int]] = []
        with torch.no_grad():
            for row in self._unseen:
                judged = self._logits(row).argmax(-1)
                pairs += zip(row.verdicts.tolist(), judged.tolist(), strict=True)
        return Look(self.progress.step, accuracy(pairs), cohen_kappa(pairs))

    def save(self) -> None:
        """Write the checkpoint, replacing the last one."""
        partial = self._file.with_suffix(".partial")
        state = {name: values.detach() for name, values in self._judge.adapter.trained.items()}
        checkpoint = {
            "run": self._name,
            "adapter": state,
            "optimiser": self._optimiser.state_dict(),
        }
        torch.save(checkpoint | {"progress": asdict(self.progress)}, partial)
        partial.replace(self._file)

    def _resume(self) -> None:
        checkpoint = torch.load(self._file, weights_only=True)
        if checkpoint["run"] != self._name:
            raise OtherRun(
                f"{self._file} is from a run with another recipe, other data or another base",
                remedy="Use the same arguments, or another --work folder.",
            )
        self._judge.adapter.load(checkpoint["adapter"])
        self._optimiser.load_state_dict(checkpoint["optimiser"])
        done = checkpoint["progress"]
        looks = [Look(**look) for look in done["looks"]]
        self.progress = Progress(done["step"], done["seconds"], done["losses"], looks)


class Lower:
    """The output of the frozen layers, computed once and cached in 16 bits."""

    def __init__(self, judge: Judge, folder: Path, *, rounded: bool) -> None:
        self._judge = judge
        self._rounded = rounded
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def of(self, row: Row) -> torch.Tensor:
        """The states of a row: tokens x width."""
        name = hashlib.sha256(row.tree.ids.tobytes() + row.tree.parents.tobytes()).hexdigest()[:24]
        file = self._folder / f"{name}.npy"
        if not file.exists():
            partial = self._folder / f"{name}.partial.npy"
            states = self._judge.lower(row.tree, rounded=self._rounded)
            np.save(partial, states.numpy().astype(np.float16))
            partial.replace(file)
        return torch.from_numpy(np.load(file).astype(np.float32))


def _order(rows: int, recipe: Recipe) -> list[list[int]]:
    """The rows of every step: each row once per pass, in a new order."""
    chance = random.Random(recipe.seed)  # noqa: S311 - has to be repeatable
    order: list[int] = []
    for _ in range(recipe.passes):
        one_pass = list(range(rows))
        chance.shuffle(one_pass)
        order += one_pass
    return [order[at : at + recipe.batch] for at in range(0, len(order), recipe.batch)]


def _name(recipe: Recipe, base: str, rows: Sequence[Row]) -> str:
    digest = hashlib.sha256(json.dumps([asdict(recipe), base]).encode())
    for row in rows:
        digest.update(row.tree.ids.tobytes())
        digest.update(row.verdicts.tobytes())
    return digest.hexdigest()
