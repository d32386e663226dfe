"""The training itself: steps, checkpoints, and a look at answers that it does not see."""

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
from tutor.evaluation.statistics import cohen_kappa
from tutor.grading.prompt_forms import VERDICTS

EVERY = 20
"""Steps between two checkpoints; an interrupted run loses at most these."""
LOOKED_AT = 8
"""One in so many of the unseen rows is judged on the way; all would take longer than a pass."""


class OtherRun(TutorError):
    """The checkpoint is of a run with another recipe, other data or another base."""


@dataclass(frozen=True)
class Look:
    """How the answers that nothing is trained on were judged at a step."""

    step: int
    accuracy: float
    kappa: float


@dataclass
class Progress:
    """How far a run is."""

    step: int = 0
    seconds: float = 0.0
    losses: list[float] = field(default_factory=list)
    """Of every step, in natural logarithms a point."""
    looks: list[Look] = field(default_factory=list)


class Run:
    """One run, from where it was left."""

    def __init__(
        self,
        judge: Judge,
        rows: Sequence[Row],
        unseen: Sequence[Row],
        recipe: Recipe,
        base: str,
        work: Path,
    ) -> None:
        """`base` is the base's fingerprint; checkpoints lie in `work`. Raises `OtherRun`."""
        self._judge = judge
        self._rows, self._unseen = rows, unseen[::LOOKED_AT]
        self._recipe = recipe
        self._file = work / "checkpoint.pt"
        self._lower = Lower(judge, work / "lower")
        self._name = _name(recipe, base, rows)
        self._order = _order(len(rows), recipe)
        values = judge.adapter.trained.values()
        self._optimiser = torch.optim.AdamW(values, weight_decay=0.01, betas=(0.9, 0.98))
        self.progress = Progress()
        if self._file.exists():
            self._resume()

    @property
    def steps(self) -> int:
        """All steps of the run."""
        return len(self._order)

    def train(self, told: Callable[[Progress], None]) -> Progress:
        """Go on to the end; `told` after every step."""
        a_pass = max(1, self.steps // self._recipe.passes)
        while self.progress.step < self.steps:
            self._step([self._rows[at] for at in self._order[self.progress.step]])
            step = self.progress.step
            if step % a_pass == 0 or step == self.steps:
                self.progress.looks.append(self._look())
            if step % EVERY == 0 or step == self.steps:
                self.keep()
            told(self.progress)
        return self.progress

    def _step(self, rows: Sequence[Row]) -> None:
        start = time.monotonic()
        for group in self._optimiser.param_groups:
            group["lr"] = self._recipe.rate_at(self.progress.step, self.steps)
        self._optimiser.zero_grad()
        losses: list[float] = []
        for row in rows:  # one after the other: a row's states fill the memory
            found = self._judge.logits(row.tree, self._lower.of(row))
            wrong = functional.cross_entropy(found, torch.from_numpy(row.verdicts))
            (wrong / len(rows)).backward()
            losses.append(float(wrong.detach()))
        torch.nn.utils.clip_grad_norm_(self._judge.adapter.trained.values(), 1.0)
        self._optimiser.step()
        self.progress.step += 1
        self.progress.losses.append(round(sum(losses) / len(losses), 4))
        self.progress.seconds += time.monotonic() - start

    def _look(self) -> Look:
        pairs: list[tuple[int, int]] = []
        with torch.no_grad():
            for row in self._unseen:
                found = self._judge.logits(row.tree, self._lower.of(row)).argmax(-1)
                pairs += zip(row.verdicts.tolist(), found.tolist(), strict=True)
        right = sum(human == ours for human, ours in pairs) / max(1, len(pairs))
        verdicts = [(VERDICTS[human], VERDICTS[ours]) for human, ours in pairs]
        return Look(self.progress.step, right, cohen_kappa(verdicts))

    def keep(self) -> None:
        """Write the checkpoint, in the place of the one before."""
        partial = self._file.with_suffix(".partial")
        state = {name: values.detach() for name, values in self._judge.adapter.trained.items()}
        kept = {"run": self._name, "adapter": state, "optimiser": self._optimiser.state_dict()}
        torch.save(kept | {"progress": asdict(self.progress)}, partial)
        partial.replace(self._file)

    def _resume(self) -> None:
        kept = torch.load(self._file, weights_only=True)
        if kept["run"] != self._name:
            raise OtherRun(
                f"{self._file} is of a run with another recipe, other data or another base",
                remedy="Give the same arguments, or another --work folder.",
            )
        self._judge.adapter.load(kept["adapter"])
        self._optimiser.load_state_dict(kept["optimiser"])
        told = kept["progress"]
        looks = [Look(**look) for look in told["looks"]]
        self.progress = Progress(told["step"], told["seconds"], told["losses"], looks)


class Lower:
    """What the untrained layers find, worked out once and kept in 16 bits."""

    def __init__(self, judge: Judge, folder: Path) -> None:
        self._judge = judge
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def of(self, row: Row) -> torch.Tensor:
        """Tokens x width."""
        name = hashlib.sha256(row.tree.ids.tobytes() + row.tree.parents.tobytes()).hexdigest()[:24]
        file = self._folder / f"{name}.npy"
        if not file.exists():
            partial = self._folder / f"{name}.partial.npy"
            np.save(partial, self._judge.lower(row.tree).numpy().astype(np.float16))
            partial.replace(file)
        return torch.from_numpy(np.load(file).astype(np.float32))


def _order(rows: int, recipe: Recipe) -> list[list[int]]:
    """The rows of every step: each row once a pass, in an order of its own."""
    chance = random.Random(recipe.seed)  # noqa: S311 - has to be repeatable
    every: list[int] = []
    for _ in range(recipe.passes):
        some = list(range(rows))
        chance.shuffle(some)
        every += some
    return [every[at : at + recipe.batch] for at in range(0, len(every), recipe.batch)]


def _name(recipe: Recipe, base: str, rows: Sequence[Row]) -> str:
    digest = hashlib.sha256(json.dumps([asdict(recipe), base]).encode())
    for row in rows:
        digest.update(row.tree.ids.tobytes())
        digest.update(row.verdicts.tobytes())
    return digest.hexdigest()
