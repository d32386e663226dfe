"""Cutting the lower layers of a model into a file of their own."""

from pathlib import Path

import gguf
import numpy as np
import pytest

from bench.shared import running
from tests.support.models import write_model
from tutor.engine import ModelRefused
from tutor.engine.api import Ask, Branch, Prompt, Segment
from tutor.engine.cut_layers import cut_layers
from tutor.engine.gguf import read_header

PROMPT = Prompt((Segment("Judge.", trusted=True),), (), (Segment("BERT picks 15 %."),))
BRANCHES = [Branch((), (Ask(("yes", "partial", "no"), "1: "),))]


@pytest.fixture
def short(tmp_path: Path, dense_model: Path) -> Path:
    cut_layers(dense_model, tmp_path / "short.gguf", 1)
    return tmp_path / "short.gguf"


def test_the_lower_layers_and_metadata_are_copied_unchanged(short: Path, dense_model: Path) -> None:
    whole = {tensor.name: tensor for tensor in gguf.GGUFReader(dense_model).tensors}
    lower = {tensor.name: tensor for tensor in gguf.GGUFReader(short).tensors}
    assert lower.keys() == {n for n in whole if n != "output.weight" and not n.startswith("blk.1.")}
    for name, tensor in lower.items():
        np.testing.assert_array_equal(tensor.data, whole[name].data)
        assert tensor.shape.tolist() == whole[name].shape.tolist()
    before, after = read_header(dense_model).metadata, read_header(short).metadata
    assert after == before | {"llama.block_count": 1}


@pytest.mark.native
def test_llama_cpp_can_use_the_cut_file(short: Path) -> None:
    with running(short, threads=1) as engine:
        assert engine.wait_until_ready().parameters > 0
        (scored,) = engine.score(PROMPT, BRANCHES)
    chances = np.exp(scored.distributions[0].log_probabilities)
    assert chances.sum() == pytest.approx(1, abs=1e-4)


def test_a_model_with_no_more_layers_is_refused(tmp_path: Path, dense_model: Path) -> None:
    with pytest.raises(ModelRefused, match="no more than 2 layers"):
        cut_layers(dense_model, tmp_path / "short.gguf", 2)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("length", [10, 1000, 20_000])
def test_a_damaged_file_is_refused(tmp_path: Path, dense_model: Path, length: int) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(dense_model.read_bytes()[:length])
    with pytest.raises(ModelRefused):
        cut_layers(broken, tmp_path / "short.gguf", 1)
    assert not (tmp_path / "short.gguf").exists()


@pytest.mark.native
def test_layers_of_another_width_stay_aligned(tmp_path: Path) -> None:
    """Tensors whose length is not a multiple of the alignment are padded."""
    whole = write_model(tmp_path / "whole.gguf", words=(" yes", " partial", " no"))
    cut_layers(whole, tmp_path / "short.gguf", 1)
    tensors = gguf.GGUFReader(tmp_path / "short.gguf").tensors
    assert all(tensor.data_offset % 32 == 0 for tensor in tensors)
