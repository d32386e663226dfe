"""The base in torch; needs the group `train`, and is skipped without it.

Nothing hangs on it alone: every run of the recipe compares what torch and llama.cpp find.
"""

from contextlib import suppress
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("peft")

import numpy as np
import torch

from tests.support.models import write_model
from training.loop import OtherRun, Run
from training.net import Judge, loss
from training.packing import Packed, pack
from training.recipe import Recipe

pytestmark = pytest.mark.filterwarnings("ignore")
RECIPE = Recipe(rank=2, layers=1, batch=2, rate=0.01)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("base") / "base.gguf", scale=0.1)


def judge(base: Path) -> Judge:
    return Judge(base, (65, 66), RECIPE)


def answers(count: int = 6) -> list[Packed]:
    random = np.random.default_rng(1)
    made: list[Packed] = []
    for number in range(count):
        shared = random.integers(0, 200, 20).tolist()
        branches = [[*shared, n, *random.integers(0, 200, 5 + n).tolist()] for n in range(3)]
        packed = pack(branches)
        worths = (1.0, 0.5, 0.0) if number % 2 else (0.7,)
        weights = () if number % 2 else (1.0, 2.0, 1.0)
        made.append(Packed(packed.ids, packed.shared, packed.ends, worths, weights))
    return made


def test_points_packed_together_are_judged_as_each_alone(base: Path) -> None:
    whole, some = judge(base), answers()
    with torch.no_grad():
        together = whole.log_odds(some)
        alone = [
            whole.log_odds([pack([packed.ids[packed.visible[end - 1]].tolist()])])
            for packed in some
            for end in packed.ends
        ]
    assert together.tolist() == pytest.approx(torch.cat(alone).tolist(), abs=1e-4)


def test_only_the_adapter_of_the_upper_layers_learns(base: Path) -> None:
    whole, some = judge(base), answers()
    loss(whole.log_odds(some), some).backward()
    assert {name.split(".")[4] for name in whole.trained} == {"1"}
    assert {layer for layer, _ in whole.factors} == {1}
    assert any(values.grad is not None and values.grad.any() for values in whole.trained.values())


def train(base: Path, folder: Path, stop: int | None = None) -> Run:
    class Stopped(Exception):
        pass

    run = Run(judge(base), [answers(), answers()], RECIPE, "base", folder / "checkpoint.pt")

    def told(progress: object) -> None:
        if run.progress.step == stop:
            raise Stopped

    with suppress(Stopped):
        run.train([("q", each) for each in answers()[1::2]], told)
    return run


def test_an_interrupted_run_ends_as_one_that_was_not(base: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
    expected = train(base, first)
    assert train(base, second, stop=3).progress.step == 3
    resumed = train(base, second)
    assert resumed.progress.losses == expected.progress.losses
    assert len(resumed.progress.looks) == 2
    assert expected.progress.losses[-1] < expected.progress.losses[0]


def test_the_checkpoint_of_another_run_is_not_taken(base: Path, tmp_path: Path) -> None:
    train(base, tmp_path)
    with pytest.raises(OtherRun, match="another recipe"):
        Run(judge(base), [answers(4)], RECIPE, "base", tmp_path / "checkpoint.pt")
