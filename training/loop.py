"""The training itself: steps, checkpoints, and a look at unseen questions after every pass."""

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch

from training.net import Judge, loss
from training.packing import Packed, batches
from training.recipe import Recipe
from tutor.errors import TutorError
from tutor.measure.statistics import centred_pearson, flat, pearson

EVERY = 20
"""Steps between two checkpoints; an interrupted run loses at most these."""


class OtherRun(TutorError):
    """The checkpoint is of a run with another recipe, other data or another base."""


@dataclass(frozen=True)
class Look:
    """How well sample answers to unseen questions were judged at a step."""

    step: int
    r: float
    """Pearson's, of log-odds with the human verdict."""
    r_centred: float
    """The same within questions."""


@dataclass
class Progress:
    """How far a run is."""

    step: int = 0
    seconds: float = 0.0
    losses: list[float] = field(default_factory=list)
    """Of every step."""
    looks: list[Look] = field(default_factory=list)


Unseen = Sequence[tuple[str, Packed]]
"""Answers to questions that are not trained on, with their questions' ids."""


class Run:
    """One run, from where it was left."""

    def __init__(
        self,
        judge: Judge,
        passes: Sequence[Sequence[Packed]],
        recipe: Recipe,
        base: str,
        checkpoint: Path,
    ) -> None:
        """`base` is the base's fingerprint. Raises `OtherRun`."""
        self._judge = judge
        self._recipe = recipe
        self._file = checkpoint
        self._steps = [list(batches(packed, recipe.batch)) for packed in passes]
        self._name = _name(recipe, base, passes)
        self._optimiser = torch.optim.AdamW(judge.trained.values(), weight_decay=0.0)
        self.progress = Progress()
        if checkpoint.exists():
            self._resume()

    @property
    def steps(self) -> int:
        """All steps of the run."""
        return sum(map(len, self._steps))

    def train(self, unseen: Unseen, told: Callable[[Progress], None]) -> Progress:
        """Go on to the end; `told` after every step."""
        every = [batch for some in self._steps for batch in some]
        ends = {sum(map(len, self._steps[: n + 1])) for n in range(len(self._steps))}
        while self.progress.step < self.steps:
            self._step(every[self.progress.step])
            if self.progress.step in ends:
                self.progress.looks.append(self._look(unseen))
            if self.progress.step in ends or self.progress.step % EVERY == 0:
                self._keep()
            told(self.progress)
        return self.progress

    def _step(self, batch: Sequence[Packed]) -> None:
        start = time.monotonic()
        rate = self._recipe.rate_at(self.progress.step, self.steps)
        for group in self._optimiser.param_groups:
            group["lr"] = rate
        self._optimiser.zero_grad()
        wrong = loss(self._judge.log_odds(batch), batch)
        wrong.backward()
        torch.nn.utils.clip_grad_norm_(self._judge.trained.values(), 1.0)
        self._optimiser.step()
        self.progress.step += 1
        self.progress.losses.append(round(float(wrong.detach()), 4))
        self.progress.seconds += time.monotonic() - start

    def _look(self, unseen: Unseen) -> Look:
        groups: dict[str, list[tuple[float, float]]] = {}
        with torch.no_grad():
            for question, packed in unseen:
                found = self._judge.log_odds([packed]).tolist()
                groups.setdefault(question, []).extend(zip(packed.worths, found, strict=True))
        pairs = list(groups.values())
        return Look(self.progress.step, pearson(flat(pairs)), centred_pearson(pairs))

    def _keep(self) -> None:
        partial = self._file.with_suffix(".partial")
        state = {name: values.detach() for name, values in self._judge.trained.items()}
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
        self._judge.load(kept["adapter"])
        self._optimiser.load_state_dict(kept["optimiser"])
        values = kept["progress"]
        looks = [Look(**look) for look in values.pop("looks")]
        self.progress = Progress(**values, looks=looks)


def _name(recipe: Recipe, base: str, passes: Sequence[Sequence[Packed]]) -> str:
    """The same for the same recipe, base, data and tokens."""
    digest = hashlib.sha256(json.dumps([asdict(recipe), base]).encode())
    for packed in (each for some in passes for each in some):
        digest.update(packed.ids.tobytes())
        digest.update(repr((packed.ends, packed.worths, packed.weights)).encode())
    return digest.hexdigest()
