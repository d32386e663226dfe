"""An adapter's file: names, order of rows, size."""

from pathlib import Path

import gguf
import numpy as np
import pytest

from tests.support.adapters import RANK, random_adapter, write_random_adapter
from training.adapter_file import NAMES, permuted
from tutor.engine.gguf import read_header


def test_the_two_halves_of_every_head_are_interleaved() -> None:
    """transformers rotates row i together with row i + half, GGUF's llama each two neighbours."""
    rows = np.arange(12, dtype=np.float32).reshape(12, 1)
    assert permuted(rows, 2).ravel().tolist() == [0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11]


def test_what_is_written_is_what_llama_cpp_looks_for(tmp_path: Path) -> None:
    adapter = random_adapter()
    file = write_random_adapter(tmp_path / "adapter.gguf")
    header = read_header(file)
    assert header.metadata["general.type"] == "adapter"
    assert header.metadata["adapter.type"] == "lora"
    assert header.metadata["adapter.lora.alpha"] == 6.0
    assert header.architecture == "llama"
    tensors = {tensor.name: tensor for tensor in gguf.GGUFReader(file).tensors}
    assert len(tensors) == header.tensors == 2 * len(adapter)
    for (layer, name), factors in adapter.items():
        tensor = f"blk.{layer}.{NAMES[name]}.weight"
        np.testing.assert_array_equal(tensors[f"{tensor}.lora_a"].data, factors.a)
        written = tensors[f"{tensor}.lora_b"].data
        assert written.shape == (len(factors.b), RANK)
        moved = name in ("q_proj", "k_proj")
        assert np.array_equal(written, factors.b) is not moved
        assert sorted(written.tolist()) == sorted(factors.b.tolist())
    assert {tensor.tensor_type for tensor in tensors.values()} == {gguf.GGMLQuantizationType.F16}


def test_nothing_half_written_stays_in_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_self: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(gguf.GGUFWriter, "write_tensors_to_file", fail)
    with pytest.raises(OSError, match="full"):
        write_random_adapter(tmp_path / "adapter.gguf")
    assert not (tmp_path / "adapter.gguf").exists()
