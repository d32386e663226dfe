"""The base in torch. This needs the dependency group `train` and is skipped without it.

Every training run also compares torch with llama.cpp.
"""

from contextlib import suppress
from pathlib import Path

import pytest

pytest.importorskip("torch")

import numpy as np
import torch

from bench.shared import running, trained_form
from tests.support.models import write_model
from tests.support.questions import question
from training.adapter_file import write_adapter
from training.examples import Group
from training.loop import OtherRun, Progress, Run
from training.net import Judge
from training.recipe import Recipe
from training.rows import Row, Tokens, Tree
from tutor.bank import Sample, Verdict
from tutor.engine.cut_layers import cut_layers
from tutor.grading.prompt_forms import Form
from tutor.grading.signals import log_odds

pytestmark = pytest.mark.filterwarnings("ignore")
RECIPE = Recipe(rank=2, layers=1, batch=2, rate=0.01, alpha=4.0, rise=1)
ANSWERS = ("15 % of the tokens.", "80 % become [MASK], the loss is there alone.", "Нет.")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base cut like the judge's, with the labels' logits from the embeddings."""
    folder = tmp_path_factory.mktemp("base")
    whole = write_model(folder / "whole.gguf", scale=0.1)
    cut_layers(whole, folder / "base.gguf", 1)
    return folder / "base.gguf"


def group() -> Group:
    verdicts = {"share": Verdict.MET, "split": Verdict.PARTIAL, "loss": Verdict.MISSED}
    samples = tuple(
        Sample(
            question=question().id, language="en", kind="full", split="train", answer=answer,
            verdicts=verdicts,
        )
        for answer in ANSWERS
    )  # fmt: skip
    return Group(question(), "en", samples)


@pytest.mark.native
def test_torch_and_llama_cpp_give_the_same_log_odds(base: Path, tmp_path: Path) -> None:
    with running(base, threads=1) as engine:
        form = trained_form(engine)
        row = Tokens(engine, form).row(group())
        labels = Tokens(engine, form).labels(engine.wait_until_ready().label_set)
    judge = Judge(base, labels, RECIPE)
    with torch.no_grad():
        for values in judge.adapter.trained.values():
            values.normal_(std=0.05)
    file = write_adapter(
        tmp_path / "adapter.gguf", judge.adapter.factors, architecture="llama",
        alpha=RECIPE.alpha, about={},
    )  # fmt: skip
    with torch.no_grad():
        logits = judge.logits(row.tree)
    ours = [odds for answer in ANSWERS for odds in asked(base, file, form, answer)]
    assert (logits[:, 0] - logits[:, 2]).tolist() == pytest.approx(ours, abs=0.02)


def asked(base: Path, adapter: Path, form: Form, answer: str) -> list[float]:
    with running(base, adapter=adapter, threads=1) as engine:
        asked = form.ask(question(), "en", answer)
        return [log_odds(scored) for scored in engine.score(asked.prompt, asked.branches)]


def rows(count: int = 6) -> list[Row]:
    random = np.random.default_rng(1)
    result: list[Row] = []
    for _ in range(count):
        shared = random.integers(0, 200, 20).tolist()
        prompts = [[*shared, n, *random.integers(0, 200, 5 + n).tolist()] for n in range(3)]
        result.append(Row(group(), Tree.of(prompts), np.array([0, 1, 2])))
    return result


def test_prompts_in_a_tree_are_graded_as_if_alone(base: Path) -> None:
    judge = Judge(base, (65, 66, 67), RECIPE)
    (row,) = rows(1)
    with torch.no_grad():
        together = judge.logits(row.tree)
        alone = [judge.logits(Tree.of([row.tree.ids[seen].tolist()]))
                 for seen in row.tree.visible[row.tree.ends]]  # fmt: skip
    assert together.flatten().tolist() == pytest.approx(
        torch.cat(alone).flatten().tolist(), abs=1e-4
    )


def test_rounded_products_change_little(base: Path) -> None:
    judge = Judge(base, (65, 66, 67), RECIPE)
    (row,) = rows(1)
    with torch.no_grad():
        exact, rounded = (judge.logits(row.tree, rounded=each) for each in (False, True))
    assert rounded.dtype == torch.float32
    assert not torch.equal(exact, rounded)
    assert rounded.flatten().tolist() == pytest.approx(exact.flatten().tolist(), abs=0.05)


def train(base: Path, folder: Path, stop: int | None = None) -> Run:
    class Stopped(Exception):
        pass

    folder.mkdir(exist_ok=True)
    judge = Judge(base, (65, 66, 67), RECIPE)
    run = Run(judge, rows(), rows()[::2], RECIPE, "base", folder)

    def on_step(progress: Progress) -> None:
        if progress.step == stop:
            run.save()
            raise Stopped

    with suppress(Stopped):
        run.train(on_step)
    return run


def test_an_interrupted_run_gives_the_same_result(base: Path, tmp_path: Path) -> None:
    expected = train(base, tmp_path / "first")
    assert train(base, tmp_path / "second", stop=4).progress.step == 4
    resumed = train(base, tmp_path / "second")
    assert resumed.progress.losses == expected.progress.losses
    assert len(resumed.progress.looks) == RECIPE.passes
    assert expected.progress.losses[-1] < expected.progress.losses[0]


def test_the_checkpoint_of_another_run_is_refused(base: Path, tmp_path: Path) -> None:
    train(base, tmp_path)
    judge = Judge(base, (65, 66, 67), RECIPE)
    with pytest.raises(OtherRun, match="another recipe"):
        Run(judge, rows(4), [], RECIPE, "base", tmp_path)
