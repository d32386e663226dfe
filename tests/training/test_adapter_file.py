"""An adapter's file: names, shapes, and atomic writing."""

from pathlib import Path

import gguf
import numpy as np
import pytest

from tests.support.adapters import random_adapter, write_random_adapter
from training.adapter_file import read_adapter
from tutor.engine.gguf import read_header


def test_a_written_file_has_the_names_that_llama_cpp_expects(tmp_path: Path) -> None:
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
        tensor = f"blk.{layer}.{name}.weight"
        np.testing.assert_array_equal(tensors[f"{tensor}.lora_a"].data, factors.a)
        np.testing.assert_array_equal(tensors[f"{tensor}.lora_b"].data, factors.b)
    assert {tensor.tensor_type for tensor in tensors.values()} == {gguf.GGMLQuantizationType.F16}


def test_a_written_file_can_be_read(tmp_path: Path) -> None:
    written, read = random_adapter(), read_adapter(write_random_adapter(tmp_path / "adapter.gguf"))
    assert read.keys() == written.keys()
    for key, factors in written.items():
        np.testing.assert_allclose(read[key].a, factors.a, rtol=1e-3, atol=1e-4)
        np.testing.assert_allclose(read[key].b, factors.b, rtol=1e-3, atol=1e-4)


def test_a_failed_write_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_self: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(gguf.GGUFWriter, "write_tensors_to_file", fail)
    with pytest.raises(OSError, match="full"):
        write_random_adapter(tmp_path / "adapter.gguf")
    assert not (tmp_path / "adapter.gguf").exists()
